"""Journals of decisions: nothing is lost, nothing is made up."""

from __future__ import annotations

import contextlib
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import OutputError, ParameterError
from ictal.core.events import Event
from ictal.review.decision import Decision, encode_decision
from ictal.review.journal import Journal

RAM = Path("/dev/shm")


def said(key: str, item: str = "p1", revision: int = 0) -> Decision:
    return Decision(key, "night", item, revision, "accepted", Event(12.0, 30.0), comment="schläft\n")


def keys(journal: Journal) -> list[str]:
    return [decision.key for decision in journal.decisions]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal that does not exist yet."""
    return Journal(tmp_path / "anna" / "journal.jsonl")


@contextlib.contextmanager
def files_of_at_most(n_bytes: int) -> Iterator[None]:
    """Let the system refuse every byte of a file after the first ones, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_decisions_are_kept_in_order_with_their_time(journal: Journal) -> None:
    kept = [journal.append(said(f"k{number}", revision=number)) for number in range(5)]
    assert Journal(journal.path).decisions == journal.decisions == tuple(kept)
    assert keys(journal) == [f"k{number}" for number in range(5)]
    assert all(datetime.fromisoformat(one.at).utcoffset() is not None for one in kept)
    assert journal.path.read_bytes().count(b"\n") == 5


def test_looking_makes_no_file(journal: Journal) -> None:
    assert journal.decisions == ()
    assert not journal.path.parent.exists()


def test_the_same_key_is_kept_once_and_not_checked_again(journal: Journal) -> None:
    def refuse(_: Sequence[Decision]) -> None:
        raise ParameterError("no")

    kept = journal.append(said("k1"))
    assert journal.append(said("k1", "other"), refuse) == kept
    assert Journal(journal.path).append(said("k1", "other"), refuse) == kept
    assert keys(Journal(journal.path)) == ["k1"]


def test_the_check_sees_all_and_what_it_raises_keeps_nothing(journal: Journal) -> None:
    seen: list[str] = []

    def refuse(decisions: Sequence[Decision]) -> None:
        seen.extend(one.key for one in decisions)
        raise ParameterError("no")

    journal.append(said("k1"))
    Journal(journal.path).append(said("k2"))
    before = journal.path.read_bytes()
    with pytest.raises(ParameterError, match="no"):
        journal.append(said("k3"), refuse)
    assert seen == ["k1", "k2"]
    assert journal.path.read_bytes() == before


def test_lines_of_others_are_seen(journal: Journal) -> None:
    other = Journal(journal.path)
    journal.append(said("k1"))
    assert keys(other) == ["k1"]
    other.append(said("k2"))
    assert keys(journal) == ["k1", "k2"]
    assert journal.find("k2") == other.find("k2") != None  # noqa: E711
    assert journal.find("k3") is None


def test_a_torn_last_line_of_any_length_is_cut_off() -> None:
    whole = f"{encode_decision(said('k1'))}\n".encode()
    torn = encode_decision(said("k2")).encode()
    with tempfile.TemporaryDirectory(dir=RAM if RAM.is_dir() else None) as folder:
        path = Path(folder, "journal.jsonl")
        for n_bytes in range(len(torn) + 1):
            path.write_bytes(whole + torn[:n_bytes])
            journal = Journal(path)
            assert keys(journal) == ["k1"]
            assert journal.notes == ()
            journal.append(said("k3"))
            lines = path.read_bytes().splitlines(keepends=True)
            assert lines == [whole, f"{encode_decision(journal.decisions[1])}\n".encode()]
            assert keys(journal) == keys(Journal(path)) == ["k1", "k3"]


def test_a_torn_first_line_is_cut_off(journal: Journal) -> None:
    journal.path.parent.mkdir()
    journal.path.write_bytes(b'{"key": "k')
    journal.append(said("k1"))
    assert keys(Journal(journal.path)) == ["k1"]


def test_a_line_counts_once_its_end_is_written(journal: Journal) -> None:
    journal.append(said("k1"))
    line = encode_decision(said("k2")).encode()
    with journal.path.open("ab") as file:
        for part, expected in ((line[:40], ["k1"]), (line[40:], ["k1"]), (b"\n", ["k1", "k2"])):
            file.write(part)
            file.flush()
            assert keys(journal) == expected


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\0" * 300,
        b"\xff\xfe",
        b"[" * 100_000,
        encode_decision(said("k2")).replace('"revision": 0', '"revision": Infinity').encode(),
        encode_decision(said("k2"))[:-1].encode(),
    ],
    ids=lambda damage: damage[:12].decode("latin-1"),
)
def test_a_damaged_line_in_the_middle_is_told_and_stays(journal: Journal, damage: bytes) -> None:
    journal.append(said("k1"))
    with journal.path.open("ab") as file:
        file.write(damage + b"\n")
    journal.append(said("k3"))
    for one in (journal, Journal(journal.path)):
        assert keys(one) == ["k1", "k3"]
        (note,) = one.notes
        assert note.startswith("journal.jsonl: line 2: is damaged")
    assert damage + b"\n" in journal.path.read_bytes()


def test_a_line_that_comes_twice_is_counted_once(journal: Journal) -> None:
    journal.append(said("k1"))
    journal.path.write_bytes(journal.path.read_bytes() * 2)
    assert keys(Journal(journal.path)) == ["k1"]
    assert "line 2" in Journal(journal.path).notes[0]


