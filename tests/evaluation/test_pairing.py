"""Tables find their partners by place, else by name; what has none is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.evaluation.pairing import check_pairing, find_tables, pair_tables, subject_of

A = "sub-01/ses-01/eeg/sub-01_ses-01_run-01"
B = "sub-02/ses-01/eeg/sub-02_ses-01_run-01"


def touch(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def test_tables_at_the_same_place_belong_together(tmp_path: Path) -> None:
    reader = touch(tmp_path / "reader", f"{A}_events.tsv", f"{B}_events.tsv")
    detector = touch(tmp_path / "detector", f"{A}_events.tsv", f"{B}_events.tsv")
    pairing = pair_tables(reader, detector)
    assert [pair.name for pair in pairing.pairs] == [A, B]
    assert [pair.subject for pair in pairing.pairs] == ["sub-01", "sub-02"]
    assert {pair.subject_from for pair in pairing.pairs} == {"sub"}
    for pair in pairing.pairs:
        assert pair.reference == str(reader / f"{pair.name}_events.tsv")
        assert pair.hypothesis == str(detector / f"{pair.name}_events.tsv")
    assert pairing.missing == pairing.without_reference == ()
    check_pairing(pairing, "error")


def test_elsewhere_a_name_that_occurs_once_is_enough(tmp_path: Path) -> None:
    reader = touch(tmp_path / "reader", "chb01/chb01_03.tsv", "chb02/chb02_01.tsv", "a/night.tsv", "b/night.tsv")
    detector = touch(tmp_path / "detector", "chb01_03_events.tsv", "x/chb02_01_eeg.tsv", "b/night.tsv", "night.tsv")
    (detector / "x/chb02_01_eeg.tsv").rename(detector / "x/chb02_01_eeg_events.tsv")
    for stale in ("b/night.tsv", "night.tsv"):
        (detector / stale).rename(detector / stale.replace(".tsv", "_events.tsv"))
    pairing = pair_tables(reader, detector)
    partners = {pair.name: pair.hypothesis for pair in pairing.pairs}
    assert partners == {
        "a/night": None,
        "b/night": str(detector / "b/night_events.tsv"),
        "chb01/chb01_03": str(detector / "chb01_03_events.tsv"),
        "chb02/chb02_01": str(detector / "x/chb02_01_eeg_events.tsv"),
    }
    assert pairing.without_reference == (str(detector / "night_events.tsv"),)


def test_two_files_are_one_pair_whatever_their_names(tmp_path: Path) -> None:
    touch(tmp_path, "sub-07_reader.tsv", "out.tsv")
    (pair,) = pair_tables(tmp_path / "sub-07_reader.tsv", tmp_path / "out.tsv").pairs
    assert (pair.subject, pair.hypothesis) == ("sub-07", str(tmp_path / "out.tsv"))


@pytest.mark.parametrize(
    ("name", "subject", "known_from"),
    [
        ("sub-01/eeg/sub-01_run-01", "sub-01", "sub"),
        ("ses-01/sub-A7_run-01", "sub-A7", "sub"),
        ("derived_sub-03_run-01", "sub-03", "sub"),
        ("chb01/night/chb01_03", "chb01", "folder"),
        ("subject/03", "subject", "folder"),
        ("chb01_03", "chb01_03", "file"),
    ],
)
def test_the_subject_is_known_from_the_path(name: str, subject: str, known_from: str) -> None:
    assert subject_of(name) == (subject, known_from)


def test_only_events_of_subjects_are_found_in_a_bids_dataset(tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text("{}")
    touch(
        tmp_path,
        f"{A}_events.tsv",
        f"{A}_eeg.edf",
        f"{A}_channels.tsv",
        f"{A}_events.json",
        "participants.tsv",
        "task_events.tsv",
        f"derivatives/ictal/{A}_events.tsv",
        f"sub-01/sourcedata/{B}_events.tsv",
        "results/sub-01_events.tsv",
        f".git/{A}_events.tsv",
        "sub-01/.hidden_events.tsv",
    )
    assert list(find_tables(tmp_path)) == [A]


def test_results_beside_the_recordings_are_no_references(tmp_path: Path) -> None:
    touch(tmp_path, "night_events.tsv", "ictal-results/night_events.tsv", "more/day_events.tsv")
    touch(tmp_path, "more/ictal-results/day_events.tsv")
    assert list(find_tables(tmp_path, tmp_path / "ictal-results")) == [
        "more/day",
        "more/ictal-results/day",
        "night",
    ], "a folder of the same name elsewhere is another one"
    (pair,) = pair_tables(tmp_path / "ictal-results", tmp_path / "ictal-results").pairs
    assert pair.reference == pair.hypothesis


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["a_events.tsv", "a_channels.tsv", "b.tsv"], ["a"]),
        (["a.tsv", "b_eeg.tsv", "a_channels.tsv", "participants.tsv", "a_events.json"], ["a", "b"]),
        (["a_events.json", "participants.tsv", "a_detection.json"], ["a"]),
    ],
)
def test_the_first_ending_that_a_tree_has_counts(tmp_path: Path, files: list[str], found: list[str]) -> None:
    assert list(find_tables(touch(tmp_path, *files))) == found


def test_two_tables_of_one_recording_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a_events.tsv", "a_eeg_events.tsv")
    with pytest.raises(RecordingError, match=r"a_events\.tsv: is for the same recording as .*a_eeg_events\.tsv"):
        find_tables(tmp_path)


def test_subjects_are_chosen_by_pattern(tmp_path: Path) -> None:
    reader = touch(tmp_path / "reader", f"{A}_events.tsv", f"{B}_events.tsv")
    detector = touch(tmp_path / "detector", f"{A}_events.tsv", f"{B}_events.tsv", "sub-03/sub-03_events.tsv")
    pairing = pair_tables(reader, detector, "sub-*1")
    assert [pair.name for pair in pairing.pairs] == [A]
    assert pairing.without_reference == ()
    assert len(pair_tables(reader, detector, "sub-0?").without_reference) == 1
    with pytest.raises(RecordingError, match="no subject matches 'chb\\*'; there are sub-01, sub-02"):
        pair_tables(reader, detector, "chb*")


def test_what_has_no_partner_is_named(tmp_path: Path) -> None:
    reader = touch(tmp_path / "reader", f"{A}_events.tsv", f"{B}_events.tsv")
    detector = touch(tmp_path / "detector", f"{A}_events.tsv")
    pairing = pair_tables(reader, detector)
    with pytest.raises(RecordingError, match=r"no hypothesis is there for .*sub-02_ses-01_run-01_events\.tsv; '--miss"):
        check_pairing(pairing, "error")
    check_pairing(pairing, "negative")
    pairing = pair_tables(detector, reader)
    for missing in ("error", "negative"):
        with pytest.raises(RecordingError, match=r"no reference is there for .*sub-02_ses-01_run-01_events\.tsv"):
            check_pairing(pairing, missing)
    with pytest.raises(ParameterError, match="missing: 'ignore' is not allowed; allowed are 'error', 'negative'"):
        check_pairing(pairing, "ignore")


def test_many_without_a_partner_are_counted(tmp_path: Path) -> None:
    reader = touch(tmp_path / "reader", *(f"a{number}_events.tsv" for number in range(9)))
    detector = touch(tmp_path / "detector", "b_events.tsv")
    pairing = pair_tables(reader, detector)
    with pytest.raises(RecordingError) as refused:
        check_pairing(pairing, "error")
    message = str(refused.value)
    assert "for 9 files, the first " in message and "a2_events.tsv" in message and "a3_events.tsv" not in message
    assert message.endswith(f"no reference is there for {detector / 'b_events.tsv'}")


def test_what_cannot_be_paired_is_refused(tmp_path: Path) -> None:
    folder = touch(tmp_path / "reader", "a_events.tsv")
    file = tmp_path / "a.tsv"
    file.touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.json").write_text(json.dumps({}))
    with pytest.raises(ParameterError, match=r"reader is a folder and .*a\.tsv a file; give two of a kind"):
        pair_tables(folder, file)
    with pytest.raises(ParameterError, match=r"reader is a folder and .*a\.tsv a file; give two of a kind"):
        pair_tables(file, folder)
    with pytest.raises(RecordingError, match="nowhere: there is no such file or folder"):
        pair_tables(folder, tmp_path / "nowhere")
    with pytest.raises(RecordingError, match=r"empty: the folder holds no events table \(\*_events\.tsv"):
        pair_tables(folder, tmp_path / "empty")
