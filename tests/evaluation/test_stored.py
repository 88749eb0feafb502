"""What an evaluation leaves is enough for every rule, wherever its folder lies."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.stored import FILE, ClassSpans, EvaluatedRecording, read_evaluation, write_evaluation
from ictal.io.scores_file import write_scores
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.rules import RULES

RULES_OF_EVENTS = PostProcessing(smoothing=3.0, threshold=0.6, release=0.4, merge_gap=5.0, minimum_duration=2.0)


def simulate(folder: Path, name: str = "night", subject: str = "anna", seed: int = 0) -> EvaluatedRecording:
    """Ten minutes of a recording from minute 1 on, with a seizure that is found, too late and with a gap."""
    rng = np.random.default_rng(seed)
    seizure = rng.uniform(0.0, 0.3, 597).astype(np.float32)
    seizure[205:260] = 0.9
    seizure[400:420] = np.nan
    scores = Scores(np.column_stack([1 - seizure, seizure]), start=1.5, step=1.0)
    reference = Annotations([Event(200.0, 60.0, "sz_foc", 0.5, ("T7", "P7")), Event(3.0, 9.0, "impd")], 600.0)
    path = folder / "scores" / f"{name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_scores(path, scores)
    return EvaluatedRecording(name, subject, 60.0, 660.0, reference, path, RULES_OF_EVENTS, "test")


def change(folder: Path, **changes: object) -> None:
    """Write the file anew with other values in its first recording, or beside it."""
    content = json.loads((folder / FILE).read_text())
    for key, value in changes.items():
        place = content if key in content else content["recordings"][0]
        place[key] = value
    (folder / FILE).write_text(json.dumps(content))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    both = (simulate(tmp_path), simulate(tmp_path, "second", "bert", seed=1))
    write_evaluation(tmp_path, both)
    assert read_evaluation(tmp_path) == both


def test_scores_come_back_as_they_were(tmp_path: Path) -> None:
    one = simulate(tmp_path)
    write_evaluation(tmp_path, [one])
    (read,) = read_evaluation(tmp_path)
    scored = read.read()
    assert scored.subject == "anna"
    assert scored.reference == one.reference
    assert scored.scores.start == 1.5
    assert scored.seizure_spans == ((200.0, 260.0),)
    assert int(scored.scores.analysed.sum()) == 577


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_applied_to_what_is_read(tmp_path: Path, rule: str) -> None:
    one = simulate(tmp_path)
    write_evaluation(tmp_path, [one])
    (read,) = read_evaluation(tmp_path)
    found = find_events(one.read().scores, RULES_OF_EVENTS, 600.0)
    assert len(found) == 1
    marked = read.mark()
    score = RULES.load(rule).score
    counted = astuple(score(marked.reference, marked.hypothesis, marked.duration))
    np.testing.assert_array_equal(counted, astuple(score([(200.0, 260.0)], [found[0].span], 600.0)))


def test_the_overlap_rule_of_nedc_from_the_folder_alone(tmp_path: Path) -> None:
    write_evaluation(tmp_path, [simulate(tmp_path)])
    counts = [
        RULES.load("nedc-ovlp").score(one.reference, one.hypothesis, one.duration)
        for one in (read.mark() for read in read_evaluation(tmp_path))
    ]
    assert [(c.true_positives, c.false_negatives, c.duration) for c in counts] == [(1.0, 0.0, 600.0)]


def test_a_folder_may_be_moved(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    write_evaluation(tmp_path / "here", [simulate(tmp_path / "here")])
    (tmp_path / "here").rename(tmp_path / "there")
    (read,) = read_evaluation(tmp_path / "there")
    assert len(read.read().scores) == 597


def test_a_cross_validation_lists_what_its_folds_left(tmp_path: Path) -> None:
    folds = [tmp_path / "folds" / name for name in ("loso-anna", "loso-bert")]
    for fold in folds:
        write_evaluation(fold, [simulate(fold, subject=fold.name[5:])])
    together = [one for fold in folds for one in read_evaluation(fold)]
    write_evaluation(tmp_path, together)
    assert read_evaluation(tmp_path) == tuple(together)
    assert '"folds/loso-anna/scores/night.npz"' in (tmp_path / FILE).read_text()


def test_nothing_and_mixed_sides_are_refused(tmp_path: Path) -> None:
    one = simulate(tmp_path)
    validation = EvaluatedRecording(
        one.name, one.subject, one.start, one.stop, one.reference, one.scores_file, one.postprocessing, "validation"
    )
    with pytest.raises(ParameterError, match="recordings: none came"):
        write_evaluation(tmp_path, [])
    with pytest.raises(ParameterError, match="those of test and validation came together"):
        write_evaluation(tmp_path, [one, validation])
    write_evaluation(tmp_path, [validation])
    assert read_evaluation(tmp_path)[0].side == "validation"


def test_scores_outside_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(ParameterError, match="must be in"):
        write_evaluation(tmp_path / "run", [simulate(tmp_path)])
    assert not (tmp_path / "run" / FILE).exists()


@pytest.mark.parametrize("place", ["/etc/night.npz", "../night.npz", "scores/../../night.npz"])
def test_a_file_never_leads_out_of_its_folder(tmp_path: Path, place: str) -> None:
    write_evaluation(tmp_path, [simulate(tmp_path)])
    change(tmp_path, scores=place)
    with pytest.raises(RecordingError, match="must be a file below the folder"):
        read_evaluation(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"side": "train"}, "side: Input should be 'validation' or 'test'"),
        ({"version": 2}, "version: 2 is not allowed; this release reads version 1"),
        ({"subject": 3}, "recordings.0.subject: Input should be a valid string"),
        ({"colour": "red"}, "recordings.0.colour: Extra inputs"),
        ({"stop": 10.0}, "duration: -50.0 is not allowed"),
        ({"events": [{"onset": 1.0}]}, "duration: None is not allowed"),
        ({"postprocessing": {"threshold": 0.5, "release": 0.8}}, "release 0.8 is above threshold 0.5"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    write_evaluation(tmp_path, [simulate(tmp_path)])
    change(tmp_path, **changes)
    with pytest.raises(RecordingError, match=FILE) as caught:
        read_evaluation(tmp_path)
    assert said in str(caught.value)


def test_a_folder_without_evaluation_and_lost_scores_are_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file"):
        read_evaluation(tmp_path)
    one = simulate(tmp_path)
    write_evaluation(tmp_path, [one])
    one.scores_file.unlink()
    with pytest.raises(RecordingError, match=r"night\.npz: there is no such file"):
        read_evaluation(tmp_path)[0].read()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.tuples(TEXT, TEXT),
    start=st.floats(0.0, 1e6),
    length=st.floats(1.0, 1e5),
    onsets=st.lists(st.floats(0.0, 1e5), max_size=3),
)
def test_any_name_and_any_time_is_kept_exactly(
    tmp_path: Path, names: tuple[str, str], start: float, length: float, onsets: list[float]
) -> None:
    stop = start + length
    reference = Annotations([Event(onset, 1.0) for onset in onsets], stop - start)
    path = tmp_path / "a.npz"
    one = EvaluatedRecording(*names, start, stop, reference, path, PostProcessing(), "validation")
    write_evaluation(tmp_path, [one])
    assert read_evaluation(tmp_path) == (one,)


def test_classes_that_events_do_not_say_are_kept(tmp_path: Path) -> None:
    one = replace(simulate(tmp_path), classes=ClassSpans((((0.0, 30.5),), ()), ((40.0, 60.0),)))
    write_evaluation(tmp_path, [one])
    (back,) = read_evaluation(tmp_path)
    assert back == one


def test_a_file_that_says_nothing_of_classes_is_read(tmp_path: Path) -> None:
    write_evaluation(tmp_path, [simulate(tmp_path)])
    assert "classes" not in (tmp_path / FILE).read_text()
    assert read_evaluation(tmp_path)[0].classes is None
