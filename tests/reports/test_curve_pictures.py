"""Pictures of curves say the figures that they come to."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.curves import DetectorCurves, measure_curves
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.curve_pictures import draw_pictures


def make_curves(n_subjects: int, *, with_seizures: bool = True) -> DetectorCurves:
    recordings = []
    for number in range(n_subjects):
        rng = np.random.default_rng(number)
        seizure = rng.uniform(0.0, 0.6, 600)
        seizure[300:340] = rng.uniform(0.4, 1.0, 40)
        events = [Event(300.0, 40.0)] if with_seizures else []
        scores = Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0)
        recordings.append(ScoredRecording(f"{number:02d}", scores, Annotations(events, 600.0)))
    return measure_curves(recordings, PostProcessing(threshold=0.7), n_resamples=50)


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_each_picture_says_its_figure() -> None:
    curves = make_curves(3)
    pictures = dict(draw_pictures(curves))
    assert list(pictures) == ["operating", "roc", "precision_recall", "reliability", "latency"]
    assert f"AUROC {curves.frames.roc.curve.area:.3f}" in texts(pictures["roc"])
    assert f"average precision {curves.frames.precision_recall.curve.area:.3f}" in texts(pictures["precision_recall"])
    assert curves.counts.rule in texts(pictures["operating"])
    assert f"{curves.timing.n_detected} of 3 seizures detected" in texts(pictures["latency"])


@pytest.mark.parametrize("n_subjects", [1, 2])
def test_what_is_undefined_is_said_so(n_subjects: int) -> None:
    pictures = dict(draw_pictures(make_curves(n_subjects, with_seizures=False)))
    assert "AUROC undefined" in texts(pictures["roc"])
    assert "average precision undefined" in texts(pictures["precision_recall"])
    assert "undefined at 1" in texts(pictures["operating"])


def test_one_subject_has_no_intervals() -> None:
    assert " to " not in texts(dict(draw_pictures(make_curves(1)))["roc"])
    assert " to " in texts(dict(draw_pictures(make_curves(4)))["roc"])
