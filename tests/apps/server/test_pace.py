from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ictal.apps.server.pace import LONGEST_LOOK, N_LATELY, measure_pace
from ictal.core.events import Event
from ictal.review.decision import Decision


def decide_at(*seconds: float) -> list[Decision]:
    begin = datetime(2026, 5, 1, 10, tzinfo=UTC)
    said = Decision("k", "night", "p", 0, "accepted", Event(1.0, 2.0))
    return [
        replace(said, key=f"k{number}", item=f"p{number}", at=(begin + timedelta(seconds=after)).isoformat())
        for number, after in enumerate(seconds)
    ]


def test_the_median_look_counts_and_pauses_do_not() -> None:
    assert measure_pace(decide_at(0, 3, 8, 8 + LONGEST_LOOK + 1, 8 + LONGEST_LOOK + 5)) == 4.0
    assert measure_pace([]) is None and measure_pace(decide_at(0)) is None
    assert measure_pace(decide_at(0, LONGEST_LOOK + 1)) is None


def test_only_what_was_lately_counts() -> None:
    slow = [60.0 * number for number in range(20)]
    quick = [slow[-1] + 2.0 * number for number in range(1, N_LATELY + 1)]
    assert measure_pace(decide_at(*slow, *quick)) == 2.0


def test_what_is_changed_again_is_no_look() -> None:
    first, second, third = decide_at(0, 4, 5)
    assert measure_pace([first, second, replace(third, revision=1)]) == 4.0
    assert measure_pace([first, second, replace(third, undoes="k1")]) == 4.0


@pytest.mark.parametrize("at", ["", "yesterday", "2026-05-01T10:00:00"])
def test_odd_times_are_left_out(at: str) -> None:
    first, second, third = decide_at(0, 4, 8)
    assert measure_pace([first, replace(second, at=at), third]) == 8.0
