"""What the eyes add: blinks, saccades, the slow rolling of drowsiness and the rapid movements of dreams.

The eye is a dipole whose cornea is positive. Turned aside it makes the temple that it looks at positive and the other
one negative; the lid that slides over it, and the eye that rolls up behind a closed lid, make the forehead positive.

References
----------
Plöchl, Ossandón and König, Combining EEG and eye tracking, Front. Hum. Neurosci. 2012. Keren, Yuval-Greenberg and
Deouell, Saccadic spike potentials in gamma-band EEG, NeuroImage 2010. AASM Manual for the Scoring of Sleep: slow eye
movements are sinusoidal with an initial deflection of more than 0.5 s, rapid ones of less.
"""

from __future__ import annotations

import functools
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.spans import Span, merge_spans
from ictal.simulation.electronics import high_pass
from ictal.simulation.layers import NoiseLayer, Transient, TransientLayer
from ictal.simulation.noise import Noise, narrow_power
from ictal.simulation.projection import ProjectedLayer, place_in_head, planted, soft_fields
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]

_EYES = ((-24.0, -25.0, 0.85), (24.0, -25.0, 0.85))
_RECTI = ((-40.0, -22.0, 0.85), (40.0, -22.0, 0.85))
"""Azimuth, elevation and depth of the eyes and of the muscles that turn them outwards."""

_TAIL = 5.0
"""Seconds until the amplifier's high-pass has brought a deflection back."""

_SERIES_SHARE, _SERIES_PAUSE = 0.12, (0.28, 0.45)
"""Share of blinks that are the first of several, and seconds from one to the next."""

_LID_HEIGHT = (0.4, 0.8)
"""Height of the deflection when the eyes are closed for long and when they are opened, as a share of a blink's."""

_SPIKE_SHARE = 0.35
"""Height of the spike of the lateral rectus, as a share of the saccade's."""

_GAZE = (0.89, 0.3)
"""Standard deviation of where the eyes look, right and up; makes a typical saccade 1 wide."""

_DREAM_RATE, _DREAM_GAIN, _DREAM_MOVEMENTS, _DREAM_PAUSE = 3.0, 1.4, (2, 8), (0.25, 1.2)
"""Bursts of rapid eye movements a minute, their size as a share of a waking saccade, movements in each, seconds."""

_ROLLING_FREQUENCY, _ROLLING_WIDTH, _ROLLING_GAIN = 0.33, 0.06, 1.0
_LONGEST_PAUSE = 5.0
"""Seconds between saccades that one event still spans."""

Look = tuple[float, tuple[float, float]]
"""Onset in seconds, and by how much the eyes turn to the right and up, 1 being typical."""


def blinks(scene: Scene) -> Part:
    """Return blinks while the eyes are open, some in series, and the deflections when they close and open for long."""
    rng, rate, habits = scene.stream("blinks"), scene.sampling_rate, scene.subject.habits
    transients = []
    for start, stop in scene.states.eyes_open:
        for onset in blink_onsets(start, stop, habits.blink_rate, rng):
            height = habits.blink_amplitude * rng.normal(1.0, 0.15)
            shape = partial(blink, rate, rise=rng.uniform(0.09, 0.13))
            transients.append(transient(onset, rate, [height], shape))
    for closure in scene.states.closures:
        for onset, sign in zip(closure, (1.0, -1.0), strict=True):
            height = sign * habits.blink_amplitude * rng.uniform(*_LID_HEIGHT)
            transients.append(transient(onset, rate, [height], partial(turn, rate, 0.15)))
    return Part((ProjectedLayer(eye_fields()[:, :1], TransientLayer(transients)),))


def saccades(scene: Scene) -> Part:
    """Return saccades while the eyes are open and in dreams, and the slow rolling of the eyes when drowsy."""
    rate, size = scene.sampling_rate, scene.subject.habits.saccade_amplitude
    waking, dreaming = waking_looks(scene), dreaming_looks(scene)
    transients = TransientLayer(saccade(onset, turned, rate) for onset, turned in waking + dreaming)
    aside = size * eye_fields()[:, 1:2]
    noise = Noise(1, rate, narrow_power(_ROLLING_FREQUENCY, _ROLLING_WIDTH), scene.seed_for("rolling eyes"))
    drowsy = scene.states.level({"drowsy": 0.5, "n1": _ROLLING_GAIN})
    layers = ProjectedLayer(size * eye_fields(), transients), NoiseLayer(aside, noise, rate, [drowsy])
    spans = {
        "eye-movements": series(waking),
        "rapid-eye-movements": series(dreaming),
        "slow-eye-movements": scene.states.spans("n1"),
    }
    events = (planted(scene, kind, start, stop - start, aside) for kind in spans for start, stop in spans[kind])
    return Part(layers, tuple(events))


def waking_looks(scene: Scene) -> list[Look]:
    """Return the saccades of open eyes: the gaze stays around the middle."""
    rng = scene.stream("saccades")
    onsets = random_onsets(scene.states.eyes_open, scene.subject.habits.saccade_rate, rng)
    return looks(onsets, 1.0, rng)


def dreaming_looks(scene: Scene) -> list[Look]:
    """Return the rapid eye movements of REM sleep, in bursts."""
    rng = scene.stream("rapid eye movements")
    dreamt = []
    for start, stop in scene.states.spans("rem"):
        for burst in random_onsets([(start, stop)], _DREAM_RATE, rng):
            onsets = burst + np.cumsum(rng.uniform(*_DREAM_PAUSE, rng.integers(*_DREAM_MOVEMENTS)))
            dreamt += looks([onset for onset in onsets.tolist() if onset < stop], _DREAM_GAIN, rng)
    return dreamt


