"""Readers: decisions, conflicts, undo and tables; and that nothing is lost whatever happens."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ictal.core.errors import OutputError, ParameterError
from ictal.core.events import Event
from ictal.io.events_tsv import COLUMNS, read_events
from ictal.review.decision import Decision, Verdict, encode_decision
from ictal.review.folder import ReviewFolder
from ictal.review.items import READER, Item, propose
from ictal.review.journal import Journal
from ictal.review.reader import ConflictError, NothingToUndoError, Reader, check_event

PLACES = ("sub-01/night", "day")
DURATIONS = dict.fromkeys(PLACES, 600.0)
EVENTS = [Event(50.0 * n, 20.0, confidence=0.5) for n in range(3)]
ITEMS = tuple(item for place in PLACES for item in propose(place, "line-length", EVENTS))


def open_reader(folder: Path, name: str = "anna") -> Reader:
    return Reader(name, ReviewFolder.create(folder), lambda: ITEMS, DURATIONS)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader of two recordings with three items each."""
    return open_reader(tmp_path)


def say(reader: Reader, key: str, item: Item, verdict: Verdict, event: Event | None = None, comment: str = "") -> Item:
    as_seen = item.event if event is None else event
    return reader.decide(Decision(key, item.recording, item.name, item.revision, verdict, as_seen, comment))


def own(key: str = "k1", event: Event = Event(1.0, 2.0), name: str = "own") -> Decision:  # noqa: B008
    return Decision(key, "day", name, 0, "accepted", event)


def keys(reader: Reader) -> list[str]:
    return [decision.key for decision in Journal(reader.folder.journal(reader.name)).decisions]


def accepted(reader: Reader, place: str) -> list[Event]:
    found = [item.event for item in reader.items() if item.recording == place and item.verdict == "accepted"]
    return sorted(found, key=lambda event: event.span)


def in_table(reader: Reader, place: str) -> list[Event]:
    path = reader.folder.table(reader.name, place)
    assert path.read_bytes().endswith(b"\n")
    return list(read_events(path))


def check_tables(reader: Reader) -> None:
    for place in PLACES:
        assert in_table(reader, place) == accepted(reader, place)


def test_items_begin_as_they_are_proposed(reader: Reader) -> None:
    assert reader.items() == ITEMS
    assert not reader.folder.journal("anna").parent.exists()


def test_a_decision_is_in_the_journal_and_in_the_table(reader: Reader) -> None:
    corrected = Event(52.25, 10.5, "sz_foc_ia", 0.5, ("F7", "T7"))
    now = say(reader, "k1", ITEMS[1], "accepted", corrected, "ä")
    assert now == replace(ITEMS[1], event=corrected, verdict="accepted", comment="ä", revision=1)
    assert reader.items()[1] == now
    assert keys(reader) == ["k1"]
    table = reader.folder.table("anna", PLACES[0]).read_text()
    row = "52.25\t10.50\tsz_foc_ia\t0.50\tF7,T7\tn/a\t600.00"
    assert table == "\t".join(COLUMNS) + "\n" + row + "\n"


def test_only_what_is_accepted_is_in_the_table(reader: Reader) -> None:
    for n, verdict in enumerate(("accepted", "rejected", "undecided")):
        say(reader, f"k{n}", ITEMS[n], verdict)
    assert in_table(reader, PLACES[0]) == [EVENTS[0]]
    say(reader, "k3", reader.items()[0], "rejected")
    assert in_table(reader, PLACES[0]) == []
    assert "600.00\tbckg" in reader.folder.table("anna", PLACES[0]).read_text()


def test_events_of_the_readers_own_are_items(reader: Reader) -> None:
    now = reader.decide(own())
    assert (now.origin, now.proposed, now.revision) == (READER, None, 1)
    assert in_table(reader, "day") == [now.event]
    assert reader.items() == (*ITEMS, now)


def test_readers_do_not_see_each_other(tmp_path: Path) -> None:
    anna, ben = open_reader(tmp_path), open_reader(tmp_path, "ben")
    say(anna, "k1", ITEMS[0], "accepted")
    assert ben.items() == ITEMS
    say(ben, "k1", ITEMS[0], "rejected")
    assert in_table(anna, PLACES[0]) == [EVENTS[0]]
    assert in_table(ben, PLACES[0]) == []