garbage = st.binary(max_size=60).map(lambda damage: damage.replace(b"\n", b""))


@settings(max_examples=60, deadline=None)
@given(st.lists(garbage | st.integers(0, 9)))
def test_whatever_is_in_between_every_whole_decision_is_found(lines: list[bytes | int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        encoded = [encode_decision(said(f"k{line}")).encode() if isinstance(line, int) else line for line in lines]
        path.write_bytes(b"".join(line + b"\n" for line in encoded))
        numbers = dict.fromkeys(line for line in lines if isinstance(line, int))
        journal = Journal(path)
        assert keys(journal) == [f"k{number}" for number in numbers]
        assert len(journal.notes) == len(lines) - len(numbers)


def test_a_journal_that_was_replaced_is_read_anew(journal: Journal) -> None:
    for number in range(3):
        journal.append(said(f"k{number}"))
    backup = journal.path.read_bytes()
    journal.append(said("k3"))
    journal.path.write_bytes(backup)
    assert keys(journal) == ["k0", "k1", "k2"]
    other = journal.path.with_name("other")
    other.write_bytes(backup.replace(b'"k0"', b'"x0"') + backup.replace(b'"k1"', b'"x1"'))
    other.replace(journal.path)
    assert keys(journal) == ["x0", "k1", "k2", "k0", "x1"]


def test_a_disk_that_is_gone_is_not_replaced_by_an_empty_folder(tmp_path: Path) -> None:
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    journal, new = Journal(disk / "anna" / "journal.jsonl"), Journal(disk / "ben" / "journal.jsonl")
    disk.mkdir()
    journal.append(said("k1"))
    disk.rename(elsewhere)
    for one in (journal, new):
        with pytest.raises(OutputError, match="folder does not exist"):
            one.append(said("k2"))
    assert not disk.exists()
    assert keys(journal) == ["k1"]
    elsewhere.rename(disk)
    journal.append(said("k2"))
    assert keys(Journal(journal.path)) == ["k1", "k2"]


def test_a_journal_that_is_gone_is_not_begun_anew(journal: Journal) -> None:
    journal.append(said("k1"))
    away = journal.path.rename(journal.path.with_name("away"))
    with pytest.raises(OutputError, match="is gone"):
        journal.append(said("k2"))
    assert keys(journal) == ["k1"]
    away.rename(journal.path)
    journal.append(said("k2"))
    assert keys(Journal(journal.path)) == ["k1", "k2"]


@pytest.mark.parametrize("n_more", [0, 1, 60])
def test_what_does_not_fit_on_the_disk_is_not_kept(journal: Journal, n_more: int) -> None:
    journal.append(said("k1"))
    before = journal.path.read_bytes()
    with files_of_at_most(len(before) + n_more), pytest.raises(OutputError, match=r"journal\.jsonl"):
        journal.append(said("k2"))
    assert journal.path.read_bytes() == before
    assert keys(journal) == ["k1"]
    journal.append(said("k2"))
    assert keys(Journal(journal.path)) == ["k1", "k2"]


def test_a_number_that_is_not_finite_is_refused(journal: Journal) -> None:
    event = Event(1.0, 2.0, confidence=float("nan"))
    with pytest.raises(ParameterError, match="cannot be written"):
        journal.append(Decision("k1", "night", "p1", 0, "accepted", event))
    assert journal.decisions == ()


def test_names_that_are_no_text_are_kept(journal: Journal) -> None:
    strange = Decision("k1", "M\udcfcller", "p1", 0, "accepted", Event(1.0, 2.0), comment="\ud800 \\udcfc ä")
    kept = journal.append(strange)
    assert (kept.recording, kept.comment) == (strange.recording, strange.comment)
    assert Journal(journal.path).decisions == (kept,)
    assert journal.path.read_bytes().decode()


def test_a_folder_that_may_not_be_written_is_told_and_can_be_read(
    without_privileges: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        journal = Journal(Path(folder, "anna", "journal.jsonl"))
        journal.append(said("k1"))
        journal.path.parent.chmod(0o555)
        for one in (*journal.path.parent.iterdir(), Path(folder)):
            one.chmod(0o555)
        with without_privileges():
            for one in (journal, Journal(journal.path)):
                with pytest.raises(OutputError, match="permission denied"):
                    one.append(said("k2"))
                assert keys(one) == ["k1"]
            with pytest.raises(OutputError, match="permission denied"):
                Journal(Path(folder, "ben", "journal.jsonl")).append(said("k1"))
        Path(folder).chmod(0o755)


def test_a_journal_that_cannot_be_read_is_told(journal: Journal) -> None:
    journal.path.mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be read"):
        journal.decisions  # noqa: B018


def test_threads_with_one_journal_and_with_several_lose_nothing(journal: Journal) -> None:
    journals = [journal, journal, Journal(journal.path), Journal(journal.path)]

    def write(number: int) -> None:
        for n in range(8):
            journals[number].append(said(f"{number}-{n}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"{number}-{n}" for number in range(4) for n in range(8)}
    assert all(sorted(keys(one)) == sorted(expected) for one in [*journals, Journal(journal.path)])
    assert journal.notes == ()


def test_the_journal_stays_free_when_a_holder_fails(journal: Journal) -> None:
    with pytest.raises(ParameterError), journal.held(), journal.held():
        raise ParameterError("stopped")
    journal.append(said("k1"))
    assert keys(Journal(journal.path)) == ["k1"]
