"""How prepared signals are best kept, and how fast the store is: random windows of 4 s × 18 channels, warm and cold.

``layouts`` compares ways to keep a signal, ``store`` measures ours, ``prepare`` how it is made. Warm is measured in
seconds of the processor. Cold means that every file was dropped from the page cache (fsync, posix_fadvise DONTNEED) and
no sample is read twice, as on a corpus that is much larger than memory. Zarr takes part where it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import mmap
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.data.fingerprint import make_key
from ictal.data.manifest import EventRow, Manifest, RecordingRow, SignalRow, read_manifest, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import finish_signal, open_for_writing, write_signal
from ictal.data.tiles import TILE, copy_windows, to_tiles
from ictal.experiments.bench import CHANNELS as LEADS
from ictal.experiments.bench import TiledNoise
from ictal.experiments.prepare import prepare_recordings
from ictal.experiments.recipe import load_chain
from ictal.io.corpora.corpus import Corpus, CorpusRecording
from ictal.io.edf_write import write_edf
from ictal.preprocessing.chain import Chain

CHANNELS, RATE, LENGTH = 18, 256, 1024
HOUR = 3600 * RATE
BATCH = 128
COLD_RUNS = 5
Signal = NDArray[np.float32]
Read = Callable[[Sequence[int], Sequence[int]], object]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["layouts", "store", "prepare"])
    parser.add_argument(
        "--hours", type=int, default=8, help="of signal; the cold figures want more windows than are read"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    asked = parser.parse_args()
    for what in asked.what:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            {"layouts": compare_layouts, "store": measure_store, "prepare": measure_prepare}[what](Path(folder), asked)


class MappedWay:
    """Signals in files that are mapped, in one order of their samples and one kind of number."""

    def __init__(self, folder: Path, signals: Sequence[Signal], order: str, kind: str) -> None:
        self.name, self.order, self.dtype = f"{order}, {kind}", order, np.dtype(kind)
        self.scales = [np.ones((CHANNELS, 1), np.float32) for _ in signals]
        self.files = [folder / f"{number}.bin" for number in range(len(signals))]
        for number, (file, signal) in enumerate(zip(self.files, signals, strict=True)):
            if kind == "int16":
                self.scales[number] = np.abs(signal).max(axis=1, keepdims=True) / np.float32(32767)
                signal = np.round(signal / self.scales[number])
            arranged = {"tiles": to_tiles, "time-major": np.transpose, "channel-major": np.asarray}[order](signal)
            np.ascontiguousarray(arranged, self.dtype).tofile(file)

    def open(self) -> None:
        """Map the files."""
        shape = {"tiles": (-1, TILE), "time-major": (-1, CHANNELS), "channel-major": (CHANNELS, -1)}[self.order]
        self.maps = []
        for path in self.files:
            with path.open("rb") as file:
                self.maps.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            self.maps[-1].madvise(mmap.MADV_RANDOM)
        self.arrays = [np.frombuffer(one, self.dtype).reshape(shape) for one in self.maps]

    def close(self) -> None:
        """Let go of the files: what is mapped stays in the page cache."""
        self.arrays, self.maps = [], []

    def read(self, numbers: Sequence[int], starts: Sequence[int]) -> Signal:
        """Return windows in µV."""
        out = np.empty((len(numbers), CHANNELS, LENGTH), np.float32)
        if self.order == "tiles":
            copy_windows([self.arrays[number] for number in numbers], np.asarray(starts), out)
        elif self.order == "time-major":
            for number, start, window in zip(numbers, starts, out, strict=True):
                window[...] = self.arrays[number][start : start + LENGTH].T
        else:
            for number, start, window in zip(numbers, starts, out, strict=True):
                window[...] = self.arrays[number][:, start : start + LENGTH]
        if self.dtype == np.int16:
            for number, window in zip(numbers, out, strict=True):
                window *= self.scales[number]
        return out

    def read_cold(self, numbers: Sequence[int], starts: Sequence[int]) -> Signal:
        """Return windows, after the system was asked to fetch them all at once."""
        for number, start in zip(numbers, starts, strict=True):
            for begin, end in self.ranges(start):
                page = begin - begin % mmap.PAGESIZE
                self.maps[number].madvise(mmap.MADV_WILLNEED, page, end - page)
        return self.read(numbers, starts)

    def ranges(self, start: int) -> list[tuple[int, int]]:
        """Return the bytes of a window."""
        item = self.dtype.itemsize
        if self.order == "channel-major":
            rows = [(channel * HOUR + start) * item for channel in range(CHANNELS)]
            return [(row, row + LENGTH * item) for row in rows]
        unit, sample = TILE if self.order == "tiles" else 1, CHANNELS * item
        return [(start // unit * unit * sample, -(-(start + LENGTH) // unit) * unit * sample)]


class ZarrWay:
    """Signals in Zarr, in chunks of all channels × 4 s."""

    def __init__(self, folder: Path, signals: Sequence[Signal], compressors: str | None) -> None:
        import zarr

        self.name = f"Zarr, float32, {'not compressed' if compressors is None else 'zstd'}"
        chunks = (CHANNELS, LENGTH)
        self.arrays = []
        for number, signal in enumerate(signals):
            place = folder / f"{compressors}-{number}"
            array = zarr.create_array(
                place, shape=signal.shape, chunks=chunks, dtype="float32", compressors=compressors
            )
            array[:] = signal
            self.arrays.append(array)
        self.files = [file for file in folder.glob(f"{compressors}-*/**/*") if file.is_file()]

    def open(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""

    def read(self, numbers: Sequence[int], starts: Sequence[int]) -> Signal:
        """Return windows."""
        pairs = zip(numbers, starts, strict=True)
        return np.stack([self.arrays[number][:, start : start + LENGTH] for number, start in pairs])

    read_cold = read


def compare_layouts(folder: Path, asked: argparse.Namespace) -> None:
    """Print for each way how fast windows come from the page cache, in shares of memory, and from the disk."""
    signals = make_signals(asked.hours)
    print(f"{asked.hours} h of 18 channels at 256 Hz, {TILE} samples a tile; batches of {BATCH} windows of 4 s\n")
    print(f"{'':<32}{'warm, of memory':>16}{'cold, windows/s':>30}{'MB an hour':>12}")
    for order, kind in itertools.product(("tiles", "time-major", "channel-major"), ("float32", "float16", "int16")):
        show_way(MappedWay(folder, signals, order, kind), signals)
    if importlib.util.find_spec("zarr") is None:
        print("Zarr is not installed")
        return
    for compressors in ("auto", None):
        show_way(ZarrWay(folder, signals, compressors), signals)


def show_way(way: MappedWay | ZarrWay, signals: Sequence[Signal]) -> None:
    """Print a line of the table."""
    windows = draw_windows(len(signals), 3000)
    way.open()
    share = compare_with_memory(signals, windows, way.read)
    way.close()
    colds = []
    for _ in range(COLD_RUNS):
        drop(way.files)
        way.open()
        colds.append(rate(way.read_cold, draw_windows(len(signals), 3000, apart=True)))
        way.close()
    megabytes = sum(file.stat().st_size for file in way.files) / len(signals) / 1e6
    print(f"{way.name:<32}{share:>15.0%} {tell_rates(colds):>29} {megabytes:>11.1f}", flush=True)


def tell_rates(rates: Sequence[float]) -> str:
    """Return the median and the range."""
    return f"{statistics.median(rates):.0f} ({min(rates):.0f} to {max(rates):.0f})"


def compare_with_memory(signals: Sequence[Signal], windows: tuple[list[int], list[int]], read: Read) -> float:
    """Return how fast windows are read in shares of how fast they are copied from arrays in memory, in turn.

    In seconds of the processor, so that others who work on the machine do not count.
    """

    def read_memory(numbers: Sequence[int], starts: Sequence[int]) -> Signal:
        out = np.empty((len(numbers), CHANNELS, LENGTH), np.float32)
        for number, start, window in zip(numbers, starts, out, strict=True):
            window[...] = signals[number][:, start : start + LENGTH]
        return out

    rate(read, windows)
    clock = time.process_time
    return statistics.median(rate(read, windows, clock) / rate(read_memory, windows, clock) for _ in range(15))


def rate(read: Read, windows: tuple[list[int], list[int]], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return windows per second, batch by batch, until all are read or five seconds have passed."""
    numbers, starts = windows
    begun, done = clock(), 0
    while done < len(numbers) and clock() - begun < 5.0:
        read(numbers[done : done + BATCH], starts[done : done + BATCH])
        done += BATCH
    return done / (clock() - begun)


