"""The brain of a neonate asleep: tracé alternant and delta brushes.

References
----------
Tsuchida et al., American Clinical Neurophysiology Society standardized EEG terminology and categorization for the
description of continuous EEG monitoring in neonates, J. Clin. Neurophysiol. 2013. André et al.,
Electroencephalography in premature and full-term infants, Neurophysiol. Clin. 2010.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Event
from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.simulation.layers import GainLayer, NoiseLayer, Transient
from ictal.simulation.noise import Noise, narrow_power, shaped_noise
from ictal.simulation.patches import field_over
from ictal.simulation.planted import Planted, planted_part
from ictal.simulation.projection import planted
from ictal.simulation.scene import Part, Scene
from ictal.simulation.sleep import spaced_onsets
from ictal.simulation.tracks import switched

Floats = NDArray[np.float64]

_BURST_SECONDS = (3.0, 8.0)
_PAUSE_SPREAD = (0.65, 1.5)
"""Shortest and longest burst, and the shortest and the longest pause as shares of the subject's typical one."""

_PAUSE_GAIN = 0.6
_BURST_RAMP = 0.8
_BURST_PLACES = ("F3", "F4", "C3", "C4", "O1", "O2")
_BURST_BAND = (1.0, 3.0)

_BRUSH_PLACES, _BRUSH_SHARES = ("C3", "C4", "T7", "T8", "O1", "O2"), (0.2, 0.2, 0.2, 0.2, 0.1, 0.1)
_BRUSH_SECONDS = (1.0, 2.5)
_BRUSH_FREQUENCY = (10.0, 18.0)
_BRUSH_HEIGHT = 0.16
"""Root mean square of the fast waves of a brush as a share of the delta's height from peak to peak."""

_BRUSHES_APART, _BRUSH_ROOM = 2.0, 1.0


def trace_alternant(scene: Scene) -> Part:
    """Return the bursts of slow waves of quiet sleep, and the low voltage between them."""
    sleep, rate = scene.subject.sleep, scene.sampling_rate
    quiet = scene.states.spans("n2")
    if sleep.burst_amplitude <= 0:
        return Part()
    bursts = burst_spans(scene)
    pauses = intersect_spans(quiet, complement_spans(bursts, 0.0, scene.duration))
    weakened = GainLayer([switched(pauses, _PAUSE_GAIN, 1.0, _BURST_RAMP)], rate)
    places = np.column_stack([field_over((name,), width=0.025) for name in _BURST_PLACES])
    mixing = sleep.burst_amplitude * places / np.sqrt((places**2).sum(axis=1).max())
    noise = Noise(len(_BURST_PLACES), rate, burst_power, scene.seed_for("trace-alternant"))
    waves = NoiseLayer(mixing, noise, rate, [switched(bursts, 1.0, 0.0, _BURST_RAMP)])
    return Part((weakened, waves), tuple(Event(start, stop - start, "trace-alternant") for start, stop in quiet))


def delta_brushes(scene: Scene) -> Part:
    """Return delta waves with fast ones riding on them, on either side by itself; in quiet sleep in bursts alone."""
    sleep, rate, rng = scene.subject.sleep, scene.sampling_rate, scene.stream("delta-brushes")
    if sleep.brush_amplitude <= 0:
        return Part()
    spans = sorted([*scene.states.spans("rem"), *burst_spans(scene)])
    brushes = []
    for onset in spaced_onsets(spans, sleep.brush_rate, _BRUSHES_APART, _BRUSH_ROOM, rng):
        field = field_over((str(rng.choice(_BRUSH_PLACES, p=_BRUSH_SHARES)),), width=0.018)
        seconds, frequency = float(rng.uniform(*_BRUSH_SECONDS)), float(rng.uniform(*_BRUSH_FREQUENCY))
        height = sleep.brush_amplitude * float(np.exp(0.25 * rng.standard_normal()))
        length = round(seconds * rate)
        make = partial(brush, height * field, length, rate, frequency, int(rng.integers(2**31)))
        event = planted(scene, "delta-brush", onset, seconds, field)
        brushes.append(Planted((Transient(round(onset * rate), length, make),), event))
    return planted_part(brushes)


def burst_spans(scene: Scene) -> tuple[Span, ...]:
    """Return when the bursts of quiet sleep are."""
    rng, typical = scene.stream("bursts"), scene.subject.sleep.pause_seconds
    bursts = []
    for start, stop in scene.states.spans("n2"):
        position = start + rng.uniform(*_PAUSE_SPREAD) * typical
        while position < stop:
            end = position + rng.uniform(*_BURST_SECONDS)
            bursts.append((float(position), float(min(end, stop))))
            position = end + rng.uniform(*_PAUSE_SPREAD) * typical
    return tuple(bursts)


def burst_power(frequencies: Floats) -> Floats:
    """Return the spectrum of the bursts: slow waves of 1 to 3 Hz, and less of what is faster."""
    low, high = _BURST_BAND
    power: Floats = 1 / ((1 + (low / np.maximum(frequencies, 1e-3)) ** 8) * (1 + (frequencies / high) ** 4))
    return power


def brush(field: Floats, length: int, sampling_rate: float, frequency: float, seed: int) -> Floats:
    """Return one delta brush as all electrodes see it: one slow wave with a spindle of fast ones on it.

    Parameters
    ----------
    field : ndarray, shape (19,)
        µV from peak to peak of the slow wave, negative first.
    length : int
        Samples; the slow wave is one cycle of them.
    sampling_rate, frequency : float
        Hz; the second of the fast waves.
    seed : int

    Examples
    --------
    >>> brush(np.ones(19), 400, 256.0, 12.0, seed=0).shape
    (19, 400)
    """
    share = (np.arange(length) + 0.5) / length
    slow = -0.6 * np.sin(2 * np.pi * share) * np.sin(np.pi * share)
    [fast] = shaped_noise(1, length, sampling_rate, narrow_power(frequency, 1.5), np.random.default_rng(seed))
    return np.outer(field, slow + _BRUSH_HEIGHT * np.sin(np.pi * share) * fast)
