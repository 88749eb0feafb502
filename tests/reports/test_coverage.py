"""What was analysed, counted by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ictal.core.scores import Scores
from ictal.detection.result import Detection
from ictal.reports.coverage import measure_coverage


def test_analysed_time_leaves_out_gaps_edges_and_empty_frames(detection: Detection) -> None:
    coverage = measure_coverage(detection)
    # Edges of 1.5 s; frames 198 to 217 are empty, that is 199.5 to 219.5 s, and the gap lies inside.
    assert coverage.unanalysed == ((0.0, 1.5), (199.5, 219.5), (598.5, 600.0))
    assert coverage.analysed == 577.0
    assert coverage.share == pytest.approx(577 / 600)
    assert coverage.gap_time == 19.0


def test_artefacts_are_counted_where_any_channel_has_them(detection: Detection) -> None:
    flat, clipped = measure_coverage(detection).artefacts
    assert (flat.kind, flat.seconds, flat.channels) == ("flat", 60.0, ("F3-C3", "Fp1-F3"))
    assert flat.share == pytest.approx(0.1)
    assert (clipped.kind, clipped.seconds) == ("clipped", 6.0)


def test_a_recording_that_was_not_analysed_at_all(changed: Callable[..., Detection]) -> None:
    coverage = measure_coverage(changed(scores=Scores(np.zeros((0, 2)), 0.0, 1.0), artefacts=()))
    assert (coverage.analysed, coverage.share, coverage.artefacts) == (0.0, 0.0, ())
