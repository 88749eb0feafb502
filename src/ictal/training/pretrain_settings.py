"""How a codec is pretrained, as typed settings."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ictal.io.configuration import Settings
from ictal.models.braincodec_discriminator import DiscriminatorConfig


class LossWeights(Settings):
    """What each loss of the copy counts; see :mod:`ictal.training.codec_losses`.

    Attributes
    ----------
    l1, line_length, stft : float
        Distances of the signals, of their steps and of their spectrograms.
    feature, adversarial : float
        What the discriminators see and say; they count from the step on at which there are discriminators.

    Examples
    --------
    >>> LossWeights().total(adversarial=False)
    3.0
    """

    l1: float = Field(default=1.0, ge=0.0)
    line_length: float = Field(default=1.0, ge=0.0)
    stft: float = Field(default=1.0, ge=0.0)
    feature: float = Field(default=1.0, ge=0.0)
    adversarial: float = Field(default=1.0, ge=0.0)

    def total(self, *, adversarial: bool) -> float:
        """Return the sum of the weights that count with or without discriminators."""
        without = self.l1 + self.line_length + self.stft
        return without + self.feature + self.adversarial if adversarial else without

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if self.total(adversarial=False) == 0.0:
            raise ValueError("one of l1, line_length and stft must be above 0")
        return self


class PretrainSettings(Settings):
    """How a codec is pretrained.

    Attributes
    ----------
    steps : int
        Updates of the codec.
    batch_size : int
        Segments of single channels in each.
    lr, weight_decay : float
        Of AdamW, for the codec; the rate falls as half a cosine to `floor` of it at the end.
    discriminator_lr : float
        Of AdamW, for the discriminators.
    warm_up : int
        Steps over which both rates rise.
    floor : float
    clip : float
        The largest norm of the codec's gradient.
    weights : LossWeights
        Shares of the gradient that reaches the copy.
    commitment : float
        What the mean square counts that the quantiser leaves over, beside a gradient of norm 1 for each segment.
    quantised_from : int
        Steps before the quantiser is put between encoder and decoder; its entries start from k-means of what the
        encoder says by then.
    start_batches : int
        Batches that k-means sees.
    adversarial_from : int or None
        Steps before there are discriminators; ``None`` has none.
    discriminator : DiscriminatorConfig
    precision : {"32", "bf16-mixed"}
        In which encoder and decoder compute.
    seed : int
        Of the weights, of the segments, and of all else that is drawn.
    threads : int
        Of the processor; another number gives slightly other weights.
    accelerator : {"auto", "cpu", "gpu"}
        A GPU is used where there is one, unless ``cpu`` is asked for.
    log_every, validate_every : int
        Steps between two lines of ``metrics.csv``, and between two looks at the validation, each of which writes a
        checkpoint.
    n_validation : int
        Segments that the validation looks at, the same each time.

    Examples
    --------
    >>> PretrainSettings(steps=10, warm_up=2, quantised_from=0, adversarial_from=None).weights.l1
    1.0
    """

    steps: int = Field(default=96_000, gt=0)
    batch_size: int = Field(default=32, gt=0)
    lr: float = Field(default=5e-4, gt=0.0)
    weight_decay: float = Field(default=0.01, ge=0.0)
    discriminator_lr: float = Field(default=3e-4, gt=0.0)
    warm_up: int = Field(default=4_000, ge=0)
    floor: float = Field(default=0.05, ge=0.0, lt=1.0)
    clip: float = Field(default=100.0, gt=0.0)
    weights: LossWeights = LossWeights()
    commitment: float = Field(default=100.0, ge=0.0)
    quantised_from: int = Field(default=2_000, ge=0)
    start_batches: int = Field(default=32, gt=0)
    adversarial_from: int | None = Field(default=48_000, ge=0)
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    precision: Literal["32", "bf16-mixed"] = "32"
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, gt=0)
    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    log_every: int = Field(default=50, gt=0)
    validate_every: int = Field(default=500, gt=0)
    n_validation: int = Field(default=256, gt=0)

    @model_validator(mode="after")
    def _stages_are_in_order(self) -> Self:
        if self.warm_up >= self.steps:
            raise ValueError(f"warm_up {self.warm_up} came; it must be fewer than the {self.steps} steps")
        if self.quantised_from >= self.steps:
            raise ValueError(f"quantised_from {self.quantised_from} came; it must be fewer than the {self.steps} steps")
        if self.adversarial_from is not None and self.adversarial_from < self.quantised_from:
            raise ValueError(
                f"adversarial_from {self.adversarial_from} came; "
                f"it must be quantised_from, {self.quantised_from}, or later"
            )
        return self
