"""What electrodes, mains and amplifier add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.simulation.layers import NoiseLayer
from ictal.simulation.noise import Noise, shaped_noise, white_power
from ictal.simulation.scene import Part, Scene
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_AMPLIFIER_NOISE = 0.7
"""µV, root mean square."""


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
    """

    mixing: Floats
    frequency: float
    sampling_rate: float
    wander: Track

    def apply(self, signal: Floats, first: int) -> None:
        last = first + signal.shape[1]
        cycles = self.frequency * np.arange(first, last) / self.sampling_rate
        cycles += self.wander.read(first, last, self.sampling_rate)
        for order, height in ((1, 1.0), (2, 0.2)):
            if order * self.frequency < self.sampling_rate / 2:
                phase = 2 * np.pi * order * cycles
                signal += self.mixing @ np.stack([height * np.sin(phase), height * np.cos(phase)])


def line(scene: Scene) -> Part:
    """Return mains, of another size and phase at each electrode as impedances differ."""
    rng = scene.stream("line")
    size = scene.subject.habits.line_amplitude * np.exp(0.5 * rng.standard_normal(len(SCALP_19)))
    phase = 0.6 * rng.standard_normal(len(SCALP_19))
    knots = int(scene.duration) + 2
    wander = np.cumsum(0.02 * shaped_noise(1, knots, 1.0, lambda f: 1 / (f**2 + 0.05**2), rng)[0])
    track = Track(np.arange(knots, dtype=np.float64), wander)
    mixing = np.column_stack([size * np.cos(phase), size * np.sin(phase)])
    return Part((Mains(mixing, scene.line_frequency, scene.sampling_rate, track),))


def amplifier(scene: Scene) -> Part:
    """Return the noise of the amplifier, of its own in each channel."""
    noise = Noise(len(SCALP_19), scene.sampling_rate, white_power, scene.seed_for("amplifier"))
    return Part((NoiseLayer(_AMPLIFIER_NOISE * np.eye(len(SCALP_19)), noise, scene.sampling_rate),))
