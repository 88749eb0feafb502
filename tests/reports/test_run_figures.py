"""How figures of a run are written."""

from __future__ import annotations

import math

import pytest

from ictal.evaluation.dataset import Estimate
from ictal.evaluation.measures import FIGURES
from ictal.reports.run_figures import (
    OF_FOLDS,
    OF_SUBJECTS,
    show_estimate,
    show_figure,
    show_part,
    show_percent,
    show_seconds,
    span_groups,
)


def test_the_figures_of_tables_are_known() -> None:
    assert {*OF_FOLDS, *OF_SUBJECTS} <= set(FIGURES)
    assert sum(number for _, number in span_groups(OF_SUBJECTS)) == len(OF_SUBJECTS)


@pytest.mark.parametrize(("value", "shown"), [(0.04, "0.0"), (999.9, "999.9"), (1234.4, "1234")])
def test_rates_of_false_alarms_have_few_digits(value: float, shown: str) -> None:
    assert show_figure(value, "false_alarms_per_day") == shown


def test_what_is_undefined_is_a_dash_everywhere() -> None:
    nothing = Estimate(math.nan, 0)
    shown = [show_figure(math.nan, "f1"), show_estimate(nothing, "f1"), show_percent(nothing), show_seconds(math.nan)]
    assert {*shown, show_part(math.nan)} == {"–"}


def test_seconds_have_a_sign_unless_they_round_to_nothing() -> None:
    assert [show_seconds(value) for value in (3.25, -3.26, 0.04, -0.04)] == ["+3.2 s", "−3.3 s", "0.0 s", "0.0 s"]
