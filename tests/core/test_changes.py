"""Dotted keys reach every value, and a wrong one is told what is there."""

from __future__ import annotations

import pytest

from ictal.core.changes import change_values
from ictal.core.errors import ParameterError

SETTINGS = {"chain": {"steps": [{"step": "montage"}, {"step": "low-pass", "cutoff": 64.0}]}, "name": "a"}


def test_a_value_is_read_as_json_or_kept_as_text() -> None:
    changed = change_values(
        SETTINGS, {"chain.steps.1.cutoff": "30", "name": "late night", "chain.steps.0": '{"a": null}'}
    )
    assert changed == {
        "chain": {"steps": [{"a": None}, {"step": "low-pass", "cutoff": 30}]},
        "name": "late night",
    }


def test_what_was_given_stays_as_it_is() -> None:
    change_values(SETTINGS, {"chain.steps.1.cutoff": "30"})
    assert SETTINGS["chain"]["steps"][1]["cutoff"] == 64.0


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("chian.steps", r"--set chian: 'chian' is not allowed; allowed are 'chain', 'name'. Did you mean 'chain'\?"),
        ("chain.steps.2.cutoff", r"--set chain.steps.2: '2' is not allowed; allowed are '0', '1'."),
        ("chain.steps.1.cutof", r"allowed are 'step', 'cutoff'. Did you mean 'cutoff'\?"),
        ("name.first", r"--set name.first: 'first' is not allowed; --set name has no keys."),
    ],
)
def test_a_key_that_is_not_there_lists_those_that_are(key: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        change_values(SETTINGS, {key: "1"})
