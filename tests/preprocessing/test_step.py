"""What steps and their recordings inherit."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.preprocessing.step import SegmentRecording, Step


class Numbered(SegmentRecording):
    """Every segment is filled with the number of its first sample."""

    def read_segment(self, segment: tuple[int, int], first: int, last: int) -> Signal:
        return np.full((len(self.channels), last - first), segment[0], np.float32)


class Backwards(Step):
    """A step that cannot be causal."""

    step: Literal["backwards"] = "backwards"

    @property
    def causal(self) -> bool:
        return False

    def apply(self, recording: Recording) -> Recording:
        return RecordingView(recording)  # type: ignore[abstract]


def test_each_segment_is_read_by_itself_and_gaps_are_nan() -> None:
    recording = Recording.from_array(np.zeros((1, 10)), 1.0, gaps=[(3.0, 5.0)])
    numbered = Numbered(recording)
    np.testing.assert_array_equal(numbered.read(), [[0, 0, 0, np.nan, np.nan, 5, 5, 5, 5, 5]])
    np.testing.assert_array_equal(numbered.read(4.0, 6.0), [[np.nan, 5]])
    np.testing.assert_array_equal(numbered.read(3.0, 5.0), [[np.nan, np.nan]])
    assert numbered.read(2.0, 2.0).shape == (1, 0)


def test_notes_of_all_steps_are_passed_on() -> None:
    class Noted(Numbered):
        def own_notes(self) -> tuple[str, ...]:
            return ("mended",)

    recording = Recording.from_array(np.zeros((1, 10)), 1.0)
    recording.notes = ("truncated",)
    assert Numbered(Noted(Noted(recording))).notes == ("truncated", "mended", "mended")


def test_a_step_that_is_not_causal_names_itself() -> None:
    with pytest.raises(ParameterError, match="backwards: cannot run on a stream"):
        Backwards().stream(("Fz",), 256.0)
    assert Backwards().design(256.0) == Backwards()
    assert Backwards().output_rate(256.0) == 256.0
