"""The settings refuse what makes no sense."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ictal.postprocessing.settings import PostProcessing


def test_release_defaults_to_threshold() -> None:
    assert PostProcessing(threshold=0.7).release_level == 0.7
    assert PostProcessing(threshold=0.7, release=0.4).release_level == 0.4


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0.0},
        {"threshold": 1.1},
        {"threshold": 0.5, "release": 0.6},
        {"minimum_duration": 10.0, "maximum_duration": 5.0},
        {"merge_gap": -1.0},
        {"treshold": 0.5},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        PostProcessing(**wrong)
