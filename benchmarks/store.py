"""How prepared signals are best kept, and how fast the store is: random windows of 4 s × 18 channels, warm and cold.

``layouts`` compares ways to keep a signal, ``store`` measures ours, ``prepare`` how it is made. Cold means that every file
was dropped from the page cache (fsync, then posix_fadvise DONTNEED) and no window is read twice, as on a corpus that is
much larger than memory. Zarr takes part where it is installed.
"""

from __future__ import annotations

import argparse
import itertools
import mmap
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.data.fingerprint import make_key
from ictal.data.manifest import Manifest, RecordingRow, SignalRow, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.tiles import TILE, copy_windows, to_tiles
from ictal.experiments.bench import TiledNoise
from ictal.experiments.prepare import prepare_recordings
from ictal.experiments.recipe import load_chain
from ictal.io.corpora.corpus import Corpus, CorpusRecording
from ictal.io.edf_write import write_edf
from ictal.preprocessing.chain import Chain

CHANNELS, RATE, LENGTH = 18, 256, 1024
HOUR = 3600 * RATE
BATCH = 32
Signal = NDArray[np.float32]
Read = Callable[[Sequence[int], Sequence[int]], object]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["layouts", "store", "prepare"])
    parser.add_argument("--hours", type=int, default=8, help="of signal; the cold figures want more windows than are read")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    asked = parser.parse_args()
    for what in asked.what:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            {"layouts": compare_layouts, "store": measure_store, "prepare": measure_prepare}[what](Path(folder), asked)


