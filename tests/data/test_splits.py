"""The ways to split by the names that recipes use, on a small store and on the tables of CHB-MIT."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.data.leakage import LeakageError
from ictal.data.portions import read_splits, write_splits
from ictal.data.prepared import PreparedRecording
from ictal.data.splits import SPLITS, make_splits


def recorded(name: str, subject: str, duration: float, onsets: list[float], split: str = "") -> PreparedRecording:
    events = [Event(onset, 20.0) for onset in onsets]
    samples = round(duration * 256)
    return PreparedRecording(name, subject, "1", split, ("C3",), 256.0, samples, Annotations(events, duration))


SIDES = ("train", "train", "train", "train", "dev", "eval")
STORE = [
    recorded(f"{subject}{i}", f"s{subject}", 3600.0, [500.0, 1500.0, 3000.0], SIDES[subject])
    for subject in range(6)
    for i in range(2)
]


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("loso", 6),
        ("subject", 5),
        ("subject:2", 2),
        ("subject:6", 6),
        ("seizure", 36),
        ("chrono", 6),
        ("chrono:1800", 6),
        ("official", 1),
    ],
)
def test_every_way_gives_folds_that_can_be_kept(tmp_path: Path, name: str, n: int) -> None:
    splits = make_splits(name, STORE, seed=3)
    assert len(splits) == len({split.name for split in splits}) == n
    assert all(split.train and split.validation and split.test for split in splits)
    assert make_splits(name, STORE, seed=3) == splits
    write_splits(tmp_path / "splits.json", splits)
    assert read_splits(tmp_path / "splits.json") == splits
    assert not any(split.validation for split in make_splits(name, STORE, validation=0.0)) or name == "official"


def test_every_way_of_the_table_can_be_loaded() -> None:
    assert {SPLITS.load(name).__name__ for name in SPLITS} == {
        "leave_one_subject_out",
        "split_by_subject",
        "leave_one_seizure_out",
        "split_by_time",
        "official_split",
        "train_on_all",
    }


def test_an_official_split_that_leaks_is_refused() -> None:
    store = [*STORE, recorded("again", "s0", 60.0, [], "eval")]
    with pytest.raises(LeakageError, match="split official: subject 's0' stands in train and in test"):
        make_splits("official", store)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "lopo",
            "'lopo' is not allowed; allowed are 'loso', 'subject', 'seizure', 'chrono', 'official', 'all'. Did you",
        ),
        ("loso:5", "'loso:5' is not allowed; loso takes no number"),
        ("subject:five", "n_folds must be a number of type int"),
        ("subject:", "n_folds must be a number of type int"),
        ("subject:7", "it must be from 2 to the 6 subjects"),
        ("chrono:1h", "first must be a number of type float"),
        ("chrono:-5", "first: -5.0 is not allowed"),
    ],
)
def test_names_that_are_none_are_refused(name: str, said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        make_splits(name, STORE)
    assert said in str(refused.value)


@pytest.mark.parametrize("share", [-0.1, 0.6, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ParameterError, match="it must be from 0 to"):
        make_splits("loso", STORE, validation=share)


@pytest.fixture(scope="module")
def chbmit(test_data: Path) -> list[PreparedRecording]:
    """All recordings of CHB-MIT, each case a subject of its own, chb21 too."""
    folder = test_data / "annotations" / "chbmit"
    seizures: defaultdict[str, list[Event]] = defaultdict(list)
    with (folder / "derived_seizures.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            onset = float(row["onset_s"])
            seizures[row["file"]].append(Event(onset, float(row["offset_s"]) - onset))
    with (folder / "derived_files.tsv").open() as file:
        rows = [(row["file"], float(row["duration_s"])) for row in csv.DictReader(file, delimiter="\t")]
    return [
        PreparedRecording(name, name[:5], "1", "", ("C3",), 256.0, round(long * 256), Annotations(seizures[name], long))
        for name, long in rows
    ]


def test_chbmit_has_23_persons(chbmit: list[PreparedRecording]) -> None:
    splits = make_splits("loso", chbmit)
    assert len(splits) == 23
    (first,) = (split for split in splits if split.name == "loso-chb01")
    assert {portion.subject for portion in first.test} == {"chb01", "chb21"}
    assert len(make_splits("loso", chbmit, aliases={})) == 24


def test_folds_of_chbmit_all_have_seizures_on_every_side(chbmit: list[PreparedRecording]) -> None:
    count = {one.name: len(one.annotations) for one in chbmit}
    for split in make_splits("subject:5", chbmit):
        seizures = [sum(count[portion.recording] for portion in side) for side in split.sides.values()]
        assert sum(seizures) == 198
        assert min(seizures) > 0
        assert 10 <= seizures[2] <= 80


def test_within_the_persons_of_chbmit(chbmit: list[PreparedRecording]) -> None:
    by_seizure = make_splits("seizure", chbmit)
    assert len({split.name.rsplit("-", 1)[0] for split in by_seizure}) == 23
    assert 150 < len(by_seizure) <= 198
    assert len(make_splits("chrono", chbmit)) == 23
