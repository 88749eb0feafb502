"""A network is fitted to windows."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from ictal.core.errors import IctalWarning, ParameterError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.augmentation.synthetic_seizure import SyntheticSeizure
from ictal.data.loader import WindowLoader
from ictal.training.checkpoint import find_checkpoint, make_fingerprint, read_standing
from ictal.training.devices import OneMachine, others_started
from ictal.training.epochs import Epochs, Progress, Validate, Watch
from ictal.training.feed import Feed
from ictal.training.repeatable import repeatable
from ictal.training.schedules import Plateau
from ictal.training.settings import TrainingSettings
from ictal.training.standing import Standing, find_best
from ictal.training.task import TrainingTask
from ictal.training.trackers import open_trackers
from ictal.training.trainer import make_trainer, quiet_lightning, run_trainer, uses_gpu


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a training found.

    Attributes
    ----------
    network : Module
        With the weights of the best epoch, in evaluation mode, on the processor.
    history : tuple of mapping of str to float
        The figures of each epoch: ``epoch``, ``lr``, ``train/loss``, ``train/waiting`` (share of the time spent waiting
        for data), ``train/windows_per_second``, and what the validation said, such as ``validation/pr_auc``.
    best_epoch : int
        From 0 on.
    """

    network: nn.Module
    history: tuple[Mapping[str, float], ...]
    best_epoch: int


def fit(
    network: nn.Module,
    loader: WindowLoader,
    settings: TrainingSettings,
    *,
    validate: Validate | None = None,
    augmentations: Augmentations | None = None,
    folder: Path | None = None,
    trackers: Sequence[str] = (),
    watch: Watch | None = None,
    progress: Progress = lambda share, text="": None,
) -> Fitted:
    """Fit a network to the windows of a loader.

    The same network, windows and settings give the same weights, bit for bit on the same processor, however many
    workers read, and however often the training was stopped in between.

    Parameters
    ----------
    network : Module
        Answers logits ``(B, n_frames, n_classes)``. It is left as it is. Weights that require no gradient are frozen,
        and layers all of whose weights are frozen work as in evaluation.
    loader : WindowLoader
        Windows and balance; the batch size, the workers and the seed are those of `settings`.
    settings : TrainingSettings
    validate : callable, optional
        Called after each epoch with the network, or with the running mean of its weights where that is asked for, in
        evaluation mode; answers figures by the names of :data:`ictal.training.metrics.MONITORS`. Without it all epochs
        are run and the last is the best.
    augmentations : Augmentations, optional
        Done where the network computes.
    folder : Path, optional
        Where ``metrics.csv`` and a checkpoint are written after each epoch. Called again, a training goes on from
        there; one that has ended is read.
    trackers : sequence of str
        Names of :data:`ictal.training.trackers.TRACKERS`, beside those that are always there; they need a folder.
    watch : callable, optional
        Called after each epoch with its number and figures; what it raises ends the training.
    progress : callable
        Called with the share that is done and a text.

    Returns
    -------
    Fitted

    Raises
    ------
    ParameterError
        If a class has no windows, another training stands in the folder, or the machine lacks what is asked for.
    DivergedError
        If the loss is no longer a number.
    OutputError
        If the system refuses to write; what stands in the folder can be gone on from.

    Examples
    --------
    >>> import numpy as np
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.windows import WindowGrid
    >>> from ictal.data.prepared import PreparedRecording
    >>> from ictal.data.windows import cut_windows
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> from ictal.training.readers import SignalsInMemory
    >>> seizure = Annotations([Event(10.0, 10.0)], 40.0)
    >>> night = PreparedRecording("night", "anna", "1", "", ("C3",), 128.0, 5120, seizure)
    >>> reader = SignalsInMemory([night], [np.random.default_rng(0).normal(0, 20, (1, 5120)).astype(np.float32)])
    >>> loader = WindowLoader(reader, cut_windows([night], WindowGrid(4.0, 1.0)))
    >>> network = EEGWaveNet(EEGWaveNetConfig(n_channels=1, sampling_rate=128.0))
    >>> fitted = fit(network, loader, TrainingSettings(epochs=2, accelerator="cpu"))
    >>> [row["epoch"] for row in fitted.history], fitted.best_epoch
    ([0, 1], 1)
    """
    if validate is None and isinstance(settings.schedule, Plateau):
        raise ParameterError("schedule: 'plateau' is not allowed without a validation, whose figure it follows.")
    varied = Augmentations() if augmentations is None else augmentations
    Feed(loader, settings).count()
    fingerprint = make_fingerprint(network, loader, settings, varied)
    checkpoint = None if folder is None else find_checkpoint(folder, fingerprint)
    standing = None if checkpoint is None else read_standing(checkpoint)
    if standing is None or not standing.finished:
        job = Job(network, loader, settings, varied, fingerprint, folder, checkpoint)
        with others_started(train, job, settings.devices) as place:
            epochs = train(job, place, trackers=trackers, validate=validate, watch=watch, progress=progress)
        standing = epochs.standing
    return _choose_best(network, standing, settings, validated=validate is not None)


@dataclass(frozen=True, eq=False)
class Job:
    """A training as it can be sent to another process; the parts are those of :func:`fit`."""

    network: nn.Module
    loader: WindowLoader
    settings: TrainingSettings
    augmentations: Augmentations
    fingerprint: Mapping[str, str]
    folder: Path | None
    checkpoint: Path | None


def train(job: Job, place: OneMachine, *, trackers: Sequence[str] = (), **caller: Any) -> Epochs:
    """Train on one device, together with those on the others.

    Parameters
    ----------
    job : Job
    place : OneMachine
        Which of the devices it is.
    trackers : sequence of str
    **caller
        What the first device calls: ``validate``, ``watch`` and ``progress``, as :func:`fit` takes them.

    Returns
    -------
    Epochs
        After the last one.
    """
    settings, gpu = job.settings, uses_gpu(job.settings)
    with_donors = any(isinstance(step, SyntheticSeizure) for step in job.augmentations.steps)
    feed = Feed(job.loader, settings, with_donors=with_donors, rank=place.global_rank(), pin_memory=gpu)
    epochs = Epochs(feed, settings, job.fingerprint, job.folder, **caller)
    tracked = job.folder if place.global_rank() == 0 else None
    with (
        repeatable(settings.threads, gpu=gpu),
        quiet_lightning(),
        open_trackers(trackers, tracked, settings) as loggers,
    ):
        loss = settings.loss.build(feed.count())
        task = TrainingTask(copy.deepcopy(job.network), loss, settings, job.augmentations, len(feed))
        run_trainer(make_trainer(settings, place, [epochs], loggers), task, feed, job.checkpoint)
    return epochs


def _choose_best(network: nn.Module, standing: Standing, settings: TrainingSettings, *, validated: bool) -> Fitted:
    if validated and find_best(standing.monitored(settings.monitor), settings.monitor) is None:
        warnings.warn(
            f"the validation never gave a number for {settings.monitor!r}; the weights of the last epoch are kept",
            IctalWarning,
            stacklevel=3,
        )
    best = copy.deepcopy(network).cpu()
    best.load_state_dict(standing.best_weights)
    return Fitted(best.eval(), tuple(standing.history), standing.best_epoch(settings.monitor))