def test_the_same_key_again_changes_nothing(reader: Reader) -> None:
    first = say(reader, "k1", ITEMS[0], "accepted")
    assert say(reader, "k1", ITEMS[0], "accepted") == first
    assert say(reader, "k1", first, "accepted") == first
    later = say(reader, "k2", first, "rejected")
    assert say(reader, "k1", ITEMS[0], "accepted") == later
    assert keys(reader) == ["k1", "k2"]


def test_a_key_of_another_decision_is_refused(reader: Reader) -> None:
    say(reader, "k1", ITEMS[0], "accepted")
    for item, verdict in ((ITEMS[1], "accepted"), (ITEMS[0], "rejected")):
        with pytest.raises(ParameterError, match="another decision"):
            say(reader, "k1", item, verdict)
    with pytest.raises(ParameterError, match="another decision"):
        reader.undo("k1")
    assert keys(reader) == ["k1"]


def test_a_conflict_carries_the_item_as_it_stands(tmp_path: Path) -> None:
    one, two = open_reader(tmp_path), open_reader(tmp_path)
    assert two.items() == ITEMS
    now = say(one, "k1", ITEMS[0], "accepted", Event(1.0, 2.0))
    with pytest.raises(ConflictError, match="decided elsewhere") as conflict:
        say(two, "k2", ITEMS[0], "rejected")
    assert conflict.value.item == now
    assert pickle.loads(pickle.dumps(conflict.value)).item == now  # noqa: S301
    assert keys(one) == ["k1"]
    assert say(two, "k2", conflict.value.item, "rejected").revision == 2


@pytest.mark.parametrize(
    "event",
    [
        Event(-0.5, 2.0),
        Event(599.0, 1.02),
        Event(700.0, 2.0),
        Event(10.0, 0.0),
        Event(1.0, 2.0, "a\tb"),
        Event(1.0, 2.0, ""),
        Event(1.0, 2.0, "n/a"),
        Event(1.0, 2.0, "\ud800"),
        Event(1.0, 2.0, channels=("F7\n",)),
        Event(1.0, 2.0, confidence=1.5),
        Event(1.0, 2.0, confidence=float("nan")),
    ],
    ids=repr,
)
def test_events_that_cannot_be_are_refused_and_not_kept(reader: Reader, event: Event) -> None:
    with pytest.raises(ParameterError):
        reader.decide(own(event=event))
    with pytest.raises(ParameterError):
        say(reader, "k1", ITEMS[0], "rejected", event)
    assert keys(reader) == []
    assert reader.items() == ITEMS


def test_an_odd_proposal_can_be_rejected_but_not_accepted(tmp_path: Path) -> None:
    odd = propose("day", "table", [Event(-5.0, 10.0), Event(590.0, 20.0), Event(20.0, 0.0)])
    reader = Reader("anna", ReviewFolder.create(tmp_path), lambda: odd, DURATIONS)
    for item in odd:
        with pytest.raises(ParameterError, match="lie within"):
            say(reader, item.name, item, "accepted")
        assert say(reader, item.name, item, "rejected").verdict == "rejected"


def test_the_end_of_a_recording_is_within_it_though_tables_round() -> None:
    check_event(Event(590.0, 10.0), 599.996)
    check_event(Event(590.0, 1e6), None)


@pytest.mark.parametrize(
    "decision",
    [
        Decision("k", "../day", "own", 0, "accepted", Event(1.0, 2.0)),
        Decision("k", "/day", "own", 0, "accepted", Event(1.0, 2.0)),
        Decision("k", "day", "own", 1, "accepted", Event(1.0, 2.0)),
        Decision("k", "day", ITEMS[3].name, 0, "withdrawn", ITEMS[3].event),
        Decision("k", "day", "own", 0, "accepted", Event(1.0, 2.0), undoes="k0"),
    ],
    ids=["up", "root", "unknown item", "withdrawn proposal", "undoes"],
)
def test_decisions_that_cannot_be_are_refused(reader: Reader, decision: Decision) -> None:
    with pytest.raises(ParameterError):
        reader.decide(decision)
    assert keys(reader) == []


