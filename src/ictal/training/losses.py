"""Losses, by the names that recipes use.

Each is a mean over frames, and over the weights of their classes where there are any. Mixed windows are shares of
several classes; shares of 0 and 1 give what the labels give.
"""

from __future__ import annotations

import abc
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax, logsigmoid

from ictal.core.errors import ParameterError
from ictal.core.tables import Table
from ictal.io.configuration import Settings

LOSSES = Table(
    "loss",
    {
        "cross-entropy": "ictal.training.losses:CrossEntropy",
        "bce": "ictal.training.losses:BinaryCrossEntropy",
        "focal": "ictal.training.losses:Focal",
        "tversky": "ictal.training.losses:Tversky",
    },
)
"""Name → class."""

Positive = Annotated[float, Field(gt=0.0)]

ClassWeights = Literal["none", "balanced"] | tuple[Positive, ...]
"""``"balanced"`` by the counts of the training windows, or one number above 0 for each class."""


class Loss(Settings, abc.ABC):
    """Settings of a loss."""

    loss: str

    @abc.abstractmethod
    def build(self, counts: NDArray[np.int64]) -> LossModule:
        """Return the loss as a module.

        Parameters
        ----------
        counts : ndarray of int64, shape (n_classes,)
            How many training windows (or frames) there are of each class.

        Raises
        ------
        ParameterError
            If a class has no windows and the loss is to be balanced, or weights are not one for each class.
        """


