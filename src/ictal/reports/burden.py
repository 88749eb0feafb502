"""Seizure burden: how many, how long, and when."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from ictal.core.events import Annotations
from ictal.core.spans import Span, complement_spans, intersect_spans, total_time
from ictal.io.atomic import atomic_write
from ictal.plots.strips import DAY, second_of_day

HOUR = 3600.0


@dataclass(frozen=True)
class Period:
    """What happened in one stretch of time, or in all stretches of one clock hour.

    Attributes
    ----------
    start, stop : float
        Seconds of the recording; seconds of the day for a clock hour.
    analysed : float
        Seconds that were looked at; all rates refer to them.
    count : int
        Seizures that begin in the period.
    seizure_time : float
        Seconds in seizure, overlaps counted once; a seizure is shared out among the periods it runs through.
    longest, median : float or None
        Seconds, of the seizures that begin in the period.
    """

    start: float
    stop: float
    analysed: float
    count: int
    seizure_time: float
    longest: float | None
    median: float | None

    @property
    def seconds_per_hour(self) -> float | None:
        """Time in seizure per hour analysed; ``None`` where nothing was."""
        return self.seizure_time / self.analysed * HOUR if self.analysed > 0 else None

    @property
    def seconds_per_day(self) -> float | None:
        """Time in seizure per 24 h analysed."""
        return self.seizure_time / self.analysed * DAY if self.analysed > 0 else None

    @property
    def count_per_day(self) -> float | None:
        """Seizures per 24 h analysed."""
        return self.count / self.analysed * DAY if self.analysed > 0 else None


@dataclass(frozen=True)
class Burden:
    """Seizure burden of one recording.

    Attributes
    ----------
    whole : Period
        All of it.
    hours, days : tuple of Period
        Hours from the start; days from midnight to midnight where the start is known, else 24 h from the start.
    clock_hours : tuple of Period
        Hours of the day that the recording touches; empty where the start is not known.
    longest_free : (start, stop) or None
        The longest stretch between seizures, or from one to an end of the recording, unanalysed time included.
    """

    whole: Period
    hours: tuple[Period, ...]
    days: tuple[Period, ...]
    clock_hours: tuple[Period, ...]
    longest_free: Span | None


def measure_burden(
    annotations: Annotations, *, unanalysed: Sequence[Span] = (), start_time: datetime | None = None
) -> Burden:
    """Measure the seizure burden of annotations; events that are no seizures do not count.

    Parameters
    ----------
    annotations : Annotations
        Events over the whole recording.
    unanalysed : sequence of (start, stop)
        Seconds that nobody looked at.
    start_time : datetime, optional
        When the recording began.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> burden = measure_burden(Annotations([Event(600.0, 30.0), Event(5400.0, 60.0)], duration=7200.0))
    >>> burden.whole.count, burden.whole.seconds_per_hour, burden.longest_free
    (2, 45.0, (630.0, 5400.0))
    """
    seizures, duration = annotations.seizures, annotations.duration
    offset = second_of_day(start_time) if start_time is not None else 0.0
    seen = complement_spans(unanalysed, 0.0, duration)
    free = complement_spans(seizures.spans, 0.0, duration)
    clock_hours = []
    for hour in range(24) if start_time is not None else ():
        spans = [(max(start, 0.0), min(stop, duration)) for start, stop in _clock_hour_spans(hour, offset, duration)]
        if total_time(spans) > 0:
            clock_hours.append(measure_period(seizures, seen, spans, (hour * HOUR, (hour + 1) * HOUR)))
    return Burden(
        whole=measure_period(seizures, seen, [(0.0, duration)]),
        hours=tuple(measure_period(seizures, seen, [span]) for span in _cut(duration, HOUR, 0.0)),
        days=tuple(measure_period(seizures, seen, [span]) for span in _cut(duration, DAY, offset)),
        clock_hours=tuple(clock_hours),
        longest_free=max(free, key=lambda span: span[1] - span[0], default=None),
    )


def measure_period(
    seizures: Annotations, seen: Sequence[Span], spans: Sequence[Span], name: Span | None = None
) -> Period:
    """Measure the stretches `spans`; `name` is what the period calls its start and stop, by default those of the first.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> measure_period(Annotations([Event(50.0, 20.0)], 100.0), [(0.0, 100.0)], [(60.0, 100.0)]).seizure_time
    10.0
    """
    start, stop = name if name is not None else spans[0]
    # The very end of the recording belongs to its last stretch.
    end = seizures.duration
    begun = [e for e in seizures if any(a <= e.onset < b or e.onset == b == end for a, b in spans)]
    durations = [event.duration for event in begun]
    return Period(
        start=start,
        stop=stop,
        analysed=total_time(intersect_spans(seen, spans)),
        count=len(begun),
        seizure_time=total_time(intersect_spans(seizures.spans, spans)),
        longest=max(durations) if durations else None,
        median=float(np.median(durations)) if durations else None,
    )


def _cut(duration: float, length: float, offset: float) -> list[Span]:
    """Cut ``[0, duration)`` where the time since `offset` before the start is a multiple of `length`."""
    first = int(offset // length)
    last = int(np.ceil((offset + duration) / length - 1e-12))
    edges = [min(max(number * length - offset, 0.0), duration) for number in range(first, last + 1)]
    return [(a, b) for a, b in itertools.pairwise(edges) if b > a]


def _clock_hour_spans(hour: int, offset: float, duration: float) -> list[Span]:
    n_days = int((offset + duration) // DAY) + 1
    begins = [day * DAY + hour * HOUR - offset for day in range(n_days)]
    return [(begin, begin + HOUR) for begin in begins if begin < duration and begin + HOUR > 0]


CSV_COLUMNS = (
    *("period", "from_s", "to_s", "analysed_s", "seizures", "seizure_s"),
    *("seizure_s_per_hour", "seizures_per_24h", "longest_s", "median_s", "longest_free_s"),
)


def format_burden_csv(burden: Burden) -> str:
    """Return the burden as a CSV table with one row a period; what is not known is an empty field.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> print(format_burden_csv(measure_burden(Annotations([Event(60.0, 36.0)], duration=3600.0))).splitlines()[1])
    recording,0,3600,3600,1,36,36,24,36,36,3504
    """
    groups = {
        "recording": (burden.whole,),
        "day": burden.days,
        "hour": burden.hours,
        "clock_hour": burden.clock_hours,
    }
    free = burden.longest_free[1] - burden.longest_free[0] if burden.longest_free is not None else 0.0
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    for name, periods in groups.items():
        for period in periods:
            values = (period.start, period.stop, period.analysed, period.count, period.seizure_time)
            rates = (period.seconds_per_hour, period.count_per_day, period.longest, period.median)
            longest_free = free if name == "recording" else None
            table.writerow([name, *(_format(value) for value in (*values, *rates, longest_free))])
    return buffer.getvalue()


def _format(value: float | None) -> str:
    return "" if value is None else f"{round(value, 3):.12g}"


def write_burden_csv(path: Path | str, burden: Burden) -> None:
    """Write :func:`format_burden_csv` to a file that is there whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with atomic_write(path, "w") as file:
        file.write(format_burden_csv(burden))
