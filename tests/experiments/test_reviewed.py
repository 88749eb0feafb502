from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.experiments.reviewed import HeardRecording, group_by_patient, read_review, tell_unused
from ictal.experiments.said import Said
from ictal.io.discover import FoundRecording, find_recordings
from ictal.io.events_tsv import write_events
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder, place_of
from ictal.review.proposals import read_proposals
from ictal.review.reader import Reader

PROPOSED = (Event(10.0, 20.0), Event(50.0, 5.0), Event(70.0, 5.0))
ANSWERS = ("accepted", "rejected", "undecided")


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Two recordings, of which a detector proposed three events each; no signal is needed."""
    results = tmp_path / "results"
    for name in ("a", "b"):
        (tmp_path / "data" / f"{name}.edf").parent.mkdir(exist_ok=True)
        (tmp_path / "data" / f"{name}.edf").touch()
        results.mkdir(exist_ok=True)
        write_events(results / f"{name}_events.tsv", Annotations(PROPOSED, 100.0))
    folder = ReviewFolder.create(tmp_path / "review")
    folder.write_review(find_recordings([tmp_path / "data"]), results)
    return folder.path


@pytest.fixture
def decide(review: Path) -> Callable[..., None]:
    def decide_in_a(name: str, *answers: str) -> None:
        folder = ReviewFolder.open(review)
        reviewed = folder.read_review()
        found = reviewed.recordings[0]
        items = read_proposals(found, place_of(found), reviewed.results).items
        reader = Reader(name, folder, lambda: items)
        for number, (item, verdict) in enumerate(zip(items, answers, strict=False)):
            reader.decide(Decision(str(number), "a", item.name, 0, verdict, Event(item.event.onset + 1.0, 4.0)))  # type: ignore[arg-type]

    return decide_in_a


def test_what_a_reader_said_is_read_with_what_nobody_decided(review: Path, decide: Callable[..., None]) -> None:
    decide("anna", *ANSWERS)
    before = sorted(review.rglob("*"))
    a, b = read_review(review)
    assert (a.place, a.patient, b.place) == ("a", "", "b")
    assert a.said == Said((Event(11.0, 4.0),), (Event(51.0, 4.0),), (Event(71.0, 4.0),))
    assert [event.span for event in b.said.undecided] == [event.span for event in PROPOSED]
    assert sorted(review.rglob("*")) == before


def test_one_of_several_readers_must_be_named(review: Path, decide: Callable[..., None]) -> None:
    with pytest.raises(ParameterError, match="nobody has decided anything yet"):
        read_review(review)
    decide("anna", "accepted")
    decide("ben", "rejected")
    with pytest.raises(ParameterError, match="2 have decided; say whose decisions teach: anna, ben"):
        read_review(review)
    assert len(read_review(review, "ben")[0].said.background) == 1
    with pytest.raises(ParameterError, match="reader: 'bea' is not allowed; allowed are 'anna', 'ben'"):
        read_review(review, "bea")


def test_recordings_are_taken_by_their_files(review: Path, decide: Callable[..., None], tmp_path: Path) -> None:
    decide("anna", "accepted")
    (only,) = read_review(review, recordings=[tmp_path / "data" / "b.edf"])
    assert only.place == "b"
    assert len(read_review(review, recordings=[tmp_path / "data"])) == 2
    (tmp_path / "c.edf").touch()
    with pytest.raises(ParameterError, match=r"c\.edf is not allowed; the review is of a, b"):
        read_review(review, recordings=[tmp_path / "c.edf"])


def test_what_cannot_be_read_is_told(review: Path, decide: Callable[..., None], tmp_path: Path) -> None:
    decide("anna", *ANSWERS)
    with (tmp_path / "results" / "b_events.tsv").open("a") as file:
        file.write("soon\t1\tsz\n")
    with pytest.warns(IctalWarning, match="review: b: events table: line 5"):
        read_review(review)
    with pytest.raises(RecordingError, match="is no folder of `ictal review`"):
        read_review(tmp_path)


class TestPatients:
    def heard(self, *paths: str, said: Said = Said((Event(1.0, 2.0),))) -> list[HeardRecording]:  # noqa: B008
        return [HeardRecording(FoundRecording(Path(path), Path(), Path(path).stem), said) for path in paths]

    def test_they_are_named_by_file_or_folder(self) -> None:
        heard = self.heard("in/sub-02/night.edf", "in/sub-01_run-1_eeg.edf", "in/chb21/sub-02_day.edf")
        patients = group_by_patient(heard)
        assert {name: [one.place for one in own] for name, own in patients.items()} == {
            "sub-02": ["night", "sub-02_day"],
            "sub-01": ["sub-01_run-1_eeg"],
        }

    def test_animals_of_a_file_are_apart(self) -> None:
        heard = [
            HeardRecording(one.found.pick_animal(animal, ["EEG1"]), one.said)
            for one in self.heard("in/sub-02/night.edf", "in/sub-02/day.edf", "in/sub-01/night.edf")
            for animal in ("m1", "m2")
        ]
        patients = group_by_patient(heard)
        assert list(patients) == ["sub-02 m1", "sub-02 m2", "sub-01 m1", "sub-01 m2"]
        assert [one.place for one in patients["sub-02 m2"]] == ["night_m2", "day_m2"]

    def test_without_names_all_is_of_one(self) -> None:
        assert list(group_by_patient(self.heard("in/night.edf", "in/day.edf"))) == [""]
        with pytest.raises(ParameterError, match="the names of night do not say whose they are"):
            group_by_patient(self.heard("in/night.edf", "in/sub-01/day.edf"))

    def test_what_nobody_decided_on_counts_for_nobody(self) -> None:
        nothing = self.heard("in/sub-03/night.edf", said=Said(undecided=(Event(1.0, 2.0),)))
        assert list(group_by_patient([*nothing, *self.heard("in/sub-01/night.edf")])) == ["sub-01"]
        with pytest.raises(ParameterError, match="nothing is decided yet in 1 recordings"):
            group_by_patient(nothing)

    def test_what_is_not_used_is_told(self) -> None:
        (nothing,) = self.heard("night.edf", said=Said(undecided=(Event(1.0, 2.0),)))
        (halfway,) = self.heard("night.edf", said=Said((Event(1.0, 2.0),), (), (Event(5.0, 2.0), Event(8.0, 2.0))))
        (done,) = self.heard("night.edf")
        assert list(tell_unused(nothing)) == ["night: 1 event is undecided and nothing else; it is not used"]
        assert list(tell_unused(halfway)) == [
            "night: 2 events are undecided; of this recording nothing but decided events is used"
        ]
        assert list(tell_unused(done)) == []
