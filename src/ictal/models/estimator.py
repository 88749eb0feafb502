"""What all estimators have in common: they are fitted to a table at once, and answer logits like a network."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.network import TableConfig

if TYPE_CHECKING:
    from onnx import ModelProto


class Estimator(nn.Module, abc.ABC):
    """A model of numbers ``(B, n_features)`` that is fitted to all examples at once, not trained by gradients.

    An estimator derives from it and writes `learn` and `answer`.

    Parameters
    ----------
    config : TableConfig

    Attributes
    ----------
    config : TableConfig
    n_classes : int
        Columns of the logits.
    is_fitted : bool
        Before that it refuses to answer.
    """

    kind: ClassVar[Literal["estimator"]] = "estimator"

    def __init__(self, config: TableConfig) -> None:
        super().__init__()
        self.config = config
        self.n_classes = config.n_classes
        self.is_fitted = False

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Numbers of a window."""
        return (self.config.n_features,)

    @abc.abstractmethod
    def learn(self, features: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        """Fit to arrays of the right shapes, among which there is every class."""

    @abc.abstractmethod
    def answer(self, features: Tensor) -> Tensor:
        """Return logits (B, n_classes) from features of the right shape."""

    def to_onnx(self) -> ModelProto | None:
        """Return a graph from ``features``, float32 (B, n_features), to ``logits``, float32 (B, 1, n_classes).

        ``None`` where torch can export the module itself, together with the features in front of it.
        """
        return None

    def fit(self, features: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> None:
        """Fit to the windows of training; what was fitted before is forgotten.

        Parameters
        ----------
        features : array_like, shape (n, n_features)
            Looked at in single precision, as later windows are.
        labels : array_like of int, shape (n,)
            The class of each window, from 0 to ``n_classes - 1``.
        weights : array_like, shape (n,), optional
            How much each window counts; all the same where not given.

        Raises
        ------
        ParameterError
            If a shape is another, a value is not finite, a weight negative, or a class missing or unknown.
        """
        numbers = np.asarray(features, np.float32)
        classes = np.asarray(labels, np.int64)
        counts = np.ones(len(classes)) if weights is None else np.asarray(weights, np.float64)
        if numbers.ndim != 2 or numbers.shape[1:] != self.input_shape or not np.isfinite(numbers).all():
            raise ParameterError(
                f"features: shape {numbers.shape} came; allowed is (windows, {self.config.n_features}), all finite."
            )
        for name, of_windows in {"labels": classes, "weights": counts}.items():
            if of_windows.shape != (len(numbers),):
                raise ParameterError(f"{name}: shape {of_windows.shape} came; allowed is ({len(numbers)},).")
        if not (np.isfinite(counts) & (counts >= 0)).all():
            raise ParameterError("weights: negative ones, or some that are not finite, came; none of these is allowed.")
        came = np.unique(classes[counts > 0]).tolist()
        if came != list(range(self.n_classes)):
            last = self.n_classes - 1
            raise ParameterError(
                f"labels: windows of the classes {came} came; all from 0 to {last} are needed, and no other."
            )
        self.learn(numbers, classes, counts)
        self.is_fitted = True

    def require_fitted(self) -> None:
        """Refuse to go on before it is fitted.

        Raises
        ------
        ParameterError
            If it is not.
        """
        if not self.is_fitted:
            raise ParameterError("estimator: it is not fitted yet; fit it first.")

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits of every window.

        Parameters
        ----------
        features : Tensor, shape (B, n_features)

        Returns
        -------
        Tensor, shape (B, 1, n_classes)

        Raises
        ------
        ParameterError
            If it is not fitted yet, or the features have another shape.
        """
        self.require_fitted()
        if tuple(features.shape[1:]) != self.input_shape:
            raise ParameterError(
                f"input: shape {tuple(features.shape)} came; allowed is (batch, {self.config.n_features})."
            )
        return self.answer(features).unsqueeze(1)
