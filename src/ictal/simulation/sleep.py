"""The brain asleep: stages as events, and the graphoelements that tell them apart.

References
----------
Troester, Quan and Berry, The AASM manual for the scoring of sleep and associated events, version 3, 2023.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Event
from ictal.core.spans import Span
from ictal.simulation.cycles import Contour, steady_rhythm
from ictal.simulation.discharges import discharge_transient, extent, varied
from ictal.simulation.layers import Transient
from ictal.simulation.noise import narrow_power
from ictal.simulation.patches import field_over
from ictal.simulation.planted import Planted, planted_part
from ictal.simulation.projection import planted
from ictal.simulation.rhythms import staged_noise
from ictal.simulation.scene import Part, Scene

Floats = NDArray[np.float64]

_SLOW_WAVE_HZ, _SLOW_WAVE_BANDWIDTH = 0.85, 0.2
_SLOW_WAVE_LEVELS = {"n2": 0.25, "n3": 1.0}
_DEEPENING_SECONDS = 40.0

_SPINDLE_SHARES = {"n2": 1.0, "n3": 0.4}
_SPINDLES_APART = 3.0
_SHORTEST_SPINDLE, _LONGEST_SPINDLE = 0.5, 2.0
_SLOW_SPINDLE_SHARE = 0.4
_SLOW_SPINDLE, _FAST_SPINDLE = (("Fz",), -1.0), (("Pz", "Cz"), 0.6)
"""Under which electrodes spindles of either kind are, and by how many Hz they differ from the subject's typical one."""

_SPINDLE_BAND = (11.0, 15.5)

_K_PHASES = np.array([[-0.22, 0.2, 0.15], [0.0, 0.45, -1.0], [0.42, 0.8, 0.75]])
_K_HEIGHT = 1.72
_K_APART, _K_ROOM = 6.0, 4.0
_K_WITH_SPINDLE = 0.35

_VERTEX_PHASES = np.array([[-0.1, 0.1, 0.2], [0.0, 0.17, -1.0], [0.18, 0.26, 0.3]])
_VERTEX_SHARES = {"n1": 1.0, "n2": 0.15}
_VERTEX_APART, _VERTEX_ROOM = 1.5, 0.6
"""Of each phase of a wave the delay and the width in seconds, and the height; the K-complex's from peak to peak; and
seconds between two of them, and from one to the end of the stage."""

_SAWTOOTH = Contour(harmonic=0.4, lead=-0.5 * np.pi)
_SAWTOOTH_RATE, _SAWTOOTH_APART, _SAWTOOTH_ROOM = 0.7, 10.0, 6.0


def stages(scene: Scene) -> Part:
    """Return the stages of sleep as events, ``sleep-n1`` to ``sleep-rem``, and no signal."""
    asleep = [(name, start, stop) for name, start, stop in scene.states.stages if name != "wake"]
    return Part(events=tuple(Event(start, stop - start, f"sleep-{name}") for name, start, stop in asleep))


def slow_waves(scene: Scene) -> Part:
    """Return frontal waves of 0.5 to 1.5 Hz that build up as N2 deepens to N3; a quarter as high in N2."""
    amplitude = scene.subject.sleep.slow_wave_amplitude
    if amplitude <= 0:
        return Part()
    both = field_over(("Fz",), width=0.04)
    left, right = (field_over((name,), width=0.025) for name in ("F3", "F4"))
    mixing = np.column_stack([0.9 * both, 0.45 * left, 0.45 * right])
    power = narrow_power(_SLOW_WAVE_HZ, _SLOW_WAVE_BANDWIDTH)
    return staged_noise(scene, "slow-waves", amplitude * mixing, power, _SLOW_WAVE_LEVELS, _DEEPENING_SECONDS)


def spindles(scene: Scene) -> Part:
    """Return spindles of N2, and fewer of N3: slow ones over the front, fast ones over the parietal midline.

    References
    ----------
    Fernandez and Lüthi, Sleep spindles: mechanisms and functions, Physiol. Rev. 2020.
    """
    sleep, rng = scene.subject.sleep, scene.stream("spindles")
    if sleep.spindle_amplitude <= 0:
        return Part()
    onsets = onsets_in_stages(scene, _SPINDLE_SHARES, sleep.spindle_rate, _SPINDLES_APART, _LONGEST_SPINDLE, rng)
    return planted_part([draw_spindle(scene, onset, rng) for onset in onsets])