class LossModule(nn.Module, abc.ABC):
    """A loss of frames."""

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss, a scalar of float32, or float64 where the logits are.

        Parameters
        ----------
        logits : Tensor, shape (B, n_frames, n_classes)
            Of any floating-point type.
        targets : Tensor
            Labels, int64 of shape (B, n_frames), or (B,) where there is one frame; or shares of classes, float32 with
            one more axis of `n_classes`.

        Raises
        ------
        ParameterError
            If the shapes do not belong together.
        """
        exact = logits.to(torch.promote_types(logits.dtype, torch.float32))
        return self.compare(exact, share_out(targets, exact))

    @abc.abstractmethod
    def compare(self, logits: Tensor, shares: Tensor) -> Tensor:
        """Return the loss of logits and shares, both of shape (B, n_frames, n_classes)."""


class CrossEntropy(Loss):
    """Cross-entropy.

    Attributes
    ----------
    class_weights : {"none", "balanced"} or tuple of float
        What a frame of each class counts.
    label_smoothing : float
        Share of each target that is given to all classes alike.

    References
    ----------
    Szegedy et al., Rethinking the inception architecture for computer vision, CVPR 2016 (label smoothing).

    Examples
    --------
    >>> loss = CrossEntropy(class_weights="balanced").build(np.array([300, 100]))
    >>> logits = torch.zeros(2, 1, 2)
    >>> round(float(loss(logits, torch.tensor([0, 1]))), 3)
    0.693
    """

    loss: Literal["cross-entropy"] = "cross-entropy"
    class_weights: ClassWeights = "none"
    label_smoothing: float = Field(default=0.0, ge=0.0, lt=1.0)

    def build(self, counts: NDArray[np.int64]) -> LossModule:
        return _CrossEntropy(weigh_classes("class_weights", self.class_weights, counts), self.label_smoothing)


class _CrossEntropy(LossModule):
    weights: Tensor

    def __init__(self, weights: Tensor, label_smoothing: float) -> None:
        super().__init__()
        self.register_buffer("weights", weights, persistent=False)
        self.label_smoothing = label_smoothing

    def compare(self, logits: Tensor, shares: Tensor) -> Tensor:
        weights = self.weights.to(logits)
        total = cross_entropy(
            logits.flatten(0, 1),
            shares.flatten(0, 1),
            weights,
            reduction="sum",
            label_smoothing=self.label_smoothing,
        )
        return total / (weights * shares).sum()


class BinaryCrossEntropy(Loss):
    """Each class against the background, with a sigmoid of the difference of their two logits.

    Of several classes each has a comparison of its own, which frames of the others have no part in; so the softmax of
    the logits, which detectors take, is what has been fitted. The loss is the mean over the comparisons. Of two classes
    it is the binary cross-entropy of the seizure's logit less the background's.

    Attributes
    ----------
    pos_weight : float or "balanced"
        What a frame of a class counts against one of the background; ``"balanced"`` is the frames of background for
        each of the class.

    References
    ----------
    Begg and Gray, Calculation of polychotomous logistic regression parameters using individualized regressions,
    Biometrika 1984.

    Examples
    --------
    >>> loss = BinaryCrossEntropy(pos_weight=20.0).build(np.array([300, 100]))
    >>> logits = torch.zeros(1, 1, 2)
    >>> round(float(loss(logits, torch.tensor([1])) / loss(logits, torch.tensor([0]))))
    20
    """

    loss: Literal["bce"] = "bce"
    pos_weight: Positive | Literal["balanced"] = 1.0

    def build(self, counts: NDArray[np.int64]) -> LossModule:
        if self.pos_weight != "balanced":
            return _BinaryCrossEntropy(torch.full((len(counts) - 1,), self.pos_weight, dtype=torch.float64))
        _check_all_occur("pos_weight", counts)
        return _BinaryCrossEntropy(torch.from_numpy(counts[0] / counts[1:]))


class _BinaryCrossEntropy(LossModule):
    pos_weight: Tensor

    def __init__(self, pos_weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("pos_weight", pos_weight, persistent=False)

    def compare(self, logits: Tensor, shares: Tensor) -> Tensor:
        against_background = logits[..., 1:] - logits[..., :1]
        positive = self.pos_weight.to(logits) * shares[..., 1:] * logsigmoid(against_background)
        negative = shares[..., :1] * logsigmoid(-against_background)
        return -(positive + negative).mean()


class Focal(Loss):
    """Cross-entropy in which frames count the less the better they are classified already.

    Attributes
    ----------
    gamma : float
        A frame whose class has probability p counts ``(1 - p) ** gamma``; 0 is the cross-entropy.
    alpha : {"none", "balanced"} or tuple of float
        What a frame of each class counts beside that.

    References
    ----------
    Lin et al., Focal loss for dense object detection, ICCV 2017.

    Examples
    --------
    >>> logits, targets = torch.tensor([[[2.0, -1.0]], [[1.0, 0.5]]]), torch.tensor([0, 1])
    >>> losses = (Focal(gamma=0.0), CrossEntropy(), Focal())
    >>> [round(float(loss.build(np.array([1, 1]))(logits, targets)), 3) for loss in losses]
    [0.511, 0.511, 0.189]
    """

    loss: Literal["focal"] = "focal"
    gamma: float = Field(default=2.0, ge=0.0)
    alpha: ClassWeights = "none"

    def build(self, counts: NDArray[np.int64]) -> LossModule:
        return _Focal(weigh_classes("alpha", self.alpha, counts), self.gamma)


class _Focal(LossModule):
    weights: Tensor

    def __init__(self, weights: Tensor, gamma: float) -> None:
        super().__init__()
        self.register_buffer("weights", weights, persistent=False)
        self.gamma = gamma

    def compare(self, logits: Tensor, shares: Tensor) -> Tensor:
        weighted = self.weights.to(logits) * shares
        log_p = log_softmax(logits, dim=-1)
        # The clamp keeps the gradient finite where p is 1 and gamma below 1.
        missing = (-torch.expm1(log_p)).clamp(min=torch.finfo(log_p.dtype).tiny)
        return -(weighted * missing**self.gamma * log_p).sum() / weighted.sum()


class Tversky(Loss):
    """One less the overlap of probabilities and labels, over all frames of a batch; the mean over the classes.

    The background is no class of its own here. It is the soft Dice loss where `alpha` and `beta` are 0.5, and needs a
    model that answers several frames for each window.

    Attributes
    ----------
    alpha, beta : float
        What a false positive and a false negative count.
    smooth : float
        Frames that count as found in any case, so that batches without seizure have a gradient too.

    References
    ----------
    Salehi et al., Tversky loss function for image segmentation using 3D fully convolutional deep networks, 2017.

    Examples
    --------
    >>> loss = Tversky().build(np.array([300, 100]))
    >>> sure = torch.tensor([[[9.0, -9.0], [-9.0, 9.0]]])
    >>> [round(float(loss(sure, torch.tensor([labels]))), 2) for labels in ([0, 1], [1, 1])]
    [0.0, 0.26]
    """

    loss: Literal["tversky"] = "tversky"
    alpha: Positive = 0.3
    beta: Positive = 0.7
    smooth: Positive = 1.0

    def build(self, counts: NDArray[np.int64]) -> LossModule:
        return _Tversky(self.alpha, self.beta, self.smooth)


class _Tversky(LossModule):
    def __init__(self, alpha: float, beta: float, smooth: float) -> None:
        super().__init__()
        self.alpha, self.beta, self.smooth = alpha, beta, smooth

    def compare(self, logits: Tensor, shares: Tensor) -> Tensor:
        if logits.shape[1] == 1:
            raise ParameterError(
                "loss: 'tversky' compares stretches of frames, and the model answers one frame for each window; "
                "take a model with several frames, or another loss, such as 'focal'."
            )
        found, true = logits.softmax(dim=-1)[..., 1:], shares[..., 1:]
        hits = (found * true).sum(dim=(0, 1))
        false_alarms = (found * (1.0 - true)).sum(dim=(0, 1))
        misses = ((1.0 - found) * true).sum(dim=(0, 1))
        overlap = (hits + self.smooth) / (hits + self.alpha * false_alarms + self.beta * misses + self.smooth)
        return (1.0 - overlap).mean()


def share_out(targets: Tensor, logits: Tensor) -> Tensor:
    """Return targets as shares of classes, in the shape, type and place of the logits.

    Parameters
    ----------
    targets : Tensor
        Labels or shares, as a loss takes them.
    logits : Tensor, shape (B, n_frames, n_classes)

    Raises
    ------
    ParameterError
        If the shapes do not belong together.

    Examples
    --------
    >>> share_out(torch.tensor([1]), torch.zeros(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    soft = targets.is_floating_point()
    allowed = logits.shape if soft else logits.shape[:2]
    framed = targets.unsqueeze(1) if targets.ndim == len(allowed) - 1 else targets
    if framed.shape != allowed:
        raise ParameterError(
            f"targets: shape {tuple(targets.shape)} came for logits of shape {tuple(logits.shape)}; allowed is "
            f"{tuple(allowed)}, without the axis of frames where there is one."
        )
    if soft:
        return framed.to(logits)
    return torch.zeros_like(logits).scatter_(-1, framed.unsqueeze(-1), 1.0)


def weigh_classes(parameter: str, weights: ClassWeights, counts: NDArray[np.int64]) -> Tensor:
    """Return what each class counts, float64 of shape (n_classes,).

    Parameters
    ----------
    parameter : str
        What the weights are called in a recipe, for messages.
    weights : {"none", "balanced"} or tuple of float
    counts : ndarray of int64, shape (n_classes,)

    Raises
    ------
    ParameterError
        If weights are not one for each class, or a class to be balanced does not occur.

    Examples
    --------
    >>> weigh_classes("alpha", "balanced", np.array([3, 1]))
    tensor([0.6667, 2.0000], dtype=torch.float64)
    """
    n_classes = len(counts)
    if weights == "none":
        return torch.ones(n_classes, dtype=torch.float64)
    if weights == "balanced":
        _check_all_occur(parameter, counts)
        return torch.from_numpy(counts.sum() / (n_classes * counts))
    if len(weights) != n_classes:
        raise ParameterError(
            f"loss.{parameter}: {len(weights)} numbers came; one for each of {n_classes} classes is needed."
        )
    return torch.tensor(weights, dtype=torch.float64)


def _check_all_occur(parameter: str, counts: NDArray[np.int64]) -> None:
    missing = np.flatnonzero(counts == 0)
    if len(missing):
        raise ParameterError(
            f"loss.{parameter}: 'balanced' came, and class {missing[0]} has no windows among the {counts.sum()} of the "
            "training; give numbers, or train on more recordings."
        )
