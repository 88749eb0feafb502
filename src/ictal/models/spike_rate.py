"""Arc length and spike count: the rule with which mouse laboratories find candidates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ictal.features.line_length import line_length, sum_windows
from ictal.features.spikes import peak_heights
from ictal.models.baseline import RunningMedian
from ictal.models.rule import Rule, RuleConfig, Values, logistic


class SpikeRateConfig(RuleConfig):
    """Settings of :class:`SpikeRateRule`.

    Attributes
    ----------
    spike_height : float
        A deflection is a spike from this many times the usual mean absolute value of the channel.
    spike_rate : float
        Spikes per second at which the probability is one half.
    spike_spacing : float
        Seconds; deflections closer than this are one.
    rise : float
        Doublings of the arc length over its baseline at which the probability is one half.
    sharpness : float
        Doublings over which the probability goes from 0.5 to 0.73.
    floor : float
        µV; a quieter channel counts as having this mean absolute value, and this per second of arc length.
    warm_up : float
        Seconds of the first baseline.
    gain, slowest : float
        How fast the baseline follows; see :class:`ictal.models.baseline.RunningMedian`.
    """

    spike_height: float = Field(default=4.0, gt=0.0)
    spike_rate: float = Field(default=1.5, gt=0.0)
    spike_spacing: float = Field(default=0.0625, gt=0.0)
    rise: float = Field(default=1.0, gt=0.0)
    sharpness: float = Field(default=0.25, gt=0.0)
    floor: float = Field(default=1.0, gt=0.0)
    warm_up: float = Field(default=20.0, gt=0.0)
    gain: float = Field(default=0.25, ge=0.0)
    slowest: float = Field(default=0.002, ge=0.0)


class SpikeRateRule(Rule):
    """Evidence is the lesser of two: the arc length over its baseline, and the spikes per second, both in doublings.

    Either alone is common: movement lengthens the arc without spikes, and interictal spikes come without the arc.

    References
    ----------
    White et al., Efficient unsupervised algorithms for the detection of seizures in continuous EEG recordings from
    rats after brain injury, J. Neurosci. Methods 2006 (arc or line length, spike frequency).

    Examples
    --------
    >>> rule = SpikeRateRule(SpikeRateConfig(warm_up=1.0), n_leads=1, sampling_rate=64.0, window=64, hop=64)
    >>> calm = np.sin(np.arange(640) * 0.9)[None].astype(np.float32) * 20
    >>> rule.combine(rule.push(calm)).max() < 0.5
    np.True_
    """

    Config = SpikeRateConfig

    def __init__(self, config: SpikeRateConfig, n_leads: int, sampling_rate: float, window: int, hop: int) -> None:
        super().__init__(config, n_leads, sampling_rate, window, hop)
        self.config = config
        warm_up = round(config.warm_up * sampling_rate / hop)
        self._arc_baseline = RunningMedian(n_leads, warm_up, config.gain, config.slowest)
        self._size_baseline = RunningMedian(n_leads, warm_up, config.gain, config.slowest)
        self._arcs: Values = np.empty((n_leads, 0))
        self._n_bins = max(round(window / (config.spike_spacing * sampling_rate)), 1)
        self._peaks: Values = np.empty((n_leads, 0, self._n_bins))

    def push(self, signal: NDArray[np.float32]) -> Values:
        arcs = np.log2(np.maximum(line_length(signal, self.sampling_rate, self.window, self.hop), self.config.floor))
        sizes = sum_windows(np.abs(signal), self.window, self.hop) / self.window
        self._arcs = np.concatenate([self._arcs, arcs], axis=1)
        self._peaks = np.concatenate([self._peaks, self._window_peaks(signal, arcs.shape[1])], axis=1)
        return self._evidence(
            self._arc_baseline.push(arcs), self._size_baseline.push(np.log2(np.maximum(sizes, self.config.floor)))
        )

    def finish(self) -> Values:
        return self._evidence(self._arc_baseline.finish(), self._size_baseline.finish())

    def _window_peaks(self, signal: NDArray[np.float32], n_frames: int) -> Values:
        """Return the peaks of every window by itself, shape (n_leads, n_frames, n_bins)."""
        bin_length = self.window // self._n_bins
        peaks = np.empty((self.n_leads, n_frames, self._n_bins))
        for frame in range(n_frames):
            first = frame * self.hop
            peaks[:, frame] = peak_heights(signal[:, first : first + self._n_bins * bin_length], bin_length)
        return peaks

    def _evidence(self, arc_baseline: Values, size_baseline: Values) -> Values:
        n_ready = arc_baseline.shape[1]
        arcs, self._arcs = self._arcs[:, :n_ready], self._arcs[:, n_ready:]
        peaks, self._peaks = self._peaks[:, :n_ready], self._peaks[:, n_ready:]
        heights = self.config.spike_height * 2.0**size_baseline
        rates = (peaks > heights[:, :, None]).sum(axis=2) * (self.sampling_rate / self.window)
        spike_doublings = np.log2(np.maximum(rates, 2.0**-10) / self.config.spike_rate)
        evidence: Values = np.minimum(arcs - arc_baseline - self.config.rise, spike_doublings)
        return evidence

    def combine(self, evidence: Values) -> Values:
        return logistic(evidence.max(axis=0) / self.config.sharpness)
