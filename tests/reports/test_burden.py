"""Seizure burden against numbers counted by hand, and against counting second by second."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.core.events import Annotations, Event
from ictal.reports.burden import format_burden_csv, measure_burden, write_burden_csv

HOUR, DAY = 3600.0, 86400.0
MORNING = datetime(2001, 2, 3, 5, 30)


@pytest.fixture
def day() -> Annotations:
    """26 h with three seizures of 30, 90 and 60 s, the second across the end of the first hour."""
    events = [Event(600.0, 30.0), Event(3570.0, 90.0), Event(25 * HOUR, 60.0), Event(0.0, 26 * HOUR, "bckg")]
    return Annotations(events, 26 * HOUR)


def test_the_whole_counted_by_hand(day: Annotations) -> None:
    whole = measure_burden(day, unanalysed=[(10 * HOUR, 12 * HOUR)]).whole
    assert (whole.count, whole.seizure_time, whole.longest, whole.median) == (3, 180.0, 90.0, 60.0)
    assert whole.analysed == 24 * HOUR
    assert whole.seconds_per_hour == pytest.approx(7.5)
    assert whole.seconds_per_day == pytest.approx(180.0)
    assert whole.count_per_day == pytest.approx(3.0)


def test_a_seizure_across_two_hours_is_counted_once_and_its_time_is_shared(day: Annotations) -> None:
    hours = measure_burden(day).hours
    assert len(hours) == 26
    assert [(hour.count, hour.seizure_time) for hour in hours[:2]] == [(2, 60.0), (0, 60.0)]
    assert hours[1].longest is None
    assert sum(hour.count for hour in hours) == 3


def test_days_begin_at_midnight_when_the_start_is_known(day: Annotations) -> None:
    days = measure_burden(day, start_time=MORNING).days
    assert [(period.start, period.stop) for period in days] == [(0.0, 18.5 * HOUR), (18.5 * HOUR, 26 * HOUR)]
    assert [period.count for period in days] == [2, 1]
    assert [(p.start, p.stop) for p in measure_burden(day).days] == [(0.0, DAY), (DAY, 26 * HOUR)]


def test_clock_hours_gather_the_same_hour_of_all_days(day: Annotations) -> None:
    clock = {period.start / HOUR: period for period in measure_burden(day, start_time=MORNING).clock_hours}
    # 5:30 + 600 s and + 3570 s lie in 5 and 6 o'clock; 25 h later it is 6:30 again.
    assert clock[5.0].count == 1
    assert clock[6.0].count == 2
    assert clock[6.0].seizure_time == 150.0
    assert clock[5.0].analysed == 1.5 * HOUR
    assert clock[12.0].analysed == HOUR
    assert sum(period.analysed for period in clock.values()) == 26 * HOUR
    assert measure_burden(day).clock_hours == ()


def test_only_clock_hours_that_were_recorded_are_listed() -> None:
    clock = measure_burden(Annotations([], 1800.0), start_time=datetime(2001, 1, 1, 23, 45)).clock_hours
    assert [(period.start / HOUR, period.analysed) for period in clock] == [(0.0, 900.0), (23.0, 900.0)]


def test_longest_free_time(day: Annotations) -> None:
    assert measure_burden(day).longest_free == (3660.0, 25 * HOUR)
    assert measure_burden(Annotations([], 100.0)).longest_free == (0.0, 100.0)
    assert measure_burden(Annotations([Event(0.0, 100.0)], 100.0)).longest_free is None


def test_nothing_analysed_gives_no_rate() -> None:
    whole = measure_burden(Annotations([], 100.0), unanalysed=[(0.0, 100.0)]).whole
    assert whole.analysed == 0.0
    assert whole.seconds_per_hour is whole.seconds_per_day is whole.count_per_day is None


def test_overlapping_seizures_count_twice_but_their_time_once() -> None:
    whole = measure_burden(Annotations([Event(0.0, 10.0), Event(5.0, 10.0)], 100.0)).whole
    assert (whole.count, whole.seizure_time) == (2, 15.0)


seconds = st.integers(min_value=0, max_value=20_000)


@given(
    st.lists(st.tuples(seconds, seconds), max_size=6),
    st.lists(st.tuples(seconds, seconds), max_size=3),
    st.integers(0, 86399),
)
def test_every_period_agrees_with_counting_seconds(
    seizures: list[tuple[int, int]], unseen: list[tuple[int, int]], start: int
) -> None:
    duration = 20_000
    ictal, seen = np.zeros(duration, bool), np.ones(duration, bool)
    for pair in seizures:
        ictal[min(pair) : max(pair)] = True
    for pair in unseen:
        seen[min(pair) : max(pair)] = False
    start_time = datetime(2001, 2, 3) + timedelta(seconds=start)
    annotations = Annotations([Event(float(min(p)), float(max(p) - min(p))) for p in seizures], float(duration))
    burden = measure_burden(
        annotations, unanalysed=[(float(min(p)), float(max(p))) for p in unseen], start_time=start_time
    )
    of_day = (np.arange(duration) + start) % 86400
    for period in (burden.whole, *burden.hours, *burden.days):
        part = slice(int(period.start), int(period.stop))
        assert (period.seizure_time, period.analysed) == (ictal[part].sum(), seen[part].sum())
    for period in burden.clock_hours:
        inside = (of_day >= period.start) & (of_day < period.stop)
        assert (period.seizure_time, period.analysed) == (ictal[inside].sum(), seen[inside].sum())
    for periods in (burden.hours, burden.days, burden.clock_hours):
        assert sum(period.count for period in periods) == len(seizures)


def read_table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_row_a_period_and_empty_fields_for_what_is_unknown(day: Annotations) -> None:
    rows = read_table(format_burden_csv(measure_burden(day, start_time=MORNING)))
    kinds = [row["period"] for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {"recording": 1, "day": 2, "hour": 26, "clock_hour": 24}
    first = rows[0]
    assert (first["seizures"], first["seizure_s"], first["longest_s"], first["median_s"]) == ("3", "180", "90", "60")
    assert_allclose(float(first["seizure_s_per_hour"]), 180 / 26, atol=1e-3)
    assert first["longest_free_s"] == "86340"
    assert {row["longest_free_s"] for row in rows[1:]} == {""}
    empty = next(row for row in rows if row["period"] == "hour" and row["from_s"] == "36000")
    assert (empty["seizures"], empty["seizure_s"], empty["longest_s"]) == ("0", "0", "")


def test_csv_file_is_the_text(day: Annotations, tmp_path: Path) -> None:
    burden = measure_burden(day)
    write_burden_csv(tmp_path / "burden.csv", burden)
    assert (tmp_path / "burden.csv").read_bytes() == format_burden_csv(burden).encode()
    assert [path.name for path in tmp_path.iterdir()] == ["burden.csv"]
