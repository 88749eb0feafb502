"""A steeper or flatter spectrum."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from ictal.core.errors import check_positive
from ictal.data.augmentation.augmentation import Augmentation, Range
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch

PIVOT = 8.0
"""Hz at which nothing changes before the size is restored; the middle of what is read in the EEG, in octaves."""

LOWEST = 0.5
"""Hz below which all is changed alike, so that the mean is not lifted without bound."""


def tilt_spectrum(signal: Tensor, exponents: Tensor, sampling_rate: float) -> Tensor:
    """Return the signal with each frequency times ``(frequency / 8 Hz) ** exponent``, of the same size as before.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    exponents : Tensor, shape (n,)
        Above 0 fast activity gains, below 0 slow activity; half the change of the exponent of the power.
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> signal = torch.randn(1, 1, 512)
    >>> bool(torch.allclose(tilt_spectrum(signal, torch.zeros(1), 256.0), signal, atol=1e-5))
    True
    """
    n_samples = signal.shape[2]
    rate = check_positive("sampling rate", sampling_rate)
    frequencies = torch.fft.rfftfreq(n_samples, 1.0 / rate, device=signal.device).clamp(min=LOWEST)
    gains = (frequencies / PIVOT) ** exponents[:, None]
    tilted: Tensor = torch.fft.irfft(torch.fft.rfft(signal) * gains[:, None], n=n_samples)
    return tilted * _size(signal) / _size(tilted).clamp(min=torch.finfo(signal.dtype).tiny)


def _size(signal: Tensor) -> Tensor:
    return signal.square().mean(dim=(1, 2), keepdim=True).sqrt()


class Tilt(Augmentation):
    """Backgrounds of other people: the exponent of the EEG's spectrum differs with age, sleep, drugs and amplifier.

    Attributes
    ----------
    exponent : (float, float)
        See :func:`tilt_spectrum`.

    References
    ----------
    Donoghue et al., Parameterizing neural power spectra into periodic and aperiodic components, Nat. Neurosci. 2020.

    Examples
    --------
    >>> Tilt().exponent
    (-0.4, 0.4)
    """

    augmentation: Literal["tilt"] = "tilt"
    exponent: Range = (-0.4, 0.4)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with their spectra tilted."""
        exponents = draws.uniform(*self.exponent, len(batch))
        return replace(batch, signal=tilt_spectrum(batch.signal, exponents, batch.sampling_rate))