def test_undo_gives_back_verdict_event_and_comment(reader: Reader) -> None:
    first = say(reader, "k1", ITEMS[0], "accepted", Event(1.0, 2.0), "sure")
    say(reader, "k2", first, "rejected", Event(3.0, 4.0), "chewing")
    now, undone = reader.undo("u1")
    assert (undone, now) == ("k2", replace(first, revision=3))
    assert in_table(reader, PLACES[0]) == [Event(1.0, 2.0)]
    now, undone = reader.undo("u2")
    assert (undone, now) == ("k1", replace(ITEMS[0], revision=4))
    with pytest.raises(NothingToUndoError, match="no decision left"):
        reader.undo("u3")


def test_undo_goes_over_all_recordings_and_on_after_reopening(tmp_path: Path) -> None:
    reader = open_reader(tmp_path)
    say(reader, "k1", ITEMS[0], "accepted")
    say(reader, "k2", ITEMS[4], "accepted")
    assert open_reader(tmp_path).undo("u1")[1] == "k2"
    assert open_reader(tmp_path).undo("u2")[0] == replace(ITEMS[0], revision=2)
    assert [item.verdict for item in open_reader(tmp_path).items()] == ["undecided"] * 6
    last = open_reader(tmp_path)
    last.write_tables()
    check_tables(last)


def test_the_same_undo_again_undoes_once(reader: Reader) -> None:
    first = say(reader, "k1", ITEMS[0], "accepted")
    say(reader, "k2", first, "rejected")
    assert reader.undo("u1") == reader.undo("u1")
    assert keys(reader) == ["k1", "k2", "u1"]


def test_an_event_of_ones_own_that_is_undone_is_withdrawn(reader: Reader) -> None:
    reader.decide(own())
    now, _ = reader.undo("u1")
    assert (now.verdict, now.event, now.is_decided) == ("withdrawn", Event(1.0, 2.0), True)
    assert in_table(reader, "day") == []


def test_a_proposal_that_was_away_when_it_was_undone_is_undecided_when_it_is_back(tmp_path: Path) -> None:
    proposed = [*ITEMS]
    reader = Reader("anna", ReviewFolder.create(tmp_path), lambda: proposed, DURATIONS)
    say(reader, "k1", ITEMS[0], "accepted", Event(1.0, 2.0))
    del proposed[:]
    assert reader.undo("u1")[0].verdict == "withdrawn"
    proposed.extend(ITEMS)
    assert reader.items()[0] == replace(ITEMS[0], revision=2)


def test_later_proposals_are_seen_and_decisions_stay(tmp_path: Path) -> None:
    proposed = [*ITEMS[:2]]
    reader = Reader("anna", ReviewFolder.create(tmp_path), lambda: iter(proposed), DURATIONS)
    first = say(reader, "k1", ITEMS[0], "accepted")
    proposed.append(ITEMS[2])
    assert reader.items() == (first, *ITEMS[1:3])
    del proposed[0]
    assert [item.event for item in reader.items() if item.verdict == "accepted"] == [first.event]


def test_items_follow_a_journal_that_was_replaced(reader: Reader) -> None:
    first = say(reader, "k1", ITEMS[0], "accepted")
    backup = reader.folder.journal("anna").read_bytes()
    say(reader, "k2", ITEMS[1], "accepted")
    reader.folder.journal("anna").write_bytes(backup)
    assert reader.items() == (first, *ITEMS[1:])


def test_all_tables_are_written_with_background_where_nothing_is(reader: Reader) -> None:
    say(reader, "k1", ITEMS[0], "accepted")
    reader.folder.table("anna", PLACES[0]).unlink()
    reader.write_tables()
    check_tables(reader)
    written = {path.relative_to(reader.folder.events("anna")).as_posix() for path in _files(reader)}
    assert written == {"sub-01/night_events.tsv", "day_events.tsv"}
    assert "600.00\tbckg" in reader.folder.table("anna", "day").read_text()


def _files(reader: Reader) -> list[Path]:
    return [path for path in reader.folder.events(reader.name).rglob("*") if path.is_file()]


def test_without_durations_the_last_item_is_taken_for_the_end(tmp_path: Path) -> None:
    reader = Reader("anna", ReviewFolder.create(tmp_path), lambda: ITEMS)
    say(reader, "k1", ITEMS[0], "rejected")
    assert "120.00\tbckg" in reader.folder.table("anna", PLACES[0]).read_text()


