"""One detector, trained on one split of a prepared store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from ictal.core.errors import ParameterError
from ictal.core.version import __version__
from ictal.data.leakage import check_split
from ictal.data.loader import LoaderSettings, WindowLoader
from ictal.data.portions import Portion, Split
from ictal.data.sealed import SealedSplit
from ictal.data.store import Store
from ictal.data.windows import WindowTable, cut_windows
from ictal.detection.detector import Detector
from ictal.evaluation.history import TrainingHistory, write_history
from ictal.evaluation.stored import Side
from ictal.io.atomic import atomic_write
from ictal.training.assemble import assemble_detector
from ictal.training.evaluation import evaluate, make_validate
from ictal.training.fit import Fitted, fit
from ictal.training.network import build_network
from ictal.training.repeatable import repeatable
from ictal.training.seen import SEEN, hash_recording
from ictal.training.settings import TaskSettings
from ictal.training.table_fit import asks_for_table, fit_table
from ictal.training.trainer import uses_gpu

Progress = Callable[..., None]
Watch = Callable[[int, Mapping[str, float]], None]

DETECTOR = "detector.ictal"


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training gives.

    Attributes
    ----------
    detector : Detector
        With the weights of the best epoch.
    fitted : Fitted
        The network and the history of its training.
    side : {"test", "validation"}
        What it was evaluated on; the validation had a say in which epoch is the best.
    figures : dict
        As in ``figures.json``; see :func:`ictal.training.evaluation.evaluate`.
    """

    detector: Detector
    fitted: Fitted
    side: str
    figures: dict[str, Any]


def train_detector(
    task: TaskSettings,
    store: Store,
    split: Split | SealedSplit,
    folder: Path,
    *,
    trackers: Sequence[str] = (),
    watch: Watch | None = None,
    progress: Progress = lambda share, text="": None,
    provenance: Mapping[str, str] | None = None,
) -> Trained:
    """Train a network on one side of a split, keep its best epoch by the second, and evaluate it on the third.

    Parameters
    ----------
    task : TaskSettings
    store : Store
    split : Split or SealedSplit
        Where the test side is sealed or empty, the detector is evaluated on the validation side, and says so.
    folder : Path
        Where checkpoints, scores, figures and the detector are written. A training that was stopped goes on there.
    trackers : sequence of str
        Names of :data:`ictal.training.trackers.TRACKERS`.
    watch : callable, optional
        Sees the figures of every epoch, and may raise to stop.
    progress : callable
        Called with the share that is done and a text.
    provenance : mapping of str to str, optional
        What the detector shall say of where it comes from, beside what is written there anyway.

    Raises
    ------
    LeakageError
        If a subject, a recording or a sample stands on two sides.
    ParameterError
        If a part of the task does not fit the store, or a class has no windows.
    OutputError
        If the disk is full; the training goes on from the last epoch when called again.
    """
    fitted, train = fit_split(task, store, split, folder, trackers=trackers, watch=watch, progress=progress)
    write_history(folder, TrainingHistory(task.training.monitor, fitted.best_epoch, fitted.history))
    side: Side = "validation" if isinstance(split, SealedSplit) or not split.test else "test"
    portions = split.test if side == "test" else split.validation
    figures: dict[str, Any] = {}
    if portions:
        device = "cuda" if uses_gpu(task.training) else "cpu"
        with repeatable(task.training.threads):
            loss = build_loss(task, train)
            figures = evaluate(fitted.network, store, portions, task, folder, side, loss=loss, device=device)
    detector = assemble_detector(
        fitted.network,
        task,
        store.chain,
        describe_windows(task, train)["n_channels"],
        card=describe_training(store, split, train),
        provenance={**describe_origin(task, store, split), **({} if provenance is None else provenance)},
    )
    with atomic_write(folder / DETECTOR) as file:
        file.write(detector.encode())
    return Trained(detector, fitted, side, figures)


