"""Periodic discharges of intensive care: lateralised or generalised, at regular intervals, for minutes.

References
----------
Hirsch et al., American Clinical Neurophysiology Society's standardized critical care EEG terminology: 2021 version,
J. Clin. Neurophysiol. 2021: discharges of up to three phases or under 0.5 s, at nearly regular intervals.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.simulation.cycles import steady_times
from ictal.simulation.discharges import discharge_transient, extent, varied
from ictal.simulation.patches import channels_seeing, field_over
from ictal.simulation.planted import Planted, planted_part
from ictal.simulation.scene import Part, Scene
from ictal.simulation.stretches import pattern_stretches

Floats = NDArray[np.float64]
Phases = tuple[tuple[float, float, float], ...]

LATERALISED: dict[str, Phases] = {
    "diphasic": ((0.0, 0.13, -1.0), (0.13, 0.24, 0.5)),
    "sharp-and-wave": ((0.0, 0.09, -1.0), (0.09, 0.12, 0.35), (0.3, 0.38, -0.5)),
    "triphasic": ((-0.08, 0.09, 0.3), (0.0, 0.09, -1.0), (0.14, 0.24, 0.6)),
    "polyphasic": ((-0.09, 0.08, 0.3), (0.0, 0.08, -1.0), (0.07, 0.08, 0.5), (0.13, 0.1, -0.5), (0.3, 0.3, 0.35)),
}
"""Morphology → delay, width in seconds and height of each phase at the cortex; negative is surface-negative."""

GENERALISED: dict[str, Phases] = {
    "triphasic": ((-0.13, 0.14, -0.35), (0.0, 0.2, 1.0), (0.26, 0.4, -0.5)),
    "sharp": ((0.0, 0.13, -1.0), (0.13, 0.2, 0.55), (0.36, 0.36, -0.3)),
    "polyphasic": ((-0.14, 0.12, 0.4), (0.0, 0.14, -1.0), (0.14, 0.16, 0.8), (0.32, 0.22, -0.4)),
}
"""The same for discharges of both hemispheres."""

_TRIPHASIC_LAG, _OTHER_LAG = (0.03, 0.07), (0.0, 0.012)
"""Seconds from the frontal to the central row, and again to the parietal one."""

_ROWS = (("Fp1", "Fp2"), ("C3", "Cz", "C4"), ("P3", "Pz", "P4"))
_ROW_GAINS = (1.0, 0.3, 0.2)
_ROW_WIDTH = 0.028
_LATERAL_WIDTH = 0.02
_NEIGHBOUR_GAIN = 0.4
_JITTER, _SPREAD = 0.06, 0.04
_FULLEST = 0.85


def lpd(scene: Scene) -> Part:
    """Return lateralised periodic discharges over the hemisphere of the focus, in subjects whose pattern they are."""
    rng, epilepsy = scene.stream("lpd"), scene.subject.epilepsy
    if epilepsy.pattern != "lpd":
        return Part()
    morphology = LATERALISED[str(rng.choice(list(LATERALISED)))]
    lags = np.array([0.0, rng.uniform(0.02, 0.05)])
    fields = lateral_fields(epilepsy.focus, rng)
    return planted_part(periodic(scene, fields, morphology, lags, channels_seeing(fields.sum(axis=1))))


def gpd(scene: Scene) -> Part:
    """Return generalised periodic discharges, triphasic ones later at the back, in subjects whose pattern they are."""
    rng, epilepsy = scene.stream("gpd"), scene.subject.epilepsy
    if epilepsy.pattern != "gpd":
        return Part()
    name = str(rng.choice(list(GENERALISED)))
    lag = rng.uniform(*(_TRIPHASIC_LAG if name == "triphasic" else _OTHER_LAG))
    fields = np.column_stack([gain * field_over(row, _ROW_WIDTH) for row, gain in zip(_ROWS, _ROW_GAINS, strict=True)])
    lags = lag * np.arange(len(_ROWS), dtype=np.float64)
    return planted_part(periodic(scene, fields, GENERALISED[name], lags))


def periodic(
    scene: Scene, fields: Floats, morphology: Phases, lags: Floats, channels: tuple[str, ...] = ()
) -> Iterator[Planted]:
    """Yield the discharges of each stretch of the subject's pattern.

    Parameters
    ----------
    scene : Scene
    fields : ndarray, shape (19, n_sources)
    morphology : sequence of (delay, width, height)
        Seconds; squeezed where it would not fit between two discharges.
    lags : ndarray, shape (n_sources,)
        Seconds that each source is late.
    channels : tuple of str
        Those that carry it; empty where all do.
    """
    epilepsy, rate = scene.subject.epilepsy, scene.sampling_rate
    heights = epilepsy.pattern_amplitude * fields / np.abs(fields.sum(axis=1)).max()
    for start, stop in pattern_stretches(scene):
        rng = scene.stream(f"{epilepsy.pattern} from {start:.2f} s")
        frequency = epilepsy.pattern_frequency * np.exp(_SPREAD * rng.standard_normal())
        phases = delayed(squeezed(np.array(morphology), 1 / frequency), lags)
        begin, end = extent(phases)
        peaks = steady_times((start - begin, stop - end), frequency, _JITTER, rng)
        discharges = zip(peaks, varied(phases, len(peaks), rng), strict=True)
        transients = [discharge_transient(peak, heights, one, rate) for peak, one in discharges]
        onset, length = float(peaks[0] + begin), float(peaks[-1] - peaks[0] + end - begin)
        yield Planted(tuple(transients), Event(onset, length, epilepsy.pattern, channels=channels))


def lateral_fields(focus: str, rng: np.random.Generator) -> Floats:
    """Return what the electrodes see of the cortex at a focus, and of a weaker neighbour in the same hemisphere.

    Returns
    -------
    ndarray, shape (19, 2)
    """
    here = Electrode(focus)
    others = [name for name in SCALP_19 if name != focus and Electrode(name).hemisphere == here.hemisphere]
    others.sort(key=lambda name: float(np.linalg.norm(Electrode(name).position - here.position)))
    neighbour = others[int(rng.integers(2))]
    gains = {focus: 1.0, neighbour: _NEIGHBOUR_GAIN}
    fields: Floats = np.column_stack([gain * field_over([name], _LATERAL_WIDTH) for name, gain in gains.items()])
    return fields


def squeezed(phases: Floats, period: float) -> Floats:
    """Return phases that leave some of the period in seconds empty, slower ones made faster."""
    begin, end = extent(phases)
    return phases * [*2 * [min(1.0, _FULLEST * period / (end - begin))], 1.0]


def delayed(phases: Floats, lags: Floats) -> Floats:
    """Return the same phases for several sources, each late by its lag, shape (n_sources, n_phases, 3)."""
    many = np.repeat(phases[np.newaxis], len(lags), axis=0)
    many[..., 0] += lags[:, np.newaxis]
    return many
