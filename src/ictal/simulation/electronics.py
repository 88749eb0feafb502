"""What mains and amplifier add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.simulation.contacts import fault_shares
from ictal.simulation.layers import read_product
from ictal.simulation.noise import HIGH_PASS, shaped_noise
from ictal.simulation.projection import planted
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets
from ictal.simulation.tracks import Track, switched

Floats = NDArray[np.float64]

AMPLIFIER_NOISE = 0.7
"""µV, root mean square."""

_NOISE_BLOCK = 16384
_SECOND_HARMONIC = 0.2
_BAD_CONTACT_GAIN, _BAD_CONTACT_SECONDS = 10.0, (60.0, 600.0)


@dataclass(frozen=True, eq=False)
class Mains:
    """Line noise with a second harmonic, wandering by some hundredths of a Hz as grids do.

    What lies above half the sampling rate is left out, as an amplifier's filter does.

    Parameters
    ----------
    mixing : ndarray, shape (n_channels, 2)
        µV of the sine and of the cosine at each channel: any phase is a sum of the two.
    frequency, sampling_rate : float
        Hz.
    wander : Track
        Cycles by which the grid is ahead.
    gains : sequence of Track
        All are multiplied.
    """

    mixing: Floats
    frequency: float
    sampling_rate: float
    wander: Track
    gains: Sequence[Track] = ()

    def apply(self, signal: Floats, first: int) -> None:
        last = first + signal.shape[1]
        gain = read_product(self.gains, first, last, self.sampling_rate)
        if self.frequency < self.sampling_rate / 2 and gain.any():
            cycles = self.frequency * np.arange(first, last) / self.sampling_rate
            cycles += self.wander.read(first, last, self.sampling_rate)
            signal += self.mixing @ (gain * self._hum(2 * np.pi * (cycles % 1.0)))

    def _hum(self, phase: Floats) -> Floats:
        """Return the sine and the cosine with their second harmonics, by the formulas of the double angle."""
        sine, cosine = np.sin(phase), np.cos(phase)
        second = _SECOND_HARMONIC if 2 * self.frequency < self.sampling_rate / 2 else 0.0
        return np.stack([sine + 2 * second * sine * cosine, cosine + second * (1 - 2 * sine**2)])


class WhiteNoise:
    """Noise of its own in each channel, the same wherever it is read.

    Parameters
    ----------
    root_mean_square : float
        µV.
    seed : sequence of int
        Each 0 or more.
    """

    def __init__(self, root_mean_square: float, seed: Sequence[int]) -> None:
        self._root_mean_square = root_mean_square
        self._seed = tuple(seed)
        self._kept: tuple[int, Floats] | None = None

    def apply(self, signal: Floats, first: int) -> None:
        last = first + signal.shape[1]
        for number in range(first // _NOISE_BLOCK, -(-last // _NOISE_BLOCK)):
            start = number * _NOISE_BLOCK
            low, high = max(first, start), min(last, start + _NOISE_BLOCK)
            block = self._block(number, len(signal))
            signal[:, low - first : high - first] += block[:, low - start : high - start]

    def _block(self, number: int, n_channels: int) -> Floats:
        if self._kept is None or self._kept[0] != number:
            rng = np.random.Generator(np.random.SFC64([*self._seed, number]))
            block = rng.standard_normal((n_channels, _NOISE_BLOCK))
            block *= self._root_mean_square
            self._kept = (number, block)
        return self._kept[1]


def line(scene: Scene) -> Part:
    """Return mains, of another size and phase at each electrode as impedances differ, and ten times more for minutes.

    An electrode that sits badly has a high impedance, so that the amplifier no longer rejects what is common to all.
    """
    rng = scene.stream("line")
    size = scene.subject.habits.line_amplitude * np.exp(0.5 * rng.standard_normal(len(SCALP_19)))
    phase = 0.6 * rng.standard_normal(len(SCALP_19))
    knots = int(scene.duration) + 2
    wander = np.cumsum(0.02 * shaped_noise(1, knots, 1.0, lambda f: 1 / (f**2 + 0.05**2), rng)[0])
    track = Track(np.arange(knots, dtype=np.float64), wander)
    mixing = np.column_stack([size * np.cos(phase), size * np.sin(phase)])
    layers = [Mains(mixing, scene.line_frequency, scene.sampling_rate, track)]
    spells = bad_contacts(scene)
    for electrode, event in spells:
        alone = np.zeros_like(mixing)
        alone[electrode] = (_BAD_CONTACT_GAIN - 1) * mixing[electrode]
        gains = [switched([event.span], 1.0, 0.0, ramp=2.0)]
        layers.append(Mains(alone, scene.line_frequency, scene.sampling_rate, track, gains))
    return Part(tuple(layers), tuple(event for _, event in spells))


def bad_contacts(scene: Scene) -> list[tuple[int, Event]]:
    """Return which electrode has a bad contact, and when."""
    rng, shares = scene.stream("bad contacts"), fault_shares(scene)
    spells = []
    for onset in random_onsets([(0.0, scene.duration)], scene.subject.habits.bad_contact_rate / 60, rng):
        electrode = int(rng.choice(len(SCALP_19), p=shares))
        field = np.eye(len(SCALP_19))[electrode]
        spells.append((electrode, planted(scene, "bad-contact", onset, rng.uniform(*_BAD_CONTACT_SECONDS), field)))
    return spells


def amplifier(scene: Scene) -> Part:
    """Return the noise of the amplifier, of its own in each channel."""
    return Part((WhiteNoise(AMPLIFIER_NOISE, scene.seed_for("amplifier")),))


def high_pass(course: Floats, sampling_rate: float) -> Floats:
    """Return what an amplifier's high-pass leaves of a transient that was 0 before: steps fade within seconds.

    Parameters
    ----------
    course : ndarray, shape (n_samples,)
        Not longer than 10 minutes.
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> high_pass(np.ones(3), 1.0).round(3)
    array([1.   , 0.366, 0.134])
    """
    fall = 2 * np.pi * HIGH_PASS / sampling_rate
    rising = np.exp(fall * np.arange(len(course)))
    steps = np.diff(course, prepend=0.0)
    passed: Floats = np.cumsum(steps * rising) / rising
    return passed