def measure_store(folder: Path, asked: argparse.Namespace) -> None:
    """Print how fast the store reads, how long a large one takes to open, and that its memory stays flat."""
    signals = make_signals(asked.hours)
    store = write_store(folder / "store", signals)
    windows = draw_windows(asked.hours, 3000)
    warm = compare_with_memory(signals, windows, store_reader(store))
    print(f"store, warm: {warm:.0%} of memory, {rate(store_reader(store), windows):.0f} windows/s")
    del store  # what is mapped stays in the page cache
    apart = draw_windows(asked.hours, min(20_000, asked.hours * 800), apart=True)
    colds = []
    for _ in range(COLD_RUNS):
        drop((folder / "store/signals").glob("*.npy"))
        colds.append(rate(store_reader(Store(folder / "store")), apart))
    print(f"store, cold: {tell_rates(colds)} windows/s")
    signal = read_manifest(folder / "store").recordings[0].signal
    for number in (1_000, 10_000):
        rows = tuple(
            RecordingRow(
                name=f"r{number}",
                subject=f"s{number % 600}",
                session="1",
                signal=replace(signal, key=f"{number:032x}", channels=LEADS[:CHANNELS]),
                events=tuple(EventRow(100.5 * event, 30.25) for event in range(3)),
            )
            for number in range(number)
        )
        (folder / f"{number}").mkdir()
        write_manifest(folder / f"{number}", Manifest("", "many", {}, recordings=rows))
        times = [timed(lambda number=number: Store(folder / f"{number}")) for _ in range(5)]
        print(f"a store of {number} recordings with 3 events each opens in {statistics.median(times):.2f} s")
    for hours in (max(1, asked.hours // 10), asked.hours):
        grown = memory_of(folder / "store", hours)
        print(f"private memory while {hours} h are read: {grown:.1f} MB more than after opening")


def store_reader(store: Store) -> Read:
    """Return how windows of a store are read."""
    return lambda numbers, starts: store.read_windows(np.asarray(numbers), np.asarray(starts), LENGTH)


def write_store(folder: Path, signals: Sequence[Signal]) -> Store:
    """Write signals into a store as they are."""
    rows = []
    with open_for_writing(folder):
        for number, signal in enumerate(signals):
            recording = Recording.from_array(signal, RATE)
            key = make_key(str(number), (), Chain())
            row: SignalRow = write_signal(folder, key, str(number), recording, Chain())
            finish_signal(folder, row)
            rows.append(RecordingRow(f"r{number}", f"s{number}", "1", row))
    write_manifest(folder, Manifest("", "noise", Chain().model_dump(mode="json"), recordings=tuple(rows)))
    return Store(folder)


def memory_of(folder: Path, hours: int) -> float:
    """Return by how many MB the private memory of this process grows while every sample of some hours is read."""
    store = Store(folder)
    before = private_megabytes()
    for number in range(hours):
        for start in range(0, HOUR - LENGTH * BATCH, LENGTH * BATCH):
            store.read_windows([number] * BATCH, np.arange(BATCH) * LENGTH + start, LENGTH)
    return private_megabytes() - before


def private_megabytes() -> float:
    """Return the anonymous memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))


def measure_prepare(folder: Path, asked: argparse.Namespace) -> None:
    """Print how much faster than real time an EDF corpus is prepared, and how much a second run takes."""
    recordings = []
    for number in range(asked.hours):
        path = folder / f"r{number}.edf"
        write_edf(path, TiledNoise(1.0), physical_range=(-800.0 - number, 800.0))
        recordings.append(CorpusRecording(path.stem, path, f"s{number}", "1", Annotations([], 3600.0)))
    corpus = Corpus("noise", folder, tuple(recordings))
    chain = load_chain(None, {"chain.steps.2.frequency": "60"})
    print(f"{asked.hours} recordings of 1 h, 23 channels at 256 Hz; {', '.join(step.step for step in chain.steps)}")
    for title, again in (("prepared", {}), ("prepared again", {}), ("verified", {"verify": True})):
        begun, cpu = time.perf_counter(), processor_seconds()
        prepare_recordings(corpus, folder / "store", chain, n_jobs=asked.jobs, **again)
        seconds, worked = time.perf_counter() - begun, processor_seconds() - cpu
        print(
            f"{title:<16}{seconds:>7.1f} s, {asked.hours * 3600 / seconds:>9.0f} × real time with {asked.jobs} jobs; "
            f"{worked / asked.hours:.2f} s of processor an hour"
        )


def processor_seconds() -> float:
    """Return the time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def make_signals(hours: int) -> list[Signal]:
    """Return noise, an hour each."""
    noise = np.random.default_rng(0).normal(0, 30, (CHANNELS, HOUR)).astype(np.float32)
    return [np.roll(noise, 1234 * number, axis=1) for number in range(hours)]


def draw_windows(hours: int, number: int, *, apart: bool = False) -> tuple[list[int], list[int]]:
    """Return recordings and starts at random; on request of windows that share no sample."""
    rng = np.random.default_rng(1)
    if apart:
        recordings, slots = np.divmod(rng.permutation(hours * (HOUR // LENGTH - 1))[:number], HOUR // LENGTH - 1)
        return recordings.tolist(), (slots * LENGTH + LENGTH // 3).tolist()
    return rng.integers(0, hours, number).tolist(), rng.integers(0, HOUR - LENGTH, number).tolist()


def drop(files: Iterable[Path]) -> None:
    """Drop files from the page cache."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
