"""Awake or asleep: the stages of a recording and what they do to the rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans
from ictal.simulation.tracks import Track

STAGES = ("wake", "n1", "n2", "n3", "rem")
"""The stages of the American Academy of Sleep Medicine; quiet sleep of a neonate is n2, active sleep rem."""

_STAGE_RAMP = 8.0
"""Seconds from the level of one stage to that of the next."""


@dataclass(frozen=True, slots=True)
class States:
    """The stages of a recording, one after the other without gap, and when the eyes are closed while awake.

    Parameters
    ----------
    stages : tuple of (name, start, stop)
        Names from :data:`STAGES`; seconds.
    closures : tuple of (start, stop)
        Seconds.

    Examples
    --------
    >>> night = States((("wake", 0.0, 60.0), ("n2", 60.0, 100.0)), closures=((10.0, 20.0),))
    >>> night.spans("n2"), night.eyes_open
    (((60.0, 100.0),), ((0.0, 10.0), (20.0, 60.0)))
    """

    stages: tuple[tuple[str, float, float], ...]
    closures: tuple[Span, ...] = ()

    def spans(self, *names: str) -> tuple[Span, ...]:
        """Return when the subject is in one of some stages."""
        return merge_spans((start, stop) for name, start, stop in self.stages if name in names)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.stages[-1][2]

    @property
    def eyes_open(self) -> tuple[Span, ...]:
        """When the subject is awake with open eyes."""
        return intersect_spans(self.spans("wake"), complement_spans(self.closures, 0.0, self.duration))

    def level(self, levels: Mapping[str, float]) -> Track:
        """Return a gain that has a level in each stage, 0 in stages that are not named, and moves slowly between."""
        times, values = [], []
        for name, start, stop in self.stages:
            ramp = min(_STAGE_RAMP, 0.4 * (stop - start))
            times += [start + ramp, stop]
            values += 2 * [levels.get(name, 0.0)]
        return Track(np.array(times), np.array(values))
