"""How fast ictal is on this machine, and how much memory it takes: whole processes, interpreter start included."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.core.errors import IctalError
from ictal.core.recording import Recording, Signal
from ictal.io.edf_write import write_edf
from ictal.io.formats import read

Progress = Callable[[float], None]

CHANNELS = (
    *("FP1-F7", "F7-T7", "T7-P7", "P7-O1", "FP1-F3", "F3-C3", "C3-P3", "P3-O1"),
    *("FP2-F4", "F4-C4", "C4-P4", "P4-O2", "FP2-F8", "F8-T8", "T8-P8", "P8-O2", "FZ-CZ", "CZ-PZ"),
    *("P7-T7", "T7-FT9", "FT9-FT10", "FT10-T8", "EKG1-EKG2"),
)
RATE = 256.0
DETECTORS = ("eegwavenet-untrained", "line-length")
_READS = 200
_READ_SECONDS = 4.0
_TILE_SECONDS = 60
_LOOK_EVERY = 0.005


@dataclass(frozen=True)
class Measurement:
    """One row of the table.

    Attributes
    ----------
    what : str
        What was run.
    seconds : tuple of float
        Wall time of every run.
    megabytes : float or None
        Largest private memory of any run; ``None`` where the system does not tell.
    """

    what: str
    seconds: tuple[float, ...]
    megabytes: float | None = None

    @property
    def row(self) -> str:
        """The measurement as a line of the table."""
        median = statistics.median(self.seconds)
        spread = f"{_format_time(min(self.seconds))} – {_format_time(max(self.seconds))}"
        memory = "" if self.megabytes is None else f"{self.megabytes:.0f} MB"
        return f"{self.what:<58}{_format_time(median):>10}   {spread:<22}{memory:>8}"


def bench_detect(hours: float, repeats: int, progress: Progress = lambda share: None) -> str:
    """Measure the main job on noise in a 23-channel EDF: what ``ictal bench detect`` does.

    Parameters
    ----------
    hours : float
        Length of the recording.
    repeats : int
        Counted runs of each measurement; one run before them warms the disk cache up.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    str
        A table: median, smallest and largest wall time, largest private memory.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="ictal-bench-") as folder:
        source = Path(folder) / "noise.edf"
        write_edf(source, TiledNoise(hours), physical_range=(-800.0, 800.0))
        progress(0.2)
        commands = {"ictal --help": ["--help"]}
        for name in DETECTORS:
            title = f"ictal detect, {hours:g} h, 23 channels, {name}"
            commands[title] = ["detect", str(source), "-o", f"{folder}/out", "--overwrite", "--detector", name]
        for number, (title, arguments) in enumerate(commands.items()):
            rows.append(measure_command(title, arguments, repeats).row)
            progress(0.2 + 0.7 * (number + 1) / len(commands))
        rows.append(measure_random_access(source).row)
    return "\n".join([f"{'':<58}{'median':>10}   {'range':<22}{'memory':>8}", *rows])


def measure_command(title: str, arguments: Sequence[str], repeats: int) -> Measurement:
    """Run the command line `repeats` times after a warm-up and measure each run from outside."""
    runs = [_run(arguments) for _ in range(repeats + 1)][1:]
    memory = [megabytes for _, megabytes in runs if megabytes is not None]
    return Measurement(title, tuple(seconds for seconds, _ in runs), max(memory) if memory else None)


def measure_random_access(source: Path) -> Measurement:
    """Measure reads of four seconds at random places of a recording, warm, in this process."""
    recording = read(source)
    starts = np.random.default_rng(0).uniform(0, recording.duration - _READ_SECONDS, _READS).round()
    times = []
    for start in [*starts, *starts]:
        begun = time.perf_counter()
        recording.read(start, start + _READ_SECONDS)
        times.append(time.perf_counter() - begun)
    return Measurement("read 4 s anywhere", tuple(times[_READS:]))


def _run(arguments: Sequence[str]) -> tuple[float, float | None]:
    """Run the command line once and return its wall time in seconds and its largest private memory in MB."""
    command = [sys.executable, "-c", "from ictal.apps.cli import main; main()", *arguments]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        seen: list[float] = []
        watcher = threading.Thread(target=_watch_memory, args=(process.pid, seen), daemon=True)
        watcher.start()
        code = process.wait()
    seconds = time.perf_counter() - begun
    watcher.join()
    if code != 0:
        raise IctalError(f"bench: `ictal {' '.join(arguments)}` ended with exit code {code}")
    return seconds, max(seen) if seen else None


def _watch_memory(pid: int, seen: list[float]) -> None:
    """Note the private memory of a process in MB every few milliseconds until it ends; only Linux tells."""
    status = Path(f"/proc/{pid}/status")
    while True:
        try:
            lines = status.read_text().splitlines()
        except OSError:
            return
        private = [float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")]
        if not private:
            return
        seen += private
        time.sleep(_LOOK_EVERY)


def _format_time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.01 else f"{seconds * 1000:.2f} ms"


class TiledNoise(Recording):
    """One minute of a random walk on 23 channels, again and again; nothing is held for its length."""

    def __init__(self, hours: float) -> None:
        self.channels = CHANNELS
        self.sampling_rate = RATE
        self.n_samples = int(hours * 3600 * RATE)
        n_tile = int(_TILE_SECONDS * RATE)
        walk = np.cumsum(np.random.default_rng(0).normal(0, 4, (len(CHANNELS), n_tile)), axis=1)
        # A bridge: the end meets the beginning, so that the joins are no steps.
        self._tile = (walk - walk[:, -1:] * np.linspace(0, 1, n_tile)).astype(np.float32)

    def read_samples(self, first: int, last: int) -> Signal:
        return self._tile[:, np.arange(first, last) % self._tile.shape[1]]
