"""What a score is worth as a probability."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

Values = NDArray[np.float64]
Kind = Literal["none", "platt", "temperature", "isotonic"]

_KEYS: dict[Kind, tuple[str, ...]] = {
    "none": ("kind", "slope", "intercept"),
    "platt": ("kind", "slope", "intercept"),
    "temperature": ("kind", "temperature"),
    "isotonic": ("kind", "scores", "probabilities"),
}
"""Kind → what a detector file says of it."""


class Calibration(BaseModel):
    """How the seizure score of a model becomes a probability.

    It is fitted on recordings that the model was not trained on, so that of the seconds whose smoothed probability is p
    about the share p is seizure; see :func:`ictal.training.calibration.fit_calibration`.

    Attributes
    ----------
    kind : {"none", "platt", "temperature", "isotonic"}
        ``none``: the score orders frames and events, and is no probability.
    slope, intercept : float
        Platt: ``logit(p) = slope * logit(score) + intercept``.
    temperature : float
        The logits of all classes are divided by it. The logarithms of a model's probabilities are its logits up to a
        constant, which softmax does not see.
    scores, probabilities : tuple of float
        Isotonic: rising scores, and the probability at each, which falls nowhere; straight lines between them, and the
        first and the last probability outside.

    References
    ----------
    Platt, Probabilistic outputs for support vector machines, 1999. Guo et al., On calibration of modern neural
    networks, ICML 2017 (temperature). Zadrozny and Elkan, Transforming classifier scores into accurate multiclass
    probability estimates, KDD 2002 (isotonic).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Kind = "none"
    slope: float = 1.0
    intercept: float = 0.0
    temperature: float = Field(default=1.0, gt=0.0)
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _is_a_rising_line(self) -> Self:
        if self.kind != "isotonic":
            return self
        if len(self.scores) < 2 or len(self.scores) != len(self.probabilities):
            came = f"{len(self.scores)} scores and {len(self.probabilities)} probabilities"
            raise ValueError(f"{came} came; isotonic needs two or more, as many of each")
        if not (np.diff(self.scores) > 0).all():
            raise ValueError("scores must rise from each to the next")
        inside = self.probabilities[0] >= 0.0 and self.probabilities[-1] <= 1.0
        if not inside or not (np.diff(self.probabilities) >= 0).all():
            raise ValueError("probabilities must be from 0 to 1, none lower than the one before")
        return self

    @model_serializer(mode="wrap")
    def _tell_own_keys(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values = dump(self)
        return {key: values[key] for key in _KEYS[self.kind] if key in values}


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
        By ``platt`` and ``isotonic`` the seizure classes keep their proportions to each other; ``temperature`` brings
        all classes closer together or further apart.

    Examples
    --------
    >>> calibrate(np.array([[0.2, 0.8]]), Calibration(kind="platt", slope=0.0)).round(2)
    array([[0.5, 0.5]])
    >>> calibrate(np.array([[0.1, 0.9]]), Calibration(kind="temperature", temperature=2.0)).round(2)
    array([[0.25, 0.75]])
    """
    if calibration.kind == "none":
        return probabilities
    if calibration.kind == "temperature":
        return _divide_logits(probabilities, calibration.temperature)
    seizure = probabilities[:, 1:].sum(axis=1)
    if calibration.kind == "platt":
        calibrated = _shift_logit(seizure, calibration.slope, calibration.intercept)
    else:
        calibrated = np.interp(seizure, calibration.scores, calibration.probabilities)
    return _share_out(calibrated, probabilities[:, 1:], seizure)


def _shift_logit(seizure: Values, slope: float, intercept: float) -> Values:
    safe = np.clip(seizure, 1e-12, 1 - 1e-12)
    logit = slope * np.log(safe / (1 - safe)) + intercept
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logit)))


def _divide_logits(probabilities: Values, temperature: float) -> Values:
    logits = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _share_out(calibrated: Values, kinds: Values, seizure: Values) -> Values:
    """Return class probabilities in which the kinds of seizure share a new sum as they shared the old one."""
    n_kinds = kinds.shape[1]
    # Where no kind has any share, they have equal ones: the row shall still add up to one.
    shares = np.full((len(seizure), n_kinds), 1.0 / n_kinds)
    np.divide(kinds, seizure[:, None], out=shares, where=seizure[:, None] != 0)
    return np.concatenate([1.0 - calibrated[:, None], shares * calibrated[:, None]], axis=1)
