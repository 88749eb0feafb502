"""Evolving rhythms of every frequency: what a seizure is, whatever the brain."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import interpolate

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation, PositiveRange, Range
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import typical_size
from ictal.data.augmentation.scalp_patch import draw_patches
from ictal.data.batch import Batch

KNOT = 0.0625
"""Seconds between two steps of the wandering phase."""

FASTEST_SHARP = 7.0
"""Hz above which no rhythm is of spikes: they would run into each other."""

USUAL = 8.0
"""Hz at which a rhythm has the drawn size."""

_HARMONICS = ((2, 0.7), (3, 0.4))
_SHARE_WITH_HARMONIC = 0.6
_SPIKE_WIDTHS = (0.010, 0.045)
_SECOND_PATCH = 0.5
_MOST_LAG = 0.15


class Rhythm(Augmentation):
    """A rhythm that evolves, laid over background; the window is a seizure then.

    Seizures of one corpus are few in kind. Nearly all of them, whatever their place, shape and speed, are a rhythm that
    the background has not and that drifts in frequency and size; this shows a network that alone.

    Attributes
    ----------
    frequency : (float, float)
        Hz, drawn evenly on a logarithmic scale.
    octaves : (float, float)
        How far the frequency drifts in 8 s; most seizures slow down.
    sharp : float
        The share of the slow rhythms that are of spikes and waves, and not smooth.
    ratio : (float, float)
        Size at 8 Hz to that of the typical channel, drawn evenly on a logarithmic scale.
    falling : float
        Exponent with which the size falls above 8 Hz.
    damped : float
        Share of the windows whose background is weaker meanwhile, down to a third: it is often suppressed.

    References
    ----------
    Blume, Young and Lemieux, EEG morphology of partial epileptic seizures, Electroencephalogr. Clin.
    Neurophysiol. 1984.

    Examples
    --------
    >>> Rhythm(frequency=(3.0, 30.0)).sharp
    0.5
    """

    augmentation: Literal["rhythm"] = "rhythm"
    frequency: PositiveRange = (2.5, 30.0)
    octaves: Range = (-1.0, 0.4)
    sharp: float = Field(default=0.5, ge=0.0, le=1.0)
    ratio: PositiveRange = (0.8, 3.0)
    falling: float = Field(default=0.6, ge=0.0)
    damped: float = Field(default=0.5, ge=0.0, le=1.0)

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows are background."""
        return batch.background

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with rhythms, as seizures.

        Raises
        ------
        ParameterError
            If there are several kinds of seizures: a rhythm is none of them.
        """
        if batch.n_classes != 2:
            raise ParameterError(f"rhythm: {batch.n_classes} classes came; it is a seizure, so there must be 2.")
        n, _, n_samples = batch.signal.shape
        frequency = draws.log_uniform(*self.frequency, n)
        drift = draws.uniform(*self.octaves, n) * n_samples / batch.sampling_rate / 8.0
        wave = draw_waves(frequency, drift, self.sharp, n_samples, batch.sampling_rate, draws)
        seen = spread_waves(wave, batch.channels, batch.sampling_rate, draws)
        ratio = draws.log_uniform(*self.ratio, n) * fall_above(frequency, self.falling)
        size = typical_size(batch.signal) * ratio[:, None, None]
        weaker = torch.where(draws.chance(self.damped, n), draws.log_uniform(0.3, 1.0, n), 1.0)
        labels = torch.zeros_like(batch.labels) if batch.soft else torch.ones_like(batch.labels)
        if batch.soft:
            labels[..., 1] = 1.0
        return replace(batch, signal=batch.signal * weaker[:, None, None] + size * seen, labels=labels)


def fall_above(frequency: Tensor, exponent: float) -> Tensor:
    """Return how large a rhythm is beside one of 8 Hz: faster ones are smaller, as in the EEG.

    Examples
    --------
    >>> fall_above(torch.tensor([2.0, 8.0, 32.0]), 0.5)
    tensor([1.5000, 1.0000, 0.5000])
    """
    return (USUAL / frequency).pow(exponent).clamp(max=1.5)


def draw_waves(
    frequency: Tensor, drift: Tensor, sharp: float, n_samples: int, sampling_rate: float, draws: Draws
) -> Tensor:
    """Return one rhythm for each frequency, of standard deviation 1.

    Parameters
    ----------
    frequency, drift : Tensor, shape (n,)
        Hz in the middle of the window, and octaves from its start to its end.
    sharp : float
        Share of the rhythms below 7 Hz that are of spikes and waves.
    n_samples : int
    sampling_rate : float
        Hz.
    draws : Draws

    Returns
    -------
    Tensor, shape (n, n_samples)

    Examples
    --------
    >>> wave = draw_waves(torch.tensor([6.0]), torch.tensor([-0.5]), 0.0, 1024, 256.0, Draws(0))
    >>> wave.shape, round(float(wave.std()), 2)
    (torch.Size([1, 1024]), 1.0)
    """
    n = len(frequency)
    place = torch.arange(n_samples, device=draws.device) / n_samples
    course = frequency[:, None] * 2.0 ** (drift[:, None] * (place - 0.5))
    cycles = course.cumsum(1) / sampling_rate + draws.uniform(0.0, 1.0, n)[:, None]
    cycles = cycles + _wander(frequency, n_samples, sampling_rate, draws)
    spiky = (draws.chance(sharp, n) & (frequency < FASTEST_SHARP))[:, None]
    wave = torch.where(spiky, _spikes_and_waves(cycles, course, draws), _smooth(cycles, draws))
    growth = draws.uniform(-0.7, 0.7, n)[:, None] * (2.0 * place - 1.0)
    beat = (
        draws.uniform(0.0, 2.0, n)[:, None] * place * n_samples / sampling_rate / 4.0
        + draws.uniform(0.0, 1.0, n)[:, None]
    )
    wave = wave * torch.exp(growth + 0.3 * draws.uniform(-1.0, 1.0, n)[:, None] * torch.sin(2 * torch.pi * beat))
    wave = wave - wave.mean(dim=1, keepdim=True)
    return wave / wave.std(dim=1, keepdim=True).clamp(min=1e-6)


def spread_waves(wave: Tensor, channels: tuple[str, ...], sampling_rate: float, draws: Draws) -> Tensor:
    """Return what the channels see of rhythms of a patch of cortex; half of them reach a second one, a little later.

    Parameters
    ----------
    wave : Tensor, shape (n, n_samples)
    channels : tuple of str
    sampling_rate : float
        Hz.
    draws : Draws

    Returns
    -------
    Tensor, shape (n, n_channels, n_samples)

    Examples
    --------
    >>> spread_waves(torch.ones(2, 8), ("left", "right"), 256.0, Draws(0)).shape
    torch.Size([2, 2, 8])
    """
    n, n_samples = wave.shape
    first, second = draw_patches(channels, n, draws), draw_patches(channels, n, draws)
    share = torch.where(draws.chance(_SECOND_PATCH, n), draws.uniform(0.2, 1.0, n), 0.0)
    lags = draws.integers(0, max(round(_MOST_LAG * sampling_rate), 1), n)
    late = (torch.arange(n_samples, device=wave.device) - lags[:, None]) % n_samples
    later = wave.gather(1, late) * share[:, None]
    return first[:, :, None] * wave[:, None] + second[:, :, None] * later[:, None]


def _wander(frequency: Tensor, n_samples: int, sampling_rate: float, draws: Draws) -> Tensor:
    """Return how far the phase strays from the clock, in cycles: a random walk, shape (n, n_samples)."""
    n, n_knots = len(frequency), max(round(n_samples / sampling_rate / KNOT), 2)
    steps = (
        draws.uniform(-1.0, 1.0, n, n_knots) * (0.1 * draws.uniform(0.0, 1.0, n) * (frequency * KNOT).sqrt())[:, None]
    )
    return interpolate(steps.cumsum(1)[:, None], size=n_samples, mode="linear", align_corners=True)[:, 0]


def _smooth(cycles: Tensor, draws: Draws) -> Tensor:
    """Return sines with some of their harmonics, shape (n, n_samples)."""
    n = len(cycles)
    wave = torch.sin(2 * torch.pi * cycles)
    for number, most in _HARMONICS:
        size = draws.uniform(0.0, most, n) * draws.chance(_SHARE_WITH_HARMONIC, n)
        wave = wave + size[:, None] * torch.sin(2 * torch.pi * (number * cycles + draws.uniform(0.0, 1.0, n)[:, None]))
    return wave


def _spikes_and_waves(cycles: Tensor, course: Tensor, draws: Draws) -> Tensor:
    """Return one or more spikes and a slow wave in each cycle, shape (n, n_samples)."""
    n = len(cycles)
    place, period = cycles % 1.0, 1.0 / course
    width = draws.log_uniform(*_SPIKE_WIDTHS, n)[:, None]
    wave = torch.zeros_like(cycles)
    for number in range(3):
        there = draws.chance(1.0 if number == 0 else 0.35, n)[:, None]
        centre = 0.3 + number * draws.uniform(1.6, 3.0, n)[:, None] * width / period
        height = draws.uniform(0.6, 1.2, n)[:, None] * there
        wave = wave - height * torch.exp(-0.5 * ((place - centre) * period / width).square())
    centre, height = draws.uniform(0.6, 0.8, n)[:, None], draws.uniform(0.1, 1.0, n)[:, None]
    wave = wave + height * torch.exp(-0.5 * ((place - centre) / 0.13).square())
    wave = wave - wave.mean(dim=1, keepdim=True)
    return wave / wave.std(dim=1, keepdim=True).clamp(min=1e-6)
