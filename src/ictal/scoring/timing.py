"""How early, how late and how long: times of detected events against those of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span
from ictal.scoring.szcore import SZCORE, EventSettings, join_close, sort_events

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Timing:
    """Errors of time of the detected reference events, in their order.

    Parameters
    ----------
    reference, hypothesis : ndarray, shape (n_detected, 2)
        Start and stop of each detected event and of the detection that belongs to it, in seconds.
    n_reference : int
        How many events there were to find.

    Examples
    --------
    >>> timing = measure_timing([(600.0, 660.0)], [(608.0, 650.0)], duration=3600.0)
    >>> timing.onset_latency, timing.offset_error, timing.duration_error
    (array([8.]), array([-10.]), array([-18.]))
    """

    reference: Values
    hypothesis: Values
    n_reference: int

    @property
    def onset_latency(self) -> Values:
        """Seconds from the reference onset to the detected one, shape (n_detected,); negative is early."""
        return self.hypothesis[:, 0] - self.reference[:, 0]

    @property
    def offset_error(self) -> Values:
        """Seconds from the reference offset to the detected one, shape (n_detected,); negative is early."""
        return self.hypothesis[:, 1] - self.reference[:, 1]

    @property
    def duration_error(self) -> Values:
        """Seconds that the detection is longer than the reference, shape (n_detected,)."""
        return self.offset_error - self.onset_latency


def measure_timing(
    reference: Iterable[Span], hypothesis: Iterable[Span], duration: float, settings: EventSettings = SZCORE
) -> Timing:
    """Measure onset, offset and duration of what was detected.

    Events are mended and joined as :func:`ictal.scoring.szcore.score_events` does, so that a detection in parts is
    measured as a whole; they are not split, since a piece has no onset of its own. To each reference event belongs the
    hypothesis that shares most time with it; where none does, the nearest one that reaches into the tolerances around
    it.

    Parameters
    ----------
    reference, hypothesis : iterable of (start, stop)
        Seconds, in any order.
    duration : float
        Length of the recording in seconds.
    settings : EventSettings
        Tolerances and gap; the minimum overlap and the maximum duration have no say here.

    Returns
    -------
    Timing
        One row for each detected event; none where nothing was detected.

    Raises
    ------
    ParameterError
        If an event begins or ends at NaN.
    """
    wanted = join_close(sort_events(reference, duration), settings.minimum_gap)
    claimed = join_close(sort_events(hypothesis, duration), settings.minimum_gap)
    pairs = match_events(wanted, claimed, settings)
    return Timing(
        np.array([wanted[event] for event, _ in pairs], dtype=np.float64).reshape(-1, 2),
        np.array([claimed[event] for _, event in pairs], dtype=np.float64).reshape(-1, 2),
        len(wanted),
    )


def match_events(
    reference: Sequence[Span], hypothesis: Sequence[Span], settings: EventSettings = SZCORE
) -> list[tuple[int, int]]:
    """Say which hypothesis event belongs to which reference event.

    Parameters
    ----------
    reference, hypothesis : sequence of (start, stop)
        Seconds; sorted and disjoint.
    settings : EventSettings
        The tolerances before and after a reference event.

    Returns
    -------
    list of (int, int)
        Positions in `reference` and `hypothesis`, one pair for each detected reference event, in order. A long
        hypothesis may belong to several. Of equals, the earlier one is taken.

    Examples
    --------
    >>> match_events([(100.0, 160.0), (900.0, 950.0)], [(75.0, 80.0), (150.0, 200.0), (500.0, 510.0)])
    [(0, 1)]
    """
    pairs = []
    for event, (start, stop) in enumerate(reference):
        first, last = start - settings.start_tolerance, stop + settings.end_tolerance
        near = [position for position, claim in enumerate(hypothesis) if claim[0] < last and claim[1] > first]
        if near:
            pairs.append((event, max(near, key=lambda position: _shared(hypothesis[position], (start, stop)))))
    return pairs


def _shared(one: Span, other: Span) -> float:
    """Seconds in both; where there are none, the seconds between them, negative."""
    return min(one[1], other[1]) - max(one[0], other[0])