class Layout:
    """One way to keep a signal in a file that is mapped."""

    def __init__(self, order: str, kind: str) -> None:
        self.order, self.kind = order, kind
        self.name = f"{order}, {kind}"
        self.dtype = np.dtype(kind)

    def save(self, path: Path, signal: Signal) -> None:
        """Write a signal of shape (n_channels, n_samples)."""
        self.path, self.scale = path, np.ones((CHANNELS, 1), np.float32)
        if self.kind == "int16":
            self.scale = np.abs(signal).max(axis=1, keepdims=True) / np.float32(32767)
            signal = np.round(signal / self.scale)
        arranged = {"tiles": to_tiles, "time-major": np.transpose, "channel-major": np.asarray}[self.order](signal)
        np.ascontiguousarray(arranged, self.dtype).tofile(path)

    def open(self) -> None:
        """Map the file."""
        with self.path.open("rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.map.madvise(mmap.MADV_RANDOM)
        shape = {"tiles": (-1, CHANNELS, TILE), "time-major": (-1, CHANNELS), "channel-major": (CHANNELS, -1)}[self.order]
        self.array = np.frombuffer(self.map, self.dtype).reshape(shape)

    def copy(self, start: int, out: Signal) -> None:
        """Fill `out`, shape (n_channels, LENGTH), with µV."""
        if self.order == "tiles":
            copy_windows([self.array], np.array([start]), out[None])
        elif self.order == "time-major":
            out[...] = self.array[start : start + LENGTH].T
        else:
            out[...] = self.array[:, start : start + LENGTH]
        if self.kind == "int16":
            out *= self.scale

    def ask(self, start: int) -> None:
        """Ask the system to fetch a window."""
        item = self.dtype.itemsize
        if self.order == "channel-major":
            rows = [(channel * HOUR + start) * item for channel in range(CHANNELS)]
            ranges = [(row, row + LENGTH * item) for row in rows]
        else:
            unit = TILE if self.order == "tiles" else 1
            sample = CHANNELS * item
            ranges = [(start // unit * unit * sample, -(-(start + LENGTH) // unit) * unit * sample)]
        for begin, end in ranges:
            page = begin - begin % mmap.PAGESIZE
            self.map.madvise(mmap.MADV_WILLNEED, page, end - page)


def compare_layouts(folder: Path, asked: argparse.Namespace) -> None:
    """Print for each way how fast windows come from the page cache, in shares of memory, and from the disk."""
    signals = make_signals(asked.hours)
    windows = draw_windows(asked.hours, 3000)
    print(f"{asked.hours} h of 18 channels at 256 Hz, {TILE} samples a tile; windows of 4 s\n")
    print(f"{'':<28}{'warm, of memory':>16}{'cold, windows/s':>18}{'MB an hour':>12}")
    for order, kind in itertools.product(("tiles", "time-major", "channel-major"), ("float32", "float16", "int16")):
        layouts = [Layout(order, kind) for _ in signals]
        for number, (layout, signal) in enumerate(zip(layouts, signals, strict=True)):
            layout.save(folder / f"{number}.bin", signal)
        show_way(layouts[0].name, signals, windows, mapped_reader(layouts, folder), [one.path for one in layouts])
    for name, reader, files in zarr_readers(folder, signals):
        show_way(name, signals, windows, reader, files)


def mapped_reader(layouts: Sequence[Layout], folder: Path) -> Callable[[], tuple[Read, Read]]:
    """Return what opens the files and gives a way to read, warm and cold."""

    def open_all() -> tuple[Read, Read]:
        for layout in layouts:
            layout.open()

        def read(numbers: Sequence[int], starts: Sequence[int]) -> Signal:
            out = np.empty((len(numbers), CHANNELS, LENGTH), np.float32)
            for number, start, window in zip(numbers, starts, out, strict=True):
                layouts[number].copy(start, window)
            return out

        def read_cold(numbers: Sequence[int], starts: Sequence[int]) -> Signal:
            for number, start in zip(numbers, starts, strict=True):
                layouts[number].ask(start)
            return read(numbers, starts)

        return read, read_cold

    return open_all


def zarr_readers(folder: Path, signals: Sequence[Signal]) -> Iterable[tuple[str, Callable[[], tuple[Read, Read]], list[Path]]]:
    """Yield Zarr with and without compression, in chunks of all channels × 4 s."""
    try:
        import zarr
    except ImportError:
        print("Zarr is not installed")
        return
    for name, compressors in (("Zarr, float32, zstd", "auto"), ("Zarr, float32", None)):
        arrays = []
        for number, signal in enumerate(signals):
            place = folder / f"{name}-{number}"
            array = zarr.create_array(
                place, shape=signal.shape, chunks=(CHANNELS, LENGTH), dtype="float32", compressors=compressors
            )
            array[:] = signal
            arrays.append(array)

        def read(numbers: Sequence[int], starts: Sequence[int], arrays: list[object] = arrays) -> Signal:
            pairs = zip(numbers, starts, strict=True)
            return np.stack([arrays[number][:, start : start + LENGTH] for number, start in pairs])  # type: ignore[index]

        files = [file for place in folder.glob(f"{name}-*") for file in place.rglob("*") if file.is_file()]
        yield name, lambda read=read: (read, read), files  # type: ignore[misc]


def show_way(
    name: str,
    signals: Sequence[Signal],
    windows: tuple[list[int], list[int]],
    open_all: Callable[[], tuple[Read, Read]],
    files: list[Path],
) -> None:
    """Print a line of the table."""
    read, _ = open_all()
    share = compare_with_memory(signals, windows, read)
    drop(files)
    _, read_cold = open_all()
    cold = rate(read_cold, windows, at_most=5.0)
    megabytes = sum(file.stat().st_size for file in files) / len(signals) / 1e6
    print(f"{name:<28}{share:>15.0%} {cold:>17.0f} {megabytes:>11.1f}", flush=True)


def compare_with_memory(signals: Sequence[Signal], windows: tuple[list[int], list[int]], read: Read) -> float:
    """Return how fast windows are read in shares of how fast they are copied from arrays in memory, in turn."""

    def read_memory(numbers: Sequence[int], starts: Sequence[int]) -> Signal:
        out = np.empty((len(numbers), CHANNELS, LENGTH), np.float32)
        for number, start, window in zip(numbers, starts, out, strict=True):
            window[...] = signals[number][:, start : start + LENGTH]
        return out

    rate(read, windows)
    return statistics.median(rate(read, windows) / rate(read_memory, windows) for _ in range(9))


def rate(read: Read, windows: tuple[list[int], list[int]], at_most: float = float("inf")) -> float:
    """Return windows per second, batch by batch, until all are read or so many seconds have passed."""
    numbers, starts = windows
    begun, done = time.perf_counter(), 0
    while done < len(numbers) and time.perf_counter() - begun < at_most:
        read(numbers[done : done + BATCH], starts[done : done + BATCH])
        done += BATCH
    return done / (time.perf_counter() - begun)


def measure_store(folder: Path, asked: argparse.Namespace) -> None:
    """Print how fast the store reads, how long a large one takes to open, and that its memory stays flat."""
    signals = make_signals(asked.hours)
    store = write_store(folder / "store", signals)
    windows = draw_windows(asked.hours, 3000)
    warm = compare_with_memory(signals, windows, lambda numbers, starts: store.read_windows(numbers, starts, LENGTH))
    print(f"store, warm: {warm:.0%} of memory, {rate(store_reader(store), windows):.0f} windows/s")
    apart = draw_windows(asked.hours, min(20_000, asked.hours * 800), apart=True)
    colds = []
    for _ in range(3):
        drop((folder / "store/signals").glob("*.npy"))
        colds.append(rate(store_reader(Store(folder / "store")), apart))
    print(f"store, cold: {statistics.median(colds):.0f} windows/s ({min(colds):.0f} to {max(colds):.0f})")
    for number in (1_000, 10_000):
        row = store.manifest.recordings[0]
        rows = tuple(RecordingRow(f"r{i}", f"s{i % 600}", "1", row.signal, events=row.events) for i in range(number))
        (folder / f"{number}/signals").mkdir(parents=True)
        write_manifest(folder / f"{number}", Manifest("", "many", {}, recordings=rows))
        os.link(folder / f"store/signals/{row.signal.key}.npy", folder / f"{number}/signals/{row.signal.key}.npy")
        times = [timed(lambda number=number: Store(folder / f"{number}")) for _ in range(5)]
        print(f"store of {number} recordings opens in {statistics.median(times):.2f} s")
    for hours in (max(1, asked.hours // 10), asked.hours):
        print(f"private memory while {hours} h are read: {memory_of(folder / 'store', hours):.1f} MB more than after opening")


def store_reader(store: Store) -> Read:
    """Return how windows of a store are read."""
    return lambda numbers, starts: store.read_windows(numbers, starts, LENGTH)


def write_store(folder: Path, signals: Sequence[Signal]) -> Store:
    """Write signals into a store as they are."""
    rows = []
    with open_for_writing(folder):
        for number, signal in enumerate(signals):
            recording = Recording.from_array(signal, RATE)
            key = make_key(str(number), (), Chain())
            row: SignalRow = write_signal(folder, key, str(number), recording, Chain())
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
