"""A prepared recording knows its length and cannot be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from ictal.core.events import Annotations
from ictal.data.prepared import PreparedRecording

NIGHT = PreparedRecording("a", "anna", "1", "train", ("C3", "C4"), 200.0, 500, Annotations((), 2.5), ((1.0, 2.0),))


def test_gaps_count_in_its_duration() -> None:
    assert NIGHT.duration == 2.5


def test_it_is_a_value() -> None:
    assert (
        PreparedRecording("a", "anna", "1", "train", ("C3", "C4"), 200.0, 500, Annotations((), 2.5), ((1.0, 2.0),))
        == NIGHT
    )
    with pytest.raises(FrozenInstanceError):
        NIGHT.n_samples = 0  # type: ignore[misc]