def k_complexes(scene: Scene) -> Part:
    """Return K-complexes of N2, largest at Cz and Fz: negative, then positive, some with a spindle on their back."""
    sleep, rng = scene.subject.sleep, scene.stream("k-complexes")
    if sleep.k_amplitude <= 0:
        return Part()
    field = sleep.k_amplitude / _K_HEIGHT * field_over(("Cz", "Fz"), width=0.032)
    waves = []
    for onset in onsets_in_stages(scene, {"n2": 1.0}, sleep.k_rate, _K_APART, _K_ROOM, rng):
        phases = _K_PHASES * [*2 * [rng.uniform(0.8, 1.3)], 1.0]
        waves.append(draw_wave(scene, "k-complex", onset, field, phases, rng))
        if sleep.spindle_amplitude > 0 and rng.random() < _K_WITH_SPINDLE:
            waves.append(draw_spindle(scene, onset + rng.uniform(0.7, 1.2), rng))
    return planted_part(waves)


def vertex_waves(scene: Scene) -> Part:
    """Return vertex waves of N1, and few of N2: sharp, negative at Cz, under half a second."""
    sleep, rng = scene.subject.sleep, scene.stream("vertex-waves")
    if sleep.vertex_amplitude <= 0:
        return Part()
    field = sleep.vertex_amplitude * field_over(("Cz",), width=0.028)
    onsets = onsets_in_stages(scene, _VERTEX_SHARES, sleep.vertex_rate, _VERTEX_APART, _VERTEX_ROOM, rng)
    return planted_part([draw_wave(scene, "vertex-wave", onset, field, _VERTEX_PHASES, rng) for onset in onsets])


def sawtooth_waves(scene: Scene) -> Part:
    """Return runs of frontocentral triangular waves of 2 to 5 Hz in REM.

    References
    ----------
    Rodriguez et al., Sawtooth waves during REM sleep after administration of haloperidol combined with total sleep
    deprivation, Sleep 2003.
    """
    sleep, rate, rng = scene.subject.sleep, scene.sampling_rate, scene.stream("sawtooth-waves")
    if sleep.sawtooth_amplitude <= 0:
        return Part()
    field = field_over(("Cz", "Fz"), width=0.025)
    runs = []
    for onset in onsets_in_stages(scene, {"rem": 1.0}, _SAWTOOTH_RATE, _SAWTOOTH_APART, _SAWTOOTH_ROOM, rng):
        seconds, frequency = float(rng.uniform(2.5, 5.5)), float(rng.uniform(2.0, 5.0))
        height = 0.5 * sleep.sawtooth_amplitude * float(np.exp(0.2 * rng.standard_normal()))
        length = round(seconds * rate)
        make = partial(sawteeth, height * field, length, rate, frequency, int(rng.integers(2**31)))
        event = planted(scene, "sawtooth-waves", onset, seconds, field)
        runs.append(Planted((Transient(round(onset * rate), length, make),), event))
    return planted_part(runs)


def onsets_in_stages(
    scene: Scene, shares: Mapping[str, float], per_minute: float, apart: float, room: float, rng: np.random.Generator
) -> list[float]:
    """Return onsets in seconds of what happens in some stages, in each at a share of one rate."""
    return [
        onset
        for stage, share in shares.items()
        for onset in spaced_onsets(scene.states.spans(stage), share * per_minute, apart, room, rng)
    ]


