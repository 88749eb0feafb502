"""What a training is made of, as typed settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, field_validator

from ictal.core.windows import WindowGrid
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import BALANCES, AllWindows, Balance
from ictal.data.schemes import SCHEMES, Scheme, SeizureScheme
from ictal.data.settings import parse_settings
from ictal.data.tabular import Resampling
from ictal.detection.settings import Model
from ictal.io.configuration import Settings
from ictal.postprocessing.settings import PostProcessing
from ictal.training.losses import LOSSES, CrossEntropy, Loss
from ictal.training.metrics import Monitor
from ictal.training.optimizers import OPTIMIZERS, Adam, Optimizer
from ictal.training.schedules import SCHEDULES, Constant, Schedule


class TrainingSettings(Settings):
    """How a network is fitted.

    Attributes
    ----------
    optimizer, schedule, loss
        Their settings, each with its name under its own key: ``{"loss": "focal", "gamma": 2.0}``.
    epochs : int
        At most so many.
    patience : int or None
        Epochs without a better `monitor` after which training stops; ``None`` goes on to the last.
    monitor : str
        The figure of the validation that says which epoch is the best, whose weights are kept.
    clip : float or None
        The largest norm of the gradient.
    precision : {"32", "bf16-mixed", "16-mixed"}
    ema : float or None
        Decay of the running mean of the weights, which then is what is validated and kept; it rises to this from 0, as
        ``(1 + n) / (10 + n)`` after n steps.
    batch_size : int
    seed : int
        Of the weights, the order of the windows, the augmentations and the dropout.
    threads : int
        Of the processor; another number gives slightly other weights, so it is recorded.
    n_workers : int
        Threads that read ahead; they change nothing but the speed.
    accelerator : str
        As Lightning names them: ``auto``, ``cpu``, ``gpu``.
    devices : int
        How many of them share each batch's work.

    Examples
    --------
    >>> TrainingSettings(loss={"loss": "cross-entropy"}, optimizer={"optimizer": "adam", "lr": 0.01}).optimizer.lr
    0.01
    """

    optimizer: SerializeAsAny[Optimizer] = Adam()
    schedule: SerializeAsAny[Schedule] = Constant()
    loss: SerializeAsAny[Loss] = CrossEntropy()
    epochs: int = Field(default=50, gt=0)
    patience: int | None = Field(default=None, gt=0)
    monitor: Monitor = "pr_auc"
    clip: float | None = Field(default=None, gt=0.0)
    precision: Literal["32", "bf16-mixed", "16-mixed"] = "32"
    ema: float | None = Field(default=None, gt=0.0, lt=1.0)
    batch_size: int = Field(default=32, gt=0)
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, gt=0)
    n_workers: int = Field(default=1, ge=0)
    accelerator: Literal["auto", "cpu", "gpu", "mps"] = "auto"
    devices: int = Field(default=1, gt=0)

    @field_validator("optimizer", mode="before")
    @classmethod
    def _parse_optimizer(cls, value: Any) -> Any:
        return parse_settings(OPTIMIZERS, value) if isinstance(value, Mapping) else value

    @field_validator("schedule", mode="before")
    @classmethod
    def _parse_schedule(cls, value: Any) -> Any:
        return parse_settings(SCHEDULES, value) if isinstance(value, Mapping) else value

    @field_validator("loss", mode="before")
    @classmethod
    def _parse_loss(cls, value: Any) -> Any:
        return parse_settings(LOSSES, value) if isinstance(value, Mapping) else value


class WindowSettings(Settings):
    """Which windows there are.

    Attributes
    ----------
    length, step : float
        Seconds of a window, and between two that the detector looks at.
    training_step : float or None
        Seconds between two windows of training; ``None`` is `step`.
    rule : str
        What makes a window be of a class; see :func:`ictal.data.windows.cut_windows`.
    n_frames : int or None
        Labels of each window, for networks that answer as many frames.
    """

    length: float = Field(default=4.0, gt=0.0)
    step: float = Field(default=1.0, gt=0.0)
    training_step: float | None = Field(default=None, gt=0.0)
    rule: str = "majority"
    n_frames: int | None = Field(default=None, gt=0)

    @property
    def grid(self) -> WindowGrid:
        """What the detector looks at."""
        return WindowGrid(self.length, self.step)

    @property
    def training_grid(self) -> WindowGrid:
        """What it is trained on."""
        return WindowGrid(self.length, self.step if self.training_step is None else self.training_step)


class DetectorDescription(Settings):
    """What the trained detector is called, and which recordings it takes.

    Attributes
    ----------
    name, summary : str
    minimum : int
        Leads that must be there without interpolation.
    each_lead : bool
        Run a network of one channel on every lead by itself; the lead that speaks most for a seizure counts.
    otherwise : str or None
        The montage where fewer are there; ``None`` refuses the recording.
    card : dict
        What a reader must know beside what training writes there itself.
    """

    name: str = "mine"
    summary: str = "trained with ictal"
    minimum: int = Field(default=1, ge=1)
    each_lead: bool = False
    otherwise: str | None = None
    card: dict[str, str] = Field(default_factory=dict)


class TaskSettings(Settings):
    """All that makes a detector of a prepared store: what a recipe holds beside its data and its split.

    Attributes
    ----------
    detector, windows, scheme, balance, augmentation, model, training, postprocessing
        The parts, in the order in which they act.
    resampling : Resampling or None
        For networks of numbers and for estimators, in place of balance and augmentation: the windows of training become
        a table, which is undersampled, reduced to principal components and filled up with SMOTE.
    """

    detector: DetectorDescription = DetectorDescription()
    windows: WindowSettings = WindowSettings()
    scheme: SerializeAsAny[Scheme] = SeizureScheme()
    balance: SerializeAsAny[Balance] = AllWindows()
    resampling: Resampling | None = None
    augmentation: Augmentations = Augmentations()
    model: Model = Model(name="eegwavenet")
    training: TrainingSettings = TrainingSettings()
    postprocessing: PostProcessing = PostProcessing()

    @field_validator("balance", mode="before")
    @classmethod
    def _parse_balance(cls, value: Any) -> Any:
        return parse_settings(BALANCES, value) if isinstance(value, Mapping) else value

    @field_validator("scheme", mode="before")
    @classmethod
    def _parse_scheme(cls, value: Any) -> Any:
        return parse_settings(SCHEMES, value) if isinstance(value, Mapping) else value
