"""Arc length and spike count: the rule with which mouse laboratories find candidates."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from ictal.models.baseline import AdaptiveConfig
from ictal.models.rule import Rule, Values, logistic


class SpikeRateConfig(AdaptiveConfig):
    """Settings of :class:`SpikeRateRule`.

    Attributes
    ----------
    spike_height : float
        A deflection is a spike from this many times the usual mean absolute value of the channel.
    spike_rate : float
        Spikes per second at which the probability is one half.
    rise : float
        Doublings of the arc length over its baseline at which the probability is one half.
    sharpness : float
        Doublings over which the probability goes from 0.5 to 0.73.
    floor : float
        µV; a quieter channel counts as having this mean absolute value, and this per second of arc length.
    usual, warm_up, gain, slowest : float
        See :class:`ictal.models.baseline.AdaptiveConfig`.
    """

    spike_height: float = Field(default=4.5, gt=0.0)
    spike_rate: float = Field(default=2.0, gt=0.0)
    rise: float = Field(default=0.5, gt=0.0)
    sharpness: float = Field(default=0.25, gt=0.0)
    floor: float = Field(default=1.0, gt=0.0)


class SpikeRateRule(Rule):
    """Evidence is the lesser of two: the arc length over its baseline, and the spikes per second, both in doublings.

    Either alone is common: movement lengthens the arc without spikes, and interictal spikes come without the arc.

    References
    ----------
    White et al., Efficient unsupervised algorithms for the detection of seizures in continuous EEG recordings from
    rats after brain injury, J. Neurosci. Methods 2006 (arc or line length, spike frequency).

    Examples
    --------
    >>> rule = SpikeRateRule(SpikeRateConfig(warm_up=2.0), n_leads=1, window=1.0, step=1.0)
    >>> calm = [[1000.0, 20.0, 0.0, 30.0]] * 3
    >>> spiking = [[4000.0, 50.0, 300.0, 300.0]]
    >>> rule.combine(rule.push(np.array([calm + spiking]))).round(2)
    array([0. , 0. , 0. , 0.5])
    """

    features = "arc-and-spikes"
    Config = SpikeRateConfig

    def __init__(self, config: SpikeRateConfig, n_leads: int, window: float, step: float) -> None:
        super().__init__(config, n_leads, window, step)
        self.config = config
        self._arc_baseline = config.start_baseline(n_leads, step)
        self._size_baseline = config.start_baseline(n_leads, step)
        self._waiting: Values | None = None

    def push(self, features: Values) -> Values:
        self._waiting = features if self._waiting is None else np.concatenate([self._waiting, features], axis=1)
        arcs, sizes = (np.log2(np.maximum(features[:, :, i], self.config.floor)) for i in (0, 1))
        return self._evidence(self._arc_baseline.push(arcs), self._size_baseline.push(sizes))

    def finish(self) -> Values:
        return self._evidence(self._arc_baseline.finish(), self._size_baseline.finish())

    def _evidence(self, arc_baseline: Values, size_baseline: Values) -> Values:
        n_ready = arc_baseline.shape[1]
        if self._waiting is None or n_ready == 0:
            return arc_baseline
        ready, self._waiting = self._waiting[:, :n_ready], self._waiting[:, n_ready:]
        arcs = np.log2(np.maximum(ready[:, :, 0], self.config.floor)) - arc_baseline
        heights = self.config.spike_height * 2.0**size_baseline
        rates = (ready[:, :, 2:] > heights[:, :, None]).sum(axis=2) / self.window
        spikes = np.log2(np.maximum(rates, 2.0**-10) / self.config.spike_rate)
        evidence: Values = np.minimum(arcs - self.config.rise, spikes)
        return evidence

    def combine(self, evidence: Values) -> Values:
        return logistic(evidence.max(axis=0) / self.config.sharpness)

    def strength(self, evidence: Values) -> Values:
        # A soft maximum: of two channels that say the same, either counts.
        return np.asarray(np.log2((2.0**evidence).sum(axis=0)))