def spaced_onsets(
    spans: Iterable[Span], per_minute: float, apart: float, room: float, rng: np.random.Generator
) -> list[float]:
    """Return sorted onsets in seconds that keep a distance and end before their span does.

    Parameters
    ----------
    spans : iterable of (start, stop)
        Seconds, sorted and apart.
    per_minute : float
        Of those there is room for.
    apart : float
        Seconds at least between two.
    room : float
        Seconds at least between an onset and the end of its span.
    rng : numpy.random.Generator

    Examples
    --------
    >>> onsets = spaced_onsets([(0.0, 600.0)], 5.0, 3.0, 2.0, np.random.default_rng(0))
    >>> bool(np.diff(onsets).min() >= 3.0), max(onsets) <= 598.0
    (True, True)
    """
    onsets: list[float] = []
    if per_minute <= 0:
        return onsets
    pause = max(60.0 / per_minute - apart, 0.0)
    for start, stop in spans:
        position = start + rng.exponential(60.0 / per_minute)
        while position + room <= stop:
            onsets.append(float(position))
            position += apart + rng.exponential(pause)
    return onsets


def draw_wave(
    scene: Scene, kind: str, onset: float, field: Floats, phases: Floats, rng: np.random.Generator
) -> Planted:
    """Return one wave of a few phases that begins at an onset.

    Parameters
    ----------
    scene : Scene
    kind : str
        Type of the event.
    onset : float
        Seconds.
    field : ndarray, shape (19,)
        µV that a height of 1 gives each electrode.
    phases : ndarray, shape (n_phases, 3)
        As :func:`~ictal.simulation.discharges.discharge_course` takes them; each wave is a little different.
    rng : numpy.random.Generator
    """
    [own] = varied(phases[np.newaxis], 1, rng, spread=0.25)
    begin, end = extent(own)
    transient = discharge_transient(onset - begin, field[:, np.newaxis], own, scene.sampling_rate)
    return Planted((transient,), planted(scene, kind, onset, end - begin, field))


def draw_spindle(scene: Scene, onset: float, rng: np.random.Generator) -> Planted:
    """Return one spindle of the subject, slow and frontal or fast and parietal."""
    sleep, rate = scene.subject.sleep, scene.sampling_rate
    places, faster = _SLOW_SPINDLE if rng.random() < _SLOW_SPINDLE_SHARE else _FAST_SPINDLE
    field = field_over(places, width=0.026)
    frequency = float(np.clip(sleep.spindle_frequency + faster + 0.3 * rng.standard_normal(), *_SPINDLE_BAND))
    seconds = float(np.clip(0.9 * np.exp(0.35 * rng.standard_normal()), _SHORTEST_SPINDLE, _LONGEST_SPINDLE))
    height = sleep.spindle_amplitude * float(np.exp(0.25 * rng.standard_normal()))
    length = round(seconds * rate)
    make = partial(spindle, height * field, length, rate, frequency, float(rng.uniform()))
    transient = Transient(round(onset * rate), length, make)
    return Planted((transient,), planted(scene, "spindle", onset, seconds, field))


def spindle(field: Floats, length: int, sampling_rate: float, frequency: float, phase: float) -> Floats:
    """Return one spindle as all electrodes see it: it waxes and wanes, and slows by half a Hz on its way.

    Parameters
    ----------
    field : ndarray, shape (19,)
        µV at its peak.
    length : int
        Samples.
    sampling_rate, frequency : float
        Hz; the second in the middle of it.
    phase : float
        0 to 1: where in a cycle it begins.

    Examples
    --------
    >>> wave = spindle(np.ones(1), 256, 256.0, 13.0, 0.0)[0]
    >>> float(np.abs(wave).max().round(1)), float(np.abs(wave[:10]).max().round(1))
    (1.0, 0.0)
    """
    share = (np.arange(length) + 0.5) / length
    seconds = length / sampling_rate
    cycles = phase + seconds * (frequency * share + 0.25 * (share - share**2))
    return np.outer(field, np.sin(np.pi * share) ** 1.5 * np.sin(2 * np.pi * cycles))


def sawteeth(field: Floats, length: int, sampling_rate: float, frequency: float, seed: int) -> Floats:
    """Return one run of sawtooth waves as all electrodes see it, shape (19, length)."""
    span = (0.0, length / sampling_rate)
    rhythm = steady_rhythm(span, frequency, np.zeros(1), _SAWTOOTH, np.random.default_rng(seed), jitter=0.08)
    return np.outer(field, rhythm.read(0, length, sampling_rate))