def test_a_table_that_cannot_be_written_is_told_and_tried_again(reader: Reader) -> None:
    path = reader.folder.table("anna", PLACES[0])
    path.mkdir(parents=True)
    now = say(reader, "k1", ITEMS[0], "accepted")
    assert now.verdict == "accepted"
    assert keys(reader) == ["k1"]
    assert list(reader.problems) == [PLACES[0]]
    assert str(reader.folder.path) not in reader.problems[PLACES[0]]
    path.rmdir()
    say(reader, "k2", ITEMS[3], "accepted")
    assert reader.problems == {}
    check_tables(reader)


def test_a_strange_line_in_the_journal_does_no_harm_to_other_tables(reader: Reader) -> None:
    say(reader, "k1", ITEMS[0], "accepted")
    strange = Decision("k2", "../../../escape", "own", 0, "accepted", Event(1.0, 2.0, "\t"))
    with reader.folder.journal("anna").open("a") as journal:
        journal.write(encode_decision(strange) + "\n")
    reader.write_tables()
    check_tables(reader)
    assert list(reader.problems) == [strange.recording]
    assert not list(reader.folder.path.parent.rglob("*escape*"))


def test_a_disk_that_is_gone_keeps_nothing_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    reader = open_reader(tmp_path / "review")
    first = say(reader, "k1", ITEMS[0], "accepted")
    (tmp_path / "review").rename(tmp_path / "away")
    with pytest.raises(OutputError):
        say(reader, "k2", first, "rejected")
    assert reader.items()[0] == first
    assert not (tmp_path / "review").exists()
    (tmp_path / "away").rename(tmp_path / "review")
    assert say(reader, "k2", first, "rejected").revision == 2


@contextlib.contextmanager
def small_disk(path: Path) -> Iterator[None]:
    """Mount a disk of 64 KiB in memory."""
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", path], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no disk can be mounted here; what is done where a file cannot grow is tested all the same")
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        reader = open_reader(tmp_path / "disk" / "review")
        item = say(reader, "k0", ITEMS[0], "accepted")
        ballast = tmp_path / "disk" / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        told = ["k0"]
        with pytest.raises(OutputError, match="the disk is full"):
            while True:
                item = say(reader, f"k{len(told)}", item, "accepted", Event(float(len(told)), 1.0))
                told.append(f"k{len(told)}")
        assert len(told) > 3
        assert PLACES[0] in reader.problems
        assert keys(reader) == told
        assert reader.items()[0] == item
        ballast.unlink()
        item = say(reader, "after", item, "accepted")
        assert (keys(reader), reader.problems) == ([*told, "after"], {})
        assert in_table(reader, PLACES[0]) == [item.event]


def test_a_folder_that_may_not_be_written_can_be_looked_at(
    without_privileges: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o755)
        reader = open_reader(Path(path, "review"))
        first = say(reader, "k1", ITEMS[0], "accepted")
        with without_privileges():
            again = Reader("anna", ReviewFolder(reader.folder.path), lambda: ITEMS)
            assert again.items()[0] == first
            with pytest.raises(OutputError, match="permission denied"):
                say(again, "k2", first, "rejected")
            with pytest.raises(OutputError, match="permission denied"):
                again.undo("u1")
        assert keys(reader) == ["k1"]


