"""Time as people read it."""

from __future__ import annotations

from datetime import datetime, timedelta

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200)
_DAY = 86400


def format_clock(seconds: float, clock_start: datetime | None = None) -> str:
    """Return a time as h:mm:ss, from the start of the recording or, where `clock_start` is given, of the day.

    Examples
    --------
    >>> format_clock(3725.4)
    '1:02:05'
    >>> format_clock(3600.0, datetime(2000, 1, 1, 23, 30))
    '00:30:00'
    """
    whole = round(seconds)
    if clock_start is not None:
        return f"{clock_start + timedelta(seconds=whole):%H:%M:%S}"
    sign = "-" if whole < 0 else ""
    minutes, second = divmod(abs(whole), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour}:{minute:02d}:{second:02d}"


def format_duration(seconds: float) -> str:
    """Return a length of time in the two units that matter.

    Examples
    --------
    >>> [format_duration(seconds) for seconds in (4.25, 40.0, 200.0, 7500.0, 86400.0)]
    ['4.2 s', '40 s', '3 min 20 s', '2 h 05 min', '24 h']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, second = divmod(whole, 60)
        return f"{minutes} min {second:02d} s" if second else f"{minutes} min"
    hours, minute = divmod(round(seconds / 60), 60)
    return f"{hours} h {minute:02d} min" if minute else f"{hours} h"


def tick_step(length: float, at_most: int) -> int:
    """Return the whole number of seconds between the marks of an axis that has room for `at_most` of them.

    Examples
    --------
    >>> tick_step(30.0, 7), tick_step(86400.0, 9)
    (5, 10800)
    """
    fitting = (step for step in _STEPS if length / step <= at_most)
    days = -(-length // (_DAY * at_most))
    return next(fitting, int(days) * _DAY)
