"""How fast networks are trained on this machine, beside the bare step of each on a batch that is in memory."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ictal.core.recording import Recording
from ictal.core.windows import WindowGrid
from ictal.data.batch import Batch
from ictal.data.loader import WindowLoader
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.windows import WindowTable, cut_windows
from ictal.detection.settings import Model
from ictal.preprocessing.chain import Chain
from ictal.training.feed import Feed
from ictal.training.fit import fit
from ictal.training.network import build_network
from ictal.training.repeatable import repeatable
from ictal.training.settings import TrainingSettings
from ictal.training.trainer import uses_gpu

USUAL = ("eegwavenet", "eegnet", "tcn")
"""Networks of the signal that are small enough for the loader to be felt."""

RATE, WINDOW, HOP = 256.0, 4.0, 1.0
N_RECORDINGS, SECONDS = 4, 600.0
_WARM_UP = 3


@dataclass(frozen=True)
class Pace:
    """How fast one network is trained.

    Attributes
    ----------
    model : str
    bare : float
        Windows a second of the step alone: forward, backward and optimizer on one batch that is in memory.
    fitted : float
        Windows a second of `fit`.
    waiting : float
        Share of the time that `fit` waits for data.
    """

    model: str
    bare: float
    fitted: float
    waiting: float

    @property
    def row(self) -> str:
        """The line of the table."""
        ratio = 100.0 * self.fitted / self.bare
        return f"{self.model:<24}{self.bare:>10.0f}{self.fitted:>10.0f}{ratio:>9.0f} %{100.0 * self.waiting:>10.1f} %"


HEADER = f"{'windows/s':<24}{'bare step':>10}{'fit':>10}{'of bare':>11}{'waiting':>12}"


def bench_training(
    models: Sequence[str] = (),
    *,
    n_channels: int = 18,
    batch_size: int = 32,
    n_batches: int = 60,
    threads: int = 1,
    n_workers: int = 1,
    repeats: int = 3,
    progress: Callable[..., None] = lambda share, text="": None,
) -> str:
    """Measure the training of networks on windows of noise, 4 s at 256 Hz: what ``ictal bench train`` does.

    Parameters
    ----------
    models : sequence of str
        Names of :data:`ictal.models.table.MODELS`; those of :data:`USUAL` where none is named.
    n_channels, batch_size, n_batches : int
        Of an epoch.
    threads, n_workers : int
        As in :class:`~ictal.training.settings.TrainingSettings`.
    repeats : int
        Turns of both ways; the median counts.
    progress : callable
        Called with the share that is done and a text.

    Returns
    -------
    str
        A table.

    Raises
    ------
    ParameterError
        If a model is unknown, or a rule.
    """
    names = models or USUAL
    settings = TrainingSettings(epochs=2, batch_size=batch_size, threads=threads, n_workers=n_workers)
    rows = []
    with tempfile.TemporaryDirectory(prefix="ictal-bench-") as folder:
        store = write_noise(Path(folder) / "store", n_channels)
        for number, name in enumerate(names):
            progress(number / len(names), name)
            rows.append(measure_pace(name, store, settings, n_batches, repeats).row)
    return "\n".join([HEADER, *rows])


def write_noise(folder: Path, n_channels: int) -> Store:
    """Write a store of noise in which a minute of each recording is called a seizure."""
    names = [f"E{number}" for number in range(1, n_channels + 1)]
    rows = []
    with open_for_writing(folder):
        for number in range(N_RECORDINGS):
            noise = np.random.default_rng(number).standard_normal((n_channels, round(SECONDS * RATE)), np.float32)
            facts = write_signal(folder, str(number), "", Recording.from_array(noise, RATE, names), Chain())
            rows.append(RecordingRow(str(number), str(number), "1", facts, events=(EventRow(60.0, 60.0),)))
        write_manifest(folder, Manifest("", "noise", {}, recordings=tuple(rows)))
    return Store(folder)


def measure_pace(name: str, store: Store, settings: TrainingSettings, n_batches: int, repeats: int) -> Pace:
    """Measure one network, the bare step and `fit` in turns, so that a noisy machine spoils both alike."""
    facts = {"n_channels": len(store.recordings[0].channels), "n_classes": 2, "sampling_rate": RATE}
    network = build_network(Model(name=name), {**facts, "window": WINDOW, "hop": HOP}, seed=settings.seed)
    loader = WindowLoader(store, cut_some(store, network, n_batches * settings.batch_size))
    batch = next(iter(Feed(loader, settings)))
    bare, fitted, waiting = [], [], []
    for _ in range(repeats):
        bare.append(step_barely(network, batch, settings, n_batches))
        second = fit(network, loader, settings).history[1]
        fitted.append(second["train/windows_per_second"])
        waiting.append(second["train/waiting"])
    return Pace(name, *(statistics.median(figures) for figures in (bare, fitted, waiting)))


def cut_some(store: Store, network: nn.Module, n_windows: int) -> WindowTable:
    """Return as many windows, with as many labels as the network answers."""
    grid = WindowGrid(WINDOW, HOP)
    with torch.no_grad():
        shape = network.eval()(torch.zeros(1, len(store.recordings[0].channels), round(WINDOW * RATE))).shape
    windows = cut_windows(store.recordings, grid, n_frames=shape[1] if shape[1] > 1 else None)
    return windows.take(np.random.default_rng(0).choice(len(windows), n_windows, replace=n_windows > len(windows)))


def step_barely(network: nn.Module, batch: Batch, settings: TrainingSettings, n_batches: int) -> float:
    """Return the windows a second of steps on one batch, without a loader and without a trainer."""
    gpu = uses_gpu(settings)
    device = torch.device("cuda" if gpu else "cpu")
    batch = batch.to(device)
    loss = settings.loss.build(np.ones(batch.n_classes, np.int64))
    with repeatable(settings.threads, gpu=gpu):
        trained = network.to(device).train()
        optimizer = settings.optimizer.build(trained.parameters())
        begun = 0.0
        for number in range(n_batches + _WARM_UP):
            if number == _WARM_UP:
                begun = _now(gpu)
            optimizer.zero_grad()
            loss(trained(batch.signal), batch.labels).backward()
            optimizer.step()
        return len(batch) * n_batches / (_now(gpu) - begun)


def _now(gpu: bool) -> float:
    if gpu:
        torch.cuda.synchronize()
    return time.perf_counter()
