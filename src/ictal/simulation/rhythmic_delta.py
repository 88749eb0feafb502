"""Rhythmic delta activity of intensive care: lateralised or generalised, of one frequency and one place, for minutes.

References
----------
Hirsch et al., American Clinical Neurophysiology Society's standardized critical care EEG terminology: 2021 version,
J. Clin. Neurophysiol. 2021: monomorphic waves up to 4 Hz without an interval between them; what changes by 0.5 Hz or
more, or moves, evolves or fluctuates and is called otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Event
from ictal.simulation.cycles import Contour, steady_rhythm
from ictal.simulation.patches import channels_seeing, field_over
from ictal.simulation.periodic import lateral_fields
from ictal.simulation.planted import Planted, planted_part
from ictal.simulation.scene import Part, Scene
from ictal.simulation.stretches import pattern_stretches

Floats = NDArray[np.float64]

_FRONTAL, _CENTRAL = ("Fp1", "Fp2"), ("C3", "Cz", "C4")
_CENTRAL_GAIN = 0.25
_WIDTH = 0.03
_LAG = (0.02, 0.06)
_JITTER, _SWELL, _SPREAD = 0.07, 0.3, 0.04


def lrda(scene: Scene) -> Part:
    """Return lateralised rhythmic delta over the hemisphere of the focus, in subjects whose pattern it is."""
    rng, epilepsy = scene.stream("lrda"), scene.subject.epilepsy
    if epilepsy.pattern != "lrda":
        return Part()
    fields = lateral_fields(epilepsy.focus, rng)
    channels = channels_seeing(fields.sum(axis=1))
    return planted_part(delta(scene, fields, rng.uniform(*_LAG), draw_contour(rng), channels))


def grda(scene: Scene) -> Part:
    """Return generalised rhythmic delta, largest over the frontal lobes, in subjects whose pattern it is."""
    rng = scene.stream("grda")
    if scene.subject.epilepsy.pattern != "grda":
        return Part()
    fields = np.column_stack([field_over(_FRONTAL, _WIDTH), _CENTRAL_GAIN * field_over(_CENTRAL, _WIDTH)])
    return planted_part(delta(scene, fields, rng.uniform(*_LAG), draw_contour(rng)))


def draw_contour(rng: np.random.Generator) -> Contour:
    """Return the shape of one patient's waves, near to a sine and mostly steeper on one side."""
    return Contour(rng.uniform(0.1, 0.25), rng.uniform(-np.pi, np.pi))


def delta(
    scene: Scene, fields: Floats, lag: float, contour: Contour, channels: tuple[str, ...] = ()
) -> Iterator[Planted]:
    """Yield the waves of each stretch of the subject's pattern.

    Parameters
    ----------
    scene : Scene
    fields : ndarray, shape (19, 2)
    lag : float
        Seconds that the second source is late.
    contour : Contour
    channels : tuple of str
        Those that carry it; empty where all do.
    """
    epilepsy = scene.subject.epilepsy
    surface_negative = -epilepsy.pattern_amplitude * fields / np.abs(fields.sum(axis=1)).max()
    for span in pattern_stretches(scene):
        rng = scene.stream(f"{epilepsy.pattern} from {span[0]:.2f} s")
        frequency = epilepsy.pattern_frequency * np.exp(_SPREAD * rng.standard_normal())
        rhythm = steady_rhythm(span, frequency, np.array([0.0, lag]), contour, rng, jitter=_JITTER, swell=_SWELL)
        start, stop = rhythm.span
        event = Event(start, stop - start, epilepsy.pattern, channels=channels)
        yield Planted(tuple(rhythm.transients(surface_negative, scene.sampling_rate)), event)
