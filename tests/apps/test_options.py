"""The texts of options become settings, and those that cannot are refused by name."""

from __future__ import annotations

import pytest

from ictal.apps.options import read_changes, read_mapping, read_names, read_pairs
from ictal.core.errors import ParameterError


def test_pairs_are_read_once_each() -> None:
    assert read_pairs("--set", ["a.b=1", "c=x=y"]) == {"a.b": "1", "c": "x=y"}
    for texts in (["a"], ["=1"], ["a="], ["a=1", "a=1"]):
        with pytest.raises(ParameterError, match=r"--set: .* give KEY=VALUE"):
            read_pairs("--set", texts)


def test_a_mapping_goes_from_label_to_name() -> None:
    assert read_mapping(["Fp1=Kanal 1", "F7=Kanal 2"]) == {"Kanal 1": "Fp1", "Kanal 2": "F7"}


def test_the_threshold_is_a_setting_like_others() -> None:
    assert read_changes(["a=1"], 0.25) == {"a": "1", "postprocessing.threshold": "0.25"}
    assert read_changes(["a=1"], None) == {"a": "1"}


def test_names_may_stand_apart() -> None:
    assert read_names("tsv, json ,edf") == ["tsv", "json", "edf"]
