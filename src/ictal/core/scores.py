"""Probabilities on a regular time axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_positive


@dataclass(frozen=True, eq=False)
class Scores:
    """Probabilities of each class in each frame.

    Parameters
    ----------
    values : array-like, shape (n_frames, n_classes)
        Probabilities; a frame of NaN was not analysed (a gap, a disconnected stretch).
    start : float
        When frame 0 begins, in seconds of the recording.
    step : float
        Length of a frame in seconds; frame ``i`` is ``[start + i * step, start + (i + 1) * step)``.
    classes : tuple of str
        The event types of the columns; the first is the background.

    Examples
    --------
    >>> scores = Scores([[0.9, 0.1], [0.2, 0.8]], start=1.5, step=1.0)
    >>> scores.seizure
    array([0.1, 0.8])
    """

    values: NDArray[np.float64]
    start: float
    step: float
    classes: tuple[str, ...] = ("bckg", "sz")

    def __init__(self, values: ArrayLike, start: float, step: float, classes: tuple[str, ...] = ("bckg", "sz")) -> None:
        array = np.asarray(values, dtype=np.float64)
        if array.ndim != 2 or array.shape[1] != len(classes):
            raise ParameterError(
                f"scores: an array of shape {array.shape} came; allowed is (n_frames, {len(classes)}) "
                f"for the classes {', '.join(classes)}."
            )
        object.__setattr__(self, "values", array)
        object.__setattr__(self, "start", float(start))
        object.__setattr__(self, "step", check_positive("score step", float(step)))
        object.__setattr__(self, "classes", classes)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def seizure(self) -> NDArray[np.float64]:
        """The probability of any seizure class, shape (n_frames,)."""
        return np.asarray(self.values[:, 1:].sum(axis=1))

    @property
    def times(self) -> NDArray[np.float64]:
        """The start of every frame in seconds, shape (n_frames,)."""
        return self.start + np.arange(len(self), dtype=np.float64) * self.step

    @property
    def analysed(self) -> NDArray[np.bool_]:
        """Which frames were looked at, shape (n_frames,)."""
        return np.asarray(np.isfinite(self.values).all(axis=1))
