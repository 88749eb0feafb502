"""A network is fitted to windows."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import lightning.pytorch as lightning
import torch
from torch import nn

from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.augmentation.synthetic_seizure import SyntheticSeizure
from ictal.data.loader import WindowLoader
from ictal.training.checkpoint import AtomicCheckpoints, find_checkpoint, make_fingerprint
from ictal.training.epochs import Epochs, Progress, Validate, Watch
from ictal.training.feed import Feed
from ictal.training.settings import TrainingSettings
from ictal.training.task import TrainingTask


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a training found.

    Attributes
    ----------
    network : Module
        With the weights of the best epoch, in evaluation mode, on the processor.
    history : tuple of mapping of str to float
        The figures of each epoch: ``epoch``, ``lr``, ``train/loss``, ``train/waiting`` (share of the time spent waiting
        for data), ``train/windows_per_second`` and what the validation said, as ``validation/pr_auc``.
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
    progress: Progress = lambda share, text: None,
) -> Fitted:
    """Fit a network to the windows of a loader.

    Parameters
    ----------
    network : Module
        Answers logits ``(B, n_frames, n_classes)``. It is left as it is; parameters that need no gradient are frozen.
    loader : WindowLoader
        Windows and balance; the batch size, the workers and the seed are those of `settings`.
    settings : TrainingSettings
    validate : callable, optional
        Called after each epoch with the network (the running mean of its weights where asked for) in evaluation mode,
        answers figures by the names of :data:`ictal.training.metrics.MONITORS`. Without it all epochs are run, and the
        last is the best.
    augmentations : Augmentations, optional
        Done on the device.
    folder : Path, optional
        Where a checkpoint is written after each epoch; called again, a training goes on from there, and ends with the
        weights of one that was never stopped.
    trackers : sequence of str
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
        If a class has no windows, or another training stands in the folder.
    DivergedError
        If the loss is no longer a number.
    OutputError
        If the system refuses to write; what is in the folder can be gone on from.
    """
    varied = Augmentations() if augmentations is None else augmentations
    fitted = copy.deepcopy(network)
    fingerprint = make_fingerprint(fitted, loader, settings, varied)
    checkpoint = None if folder is None else find_checkpoint(folder, fingerprint)
    feed = Feed(loader, settings, with_donors=any(isinstance(step, SyntheticSeizure) for step in varied.steps))
    epochs = Epochs(feed, settings, fingerprint, validate=validate, folder=folder, watch=watch, progress=progress)
    with repeatable(settings.threads), quiet_lightning():
        task = TrainingTask(fitted, settings.loss.build(feed.count()), settings, varied, len(feed))
        trainer = lightning.Trainer(
            max_epochs=settings.epochs,
            accelerator=settings.accelerator,
            devices=1,
            precision=settings.precision,
            gradient_clip_val=settings.clip,
            callbacks=[epochs],
            plugins=[AtomicCheckpoints()],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        trainer.fit(task, feed, ckpt_path=None if checkpoint is None else str(checkpoint))
    fitted.load_state_dict(epochs.best_weights)
    return Fitted(fitted.cpu().eval(), tuple(epochs.history), epochs.best_epoch)


@contextmanager
def repeatable(threads: int) -> Iterator[None]:
    """Compute on so many threads, by algorithms that give the same bits each time; afterwards all is as it was."""
    before = torch.get_num_threads()
    strict, warn_only = (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
    )
    with torch.random.fork_rng():
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.set_num_threads(before)
            torch.use_deterministic_algorithms(strict, warn_only=warn_only)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Hold back what Lightning says about itself."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module=r"lightning")
            warnings.filterwarnings("ignore", message=r"`isinstance\(treespec, LeafSpec\)`", category=FutureWarning)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
