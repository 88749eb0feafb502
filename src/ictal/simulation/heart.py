"""What the heart adds: its beat, small and widespread.

References
----------
McSharry et al., A dynamical model for generating synthetic electrocardiogram signals, IEEE Trans. Biomed. Eng. 2003
(shape of a beat). Task Force of ESC and NASPE, Heart rate variability, Circulation 1996 (its two rhythms). Eggleston,
Olin and Fisher, Ictal tachycardia, Seizure 2014 (most seizures quicken the heart).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.leadfield import SHELL_RADII
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.projection import ProjectedLayer, electrode_directions
from ictal.simulation.scene import Part, Scene
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_HEART = (-0.04, -0.05, -0.30)
"""Metres from the middle of the head: to the left, behind and far below, from where its current enters the neck."""

_HEART_AXIS = (-0.8, 0.0, -0.6)
"""The heart's electrical axis: to the left and down."""

_WAVES = ((-0.16, 0.08, 0.025), (-0.03, -0.12, 0.010), (0.0, 1.0, 0.011), (0.035, -0.22, 0.011), (0.26, 0.2, 0.045))
"""Seconds from the R wave, height and standard deviation in seconds of P, Q, R, S and T."""

_BEAT_START, _BEAT_STOP, _GRID_STEP = 0.25, 0.42, 0.001
"""Seconds before and after the R wave that a beat takes, and the step in which its shape is known."""

_BREATHING, _PRESSURE = (0.25, 0.03, 0.035), (0.1, 0.02, 0.025)
"""Hz, bandwidth in Hz and size of the two rhythms of heart rate variability."""

_WANDERING = 0.04
_STAGE_RATES = {"wake": 1.0, "n1": 0.95, "n2": 0.9, "n3": 0.88, "rem": 0.97}
_SEIZURE_GAIN, _QUICKENING_SECONDS, _CALMING_SECONDS = 0.45, 10.0, 90.0
_KNOTS_PER_SECOND = 4.0


@dataclass(frozen=True, eq=False)
class Heartbeats:
    """The electrocardiogram as a layer of one source, with R waves of 1.

    Parameters
    ----------
    peaks : ndarray, shape (n_beats,)
        When the R waves are in seconds, sorted.
    sampling_rate : float
        Hz.
    """

    peaks: Floats
    sampling_rate: float

    def apply(self, signal: Floats, first: int) -> None:
        times = np.arange(first, first + signal.shape[1]) / self.sampling_rate
        current = np.searchsorted(self.peaks, times + _BEAT_START) - 1
        since = times - self.peaks[np.maximum(current, 0)]
        grid = np.arange(-_BEAT_START, _BEAT_STOP, _GRID_STEP)
        signal += np.interp(since, grid, beat(grid), left=0.0, right=0.0)


def heart(scene: Scene) -> Part:
    """Return the heart's beats, largest at low electrodes, positive on the left and negative on the right."""
    field = scene.subject.habits.heart_amplitude * heart_field()
    beats = Heartbeats(beat_times(scene), scene.sampling_rate)
    return Part((ProjectedLayer(field[:, np.newaxis], beats),))


def beat_times(scene: Scene) -> Floats:
    """Return when the R waves are in seconds: quicker in seizures, slower in sleep, varying with breath."""
    rng = scene.stream("heart")
    times = np.arange(0.0, scene.duration + 2.0, 1 / _KNOTS_PER_SECOND)
    slow = shaped_noise(1, len(times), _KNOTS_PER_SECOND, lambda f: 1 / (f**2 + 0.005**2), rng)[0]
    variation = _WANDERING * slow
    for frequency, bandwidth, size in (_BREATHING, _PRESSURE):
        power = narrow_power(frequency, bandwidth)
        variation += size * shaped_noise(1, len(times), _KNOTS_PER_SECOND, power, rng)[0]
    per_minute = scene.subject.habits.heart_rate * np.exp(variation)
    for gain in (scene.states.level(_STAGE_RATES), *quickening(scene)):
        per_minute *= gain.read(0, len(times), _KNOTS_PER_SECOND)
    beats = np.cumsum(per_minute / 60) / _KNOTS_PER_SECOND + rng.uniform()
    peaks: Floats = np.interp(np.arange(1, int(beats[-1]) + 1), beats, times)
    return peaks


def quickening(scene: Scene) -> list[Track]:
    """Return what seizures do to the heart: faster by up to a half within seconds, back in minutes."""
    tracks = []
    for seizure in scene.seizures:
        times = np.cumsum([seizure.onset, _QUICKENING_SECONDS, seizure.duration, _CALMING_SECONDS])
        tracks.append(Track(times, np.array([1.0, *2 * [1.0 + _SEIZURE_GAIN * seizure.muscle], 1.0])))
    return tracks


def beat(times: Floats) -> Floats:
    """Return one beat of the heart at times in seconds from its R wave, which is 1.

    Examples
    --------
    >>> beat(np.array([-0.16, 0.0, 0.26])).round(2)
    array([0.08, 1.  , 0.2 ])
    """
    centre, height, width = (np.array(column)[:, np.newaxis] for column in zip(*_WAVES, strict=True))
    course: Floats = (height * np.exp(-0.5 * ((times - centre) / width) ** 2)).sum(axis=0)
    return course


def heart_field() -> Floats:
    """Return how the R wave is seen, 1 where most in size, shape (19,).

    A dipole so far away that the body between it and the head counts as one conductor.
    """
    away = SHELL_RADII[-1] * electrode_directions() - np.array(_HEART)
    field = away @ np.array(_HEART_AXIS) / np.linalg.norm(away, axis=1) ** 3
    field -= field.mean()
    seen: Floats = field / np.abs(field).max()
    return seen
