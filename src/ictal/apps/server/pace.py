"""How fast a reader decides."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from datetime import datetime

from ictal.review.decision import Decision

LONGEST_LOOK = 300.0
"""Seconds; after a longer pause the reader was away."""

N_LATELY = 30


def measure_pace(decisions: Sequence[Decision]) -> float | None:
    """Return how many seconds an item took lately, the median; ``None`` where nobody knows yet.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> times = ("2026-05-01T10:00:00.000+00:00", "2026-05-01T10:00:04.500+00:00", "2026-05-01T12:00:00.000+00:00")
    >>> said = [Decision(f"k{at}", "night", f"p{at}", 0, "accepted", Event(12.0, 30.0), at=at) for at in times]
    >>> measure_pace(said), measure_pace(said[:1])
    (4.5, None)
    """
    first_looks = [said for said in decisions if said.revision == 0 and not said.undoes]
    moments = [moment for moment in map(_read_moment, first_looks) if moment is not None]
    pauses = [(after - before).total_seconds() for before, after in itertools.pairwise(moments)]
    looks = [pause for pause in pauses if 0 < pause <= LONGEST_LOOK][-N_LATELY:]
    return statistics.median(looks) if looks else None


def _read_moment(said: Decision) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said.at)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
