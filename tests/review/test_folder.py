"""The folder of a review: its layout, what it lists, its tokens."""

from __future__ import annotations

import contextlib
import json
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.io.discover import FoundRecording, find_recordings
from ictal.review.folder import (
    LONGEST_NAME,
    ReviewFolder,
    check_place,
    check_reader_name,
    held_by_one,
    is_reader_name,
    place_of,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two recordings, their results and a review, side by side."""
    for place in ("data/a/night.edf", "data/b/night.edf"):
        file = tmp_path / "tree" / place
        file.parent.mkdir(parents=True)
        file.write_bytes(place.encode())
    (tmp_path / "tree" / "results").mkdir()
    return tmp_path / "tree"


@pytest.mark.parametrize(
    "name", ["anna", "Anna-Lena", "a_b", "Dr. Öz", "K.-H", "李雷", "हिन्दी", "7", "x" * LONGEST_NAME]
)
def test_names_of_people_are_names_of_readers(tmp_path: Path, name: str) -> None:
    folder = ReviewFolder.create(tmp_path)
    folder.journal(name).parent.mkdir()
    assert folder.journal(name).parent.parent == folder.readers
    folder.journal(name).touch()
    assert folder.reader_names == (name,)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "/etc", ".hidden", "dot.", " a", "a ", "a\tb", "a\nb", "a\0b", "a:b", "a*",
     "%2e", "x" * (LONGEST_NAME + 1), "\ud800", "a\u202eb", "a\u2028b", "🙂"],
)  # fmt: skip
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    folder = ReviewFolder.create(tmp_path)
    for ask in (folder.journal, folder.events, lambda name: folder.tokens([name]), check_reader_name):
        with pytest.raises(ParameterError, match="reader"):
            ask(name)


def test_a_name_is_one_name_however_it_is_spelt() -> None:
    assert check_reader_name("Zoe\u0308") == check_reader_name("Zo\u00eb") == "Zo\u00eb"


@given(st.text(max_size=20))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    if not is_reader_name(name):
        return
    readers = ReviewFolder("/review").readers
    assert (readers / name).resolve() == readers / name
    assert len(name.encode()) <= 255


@pytest.mark.parametrize(
    "place", ["", ".", "..", "../x", "a/../../x", "/etc/x", "a//b", "./a", "a/", "a\0b", "a\ud800"]
)
def test_places_outside_of_the_folder_are_refused(place: str) -> None:
    with pytest.raises(ParameterError, match="recording"):
        check_place(place)
    with pytest.raises(ParameterError, match="recording"):
        ReviewFolder("review").table("anna", place)


def test_what_is_reviewed_is_read_back(tree: Path) -> None:
    found = find_recordings([tree / "data"])
    folder = ReviewFolder.create(tree / "review")
    folder.write_review(found, tree / "results")
    reviewed = ReviewFolder.open(tree / "review").read_review()
    assert {place_of(one): one.path for one in reviewed.recordings} == {place_of(one): one.path for one in found}
    assert [one.relative for one in reviewed.recordings] == [Path("a"), Path("b")]
    assert reviewed.results == tree / "results"


def test_recordings_are_found_after_all_has_been_moved(tree: Path) -> None:
    folder = ReviewFolder.create(tree / "review")
    folder.write_review(find_recordings([tree / "data"]), tree / "results")
    elsewhere = tree.with_name("elsewhere")
    shutil.move(tree, elsewhere)
    reviewed = ReviewFolder.open(elsewhere / "review").read_review()
    assert [one.path for one in reviewed.recordings] == [elsewhere / "data" / name / "night.edf" for name in "ab"]
    assert reviewed.results == elsewhere / "results"


def test_recordings_are_found_after_the_review_alone_has_been_moved(tree: Path, tmp_path: Path) -> None:
    ReviewFolder.create(tree / "review").write_review(find_recordings([tree / "data"]))
    shutil.move(tree / "review", tmp_path / "deep")
    reviewed = ReviewFolder.open(tmp_path / "deep").read_review()
    assert [one.path for one in reviewed.recordings] == [tree / "data" / name / "night.edf" for name in "ab"]
    assert reviewed.results is None


def test_relative_paths_are_understood(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    ReviewFolder.create("review").write_review(find_recordings(["data"]), Path("results"))
    monkeypatch.chdir("/")
    reviewed = ReviewFolder.open(tree / "review").read_review()
    assert reviewed.recordings[0].path == tree / "data" / "a" / "night.edf"


def test_what_was_reviewed_before_stays_listed(tree: Path) -> None:
    a, b = find_recordings([tree / "data"])
    folder = ReviewFolder.create(tree / "review")
    folder.write_review([a])
    folder.write_review([b])
    folder.write_review([a])
    assert [place_of(one) for one in folder.read_review().recordings] == ["a/night", "b/night"]


def test_another_recording_of_the_same_name_is_refused(tree: Path) -> None:
    folder = ReviewFolder.create(tree / "review")
    folder.write_review(find_recordings([tree / "data" / "a"]))
    with pytest.raises(ParameterError, match="choose another folder"):
        folder.write_review(find_recordings([tree / "data" / "b"]))
    assert folder.read_review().recordings[0].path == tree / "data" / "a" / "night.edf"


def test_a_recording_that_has_been_moved_is_the_same(tree: Path) -> None:
    folder = ReviewFolder.create(tree / "review")
    folder.write_review(find_recordings([tree / "data" / "a"]))
    (tree / "data" / "a").rename(tree / "data" / "c")
    folder.write_review(find_recordings([tree / "data" / "c"]))
    assert folder.read_review().recordings[0].path == tree / "data" / "c" / "night.edf"


def test_a_file_name_in_another_encoding_is_kept(tmp_path: Path) -> None:
    found = FoundRecording(tmp_path / "M\udcfcller.edf", Path(), "M\udcfcller")
    folder = ReviewFolder.create(tmp_path / "review")
    folder.write_review([found])
    assert folder.read_review().recordings == (found,)


def test_a_folder_that_is_no_review_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no folder of `ictal review`"):
        ReviewFolder.open(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": "ictal review", "version": 2}', '{"format": "ictal review", "version": 1}']
)
def test_a_damaged_list_is_told(tmp_path: Path, content: str) -> None:
    folder = ReviewFolder.create(tmp_path)
    folder.review.write_text(content)
    with pytest.raises(RecordingError, match=r"review\.json"):
        folder.read_review()


@pytest.mark.parametrize("channels", ['"EEG1"', "[]", "[1]", "null"])
def test_animals_are_kept_and_odd_channels_refused(tree: Path, channels: str) -> None:
    animal = find_recordings([tree / "data"])[0].pick_animal("m1", ["EEG1"])
    folder = ReviewFolder.create(tree / "review")
    folder.write_review([animal])
    assert folder.read_review().recordings == (animal,)
    content = json.loads(folder.review.read_text())
    content["recordings"][0]["channels"] = json.loads(channels)
    folder.review.write_text(json.dumps(content))
    with pytest.raises(RecordingError, match="does not list what is reviewed"):
        folder.read_review()


def test_a_list_whose_places_lead_elsewhere_is_refused(tree: Path) -> None:
    folder = ReviewFolder.create(tree / "review")
    folder.write_review(find_recordings([tree / "data"]))
    folder.review.write_text(folder.review.read_text().replace("a/night", "../night", 1))
    with pytest.raises(RecordingError, match="does not list"):
        folder.read_review()


def test_tokens_are_secret_and_stay(tmp_path: Path) -> None:
    folder = ReviewFolder.create(tmp_path)
    first = folder.tokens(["anna", "ben"])
    assert len(set(first.values())) == 2
    assert all(len(token) >= 32 for token in first.values())
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600
    again = ReviewFolder.create(tmp_path)
    assert again.tokens(["ben"]) == {"ben": first["ben"]}
    assert again.tokens(["anna", "ben"]) == first


def test_tokens_that_others_may_read_become_secret(tmp_path: Path) -> None:
    folder = ReviewFolder.create(tmp_path)
    first = folder.tokens(["anna"])
    (tmp_path / "tokens.json").chmod(0o644)
    assert folder.tokens(["anna"]) == first
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", '{"anna": ""}', '{"anna": "short"}', '{"anna": 7}', "\xff"])
def test_tokens_that_are_no_secret_are_made_anew(tmp_path: Path, content: str) -> None:
    folder = ReviewFolder.create(tmp_path)
    (tmp_path / "tokens.json").write_text(content, encoding="latin-1")
    token = folder.tokens(["anna"])["anna"]
    assert len(token) >= 32
    assert json.loads((tmp_path / "tokens.json").read_text()) == {"anna": token}


def test_names_that_differ_in_capitals_alone_are_refused(tmp_path: Path) -> None:
    folder = ReviewFolder.create(tmp_path)
    folder.tokens(["anna"])
    for names in (["Anna"], ["Ben", "ben"]):
        with pytest.raises(ParameterError, match="one spelling"):
            folder.tokens(names)


def test_many_may_ask_for_tokens_at_once(tmp_path: Path) -> None:
    folder = ReviewFolder.create(tmp_path)
    names = [f"reader {number}" for number in range(8)]
    given: dict[str, str] = {}
    threads = [threading.Thread(target=lambda name=name: given.update(folder.tokens([name]))) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folder.tokens(names) == given


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, without_privileges: Callable[[], contextlib.AbstractContextManager[None]]
) -> None:
    folder = ReviewFolder.create(tmp_path / "review")
    for path in (folder.path, folder.readers):
        path.chmod(0o555)
    with without_privileges():
        for attempt in (
            lambda: ReviewFolder.create(tmp_path / "review"),
            lambda: folder.tokens(["anna"]),
            lambda: folder.write_review(()),
        ):
            with pytest.raises(OutputError, match="permission denied"):
                attempt()


def test_a_lock_is_not_waited_for_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ictal.review.folder.PATIENCE", 0.05)
    problems = []

    def wait() -> None:
        try:
            with held_by_one(tmp_path / "a"):
                pass
        except OutputError as problem:
            problems.append(str(problem))

    with held_by_one(tmp_path / "a"):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert "another program" in problems[0]
    with held_by_one(tmp_path / "a"):
        pass
