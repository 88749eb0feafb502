"""When a pattern that comes and goes is there: in stretches that keep away from seizures."""

from __future__ import annotations

import numpy as np

from ictal.core.errors import check_option
from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.simulation.scene import Scene

PATTERNS = ("lpd", "gpd", "lrda", "grda")
"""Lateralised and generalised periodic discharges, lateralised and generalised rhythmic delta activity."""

MARGIN = 20.0
"""Seconds between a seizure and what only looks like one."""

_SHORTEST, _LONGEST = 30.0, 1200.0


def pattern_stretches(scene: Scene) -> tuple[Span, ...]:
    """Return when the subject's periodic or rhythmic pattern is there, none where there is no such pattern.

    Stretches are where they would be without seizures; what comes near to a seizure is cut off.

    Raises
    ------
    ParameterError
        If the subject's pattern is neither ``""`` nor one of :data:`PATTERNS`.
    """
    epilepsy, rng = scene.subject.epilepsy, scene.stream("pattern stretches")
    if not epilepsy.pattern:
        return ()
    check_option("pattern", epilepsy.pattern, PATTERNS)
    seconds = epilepsy.pattern_share * scene.duration
    stretches = random_stretches(scene.duration, seconds, _SHORTEST, _LONGEST, rng)
    cut = intersect_spans(stretches, away_from_seizures(scene))
    return tuple((start, stop) for start, stop in cut if stop - start >= _SHORTEST)


def away_from_seizures(scene: Scene) -> tuple[Span, ...]:
    """Return the time that is at least :data:`MARGIN` before or after each seizure."""
    near = [(seizure.onset - MARGIN, seizure.stop + MARGIN) for seizure in scene.seizures]
    return complement_spans(near, 0.0, scene.duration)


def random_stretches(
    duration: float, seconds: float, shortest: float, longest: float, rng: np.random.Generator
) -> tuple[Span, ...]:
    """Return stretches at random places, each as likely to be short as long, that last so long together.

    Parameters
    ----------
    duration : float
        Seconds of the recording.
    seconds : float
        How long the stretches last together, up to the duration; it may be less by up to `shortest`.
    shortest, longest : float
        Seconds of one stretch.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of (start, stop)
        Seconds, sorted and apart.

    Examples
    --------
    >>> spans = random_stretches(900.0, 300.0, 30.0, 200.0, np.random.default_rng(0))
    >>> round(sum(stop - start for start, stop in spans)) in range(270, 301)
    True
    """
    lengths: list[float] = []
    while seconds - sum(lengths) >= shortest:
        drawn = shortest * (longest / shortest) ** rng.uniform()
        lengths.append(min(drawn, seconds - sum(lengths)))
    gaps = rng.dirichlet(np.ones(len(lengths) + 1)) * (duration - sum(lengths))
    starts = np.cumsum(gaps[:-1]) + np.cumsum([0.0, *lengths])[:-1]
    return tuple((float(start), float(start + length)) for start, length in zip(starts, lengths, strict=True))