def test_threads_of_one_reader_lose_nothing(reader: Reader) -> None:
    seen: list[str] = []

    def work(number: int) -> None:
        for n in range(10):
            item = reader.items()[number]
            seen.append(say(reader, f"{number}-{n}", item, "accepted", Event(100.0 * number + n, 1.0)).name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 40
    assert sorted(keys(reader)) == sorted(f"{number}-{n}" for number in range(4) for n in range(10))
    assert [item.revision for item in reader.items()] == [10, 10, 10, 10, 0, 0]
    reader.write_tables()
    check_tables(reader)


def test_only_new_lines_are_read(tmp_path: Path) -> None:
    events = [Event(10.0 * n, 5.0) for n in range(300)]
    items = propose("day", "line-length", events)
    folder = ReviewFolder.create(tmp_path)
    folder.journal("anna").parent.mkdir()
    with folder.journal("anna").open("w") as journal:
        for n in range(6_000):
            item = items[n % 300]
            said = Decision(f"k{n}", "day", item.name, n // 300, "accepted", item.event)
            journal.write(encode_decision(said) + "\n")
    reader = Reader("anna", folder, lambda: items)
    begun = time.perf_counter()
    first = reader.items()[0]
    whole = time.perf_counter() - begun
    assert first.revision == 20
    later = Journal(folder.journal("anna"))
    assert len(later.decisions) == 6_000
    spent = []
    for n in range(5):
        later.append(Decision(f"x{n}", "day", first.name, 20 + n, "rejected", first.event))
        begun = time.perf_counter()
        assert reader.items()[0].revision == 21 + n
        spent.append(time.perf_counter() - begun)
    assert min(spent) < whole / 10


OPEN = """
import sys
from pathlib import Path
from ictal.core.events import Event
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder
from ictal.review.items import propose
from ictal.review.reader import ConflictError, Reader

folder, who = sys.argv[1:]
durations = {"sub-01/night": 600.0, "day": 600.0}
events = [Event(50.0 * n, 20.0, confidence=0.5) for n in range(3)]
items = [item for place in durations for item in propose(place, "line-length", events)]
reader = Reader("anna", ReviewFolder.create(folder), lambda: items, durations)

def decide(key, item, n):
    verdict = "rejected" if n % 3 == 0 else "accepted"
    event = Event(n % 500 + 0.5, 10.0)
    return reader.decide(Decision(key, item.recording, item.name, item.revision, verdict, event))
"""

DECIDE_FOREVER = """
def decide_forever(who):
    n = 0
    while True:
        key = f"{who}-{n}"
        if n % 5 == 4:
            reader.undo(key)
        else:
            decide(key, reader.items()[n % 6], n)
        print(key, flush=True)
        n += 1

import os
for line in sys.stdin:
    process = os.fork()
    if not process:
        print(os.getpid(), flush=True)
        decide_forever(line.strip())
    os.waitpid(process, 0)
    print("dead", flush=True)
"""

DECIDE_TOGETHER = """
n = 0
while not Path(folder, "stop").exists():
    for item in reader.items()[:3]:
        n += 1
        try:
            decide(f"{who}-{n}", item, n)
            print("kept", f"{who}-{n}", flush=True)
        except ConflictError as conflict:
            print("conflict" if conflict.item.revision > item.revision else "wrong", flush=True)
"""


def start(script: str, folder: Path, who: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPEN + script, str(folder), who]
    return subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload, no-any-return]


def test_killing_it_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(8)
    acknowledged: list[str] = []
    with start(DECIDE_FOREVER, tmp_path, "", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        for round_ in range(8):
            print(f"r{round_}", file=parent.stdin, flush=True)
            process = int(parent.stdout.readline())
            acknowledged += [parent.stdout.readline().strip() for _ in range(chance.randint(1, 12))]
            time.sleep(chance.uniform(0.0, 0.02))
            os.kill(process, signal.SIGKILL)
            acknowledged += [line.strip() for line in iter(parent.stdout.readline, "dead\n")]
            acknowledged.append(check_all_is_kept(tmp_path, acknowledged, round_))
    assert len(acknowledged) > 30


def check_all_is_kept(folder: Path, acknowledged: list[str], round_: int) -> str:
    """Check what a killed process left behind, and go on with a decision, whose key is returned."""
    for table in ReviewFolder(folder).events("anna").rglob("*.tsv"):
        assert table.read_bytes().endswith(b"\n")
        read_events(table)
    reader = open_reader(folder)
    in_journal = keys(reader)
    assert [key for key in in_journal if key in set(acknowledged)] == acknowledged
    assert len(in_journal) <= len(acknowledged) + round_ + 1
    assert reader.notes == ()
    reader.write_tables()
    check_tables(reader)
    say(reader, f"after {round_}", reader.items()[0], "accepted", Event(1.0, 1.0))
    return f"after {round_}"


def test_two_programs_at_once_lose_nothing_and_conflict(tmp_path: Path) -> None:
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    with contextlib.ExitStack() as stack:
        running = [
            start(DECIDE_TOGETHER, tmp_path, log.stem, stdout=stack.enter_context(log.open("w"))) for log in logs
        ]
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline and any(
            log.read_text().count("conflict") < 3 or log.read_text().count("kept") < 10 for log in logs
        ):
            time.sleep(0.02)
        (tmp_path / "stop").touch()
        assert [process.wait(timeout=30) for process in running] == [0, 0]
    said = [line for log in logs for line in log.read_text().splitlines()]
    assert said.count("conflict") >= 6
    assert "wrong" not in said

    reader = open_reader(tmp_path)
    assert reader.notes == ()
    assert Counter(keys(reader)) == Counter(line.removeprefix("kept ") for line in said if line != "conflict")
    for item in reader.items()[:3]:
        revisions = [one.revision for one in reader.decisions if one.item == item.name]
        assert revisions == list(range(item.revision))
    assert in_table(reader, PLACES[0]) == accepted(reader, PLACES[0])


RAM = Path("/dev/shm")
events = st.builds(
    Event,
    onset=st.integers(0, 400).map(float),
    duration=st.integers(1, 100).map(float),
    event_type=st.sampled_from(["sz", "sz_foc_ia", "muscle"]),
    confidence=st.sampled_from([None, 0.25, 1.0]),
    channels=st.lists(st.sampled_from(["F7", "T7"]), unique=True).map(tuple),
)
Standing = tuple[Verdict, Event, str]


class ReaderAgainstModel(RuleBasedStateMachine):
    """Whatever is decided and undone, items stand as in a dictionary with a pile of what was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=RAM if RAM.is_dir() else None)
        self.readers = [open_reader(Path(self.folder.name)) for _ in range(2)]
        self.model: dict[tuple[str, str], Standing] = {
            (item.recording, item.name): ("undecided", item.event, "") for item in ITEMS
        }
        self.revisions: Counter[tuple[str, str]] = Counter()
        self.pile: list[tuple[tuple[str, str], Standing | None]] = []
        self.n_keys = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    def key(self) -> str:
        self.n_keys += 1
        return f"k{self.n_keys}"

    @rule(
        place=st.sampled_from([*((item.recording, item.name) for item in ITEMS), ("day", "own 1"), ("day", "own 2")]),
        who=st.integers(0, 1),
        verdict=st.sampled_from(["accepted", "accepted", "rejected", "undecided"]),
        event=events,
        comment=st.text(max_size=5),
        times=st.integers(1, 2),
    )
    def decide(
        self, place: tuple[str, str], who: int, verdict: Verdict, event: Event, comment: str, times: int
    ) -> None:
        decision = Decision(self.key(), *place, self.revisions[place], verdict, event, comment)
        for _ in range(times):
            self.readers[who].decide(decision)
        self.pile.append((place, self.model.get(place)))
        self.model[place] = (verdict, event, comment)
        self.revisions[place] += 1

    @rule(who=st.integers(0, 1))
    def undo(self, who: int) -> None:
        if not self.pile:
            with pytest.raises(NothingToUndoError):
                self.readers[who].undo(self.key())
            return
        place, before = self.pile.pop()
        key = self.key()
        item, _ = self.readers[who].undo(key)
        assert self.readers[1 - who].undo(key)[0] == item
        assert (item.recording, item.name) == place
        self.model[place] = ("withdrawn", self.model[place][1], "") if before is None else before
        self.revisions[place] += 1

    @precondition(lambda self: self.revisions.total() > 0)
    @rule(who=st.integers(0, 1), event=events)
    def decide_too_late(self, who: int, event: Event) -> None:
        place = next(iter(+self.revisions))
        with pytest.raises(ConflictError):
            self.readers[who].decide(Decision(self.key(), *place, self.revisions[place] - 1, "accepted", event))

    @rule(who=st.integers(0, 1), event=events)
    def decide_what_cannot_be(self, who: int, event: Event) -> None:
        with pytest.raises(ParameterError):
            self.readers[who].decide(own(self.key(), replace(event, onset=event.onset + 700.0), "own 3"))

    @rule(who=st.integers(0, 1))
    def reopen(self, who: int) -> None:
        self.readers[who] = open_reader(Path(self.folder.name))

    @invariant()
    def items_stand_as_in_the_model(self) -> None:
        for reader in self.readers:
            standing = {(one.recording, one.name): (one.verdict, one.event, one.comment) for one in reader.items()}
            assert standing == self.model
            assert all(one.revision == self.revisions[one.recording, one.name] for one in reader.items())

    @invariant()
    def tables_hold_what_is_accepted(self) -> None:
        for recording in {recording for recording, _ in +self.revisions}:
            wanted = [
                event
                for (there, _), (verdict, event, _) in self.model.items()
                if there == recording and verdict == "accepted"
            ]
            found = in_table(self.readers[0], recording)
            assert Counter(found) == Counter(wanted)


TestReaderAgainstModel = ReaderAgainstModel.TestCase
TestReaderAgainstModel.settings = settings(max_examples=30, stateful_step_count=12, deadline=None)
