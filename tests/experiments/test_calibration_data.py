"""A corpus is scored once, without the detector's calibration; what cannot be read is left out with its reason."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.data.fingerprint import hash_input
from ictal.data.leakage import LeakageError
from ictal.detection.calibration import Calibration
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled
from ictal.evaluation.operating import ScoredRecording
from ictal.experiments.calibration_data import (
    ScorePlan,
    choose_recordings,
    fingerprint_data,
    score_corpus,
    score_one,
    tell_remarks,
)
from ictal.io.corpora.corpus import Corpus, CorpusRecording, Remark, list_corpus
from ictal.io.formats import read
from ictal.training.seen import SEEN, hash_recording


@pytest.fixture(scope="module")
def folder(bursts: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bursts(tmp_path_factory.mktemp("corpus"), n_subjects=3, seconds=500.0, n_seizures=1)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_bundled("line-length")


def with_provenance(detector: Detector, **provenance: str) -> Detector:
    settings = detector.settings.model_copy(update={"provenance": provenance})
    return Detector(replace(detector.parts, settings=settings))


def test_scores_are_those_of_the_model(folder: Path, detector: Detector) -> None:
    """Whatever calibration and rules the detector has."""
    calibrated = Detector(
        replace(
            detector.parts,
            settings=detector.settings.model_copy(update={"calibration": Calibration(kind="platt", slope=3.0)}),
        )
    )
    data = score_corpus(calibrated, folder)
    assert [one.subject for one in data.recordings] == ["s00", "s01", "s02"]
    raw = detector.analyse(read(folder / "s00" / "s00_eeg.edf")).scores
    assert_allclose(data.recordings[0].scores.values, raw.values)
    assert (data.n_subjects, data.n_seizures, data.n_seen, data.left_out) == (3, 3, 0, ())
    assert data.hours == pytest.approx(1500 / 3600)


def test_several_processes_give_the_same(folder: Path, detector: Detector) -> None:
    shares: list[float] = []
    one, two = score_corpus(detector, folder), score_corpus(detector, folder, n_jobs=2, progress=shares.append)
    assert one.fingerprint == two.fingerprint
    assert [each.subject for each in two.recordings] == ["s00", "s01", "s02"]
    for first, second in zip(one.recordings, two.recordings, strict=True):
        assert_array_equal(first.scores.values, second.scores.values)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_what_cannot_be_read_is_left_out(folder: Path, detector: Detector, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "data")
    broken = tmp_path / "data" / "s01" / "s01_eeg.edf"
    broken.write_bytes(broken.read_bytes()[:300])
    data = score_corpus(detector, tmp_path / "data")
    assert [one.subject for one in data.recordings] == ["s00", "s02"]
    (left_out,) = data.left_out
    assert left_out.n_seizures == 1 and left_out.hours == pytest.approx(500 / 3600)
    assert str(tmp_path) not in left_out.reason and "Traceback" in left_out.trace


def test_where_nothing_can_be_read_the_first_reason_is_told(folder: Path, detector: Detector, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "data")
    for file in (tmp_path / "data").rglob("*.edf"):
        file.write_bytes(b"0")
    with pytest.raises(RecordingError, match="holds no recording that can be scored; the first, s00"):
        score_corpus(detector, tmp_path / "data")


def test_recordings_of_the_training_are_refused_by_what_is_in_them(
    folder: Path, detector: Detector, tmp_path: Path
) -> None:
    seen = hash_recording(hash_input(folder / "s01" / "s01_eeg.edf"))
    trained = with_provenance(detector, **{SEEN: f"0123456789abcdef,{seen}"})
    said = "calibration: recording 's01/s01' stands in training and in calibration; take others, or --allow-training"
    with pytest.raises(LeakageError, match=said):
        score_corpus(trained, folder)
    assert score_corpus(trained, folder, allow_training_data=True).n_seen == 1
    assert score_corpus(trained, folder, subjects="s0[02]").n_seen == 0


def test_what_is_chosen_must_be_there(folder: Path) -> None:
    corpus = list_corpus(folder)
    assert [one.subject for one in choose_recordings(corpus, "s*1")] == ["s01"]
    with pytest.raises(RecordingError, match="it has 3 recordings of 3 subjects, official splits: none"):
        choose_recordings(corpus, "t*")
    with pytest.raises(RecordingError, match="holds no recording that is asked for"):
        choose_recordings(corpus, split="dev")


def test_splits_of_the_owner_are_known() -> None:
    rows = tuple(
        CorpusRecording(name, Path(f"{name}.edf"), name, "1", Annotations((), 1.0), split)
        for name, split in (("a", "train"), ("b", "dev"))
    )
    corpus = Corpus("tusz", Path(), rows)
    assert [one.name for one in choose_recordings(corpus, split="dev")] == ["b"]
    with pytest.raises(RecordingError, match="official splits: dev, train"):
        choose_recordings(corpus, split="eval")


def test_a_fault_of_ours_costs_one_recording(detector: Detector) -> None:
    missing = CorpusRecording("a", Path("/nowhere/a.edf"), "a", "1", Annotations([Event(1.0, 2.0)], 3600.0))
    answer = score_one(ScorePlan.of(detector), (0, missing))
    assert not isinstance(answer, ScoredRecording)
    assert (answer.name, answer.hours, answer.n_seizures) == ("a", 1.0, 1)
    assert "/nowhere" not in answer.reason


def test_seizures_beyond_the_end_of_the_signal_are_cut(folder: Path, detector: Detector) -> None:
    marked = Annotations([Event(490.0, 60.0), Event(600.0, 10.0), Event(5.0, 5.0, "eye")], 700.0)
    recording = CorpusRecording("a", folder / "s00" / "s00_eeg.edf", "a", "1", marked)
    answer = score_one(ScorePlan.of(detector), (0, recording))
    assert isinstance(answer, ScoredRecording)
    assert answer.seizure_spans == ((490.0, 500.0),)
    assert answer.reference.duration == 500.0


def test_the_fingerprint_is_of_files_and_seizures_in_any_order() -> None:
    def recording(*events: Event) -> ScoredRecording:
        return ScoredRecording("a", Scores(np.zeros((1, 2)), 0.0, 1.0), Annotations(events, 60.0))

    one, two = recording(Event(1.0, 2.0)), recording()
    first = fingerprint_data(["aa", "bb"], [one, two])
    assert first == fingerprint_data(["bb", "aa"], [two, one])
    others = [
        fingerprint_data(["aa", "cc"], [one, two]),
        fingerprint_data(["aa", "bb"], [two, one]),
        fingerprint_data(["aa", "bb"], [recording(Event(1.0, 2.5)), two]),
    ]
    assert len({first, *others}) == 4


def test_remarks_are_told_by_kind() -> None:
    remarks = (Remark("overlap", "a", "so"), Remark("header", "b", "and so"), Remark("overlap", "c", "thus"))
    assert list(tell_remarks(Corpus("bids", Path(), (), remarks))) == [
        "overlap: a: so (1 more of this kind)",
        "header: b: and so",
    ]
