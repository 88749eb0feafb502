"""Errors say which file, which field, what came, what is allowed."""

from __future__ import annotations

import pickle

import pytest

from ictal.core.errors import IctalError, ParameterError, RecordingError, check_option, check_positive


def test_a_recording_error_names_file_and_field_in_one_line() -> None:
    error = RecordingError("says -3; allowed is 1 or more", file="night.edf", field="number of signals")
    assert str(error) == "night.edf: number of signals: says -3; allowed is 1 or more"
    assert isinstance(error, IctalError)


def test_a_recording_error_survives_the_way_back_from_a_worker() -> None:
    error = RecordingError("is empty", file="night.edf", field="header")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert str(again) == str(error)
    assert again.field == "header"


def test_an_unknown_option_lists_the_allowed_and_the_near_one() -> None:
    with pytest.raises(ParameterError, match=r"missing: 'interpolat' is not allowed.*'mask'.*mean 'interpolate'"):
        check_option("missing", "interpolat", ["interpolate", "mask"])


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_positive_number_is_finite_and_above_zero(value: float) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        check_positive("rate", value)
