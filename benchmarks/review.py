"""The review page in Chromium, over a simulated day of 23 leads with a thousand events: seconds, frames and memory.

The page is opened and driven as a reader would; what is told was measured in the browser, by its own clock. What is
printed can be pasted into markdown.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.core.scores import Scores
from ictal.core.version import __version__
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
from ictal.io.scores_file import write_scores
from ictal.simulation.phantom import simulate_recording

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)
MORE = ("EEG A1-REF", "EEG A2-REF", "EEG Fpz-REF", "EEG Oz-REF")
RATE, HOUR, N_EVENTS = 256.0, 3600.0, 1000
TURN, FIRST = "ictal-page-turn", "ictal-first-page"

_TURNS = f"performance.getEntriesByName('{TURN}').map((one) => one.duration)"
_FIRST = f"performance.getEntriesByName('{FIRST}')[0]?.startTime"
_FETCHED = """(part) => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes(part)).map((one) => one.duration)"""
_TURNED = f"""async (number) => {{
  while (performance.getEntriesByName("{TURN}").length < number) await new Promise((then) => setTimeout(then, 2));
}}"""
_SCROLL = """async () => {
  const list = document.querySelector("#list"), frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (list.scrollTop = 0; list.scrollTop + list.clientHeight < list.scrollHeight - 1; ) {
    list.scrollTop += 90;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""


class Day(Recording):
    """A simulated hour of 19 electrodes and four that repeat some of them, again and again for a day."""

    def __init__(self, hours: int) -> None:
        hour = simulate_recording(HOUR, seed=8, seizures=3).read()
        self._hour: Signal = np.concatenate([hour, hour[: len(MORE)] * 0.7])
        self.channels = (*(f"EEG {name}-REF" for name in SCALP_19), *MORE)
        self.sampling_rate = RATE
        self.n_samples = self._hour.shape[1] * hours

    def read_samples(self, first: int, last: int) -> Signal:
        return self._hour[:, np.arange(first, last) % self._hour.shape[1]]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep the recording there, and find it there")
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--turns", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if asked.folder is None else asked.folder
        write_day(folder, asked.hours)
        print(
            f"`{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}`; ictal {__version__}; simulated EEG, "
            f"{asked.hours} h × {len(SCALP_19) + len(MORE)} channels × {RATE:g} Hz, {N_EVENTS} events.\n"
        )
        print("| what | measured |\n|---|---|")
        for what, figure in measure(folder, Path(scratch), asked.turns):
            print(f"| {what} | {figure} |", flush=True)


def write_day(folder: Path, hours: int) -> None:
    """Write the recording and what a detector may have found in it, where they are not there yet."""
    data, results = folder / "data", folder / "results"
    if (results / "day_scores.npz").exists():
        return
    for place in (data, results):
        place.mkdir(parents=True, exist_ok=True)
    write_edf(data / "day.edf", Day(hours), Annotations())
    rng = np.random.default_rng(0)
    onsets = np.sort(rng.uniform(0.0, hours * HOUR - 60.0, N_EVENTS))
    events = [Event(onset, 20.0, confidence=rng.uniform(0.3, 1.0), channels=("T7-P7",)) for onset in onsets.tolist()]
    write_events(results / "day_events.tsv", Annotations(events, hours * HOUR))
    seizure = rng.beta(0.5, 6.0, round(hours * HOUR))
    write_scores(results / "day_scores.npz", Scores(np.stack([1.0 - seizure, seizure], axis=1), 0.5, 1.0))


def measure(folder: Path, scratch: Path, n_turns: int) -> Iterator[tuple[str, str]]:
    """Yield what was measured, in words."""
    from playwright.sync_api import sync_playwright

    begun = time.perf_counter()
    with serve(folder, scratch / "review") as (link, process), sync_playwright() as runner:
        yield "from the command to the link", f"{time.perf_counter() - begun:.2f} s"
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(link)
        wait(lambda: page.evaluate(_FIRST))
        yield "first page drawn, after opening the link (a fresh server)", f"{page.evaluate(_FIRST) / 1000:.2f} s"
        wait(lambda: page.evaluate(_FETCHED, "/night?"))
        yield "overview of the whole recording, first time", f"{page.evaluate(_FETCHED, '/night?')[0] / 1000:.2f} s"
        for title, keys, pause in (
            ("page turn, five a second", ["ArrowRight"] * n_turns, 200),
            ("page turn, as fast as it goes", ["ArrowRight"] * n_turns, 0),
            ("page back, five a second", ["ArrowLeft"] * n_turns, 200),
            ("to the next event, three a second", ["ArrowDown"] * n_turns, 330),
        ):
            yield title, describe(turn(page, keys, pause), "ms")
        yield "frames while 1,000 events scroll by", describe(page.evaluate(_SCROLL), "ms")
        page.reload()
        wait(lambda: page.evaluate(_FETCHED, "/night?"))
        yield "overview, again", f"{page.evaluate(_FETCHED, '/night?')[0]:.0f} ms"
        yield "server memory, highest", f"{peak_memory(process.pid) / 1e6:.0f} MB"
        browser.close()


def turn(page: Any, keys: Sequence[str], pause: int) -> list[float]:
    """Press keys, each when the page of the one before is drawn, and return how long each turn took in ms."""
    page.evaluate(f"performance.clearMeasures('{TURN}')")
    for number, key in enumerate(keys, start=1):
        page.keyboard.press(key)
        page.evaluate(_TURNED, number)
        page.wait_for_timeout(pause)
    return list(page.evaluate(_TURNS))


@contextmanager
def serve(folder: Path, review: Path) -> Iterator[tuple[str, Any]]:
    """Start ``ictal review`` and give the link and the process."""
    command = [Path(sys.executable).with_name("ictal"), "review", folder / "data", "--results", folder / "results"]
    command += ["--output", review, "--port", "0"]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stdout.readline, "") if process.stdout is not None else iter(())
        yield next(word for line in lines for word in line.split() if word.startswith("http")), process
    finally:
        process.kill()
        process.wait()


def peak_memory(pid: int) -> float:
    """Return the most bytes that a process had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(float(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def wait(happened: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until something is true.

    Raises
    ------
    TimeoutError
        If it does not become true.
    """
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError("the page does not answer")
        time.sleep(0.05)


def describe(values: Sequence[float], unit: str) -> str:
    """Return the median, the 95th percentile and the highest."""
    ordered = sorted(values)
    high = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return f"median {statistics.median(ordered):.0f} {unit}, p95 {high:.0f} {unit}, highest {ordered[-1]:.0f} {unit}"


if __name__ == "__main__":
    main()
