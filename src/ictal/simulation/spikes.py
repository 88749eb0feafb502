"""Interictal spikes and sharp waves, and fragments of generalised spike-and-wave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Event
from ictal.core.spans import complement_spans
from ictal.simulation.discharges import discharge_transient, extent, varied
from ictal.simulation.patches import channels_seeing, field_over
from ictal.simulation.planted import Planted, planted_inside, planted_part
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets
from ictal.simulation.stretches import pattern_stretches

Floats = NDArray[np.float64]

ACTIVATION = {"wake": 1.0, "n1": 1.5, "n2": 2.5, "n3": 3.5, "rem": 0.5}
"""How often spikes come in each stage, against wakefulness."""

FRAGMENTS = {"absence": (2.7, 3.5), "tonic": (1.5, 2.3)}
"""Kind of seizure → Hz of the spike-and-wave of people who have them; all others have focal spikes."""

_SPIKE_WIDTH, _WAVE_WIDTH = 0.016, 0.03
"""Standard deviation in metres of the cortex that makes the spike, and of that which makes the slow wave."""

_SECOND_FOCUS_SHARE = 0.3
_LONGEST_FRAGMENT = 1.7
_FRAGMENTS_APART, _SPIKES_APART = 3.0, 0.0
_FRONTAL = ("F3", "Fz", "F4", "C3", "C4")
_GENERALISED_GAIN = 1.5


def spikes(scene: Scene) -> Part:
    """Return interictal discharges of the subject, outside of seizures and of the patterns of intensive care.

    They are more frequent in non-REM sleep and rarer in REM sleep. Subjects whose seizures are generalised have
    fragments of spike-and-wave under 2 s.

    References
    ----------
    Kane et al., A revised glossary of terms most commonly used by clinical electroencephalographers, Clin.
    Neurophysiol. Pract. 2017 (spike 20–70 ms, sharp wave 70–200 ms, mostly negative, with an after-going slow wave).
    Malow et al., Relationship of interictal epileptiform discharges to sleep depth in partial epilepsy,
    Electroencephalogr. Clin. Neurophysiol. 1997.
    """
    rng, epilepsy = scene.stream("spikes"), scene.subject.epilepsy
    onsets: list[float] = []
    for stage, activation in ACTIVATION.items():
        onsets += random_onsets(scene.states.spans(stage), activation * epilepsy.spike_rate, rng)
    make, apart = (fragment, _FRAGMENTS_APART) if epilepsy.kind in FRAGMENTS else (focal_spike, _SPIKES_APART)
    drawn = [make(scene, onset, rng) for onset in sorted(onsets)]
    taken = [*(seizure.span for seizure in scene.seizures), *pattern_stretches(scene)]
    return planted_part(planted_inside(drawn, complement_spans(taken, 0.0, scene.duration), apart))


def focal_spike(scene: Scene, onset: float, rng: np.random.Generator) -> Planted:
    """Return a spike with its slow wave, surface-negative at the focus."""
    epilepsy = scene.subject.epilepsy
    second = bool(epilepsy.spike_second_focus) and rng.uniform() < _SECOND_FOCUS_SHARE
    focus = epilepsy.spike_second_focus if second else epilepsy.focus
    fields = np.column_stack([field_over([focus], _SPIKE_WIDTH), field_over([focus], _WAVE_WIDTH)])
    [phases] = varied(spike_phases(epilepsy.spike_width), 1, rng, spread=0.3)
    begin, end = extent(phases)
    piece = discharge_transient(onset - begin, epilepsy.spike_amplitude * fields, phases, scene.sampling_rate)
    return Planted((piece,), Event(onset, end - begin, "spike", channels=channels_seeing(fields[:, 0])))


def spike_phases(width: float) -> Floats:
    """Return a spike with a small positive phase after it, and the slow wave that follows over more cortex.

    Parameters
    ----------
    width : float
        Seconds from base to base of the spike.

    Returns
    -------
    ndarray, shape (2, 2, 3)
        As :func:`~ictal.simulation.discharges.discharge_course` takes them, of either source.

    Examples
    --------
    >>> from ictal.simulation.discharges import discharge_course
    >>> course = discharge_course(np.linspace(-0.1, 0.6, 701), spike_phases(0.07)).sum(axis=0)
    >>> float(np.linspace(-0.1, 0.6, 701)[course.argmin()].round(3)) + 0.0
    0.0
    """
    spike = [[0.0, width, -1.0], [0.8 * width, 0.9 * width, 0.35]]
    wave = [[0.11 + 1.4 * width, 0.28, -0.5], [0.4 + 1.4 * width, 0.3, 0.12]]
    return np.array([spike, wave])


def fragment(scene: Scene, onset: float, rng: np.random.Generator) -> Planted:
    """Return one or some generalised spike-and-waves, largest over the frontal midline."""
    epilepsy = scene.subject.epilepsy
    frequency = rng.uniform(*FRAGMENTS[epilepsy.kind])
    count = int(rng.integers(1, int(_LONGEST_FRAGMENT * frequency) + 1))
    fields = _GENERALISED_GAIN * epilepsy.spike_amplitude * field_over(_FRONTAL, _WAVE_WIDTH)[:, np.newaxis]
    complexes = varied(spike_and_wave_phases(1 / frequency), count, rng)
    begin, end = extent(complexes[0])[0], extent(complexes[-1])[1]
    peaks = onset - begin + np.arange(count) / frequency
    pieces = [
        discharge_transient(peak, fields, phases, scene.sampling_rate)
        for peak, phases in zip(peaks, complexes, strict=True)
    ]
    return Planted(tuple(pieces), Event(onset, float(peaks[-1] + end - onset), "spike"))


def spike_and_wave_phases(period: float) -> Floats:
    """Return one spike-and-wave that fills a period in seconds, shape (1, 3, 3).

    Examples
    --------
    >>> spike_and_wave_phases(1 / 3).shape
    (1, 3, 3)
    """
    return np.array([[[0.0, 0.06, -1.0], [0.05, 0.06, 0.3], [0.55 * period, 0.7 * period, -0.8]]])
