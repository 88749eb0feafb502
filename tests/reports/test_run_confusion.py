"""Classes of a run: what its recipe says is true against what its scores say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.data.schemes import Scheme, SeizureScheme, SeizureTypeScheme
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.confusion import Confusion
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.stored import ClassSpans, EvaluatedRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.run_confusion import measure_confusion, read_scheme, tabulate_confusions

TYPES = SeizureTypeScheme(types={"focal": ("sz_foc",), "generalised": ("sz_gen",)})
MARKED = (Event(10.0, 5.0, "sz_foc"), Event(30.0, 10.0, "sz_gen"), Event(60.0, 4.0, "sz_uo"))


def make_recording(subject: str, called: np.ndarray, classes: tuple[str, ...]) -> ScoredRecording:
    values = np.full((len(called), len(classes)), 0.1)
    values[np.arange(len(called)), called] = 1.1 - 0.1 * len(classes)
    scores = Scores(values, start=0.0, step=1.0, classes=classes)
    return ScoredRecording(subject, scores, Annotations(MARKED, float(len(called))))


def measure(recordings: Sequence[ScoredRecording], scheme: Scheme, classes: ClassSpans | None = None) -> Confusion:
    stored = [
        EvaluatedRecording(
            one.subject, one.subject, 0.0, 100.0, one.reference, Path("not read"), PostProcessing(), "test", classes
        )
        for one in recordings
    ]
    return measure_confusion(stored, recordings, scheme)


@pytest.fixture
def recordings() -> list[ScoredRecording]:
    called = np.zeros(100, dtype=int)
    called[[10, 11, 30, 31, 32, 50]] = 1
    called[33:36] = 2
    return [make_recording(name, called, ("bckg", "sz_foc", "sz_gen")) for name in ("anna", "bert")]


def test_three_classes_are_told_apart_by_the_types_of_events(recordings: list[ScoredRecording]) -> None:
    confusion = measure(recordings, TYPES)
    assert confusion.classes == ("background", "focal", "generalised")
    assert confusion.by_subject[0].tolist() == [[80, 1, 0], [3, 2, 0], [4, 3, 3]]
    assert confusion.n_unlabelled == 2 * 4
    assert (confusion.by_subject[0] == confusion.by_subject[1]).all()


def test_of_three_classes_two_tables_are_shown(recordings: list[ScoredRecording]) -> None:
    two, three = tabulate_confusions(measure(recordings, TYPES), draw_subjects(2, 20))
    assert two.cells[1] == [(14, pytest.approx(7 / 15)), (16, pytest.approx(8 / 15))]
    assert three.totals == [162, 10, 20]
    assert [one.value for one in three.recalls] == pytest.approx([80 / 81, 0.4, 0.3])
    assert "generalised 30.0 %" in three.picture.alt


def test_a_run_whose_scheme_does_not_fit_its_scores_is_shown_as_two_classes(
    recordings: list[ScoredRecording],
) -> None:
    confusion = measure(recordings, SeizureScheme())
    assert confusion.classes == ("background", "seizure")
    assert confusion.by_subject[0].tolist() == [[80, 1], [11, 8]]
    assert len(list(tabulate_confusions(confusion, draw_subjects(2, 20)))) == 1


def test_frames_that_were_not_analysed_are_left_out() -> None:
    one = make_recording("anna", np.zeros(100, dtype=int), ("bckg", "sz"))
    one.scores.values[10:40] = np.nan
    assert measure([one], SeizureScheme()).counts.tolist() == [[66, 0], [4, 0]]


def test_a_recipe_that_says_nothing_of_classes_has_two() -> None:
    assert isinstance(read_scheme({}), SeizureScheme)


def test_what_the_run_says_of_classes_counts_before_what_its_events_say(recordings: list[ScoredRecording]) -> None:
    told = ClassSpans((((0.0, 12.0),), ((30.0, 36.0),)), ((50.0, 100.0),))
    confusion = measure(recordings, TYPES, told)
    assert confusion.by_subject[0].tolist() == [[32, 0, 0], [10, 2, 0], [0, 3, 3]]
    assert measure(recordings, SeizureScheme(), told).counts.sum() == 200
