"""Robust adaptive line length: the field's baseline for scalp EEG."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from ictal.models.baseline import AdaptiveConfig
from ictal.models.rule import Rule, Values, logistic


class LineLengthConfig(AdaptiveConfig):
    """Settings of :class:`LineLengthRule`.

    Attributes
    ----------
    n_top : int
        Each lead votes with a probability of its own; the mean of that many highest votes counts. With 5 and a
        threshold of 0.5 three leads must rise together; one bad electrode reaches only the two leads of its chain.
    rise : float
        Doublings over the baseline at which the vote of a lead is one half.
    sharpness : float
        Doublings over which a vote goes from 0.5 to 0.73.
    floor : float
        µV/s; a quieter lead counts as this, so that a flat lead that wakes up is no seizure.
    usual, warm_up, gain, slowest : float
        See :class:`ictal.models.baseline.AdaptiveConfig`.
    """

    n_top: int = Field(default=5, ge=1)
    rise: float = Field(default=0.75, gt=0.0)
    sharpness: float = Field(default=0.2, gt=0.0)
    floor: float = Field(default=50.0, gt=0.0)
    usual: float = Field(default=0.75, gt=0.0, lt=1.0)
    warm_up: float = Field(default=8.0, gt=0.0)
    slowest: float = Field(default=0.005, ge=0.0)


class LineLengthRule(Rule):
    """Evidence is the line length of a lead over its own baseline, in doublings.

    References
    ----------
    Esteller et al., EMBC 2001; Guerrero-Mosquera et al., Int. J. Neural Syst. 2010 (adaptive thresholds).

    Examples
    --------
    >>> rule = LineLengthRule(LineLengthConfig(warm_up=2.0), n_leads=1, window=1.0, step=1.0)
    >>> lengths = np.array([400.0, 400.0, 400.0, 800.0, 3200.0]).reshape(1, 5, 1)
    >>> rule.combine(rule.push(lengths)).round(2)
    array([0.02, 0.02, 0.02, 0.72, 1.  ])
    """

    features = "line-length"
    Config = LineLengthConfig

    def __init__(self, config: LineLengthConfig, n_leads: int, window: float, step: float) -> None:
        super().__init__(config, n_leads, window, step)
        self.config = config
        self._baseline = config.start_baseline(n_leads, step)
        self._waiting: Values = np.empty((n_leads, 0))

    def push(self, features: Values) -> Values:
        doublings = np.log2(np.maximum(features[:, :, 0], self.config.floor))
        self._waiting = np.concatenate([self._waiting, doublings], axis=1)
        return self._above(self._baseline.push(doublings))

    def finish(self) -> Values:
        return self._above(self._baseline.finish())

    def _above(self, baseline: Values) -> Values:
        n_ready = baseline.shape[1]
        ready, self._waiting = self._waiting[:, :n_ready], self._waiting[:, n_ready:]
        return ready - baseline

    def combine(self, evidence: Values) -> Values:
        return self._mean_of_top(logistic((evidence - self.config.rise) / self.config.sharpness))

    def strength(self, evidence: Values) -> Values:
        return self._mean_of_top(evidence)

    def _mean_of_top(self, values: Values) -> Values:
        """Return the mean over the `n_top` leads with the highest values, shape (n,)."""
        n_below = max(len(values) - self.config.n_top, 0)
        return np.asarray(np.partition(values, n_below, axis=0)[n_below:].mean(axis=0))
