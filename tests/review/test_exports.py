"""What a reader takes away, read back by our readers and by others; nobody is named unless asked."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import OutputError, ParameterError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.edf_write import Identity, write_edf
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.review.exports import (
    CSV_COLUMNS,
    edf_suffix,
    encode_csv,
    encode_tsv,
    export_edf,
)
from ictal.review.items import READER, Item, propose

PROPOSED = propose(
    "a/night",
    "line-length",
    [Event(3.0, 4.0, confidence=0.91, channels=("T7", "P7")), Event(10.0, 5.0), Event(20.0, 5.0)],
)
DECIDED = [
    replace(PROPOSED[0], verdict="accepted", event=replace(PROPOSED[0].event, onset=3.5, duration=3.5)),
    replace(PROPOSED[1], verdict="rejected", comment='chewing, "again"\nand again'),
    PROPOSED[2],
    Item("a/night", "own-1", READER, None, Event(30.0, 2.5, "sz_foc_ia"), "accepted"),
    Item("a/night", "own-2", READER, None, Event(40.0, 2.5), "withdrawn"),
]
ACCEPTED = (DECIDED[0].event, DECIDED[3].event)
START = datetime(2002, 3, 2, 21, 30, 15)
IDENTITY = Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony")


def signal(n_seconds: int = 60) -> Recording:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (3, 64 * n_seconds))
    return Recording.from_array(noise, 64.0, ["T7", "P7", "Cz"], start_time=START)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_holds_what_was_accepted(tmp_path: Path) -> None:
    (tmp_path / "out.tsv").write_text(encode_tsv(DECIDED, 60.0))
    found = read_events(tmp_path / "out.tsv")
    assert (found.events, found.duration) == (ACCEPTED, 60.0)
    assert "2002" not in encode_tsv(DECIDED, 60.0)
    assert "2002-03-02 21:30:15" in encode_tsv(DECIDED, 60.0, START)


def test_where_nothing_is_accepted_the_table_says_background() -> None:
    assert encode_tsv(DECIDED[1:3], 60.0).splitlines()[1].split("\t")[:3] == ["0.00", "60.00", "bckg"]
    assert encode_tsv([], 60.0) == encode_tsv(DECIDED[1:2], 60.0)


def test_items_of_two_recordings_make_no_table() -> None:
    with pytest.raises(ParameterError, match="those of 2 recordings came"):
        encode_tsv([*DECIDED, replace(DECIDED[0], recording="b")], 60.0)


def test_the_csv_says_all_of_all_recordings(tmp_path: Path) -> None:
    other = replace(DECIDED[3], recording="a/evening")
    names = {"a/night": "recording 1", "a/evening": "sub-02"}
    (tmp_path / "out.csv").write_bytes(encode_csv([*DECIDED, other], names.__getitem__).encode())
    found = rows((tmp_path / "out.csv").read_bytes().decode())
    assert tuple(found[0]) == CSV_COLUMNS
    assert [row["recording"] for row in found] == ["sub-02"] + ["recording 1"] * 4
    assert list(found[1].values()) == [
        *("recording 1", "3.5", "3.5", "sz", "0.91", "T7,P7"),
        *("accepted", "line-length", "", "3.0", "4.0", "sz"),
    ]
    assert (found[2]["verdict"], found[2]["comment"]) == ("rejected", 'chewing, "again"\nand again')
    assert (found[3]["verdict"], found[4]["origin"], found[4]["proposed_onset"]) == ("undecided", READER, "")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
items = st.builds(
    Item,
    recording=texts,
    name=texts,
    origin=texts,
    proposed=st.none() | st.builds(Event, st.floats(0, 1e6), st.floats(0, 1e6)),
    event=st.builds(
        Event,
        st.floats(-1e6, 1e6),
        st.floats(0, 1e6),
        texts,
        st.none() | st.floats(0, 1),
        st.lists(st.sampled_from(["T7", "EEG Fp1-REF", "Cz"])).map(tuple),
    ),
    verdict=st.sampled_from(["undecided", "accepted", "rejected"]),
    comment=texts,
)


@given(st.lists(items, max_size=5))
def test_whatever_is_said_is_read_again(said: list[Item]) -> None:
    found = rows(encode_csv(said))
    expected = sorted(said, key=lambda item: (item.recording, item.event.span))
    assert len(found) == len(said)
    for row, item in zip(found, expected, strict=True):
        assert (row["recording"], row["origin"], row["comment"]) == (item.recording, item.origin, item.comment)
        assert (float(row["onset"]), float(row["duration"])) == (item.event.onset, item.event.duration)
        assert (row["type"], row["channels"]) == (item.event.event_type, ",".join(item.event.channels))
        assert (float(row["confidence"]) if row["confidence"] else None) == item.event.confidence
        assert bool(row["proposed_onset"]) == (item.proposed is not None)


def test_an_edf_is_copied_with_the_accepted_events_and_without_the_patient(tmp_path: Path, scalp: Path) -> None:
    before = scalp.read_bytes()
    copy = tmp_path / "copy.edf"
    export_edf(copy, DECIDED, read(scalp))
    assert np.array_equal(read(copy).read(), read(scalp).read())
    by_edfio = edfio.read_edf(copy)
    found = {(one.onset, one.duration, one.text) for one in by_edfio.annotations}
    assert found == {(3.5, 3.5, "sz 0.91"), (30.0, 2.5, "sz_foc_ia"), (60.0, 30.0, "Anfall"), (5.0, None, "eyes open")}
    assert by_edfio.patient.name == "X"
    assert not any(name in copy.read_bytes() for name in (b"Harry", b"MRN12345", b"1951", b"2002", b"EMG561"))
    assert scalp.read_bytes() == before


def test_the_identity_stays_if_asked(tmp_path: Path, scalp: Path) -> None:
    export_edf(tmp_path / "copy.edf", DECIDED, read(scalp), keep_identity=True)
    copy = edfio.read_edf(tmp_path / "copy.edf")
    assert (copy.patient.name, copy.startdate) == ("Haagse_Harry", START.date())


def test_a_recording_that_is_no_edf_becomes_one(tmp_path: Path) -> None:
    export_edf(tmp_path / "out.edf", DECIDED, signal())
    by_mne = mne.io.read_raw_edf(tmp_path / "out.edf", preload=True, verbose="error")
    assert np.allclose(by_mne.get_data() * 1e6, signal().read(), atol=0.01)
    told = [(one["onset"], one["duration"], one["description"]) for one in by_mne.annotations]
    assert told == [(3.5, 3.5, "sz 0.91"), (30.0, 2.5, "sz_foc_ia")]
    assert b"2002" not in (tmp_path / "out.edf").read_bytes()
    export_edf(tmp_path / "dated.edf", DECIDED, signal(), keep_identity=True)
    assert edfio.read_edf(tmp_path / "dated.edf").startdate == START.date()


@pytest.mark.filterwarnings("ignore::ictal.core.errors.IctalWarning")  # some of its channels have another rate
def test_a_bdf_is_copied_as_bdf(tmp_path: Path, test_data: Path) -> None:
    recording = read(test_data / "edf" / "pyedflib" / "test_generator.bdf")
    assert edf_suffix(recording) == ".bdf"
    copy = tmp_path / f"copy{edf_suffix(recording)}"
    export_edf(copy, DECIDED, recording)
    assert {"sz 0.91", "sz_foc_ia"} <= {one.text for one in edfio.read_bdf(copy).annotations}
    assert np.array_equal(read(copy).read(), recording.read(), equal_nan=True)


def test_the_recording_itself_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    write_edf(path, signal(), start_time=START, identity=IDENTITY)
    before = path.read_bytes()
    (tmp_path / "link.edf").symlink_to(path)
    for target in (path, tmp_path / "link.edf"):
        with pytest.raises(OutputError, match="is the recording itself"):
            export_edf(target, DECIDED, read(path))
    assert path.read_bytes() == before
    with pytest.raises(ParameterError, match="those of 2 recordings"):
        export_edf(tmp_path / "out.edf", [*DECIDED, replace(DECIDED[0], recording="b")], read(path))
