"""What a score is worth as a probability."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Values = NDArray[np.float64]


class Calibration(BaseModel):
    """How the seizure score of a model becomes a probability.

    Attributes
    ----------
    kind : {"none", "platt"}
        ``none``: the score orders frames and events, and is no probability. ``platt``: fitted on recordings that the
        model was not trained on, so that of the seconds with score p about the share p is seizure.
    slope, intercept : float
        Platt: ``logit(p) = slope * logit(score) + intercept``.

    References
    ----------
    Platt, Probabilistic outputs for support vector machines, 1999.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["none", "platt"] = "none"
    slope: float = 1.0
    intercept: float = 0.0


def calibrate(probabilities: Values, calibration: Calibration) -> Values:
    """Return calibrated class probabilities.

    Parameters
    ----------
    probabilities : ndarray, shape (n_frames, n_classes)
        The background first; rows add up to one.
    calibration : Calibration
        What to apply.

    Returns
    -------
    ndarray, shape (n_frames, n_classes)
        The seizure classes keep their proportions to each other.

    Examples
    --------
    >>> calibrate(np.array([[0.2, 0.8]]), Calibration(kind="platt", slope=0.0)).round(2)
    array([[0.5, 0.5]])
    """
    if calibration.kind == "none":
        return probabilities
    seizure = probabilities[:, 1:].sum(axis=1)
    safe = np.clip(seizure, 1e-12, 1 - 1e-12)
    logit = calibration.slope * np.log(safe / (1 - safe)) + calibration.intercept
    calibrated = 0.5 * (1.0 + np.tanh(0.5 * logit))
    n_kinds = probabilities.shape[1] - 1
    # Where no kind has any share, they have equal ones: the row shall still add up to one.
    shares = np.full((len(seizure), n_kinds), 1.0 / n_kinds)
    np.divide(probabilities[:, 1:], seizure[:, None], out=shares, where=seizure[:, None] != 0)
    return np.concatenate([1.0 - calibrated[:, None], shares * calibrated[:, None]], axis=1)
