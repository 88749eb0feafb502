"""When figures say nothing."""

from __future__ import annotations

import pytest

from ictal.evaluation.behaviour import ALL_POSITIVE, NEARLY_ALL, ORDINARY, SILENT, name_behaviour


@pytest.mark.parametrize(
    ("claimed", "named"),
    [
        (0.0, SILENT),
        (0.1, ORDINARY),
        (1000 * NEARLY_ALL - 0.1, ORDINARY),
        (990.0, ALL_POSITIVE),
        (1000.0, ALL_POSITIVE),
    ],
)
def test_nothing_and_nearly_everything_are_named(claimed: float, named: str) -> None:
    assert name_behaviour(claimed, 1000.0) == named


def test_without_any_time_a_detector_is_silent() -> None:
    assert name_behaviour(0.0, 0.0) == SILENT
