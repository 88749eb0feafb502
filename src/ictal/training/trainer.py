"""Lightning's trainer as it is used here: on devices that are asked for, without chatter, and with Python's signals."""

from __future__ import annotations

import datetime
import errno
import logging
import signal
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers import Logger
from lightning.pytorch.strategies import DDPStrategy

from ictal.core.errors import ParameterError
from ictal.io.atomic import refused_output
from ictal.training.checkpoint import AtomicCheckpoints
from ictal.training.settings import TrainingSettings

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Why trackers, which write by themselves, cannot go on."""

_LONGEST_WAIT = datetime.timedelta(hours=2)
"""That one device waits for another, such as for the one that validates."""


def make_trainer(
    settings: TrainingSettings,
    environment: ClusterEnvironment,
    callbacks: Sequence[Callback],
    loggers: Sequence[Logger],
) -> lightning.Trainer:
    """Return the trainer of one process.

    Parameters
    ----------
    settings : TrainingSettings
    environment : ClusterEnvironment
        Which of how many processes it is; a cluster that this one may run on is not asked.
    callbacks, loggers : sequence

    Raises
    ------
    ParameterError
        If this machine has no such devices, or they cannot compute with such precision.
    """
    try:
        trainer = lightning.Trainer(
            max_epochs=settings.epochs,
            accelerator=settings.accelerator,
            devices=settings.devices,
            strategy="auto" if settings.devices == 1 else DDPStrategy(timeout=_LONGEST_WAIT),
            precision=settings.precision,
            gradient_clip_val=settings.clip,
            callbacks=[OwnSignals(), *callbacks],
            plugins=[AtomicCheckpoints(), environment],
            logger=list(loggers) or False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        if settings.precision == "16-mixed" and trainer.strategy.root_device.type == "cpu":
            raise ValueError("a processor takes '32' and 'bf16-mixed'")
    except (MisconfigurationException, ValueError, RuntimeError) as error:
        raise ParameterError(
            f"training: {settings.devices} × accelerator {settings.accelerator!r} with precision "
            f"{settings.precision!r} is not possible on this machine: {' '.join(str(error).split())}"
        ) from error
    return trainer


def run_trainer(
    trainer: lightning.Trainer, task: lightning.LightningModule, feed: Any, checkpoint: Path | None
) -> None:
    """Train, from a checkpoint on where there is one.

    Raises
    ------
    KeyboardInterrupt
        If the user stops it; Lightning would end the whole process.
    OutputError
        If a disk is full.
    """
    try:
        trainer.fit(task, feed, ckpt_path=None if checkpoint is None else str(checkpoint))
    except SystemExit as end:
        if isinstance(end.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    except OSError as error:
        if error.errno in FULL:
            raise refused_output(error, "training" if error.filename is None else error.filename) from error
        raise


def uses_gpu(settings: TrainingSettings) -> bool:
    """Whether a GPU of NVIDIA or AMD computes."""
    return settings.accelerator in ("auto", "gpu") and torch.cuda.is_available()


class OwnSignals(Callback):
    """Lets a signal to end do what it did before: Lightning would go on to the end of the batch, or of a validation."""

    def __init__(self) -> None:
        self._before = signal.getsignal(signal.SIGTERM)

    def setup(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Put the handler back that Lightning has replaced."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._before)


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
