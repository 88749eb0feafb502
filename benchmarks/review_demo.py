"""The night of ``ictal demo --review``, decided by keyboard in Chromium, scored, and pictured for the README.

The reader is a script that knows the simulated truth and looks at each event for some seconds; every key goes through
the page, every decision through the server. It shows that the whole way works and how long the page takes, not how
well anybody reads EEG.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ictal.core.version import __version__
from ictal.io.events_tsv import read_events
from review import CHROMIUM, FLAGS, wait

MOST = 60.0
"""Seconds in which ten events should be decided."""

_CHOSEN = "document.querySelector('#onset')?.value ?? ''"
_SPENT = "document.querySelector('#decided')?.textContent ?? ''"


def main() -> None:
    """Run the demo, decide, score, and save the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("ictal-demo-night"), metavar="DIR")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="save screenshots there")
    parser.add_argument("--look", type=float, default=2.0, metavar="S", help="seconds that the script looks at each")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with demo(asked.output) as link, sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for scheme in ("light", "dark") if asked.pictures is not None else ():
            take_picture(browser, link, scheme, asked.pictures / f"review-{scheme}.png")
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(link)
        n_events, seconds = decide_all(page, true_spans(asked.output), asked.look)
        browser.close()
    print(f"`{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}`; ictal {__version__}; simulated EEG.")
    print(f"{n_events} events decided by keyboard in {seconds:.1f} s, of which {n_events * asked.look:.0f} s to look")
    print(f"ten events take {10 * seconds / n_events:.1f} s; at most {MOST:.0f} s are allowed")
    command = ["score", asked.output / "dataset", asked.output / "review" / "readers" / "reader" / "events"]
    print(f"ictal {' '.join(map(str, command))}", flush=True)
    subprocess.run(list(map(str, [Path(sys.executable).with_name("ictal"), *command])), check=True)


@contextmanager
def demo(output: Path) -> Iterator[str]:
    """Run ``ictal demo --review`` and give its link."""
    command = [Path(sys.executable).with_name("ictal"), "demo", "--review", "--no-open", "--port", "0"]
    process = subprocess.Popen([*map(str, command), "--output", str(output)], stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stdout.readline, "") if process.stdout is not None else iter(())
        yield next(word for line in lines for word in line.split() if word.startswith("http"))
    finally:
        process.kill()
        process.wait()


def true_spans(output: Path) -> list[tuple[float, float]]:
    """Return when the simulated seizures are."""
    (table,) = (output / "dataset").glob("sub-*/**/*_events.tsv")
    return [event.span for event in read_events(table).seizures]


def decide_all(page: Any, truth: list[tuple[float, float]], look: float) -> tuple[int, float]:
    """Go through all events with keys: accept those that overlap a seizure, reject the others."""
    wait(lambda: page.evaluate("performance.getEntriesByName('ictal-first-page').length"))
    page.keyboard.press("j")
    n_decided, begun = 0, time.perf_counter()
    while chosen := page.evaluate(_CHOSEN):
        time.sleep(look)
        onset, end = float(chosen), float(page.evaluate("document.querySelector('#end').value"))
        is_true = any(onset < stop and start < end for start, stop in truth)
        before = page.evaluate(_SPENT)
        page.keyboard.press("a" if is_true else "r")
        wait(lambda before=before: page.evaluate(_SPENT) != before)
        n_decided += 1
        if is_over(page.evaluate(_SPENT)):
            break
    wait(lambda: not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('ictal-said:'))"))
    return n_decided, time.perf_counter() - begun


def is_over(told: str) -> bool:
    """Whether ``12 of 12 decided`` says that nothing is left."""
    numbers = [int(word) for word in told.split() if word.isdigit()]
    return len(numbers) == 2 and numbers[0] == numbers[1]


def take_picture(browser: Any, link: str, scheme: str, path: Path) -> None:
    """Save the page with its third event chosen and explained."""
    page = browser.new_page(viewport={"width": 1600, "height": 900}, color_scheme=scheme)
    page.goto(link)
    wait(lambda: page.evaluate("performance.getEntriesByName('ictal-night').length"))
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("-")
    wait(lambda: not page.evaluate("document.querySelector('#why').hidden"))
    page.wait_for_timeout(800)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    main()
