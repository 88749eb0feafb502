"""What a training run meets: how long it waits for data, and what memory a pass over all folds takes.

Measured on any prepared store, such as that of a twin::

    ictal simulate twin --like chb-mit --annotations CHB-MIT --subjects 24 --hours-per-subject 1
    ictal prepare twin -o store
    benchmarks/loading.py store
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

from ictal.core.windows import WindowGrid
from ictal.data.balance import Undersample
from ictal.data.loader import LoaderSettings, WindowLoader
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.data.windows import WindowTable, cut_windows
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig

GRID = WindowGrid(4.0, 1.0)


def main() -> None:
    """Print the share of time that training waits, and the memory of a leave-one-subject-out pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--batches", type=int, default=100)
    asked = parser.parse_args()
    store = Store(asked.store)
    hours = sum(recording.duration for recording in store) / 3600
    print(f"{len(store)} recordings, {hours:.1f} h")
    measure_waiting(store, asked.batches)
    measure_folds(store)


def measure_waiting(store: Store, n_batches: int) -> None:
    """Train EEGWaveNet for some batches on one thread and one that reads ahead."""
    torch.set_num_threads(1)
    windows = cut_windows(store.recordings, GRID)
    network = EEGWaveNet(EEGWaveNetConfig(n_channels=len(store.recordings[0].channels)))
    optimiser = torch.optim.Adam(network.parameters())
    loader = WindowLoader(store, windows, settings=LoaderSettings(batch_size=64, n_workers=1))
    batches = loader.epoch(0)
    waited = worked = 0.0
    for _ in range(n_batches):
        begun = time.perf_counter()
        batch = next(batches)
        read = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(network(batch.signal)[:, 0], batch.labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        waited, worked = waited + read - begun, worked + time.perf_counter() - read
    rate = 64 * n_batches / (waited + worked)
    share = 100 * waited / (waited + worked)
    print(f"training EEGWaveNet: {rate:.0f} windows/s, {share:.1f} % of the time waiting for data")


def measure_folds(store: Store) -> None:
    """Read one balanced epoch of every fold and say how much private memory that took."""
    before = private_megabytes()
    highest, n_folds, n_windows = 0.0, 0, 0
    for split in make_splits("loso", store.recordings):
        windows: WindowTable = cut_windows(store.recordings, GRID, portions=split.train)
        loader = WindowLoader(store, windows, balance=Undersample(ratio=0.5), settings=LoaderSettings(batch_size=256))
        for batch in loader.epoch(0):
            n_windows += len(batch)
        highest, n_folds = max(highest, private_megabytes()), n_folds + 1
    print(f"{n_folds} folds, {n_windows} windows: {highest:.0f} MB of private memory at most, {before:.0f} before")


def private_megabytes() -> float:
    """Return the anonymous memory of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


if __name__ == "__main__":
    main()
