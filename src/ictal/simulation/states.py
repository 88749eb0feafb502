"""Awake or asleep: the stages of a recording and what they do to the rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans
from ictal.simulation.tracks import Track

STAGES = ("wake", "n1", "n2", "n3", "rem")
"""The stages of the American Academy of Sleep Medicine; quiet sleep of a neonate is n2, active sleep rem."""

_DROWSY_SECONDS = 60.0
_DROWSY_SHARE = 0.5
"""Drowsiness is the end of a wakeful stretch that leads to N1: so many seconds, or this share of one that is short."""


@dataclass(frozen=True, slots=True)
class States:
    """The stages of a recording, one after the other without gap, and what eyes and body do while awake.

    Parameters
    ----------
    stages : tuple of (name, start, stop)
        Names from :data:`STAGES`; seconds.
    closures : tuple of (start, stop)
        When the eyes are closed while awake, seconds.
    movements : tuple of (start, stop)
        When the body moves while awake, seconds.

    Examples
    --------
    >>> night = States((("wake", 0.0, 60.0), ("n2", 60.0, 100.0)), closures=((10.0, 20.0),))
    >>> night.spans("n2"), night.eyes_open, night.eyes_closed
    (((60.0, 100.0),), ((0.0, 10.0), (20.0, 60.0)), ((10.0, 20.0), (60.0, 100.0)))
    """

    stages: tuple[tuple[str, float, float], ...]
    closures: tuple[Span, ...] = ()
    movements: tuple[Span, ...] = ()

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

    @property
    def eyes_closed(self) -> tuple[Span, ...]:
        """When the subject sleeps, or is awake with closed eyes."""
        return complement_spans(self.eyes_open, 0.0, self.duration)

    @property
    def drowsy(self) -> tuple[Span, ...]:
        """The last minute of wakefulness before each N1, or the second half of a shorter one.

        Examples
        --------
        >>> States((("wake", 0.0, 300.0), ("n1", 300.0, 400.0))).drowsy
        ((240.0, 300.0),)
        """
        return tuple(
            (stop - min(_DROWSY_SECONDS, _DROWSY_SHARE * (stop - start)), stop)
            for (name, start, stop), (following, _, _) in pairwise(self.stages)
            if (name, following) == ("wake", "n1")
        )

    def level(self, levels: Mapping[str, float], ramp: float = 8.0) -> Track:
        """Return a gain that has a level in each stage and moves slowly between.

        Parameters
        ----------
        levels : mapping of str to float
            Stage → level, 0 where none is named. ``drowsy`` is the level while wakefulness ends in N1, that of
            ``wake`` where it is not named.
        ramp : float
            Seconds from the level of one stage to that of the next, cut short in a short stage.

        Examples
        --------
        >>> States((("wake", 0.0, 20.0), ("n2", 20.0, 60.0))).level({"n2": 1.0}).read(0, 3, 1 / 12)
        array([0. , 0. , 0.5])
        """
        times, values = [], []
        for name, start, stop in self._phases():
            level = levels.get("wake", 0.0) if name == "drowsy" and name not in levels else levels.get(name, 0.0)
            times += [start + min(ramp, 0.4 * (stop - start)), stop]
            values += 2 * [level]
        return Track(np.array(times), np.array(values))

    def _phases(self) -> list[tuple[str, float, float]]:
        """Return the stages with drowsiness as one of its own."""
        onsets = {stop: start for start, stop in self.drowsy}
        phases = []
        for name, start, stop in self.stages:
            if name == "wake" and stop in onsets:
                phases += [(name, start, onsets[stop]), ("drowsy", onsets[stop], stop)]
            else:
                phases.append((name, start, stop))
        return phases
