"""How far a signal that was compressed is from what it was, in all and in each band of the EEG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_positive

ALL = "all"
"""What :class:`Distortion` calls the whole of the signal."""

BANDS: Mapping[str, tuple[float, float]] = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 70.0),
    "high gamma": (70.0, 150.0),
}
"""The bands of the EEG in Hz; a frequency on a border is in the upper one."""

FRAME = 4.0
"""Seconds whose spectrum is looked at together; frames overlap by half."""

Energies = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distortion:
    """The energy of a signal and of what is wrong with its reconstruction, in all and in each band.

    Those of two stretches of the same channels are added with ``+``.

    Attributes
    ----------
    signal, error : dict of str to ndarray, shape (n_channels,)
        Energies by band, :data:`ALL` first; only those of one band compare.

    Examples
    --------
    >>> time = np.arange(2048) / 256
    >>> signal = np.sin(2 * np.pi * 10 * time) + np.sin(2 * np.pi * 20 * time)
    >>> without = np.sin(2 * np.pi * 10 * time)
    >>> found = measure_distortion(signal[None], without[None], 256.0)
    >>> round(found.prd(), 1), round(found.snr(), 1), round(found.prd("alpha"), 1), round(found.prd("beta"), 1)
    (70.7, 3.0, 0.0, 100.0)
    """

    signal: Mapping[str, Energies]
    error: Mapping[str, Energies]

    def __add__(self, other: Distortion) -> Distortion:
        if self.signal.keys() != other.signal.keys():
            raise ParameterError(
                f"distortion: bands {list(other.signal)} came for {list(self.signal)}; allowed is what was measured "
                "at one sampling rate."
            )
        return Distortion(
            {band: energy + other.signal[band] for band, energy in self.signal.items()},
            {band: energy + other.error[band] for band, energy in self.error.items()},
        )

    @property
    def bands(self) -> tuple[str, ...]:
        """Bands that the sampling rate holds, :data:`ALL` first."""
        return tuple(self.signal)

    def ratio(self, band: str = ALL) -> Energies:
        """Return the energy of the error for that of the signal, by channel; NaN where there is no signal."""
        signal, error = self.signal[band], self.error[band]
        ratio: Energies = np.divide(error, signal, out=np.full(signal.shape, np.nan), where=signal > 0)
        return ratio

    def prd(self, band: str = ALL) -> float:
        """Return the root mean square difference in per cent of the signal, that of the median channel.

        NaN where no channel has a signal.
        """
        return float(100.0 * np.sqrt(_median(self.ratio(band))))

    def snr(self, band: str = ALL) -> float:
        """Return the signal-to-noise ratio in dB, that of the median channel; infinite where nothing is wrong."""
        ratio = _median(self.ratio(band))
        return float("inf") if ratio == 0 else float(-10.0 * np.log10(ratio))


def measure_distortion(signal: ArrayLike, reconstruction: ArrayLike, sampling_rate: float) -> Distortion:
    """Measure how far a reconstruction is from a signal.

    Parameters
    ----------
    signal, reconstruction : array-like, shape (..., n_samples)
        µV; each row is a channel. Not a number is not allowed: leave gaps out.
    sampling_rate : float
        Hz.

    Returns
    -------
    Distortion
        The energy of the whole signal is that about the mean of each row, so that an offset flatters nothing; an offset
        in the error counts. Bands hold the spectrum of whole frames of 4 s under a Hann window, or of one shorter
        frame; those that begin above half the sampling rate are left out.

    Raises
    ------
    ParameterError
        If the shapes differ, or something is not a number.

    References
    ----------
    Zigel, Cohen and Katz, The weighted diagnostic distortion (WDD) measure for ECG signal compression, IEEE Trans.
    Biomed. Eng. 2000: the percent root mean square difference, about the mean.

    Examples
    --------
    >>> measure_distortion([[0.0, 2.0, 0.0, 2.0]], [[0.0, 1.0, 0.0, 1.0]], 2.0).prd().__round__(1)
    70.7
    """
    before, after = np.asarray(signal, dtype=np.float64), np.asarray(reconstruction, dtype=np.float64)
    check_positive("sampling_rate", sampling_rate)
    if before.shape != after.shape or before.ndim < 1 or before.shape[-1] < 1:
        raise ParameterError(
            f"reconstruction: shape {after.shape} came for a signal of shape {before.shape}; "
            "allowed is the same shape, (..., samples)."
        )
    n_samples = before.shape[-1]
    before, error = before.reshape(-1, n_samples), (after - before).reshape(-1, n_samples)
    if not (np.isfinite(before).all() and np.isfinite(error).all()):
        raise ParameterError("signal: something is not a number; allowed are numbers, so leave gaps out.")
    centred = before - before.mean(axis=1, keepdims=True)
    return Distortion(
        {ALL: np.square(centred).sum(axis=1), **measure_bands(before, sampling_rate)},
        {ALL: np.square(error).sum(axis=1), **measure_bands(error, sampling_rate)},
    )


def measure_bands(signal: NDArray[Any], sampling_rate: float) -> dict[str, Energies]:
    """Return the energy of a signal (n_channels, n_samples) in each band of :data:`BANDS`: (n_channels,) each.

    Examples
    --------
    >>> energies = measure_bands(np.sin(2 * np.pi * 10 * np.arange(1024) / 128)[None], 128.0)
    >>> max(energies, key=energies.get), list(energies)
    ('alpha', ['delta', 'theta', 'alpha', 'beta', 'gamma'])
    """
    length = min(signal.shape[1], max(1, round(FRAME * sampling_rate)))
    frames = np.lib.stride_tricks.sliding_window_view(signal, length, axis=1)[:, :: max(1, length // 2)]
    window = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    spectra = np.fft.rfft((frames - frames.mean(axis=2, keepdims=True)) * window, axis=2)
    energies = np.square(np.abs(spectra)).sum(axis=1)
    frequencies = np.fft.rfftfreq(length, 1.0 / sampling_rate)
    return {
        name: energies[:, (frequencies >= low) & (frequencies < high)].sum(axis=1)
        for name, (low, high) in BANDS.items()
        if low < sampling_rate / 2
    }


def _median(ratios: Energies) -> float:
    known = ratios[np.isfinite(ratios)]
    return float(np.median(known)) if known.size else float("nan")