def fit_split(
    task: TaskSettings,
    store: Store,
    split: Split | SealedSplit,
    folder: Path,
    *,
    trackers: Sequence[str] = (),
    watch: Watch | None = None,
    progress: Progress = lambda share, text="": None,
) -> tuple[Fitted, WindowTable]:
    """Fit a network to the training side of a split, watched on its validation side.

    Parameters and errors are those of :func:`train_detector`.

    Returns
    -------
    Fitted, WindowTable
        What training found, and the windows that it was shown.
    """
    check_sides(split, store, guard=task.windows.length)
    train = cut_side(task, store, split.train)
    check_classes(train, split.name)
    facts, loss = describe_windows(task, train), build_loss(task, train)
    caller: dict[str, Any] = {
        "validate": make_validate(store, split.validation, task, loss) if split.validation else None,
        "folder": folder,
        "trackers": trackers,
        "watch": watch,
        "progress": progress,
    }
    if asks_for_table(task):
        return fit_table(task, store, train, facts, **caller), train
    network = build_network(task.model, facts, seed=task.training.seed)
    reading = LoaderSettings(batch_size=task.training.batch_size, n_workers=task.training.n_workers)
    loader = WindowLoader(store, train, balance=task.balance, settings=reading, seed=task.training.seed)
    return fit(network, loader, task.training, augmentations=task.augmentation, **caller), train


def build_loss(task: TaskSettings, windows: WindowTable) -> nn.Module:
    """Return the loss of a task on all windows of training."""
    return task.training.loss.build(np.bincount(windows.labels.ravel(), minlength=len(windows.classes)))


def check_sides(split: Split | SealedSplit, store: Store, *, guard: float) -> None:
    """Make sure that no side of a split knows another; of a sealed one, those that can be seen.

    Raises
    ------
    LeakageError
        If one does.
    """
    whole = Split(split.name, split.train, split.validation, (), split.within_subject)
    check_split(whole if isinstance(split, SealedSplit) else split, store.recordings, guard=guard)


def cut_side(task: TaskSettings, store: Store, portions: Iterable[Portion]) -> WindowTable:
    """Return the windows of training of some portions."""
    windows = task.windows
    return cut_windows(
        store.recordings,
        windows.training_grid,
        task.scheme,
        rule=windows.rule,
        n_frames=windows.n_frames,
        portions=portions,
        starts=store.starts,
    )


def check_classes(windows: WindowTable, split: str) -> None:
    """Refuse windows that lack a class.

    Raises
    ------
    ParameterError
        If one has no window; it is named.
    """
    for name, count in windows.count().items():
        if count == 0:
            raise ParameterError(
                f"split {split}: the training side has {len(windows)} windows and none of class {name!r}; "
                "train on more recordings, or another split."
            )


def describe_windows(task: TaskSettings, windows: WindowTable) -> dict[str, Any]:
    """Return what a network must know of the windows."""
    used = windows.recordings[windows.recording[0]]
    return {
        "n_channels": len(used.channels),
        "n_classes": len(windows.classes),
        "sampling_rate": windows.sampling_rate,
        "window": task.windows.length,
        "hop": task.windows.step,
        "frame": task.windows.length / (1 if task.windows.n_frames is None else task.windows.n_frames),
    }


def describe_training(store: Store, split: Split | SealedSplit, windows: WindowTable) -> dict[str, str]:
    """Return what the card of a detector says of its data, without a name."""
    n_subjects = len({portion.subject for portion in split.train})
    hours = sum(portion.duration for portion in split.train) / 3600.0
    counts = ", ".join(f"{count} {name}" for name, count in windows.count().items())
    data = f"{store.manifest.corpus}: {n_subjects} subjects, {hours:.1f} h; windows: {counts}"
    return {"data": data, "confidence": "Not calibrated: it orders events and is no probability."}


def describe_origin(task: TaskSettings, store: Store, split: Split | SealedSplit) -> dict[str, str]:
    """Return where a detector comes from."""
    seen = {portion.recording for portion in (*split.train, *split.validation)}
    hashes = sorted(hash_recording(row.signal.input) for row in store.manifest.recordings if row.name in seen)
    return {
        "trained_with": f"ictal {__version__}",
        "split": split.name,
        "seed": str(task.training.seed),
        "threads": str(task.training.threads),
        SEEN: ",".join(hashes),
    }