def looks(onsets: list[float], gain: float, rng: np.random.Generator) -> list[Look]:
    """Return looks from one random place to the next, that turn by `gain` typically."""
    gaze = gain * rng.standard_normal((len(onsets) + 1, 2)) * _GAZE
    return [(onset, (right, up)) for onset, (right, up) in zip(onsets, np.diff(gaze, axis=0).tolist(), strict=True)]


def series(looked: list[Look]) -> tuple[Span, ...]:
    """Return the stretches that hold looks with short pauses only."""
    return merge_spans(((onset, onset + 0.5) for onset, _ in looked), gap=_LONGEST_PAUSE)


def blink_onsets(start: float, stop: float, per_minute: float, rng: np.random.Generator) -> list[float]:
    """Return onsets in seconds of blinks in a span; some are the first of a series of up to five."""
    onsets = []
    for first in random_onsets([(start, stop)], per_minute, rng):
        more = int(rng.integers(1, 5)) if rng.random() < _SERIES_SHARE else 0
        series = first + np.cumsum([0.0, *rng.uniform(*_SERIES_PAUSE, more)])
        onsets += [onset for onset in series.tolist() if onset < stop]
    return onsets


def saccade(onset: float, turned: tuple[float, float], sampling_rate: float) -> Transient:
    """Return one saccade as the sources of :func:`eye_fields`: larger ones take longer, 30 to 90 ms."""
    rightwards, upwards = turned
    size = float(np.hypot(rightwards, upwards))
    spike = -_SPIKE_SHARE * abs(rightwards)
    sources = [upwards, rightwards, spike if rightwards < 0 else 0.0, spike if rightwards > 0 else 0.0]
    return transient(onset, sampling_rate, sources, partial(turn, sampling_rate, 0.03 + 0.02 * min(size, 3.0)))


def transient(onset: float, sampling_rate: float, strengths: list[float], shape: partial[Floats]) -> Transient:
    """Return one movement of the eyes with so much of each source; a third and fourth are the spikes of the recti."""
    length = round(_TAIL * sampling_rate)
    return Transient(round(onset * sampling_rate), length, partial(move, length, sampling_rate, strengths, shape))


def move(length: int, sampling_rate: float, strengths: list[float], shape: partial[Floats]) -> Floats:
    """Return the sources of one movement behind the amplifier's high-pass, shape (n_sources, length)."""
    deflection = shape()
    held = np.full(length, deflection[-1])
    held[: len(deflection)] = deflection
    courses = np.zeros((len(strengths), length))
    courses[:2] = np.outer(strengths[:2], high_pass(held, sampling_rate))
    spike = rectus_spike(sampling_rate)
    courses[2:, : len(spike)] = np.outer(strengths[2:], spike)
    return courses


def blink(sampling_rate: float, rise: float = 0.13) -> Floats:
    """Return one blink: up in `rise` seconds, down more slowly, peak 1, back at 0.

    Examples
    --------
    >>> shape = blink(256.0)
    >>> float(shape.max().round(3)), len(shape) / 256.0 < 0.8
    (1.0, True)
    """
    times = np.arange(round(5.5 * rise * sampling_rate)) / (sampling_rate * rise)
    shape: Floats = times**3 * np.exp(3 * (1 - times))
    shape[-1] = 0.0
    return shape


def turn(sampling_rate: float, seconds: float) -> Floats:
    """Return the eye going from 0 to 1 in so many seconds, fastest in the middle.

    Examples
    --------
    >>> course = turn(256.0, 0.05)
    >>> float(course[0]), float(course[-1])
    (0.0, 1.0)
    """
    share = np.linspace(0.0, 1.0, max(round(seconds * sampling_rate), 1) + 1)
    course: Floats = share**2 * (3 - 2 * share)
    return course


def rectus_spike(sampling_rate: float) -> Floats:
    """Return the muscle potential that starts a saccade: 20 ms wide, peak 1, with a smaller swing back."""
    times = np.arange(round(0.06 * sampling_rate)) / sampling_rate
    shape: Floats = np.exp(-0.5 * ((times - 0.012) / 0.005) ** 2) - 0.4 * np.exp(-0.5 * ((times - 0.03) / 0.008) ** 2)
    return shape


@functools.cache
def eye_fields() -> Floats:
    """Return how the eyes are seen.

    Returns
    -------
    ndarray, shape (19, 4)
        A blink or look up, 1 at Fp1 and Fp2; a look to the right, 1 at F8 and -1 at F7; a discharge of the left and of
        the right lateral rectus, 1 where most.
    """
    upwards, rightwards = (
        soft_fields([place_in_head(*eye) for eye in _EYES], [direction] * 2).sum(axis=1)
        for direction in ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    )
    places = np.array([place_in_head(*rectus) for rectus in _RECTI])
    recti = soft_fields(places, [[-0.7, 0.7, 0.0], [0.7, 0.7, 0.0]])
    upwards /= upwards[[SCALP_19.index("Fp1"), SCALP_19.index("Fp2")]].mean()
    rightwards /= rightwards[SCALP_19.index("F8")]
    return np.column_stack([upwards, rightwards, recti / np.abs(recti).max(axis=0)])
