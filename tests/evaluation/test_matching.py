"""What several detectors were tested on: found by name and time, refused where the truth differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.spans import Span
from ictal.evaluation.matching import Stretch, count_subjects, match_stretches, stretch_of
from ictal.evaluation.reading import MarkedRecording
from ictal.evaluation.stored import EvaluatedRecording
from ictal.postprocessing.settings import PostProcessing

SEIZURES = ((100.0, 130.0), (900.0, 960.0))


def night(
    name: str,
    start: float = 0.0,
    stop: float = 1000.0,
    subject: str = "anna",
    seizures: tuple[Span, ...] = SEIZURES,
) -> Stretch:
    return Stretch(name, subject, start, stop, seizures, MarkedRecording(name, subject, stop - start, (), ()))


def names(matched: dict[str, tuple[Stretch, ...]]) -> dict[str, list[tuple[str, float]]]:
    return {label: [(one.name, one.start) for one in stretches] for label, stretches in matched.items()}


def test_only_what_all_were_tested_on_is_left_in_one_order() -> None:
    matched = match_stretches(
        {
            "one": [night("c"), night("b"), night("a")],
            "two": [night("b"), night("c"), night("d")],
            "three": [night("e"), night("c"), night("b"), night("a")],
        }
    )
    assert names(matched) == {label: [("b", 0.0), ("c", 0.0)] for label in ("one", "two", "three")}
    assert count_subjects(matched["one"]) == 1


def test_stretches_are_told_apart_by_time() -> None:
    folds = [night("a", 500.0, 1000.0), night("a", 0.0, 500.0)]
    matched = match_stretches({"one": folds, "two": [night("a", 0.4, 500.6), night("a", 500.0, 800.0)]})
    assert names(matched) == {"one": [("a", 0.0)], "two": [("a", 0.4)]}


def test_folders_before_a_name_do_not_matter() -> None:
    matched = match_stretches({"run": [night("sub-01_run-00")], "tables": [night("sub-01/eeg/sub-01_run-00")]})
    assert names(matched) == {"run": [("sub-01_run-00", 0.0)], "tables": [("sub-01/eeg/sub-01_run-00", 0.0)]}


def test_unless_they_tell_recordings_apart() -> None:
    one = [night("anna/1"), night("bert/1", subject="bert")]
    assert names(match_stretches({"one": one, "two": one[1:]})) == {"one": [("bert/1", 0.0)], "two": [("bert/1", 0.0)]}


def test_one_run_alone_is_matched_with_itself() -> None:
    assert names(match_stretches({"one": [night("b"), night("a")]})) == {"one": [("a", 0.0), ("b", 0.0)]}


def test_nothing_in_common_is_refused() -> None:
    problem = r"nothing is in common: one on 1 recordings of 1 subjects \(the first a\); two on 1 recordings"
    with pytest.raises(RecordingError, match=problem):
        match_stretches({"one": [night("a")], "two": [night("b")]})
    with pytest.raises(RecordingError, match="two on none"):
        match_stretches({"one": [night("a")], "two": []})


def test_what_comes_twice_is_refused() -> None:
    with pytest.raises(RecordingError, match=r"^a: two was tested on it twice"):
        match_stretches({"one": [night("a")], "two": [night("a"), night("a", 0.0, 1000.5)]})


@pytest.mark.parametrize(
    ("seizures", "told"),
    [
        (SEIZURES[:1], "2 in one, 1 in two; the first that differs: 900.00 to 960.00 s, none"),
        ((), "2 in one, 0 in two; the first that differs: 100.00 to 130.00 s, none"),
        (((100.0, 130.0), (900.0, 961.0)), "900.00 to 960.00 s, 900.00 to 961.00 s"),
        (((100.03, 130.0), (900.0, 960.0)), "100.00 to 130.00 s, 100.03 to 130.00 s"),
    ],
)
def test_other_seizures_are_refused_by_name(seizures: tuple[Span, ...], told: str) -> None:
    with pytest.raises(RecordingError) as refused:
        match_stretches({"one": [night("a"), night("b")], "two": [night("a"), night("b", seizures=seizures)]})
    assert str(refused.value).startswith("b: was tested against other seizures: ")
    assert told in str(refused.value)


def test_the_rounding_of_tables_is_no_difference() -> None:
    rounded = ((100.01, 129.99), (900.0, 960.0))
    assert len(match_stretches({"one": [night("a")], "two": [night("a", seizures=rounded)]})["two"]) == 1


def test_only_the_time_that_both_have_must_agree() -> None:
    cut = ((100.0, 130.0), (900.0, 950.5))
    assert len(match_stretches({"one": [night("a", 0.0, 950.0)], "two": [night("a", 0.0, 950.5, seizures=cut)]})) == 2


def test_another_subject_is_refused() -> None:
    with pytest.raises(RecordingError, match=r"^a from 60 s: is of subject 'anna' in one, of 'bert' in two"):
        match_stretches({"one": [night("a", 60.0)], "two": [night("a", 60.0, subject="bert")]})


def test_seizures_of_a_stretch_stand_in_the_time_of_the_recording() -> None:
    events = [Event(10.0, 20.0), Event(95.0, 20.0), Event(40.0, 5.0, "bckg")]
    stored = EvaluatedRecording(
        "a", "anna", 300.0, 400.0, Annotations(events, 100.0), Path("a.npz"), PostProcessing(), "test"
    )
    found = stretch_of(stored)
    assert (found.start, found.stop, found.seizures) == (300.0, 400.0, ((310.0, 330.0), (395.0, 400.0)))
    assert found.origin is stored
    marked = MarkedRecording("b", "bert", 60.0, ((1.0, 2.0),), ())
    assert stretch_of(marked) == Stretch("b", "bert", 0.0, 60.0, ((1.0, 2.0),), marked)
