"""What all reports share."""

from __future__ import annotations

from datetime import datetime

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from ictal.reports.page import flatten_settings, format_moment, format_percent, load_template


def test_settings_become_rows_with_dotted_names() -> None:
    settings = {"training": {"lr": 1e-3, "seed": None}, "steps": [{"step": "notch"}, {"step": "mad"}], "empty": {}}
    assert list(flatten_settings(settings)) == [
        ("training.lr", "0.001"),
        ("training.seed", "none"),
        ("steps.1.step", "notch"),
        ("steps.2.step", "mad"),
        ("empty", "{}"),
    ]


def test_long_lists_are_counted() -> None:
    ((_, value),) = flatten_settings({"taps": list(range(30))})
    assert value.startswith("0, 1, 2, ")
    assert value.endswith("19 … (30 in all)")


def test_what_a_template_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        "".join(load_template("recording.html.j2").generate())


def test_a_template_that_is_not_there_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        load_template("nothing.html.j2")


def test_shares_and_moments() -> None:
    assert format_percent(1.0) == "100.0 %"
    assert format_moment(86399.6, datetime(1987, 6, 5)) == "1987-06-06 00:00:00"
