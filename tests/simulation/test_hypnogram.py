"""Nights have cycles, days have naps, and neonates have neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from ictal.simulation.hypnogram import Bout, adult_bouts, neonatal_bouts

HOUR, DAY = 3600.0, 86400.0


def first(seconds: float, bouts: Iterable[Bout]) -> Iterator[tuple[str, float, float]]:
    """Yield the stages of the first so many seconds with their start and stop."""
    start = 0.0
    for stage, duration in bouts:
        if start >= seconds:
            return
        yield stage, start, start + duration
        start += duration


def slept_share(stages: Iterable[tuple[str, float, float]]) -> float:
    durations = {True: 0.0, False: 0.0}
    for stage, start, stop in stages:
        durations[stage != "wake"] += stop - start
    return durations[True] / sum(durations.values())


@pytest.mark.parametrize("bouts", [adult_bouts, neonatal_bouts])
@pytest.mark.parametrize("tiredness", [0.2, 0.45, 0.7, 0.9])
def test_tiredness_is_the_share_of_many_days_that_is_slept(bouts: object, tiredness: float) -> None:
    stages = first(40 * DAY, bouts(tiredness, np.random.default_rng(1)))
    assert slept_share(stages) == pytest.approx(tiredness, abs=0.05)


@pytest.mark.parametrize("bouts", [adult_bouts, neonatal_bouts])
def test_who_is_not_tired_does_not_sleep(bouts: object) -> None:
    assert {stage for stage, _, _ in first(3 * DAY, bouts(0.0, np.random.default_rng(0)))} == {"wake"}


def test_adults_sleep_at_night_and_nap_in_the_day() -> None:
    # Time runs from noon: 15 to 3 at night is hour 12, 9 in the morning hour 21.
    stages = list(first(60 * DAY, adult_bouts(0.4, np.random.default_rng(2))))
    night = [stage for stage in stages if 12 * HOUR < stage[1] % DAY < 18 * HOUR]
    day = [stage for stage in stages if stage[1] % DAY > 21 * HOUR or stage[1] % DAY < 8 * HOUR]
    assert slept_share(night) > 0.8
    assert 0.05 < slept_share(day) < 0.4
    assert "rem" not in {stage for stage, _, _ in day}


def test_a_night_has_cycles_of_ninety_minutes_or_so() -> None:
    stages = first(60 * DAY, adult_bouts(0.45, np.random.default_rng(3)))
    onsets = [start for stage, start, _ in stages if stage == "rem"]
    cycles = np.array([later - earlier for earlier, later in pairwise(onsets) if later - earlier < 4 * HOUR]) / 60
    assert 75 < np.median(cycles) < 115


def test_deep_sleep_is_of_the_first_cycles_and_rem_of_the_last() -> None:
    seconds = {("early", "n3"): 0.0, ("early", "rem"): 0.0, ("late", "n3"): 0.0, ("late", "rem"): 0.0}
    for stage, start, stop in first(60 * DAY, adult_bouts(0.35, np.random.default_rng(4))):
        hour = start % DAY / HOUR
        half = "early" if 10.5 < hour < 14 else "late" if 15 < hour < 18.5 else ""
        if (half, stage) in seconds:
            seconds[half, stage] += stop - start
    assert seconds["early", "n3"] > 3 * seconds["late", "n3"]
    assert seconds["late", "rem"] > 1.5 * seconds["early", "rem"]


def test_adults_fall_asleep_through_n1() -> None:
    stages = [stage for stage, _, _ in first(20 * DAY, adult_bouts(0.5, np.random.default_rng(5)))]
    after_waking = {later for earlier, later in pairwise(stages) if earlier == "wake"}
    assert after_waking <= {"n1", "wake"}


def test_neonates_fall_asleep_actively_and_have_short_cycles() -> None:
    stages = list(first(20 * DAY, neonatal_bouts(0.7, np.random.default_rng(6))))
    assert {stage for stage, _, _ in stages} == {"wake", "rem", "n2"}
    assert {later[0] for earlier, later in pairwise(stages) if earlier[0] == "wake"} == {"rem"}
    cycles = [quiet[2] - active[1] for active, quiet in pairwise(stages) if (active[0], quiet[0]) == ("rem", "n2")]
    assert 35 < np.median(cycles) / 60 < 60
