"""Whole trees: the same figures as a plain loop over timescoring, and what is said of odd trees and detectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring, SampleScoring

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.evaluation.behaviour import ALL_POSITIVE, ORDINARY, SILENT
from ictal.evaluation.score import ScoreSettings, choose_rules, score_trees
from ictal.io.events_tsv import read_events, write_events
from ictal.scoring.rules import RULES

Rows = Sequence[Sequence[object]]
WriteTree = Callable[[str, Mapping[str, Rows]], Path]

FIGURES = {"sensitivity": "sensitivity", "precision": "precision", "f1": "f1", "false_positives_per_day": "fpRate"}


@pytest.fixture
def hour(tree: WriteTree) -> Callable[[Rows, Rows], tuple[Path, Path]]:
    """Reference and hypothesis of one hour of one subject."""

    def write(reference: Rows, hypothesis: Rows) -> tuple[Path, Path]:
        name = "sub-01/sub-01_events.tsv"
        return tree("reader", {name: reference}), tree("detector", {name: hypothesis})

    return write


SEIZURE = [[600, 60, "sz", 3600]]
NOTHING = [[0, 3600, "bckg", 3600]]


@pytest.mark.filterwarnings("ignore::ictal.core.errors.IctalWarning")
def test_a_real_dataset_has_the_figures_of_a_loop_over_timescoring(test_data: Path, tmp_path: Path) -> None:
    reader = test_data / "annotations" / "seizeit2"
    wanted = {"sub-001", "sub-006", "sub-008", "sub-097"}
    found: dict[str, list[tuple[Annotation, Annotation]]] = {}
    rng = np.random.default_rng(0)
    for file in sorted(reader.rglob("*_events.tsv")):
        subject = file.name[:7]
        if subject not in wanted:
            continue
        marked = read_events(file)
        shifted = [Event(event.onset + 7, event.duration) for event in marked.seizures if rng.random() < 0.8]
        alarms = [Event(float(onset), 20.0) for onset in rng.integers(0, int(marked.duration) - 20, 2)]
        detected = Annotations(
            [event for event in [*shifted, *alarms] if event.stop <= marked.duration], marked.duration
        )
        target = tmp_path / file.relative_to(reader)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_events(target, detected)
        n_seconds = round(marked.duration)
        pair = tuple(Annotation(list(one.spans), 1, n_seconds) for one in (marked.seizures, detected))
        found.setdefault(subject, []).append(pair)  # type: ignore[arg-type]
    scores = score_trees(reader, tmp_path, ScoreSettings(subjects="sub-*[0-9]", missing="negative"))
    kept = [scores.subjects.index(subject) for subject in sorted(found)]
    assert len(scores.recordings) == 2850 and len(kept) == 4
    for scored, method in zip(scores.rules, (EventScoring, SampleScoring), strict=True):
        for number, subject in zip(kept, sorted(found), strict=True):
            counted = [method(*pair) for pair in found[subject]]
            expected = [
                sum(one.tp for one in counted),
                sum(one.fp for one in counted),
                sum(one.refTrue - one.tp for one in counted),
            ]
            assert scored.subjects[number, :3].tolist() == expected, (scored.rule.name, subject)


def test_rules_are_named_alone_or_in_groups() -> None:
    assert [rule.name for rule in choose_rules(ScoreSettings())] == ["szcore", "sample"]
    every = choose_rules(ScoreSettings(rules=("nedc-taes", "nedc", "szcore", "sample")))
    assert {rule.name for rule in every} == set(RULES) and len(every) == len(RULES)
    assert every[0].name == "nedc-taes"
    with pytest.raises(ParameterError, match=r"rule: 'szcor' is not allowed; .*'nedc'\. Did you mean 'szcore'"):
        choose_rules(ScoreSettings(rules=("szcor",)))
    with pytest.raises(ParameterError, match="'nedc-ovlp' is not allowed; allowed are 'szcore', 'sample'"):
        choose_rules(ScoreSettings(rules=("nedc",), szcore_compatible=True))
    titles = [rule.title for rule in choose_rules(ScoreSettings(szcore_compatible=True))]
    assert all("szcore-evaluation 0.0.7" in title for title in titles)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"duration_tolerance": -1.0}, "duration_tolerance: -1.0 is not allowed"),
        ({"duration_tolerance": float("nan")}, "duration_tolerance: nan is not allowed"),
        ({"n_resamples": 0}, "n_resamples: 0 is not allowed"),
        ({"szcore_compatible": True, "missing": "error"}, "missing: the dataset tool of SzCORE takes"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wanted: dict[str, object], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        ScoreSettings(**wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "behaviour"),
    [
        (NOTHING, SILENT),
        ([[0, 3600, "sz", 3600]], ALL_POSITIVE),
        ([[20, 3575, "sz", 3600]], ALL_POSITIVE),
        ([[100, 3000, "sz", 3600]], ORDINARY),
        (SEIZURE, ORDINARY),
    ],
)
def test_detectors_that_say_nothing_are_known(
    hour: Callable[[Rows, Rows], tuple[Path, Path]], rows: Rows, behaviour: str
) -> None:
    assert score_trees(*hour(SEIZURE, rows)).behaviour == behaviour


def test_an_all_positive_detector_has_the_false_alarms_that_are_said_of_it(tree: WriteTree) -> None:
    names = [f"sub-{number}/sub-{number}_events.tsv" for number in range(3)]
    reader = tree("reader", {name: [[40_000, 60, "sz", 86_400]] for name in names})
    detector = tree("detector", {name: [[0, 86_400, "sz", 86_400]] for name in names})
    alarms = score_trees(reader, detector).rules[0].average["false_positives_per_day"]
    assert 276 <= alarms.value <= 288


def test_a_missing_hypothesis_is_an_error_or_no_detection(tree: WriteTree) -> None:
    reader = tree("reader", {"sub-1/sub-1_events.tsv": SEIZURE, "sub-2/sub-2_events.tsv": SEIZURE})
    detector = tree("detector", {"sub-1/sub-1_events.tsv": SEIZURE})
    with pytest.raises(RecordingError, match=r"no hypothesis is there for .*sub-2_events\.tsv; '--missing negative'"):
        score_trees(reader, detector)
    with pytest.warns(IctalWarning, match=r"sub-2_events\.tsv: without a hypothesis; counted as no detection"):
        scores = score_trees(reader, detector, ScoreSettings(missing="negative"))
    assert scores.n_missing == 1
    assert scores.rules[0].average["f1"].value == 0.5


def test_the_tool_scores_what_has_a_reference_and_says_what_it_leaves(tree: WriteTree) -> None:
    reader = tree("reader", {"sub-1/sub-1_events.tsv": SEIZURE})
    detector = tree("detector", {"sub-1/sub-1_events.tsv": SEIZURE, "sub-2/sub-2_events.tsv": SEIZURE})
    with pytest.raises(RecordingError, match=r"no reference is there for .*sub-2_events\.tsv"):
        score_trees(reader, detector)
    with pytest.warns(IctalWarning, match=r"sub-2_events\.tsv: a hypothesis without a reference; not scored"):
        scores = score_trees(reader, detector, ScoreSettings(szcore_compatible=True))
    assert scores.subjects == ("sub-1",)


def test_one_warning_for_each_kind_of_oddity(tree: WriteTree) -> None:
    names = [f"sub-{number:03}_events.tsv" for number in range(150)]
    reader = tree("reader", {name: [[5, 5, "spindle", 60], [70, 5, "sz", 60]] for name in names})
    with pytest.warns(IctalWarning) as told:
        scores = score_trees(reader, reader)
    assert len(told) == len(scores.notes) == 2
    assert [note.count for note in scores.notes] == [300, 300]


def test_subjects_that_are_guessed_are_known_to_be(tree: WriteTree) -> None:
    reader = tree("reader", {"a/1.tsv": SEIZURE, "a/2.tsv": NOTHING, "sub-1/3.tsv": SEIZURE, "4.tsv": NOTHING})
    scores = score_trees(reader, reader)
    assert scores.subjects == ("4", "a", "sub-1")
    assert scores.subjects_from == ("file", "folder", "sub")
    assert scores.subject_numbers.tolist() == [0, 1, 1, 2]


def test_the_seed_decides_the_intervals(tree: WriteTree) -> None:
    late = np.random.default_rng(0).integers(0, 60, 12)
    names = [f"sub-{number}_events.tsv" for number in range(12)]
    reader = tree("reader", dict.fromkeys(names, SEIZURE))
    detector = tree("detector", {n: [[600 + by, 60, "sz", 3600]] for n, by in zip(names, late, strict=True)})
    intervals = [
        score_trees(reader, detector, ScoreSettings(seed=seed, n_resamples=50)).rules[1].average for seed in (1, 1, 2)
    ]
    assert intervals[0] == intervals[1] != intervals[2]


def test_results_of_detect_beside_the_recordings_are_scored(tree: WriteTree) -> None:
    stem = "sub-01/ses-01/eeg/sub-01_ses-01_run-01"
    data = tree("data", {f"{stem}_events.tsv": SEIZURE, f"derivatives/other/{stem}_events.tsv": NOTHING})
    (data / "dataset_description.json").write_text("{}")
    (data / f"{stem}_eeg.edf").touch()
    (data / f"{stem}_channels.tsv").write_text("name\ttype\n")
    results = tree("data/derivatives/ictal", {f"{stem}_events.tsv": SEIZURE})
    (results / f"{stem}_detection.json").write_text("{}")
    (results / f"{stem}_events.json").write_text("{}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score_trees(data, results)
    assert [recording.name for recording in scores.recordings] == [stem]
    assert scores.rules[0].pooled["f1"].value == 1.0
