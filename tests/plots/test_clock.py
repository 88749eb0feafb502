"""Times as they are written on pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.plots.clock import format_clock, format_duration, tick_step


@given(st.integers(min_value=0, max_value=10**7))
def test_clock_from_the_start_agrees_with_timedelta(seconds: int) -> None:
    days, rest = divmod(seconds, 86400)
    text = str(timedelta(seconds=rest)).rjust(8, "0")
    hours, minutes, second = (int(part) for part in text.split(":"))
    assert format_clock(float(seconds)) == f"{24 * days + hours}:{minutes:02d}:{second:02d}"


def test_clock_of_the_day_passes_midnight() -> None:
    assert format_clock(61.0, datetime(2001, 2, 3, 23, 59, 30)) == "00:00:31"


def test_clock_before_the_start_has_a_sign() -> None:
    assert format_clock(-5.0) == "-0:00:05"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min"),
        (61.0, "1 min 01 s"),
        (3599.7, "1 h"),
        (3660.0, "1 h 01 min"),
        (90000.0, "25 h"),
    ],
)
def test_durations_round_up_into_the_next_unit(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(min_value=1.0, max_value=1e7), st.integers(min_value=1, max_value=20))
def test_an_axis_never_has_more_marks_than_fit(length: float, at_most: int) -> None:
    step = tick_step(length, at_most)
    assert step >= 1
    assert length / step <= at_most
