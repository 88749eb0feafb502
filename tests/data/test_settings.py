"""Settings become values, and what is wrong with them is said."""

from __future__ import annotations

import pytest

from ictal.core.errors import ParameterError
from ictal.data.balance import BALANCES, Undersample
from ictal.data.settings import parse_settings


def test_the_name_chooses_the_class() -> None:
    assert parse_settings(BALANCES, {"balance": "undersample", "ratio": 0.25}) == Undersample(ratio=0.25)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"balance": "undersmaple"}, "'undersmaple' is not allowed; allowed are .*Did you mean 'undersample'"),
        ({}, "balance: None is not allowed"),
        ({"balance": "undersample", "ration": 1.0}, "undersample setting: 'ration' .* allowed are 'balance', 'ratio'"),
        ({"balance": "undersample", "ratio": 0.0}, "undersample ratio: .*0.0 came"),
        ({"balance": "undersample", "ratio": "even"}, "undersample ratio: .*'even' came"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        parse_settings(BALANCES, settings)
