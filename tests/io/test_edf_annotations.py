"""Time-stamped annotations lists, held to edfio and to bytes written out by hand."""

from __future__ import annotations

import math

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.io.edf_annotations import (
    TimeStampedTexts,
    decode_record_onset,
    decode_tals,
    encode_tal,
    find_texts,
    tals_to_events,
)

texts = st.text(st.characters(exclude_characters="\0\x14\x15", exclude_categories=["Cs"]), max_size=20)
seconds = st.integers(0, 10**9).map(lambda number: number / 1000)
tals = st.builds(
    TimeStampedTexts,
    onset=st.builds(lambda size, sign: size * sign, seconds, st.sampled_from([1, -1])),
    duration=st.none() | seconds,
    texts=st.lists(texts, min_size=1, max_size=3).map(tuple),
)


@given(st.lists(tals, max_size=4), st.integers(0, 9))
def test_lists_go_round(lists: list[TimeStampedTexts], padding: int) -> None:
    assert decode_tals(b"".join(map(encode_tal, lists)) + b"\0" * padding) == (lists, 0)


@pytest.mark.parametrize(
    ("tal", "raw"),
    [
        (TimeStampedTexts(0.0, None, ("",)), b"+0\x14\x14\0"),
        (TimeStampedTexts(-0.065, None, ("Pre-stimulus beep",)), b"-0.065\x14Pre-stimulus beep\x14\0"),
        (
            TimeStampedTexts(180.0, 25.5, ("Lights off", "Close door")),
            b"+180\x1525.5\x14Lights off\x14Close door\x14\0",
        ),
        (TimeStampedTexts(1e-7, 1e9, ("µ",)), "+0.0000001\x151000000000\x14µ\x14\0".encode()),
    ],
)
def test_lists_are_encoded_as_the_specification_shows(tal: TimeStampedTexts, raw: bytes) -> None:
    assert encode_tal(tal) == raw
    assert decode_tals(raw) == ([tal], 0)


@pytest.mark.parametrize("byte", ["\0", "\x14", "\x15"])
def test_a_text_may_not_hold_a_separator(byte: str) -> None:
    with pytest.raises(ParameterError, match="annotation"):
        encode_tal(TimeStampedTexts(0.0, None, (f"a{byte}b",)))


@pytest.mark.parametrize(
    "broken",
    [
        b"Seizure\x14\0",
        b"+\x14Seizure\x14\0",
        b"+1,5\x14Seizure\x14\0",
        b"+1\x15\x14Seizure\x14\0",
        b"+1\x15-2\x14Seizure\x14\0",
        b"+1\x14Seizure\0",
        b"+1\x14\0",
        b"+1\0",
        b"+nan\x14Seizure\x14\0",
        b"+" + b"9" * 400 + b"\x14Seizure\x14\0",
        b"+1\x15" + b"9" * 400 + b"\x14Seizure\x14\0",
        b"\xff\xfe\xfd\0",
    ],
)
def test_a_broken_list_is_passed_over_and_counted(broken: bytes) -> None:
    good = b"+2\x14Eyes open\x14\0"
    assert decode_tals(broken + good) == ([TimeStampedTexts(2.0, None, ("Eyes open",))], 1)


def test_a_missing_sign_and_latin_1_are_forgiven() -> None:
    assert decode_tals(b"7\x14Anf\xe4lle\x14\0") == ([TimeStampedTexts(7.0, None, ("Anfälle",))], 0)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder(data: bytes) -> None:
    decoded, n_broken = decode_tals(data)
    assert len(decoded) + n_broken == len([chunk for chunk in data.split(b"\0") if chunk])
    assert all(math.isfinite(event.onset) and event.duration >= 0 for event in tals_to_events(decoded, 0.0))
    onset = decode_record_onset(data)
    assert math.isnan(onset) or math.isfinite(onset)


@given(st.lists(st.tuples(seconds, st.none() | seconds, texts.filter(str.strip)), min_size=1, max_size=5))
def test_another_library_writes_what_we_read(rows: list[tuple[float, float | None, str]]) -> None:
    signal = edfio.EdfSignal(np.arange(10.0), 10, label="Fp1", physical_range=(0, 10))
    written = edfio.Edf([signal], annotations=[edfio.EdfAnnotation(*row) for row in rows])
    content = written.to_bytes()
    events = tals_to_events(decode_tals(content[768 + 20 :])[0], 0.0)
    assert sorted((event.onset, event.duration, event.event_type) for event in events) == sorted(
        (onset, 0.0 if duration is None else duration, " ".join(text.split())) for onset, duration, text in rows
    )


@pytest.mark.parametrize(
    ("data", "onset"),
    [
        (b"+0\x14\x14\0\0\0", 0.0),
        (b"+0.3945312\x14\x14\0+1\x14A\x14\0", 0.3945312),
        (b"-2.5\x14\x14Recording starts\x14\0", -2.5),
        (b"+1\x14A\x14\0+3\x14\x14\0", 3.0),
        (b"+1\x14A\x14\0", math.nan),
        (b"\0\0\0\0", math.nan),
        (b"", math.nan),
    ],
)
def test_when_a_record_begins(data: bytes, onset: float) -> None:
    assert decode_record_onset(data) == pytest.approx(onset, abs=0, nan_ok=True)


def test_records_that_only_keep_the_time_are_not_decoded() -> None:
    records = [
        b"+0\x14\x14\0",
        b"+1\x14\x14\0+1.5\x14Seizure\x14\0",
        b"+2.25\x14\x14\0",
        b"+3\x14\x14Eyes open\x14\0",
        b"",
        b"+5\x14A\x14\0",
        b"junk\x14\x14\0",
        b"+7\x14\x14\0\0\0+7\x14B\x14\0",
        b"+8".ljust(40, b"0"),
    ]
    rows = np.array([list(record.ljust(40, b"\0")) for record in records], dtype=np.uint8)
    assert find_texts(rows).tolist() == [1, 3, 5, 6, 7, 8]


@given(st.lists(st.lists(tals, max_size=2), min_size=1, max_size=6))
def test_no_text_is_missed(records: list[list[TimeStampedTexts]]) -> None:
    raw = [b"+1\x14\x14\0" + b"".join(map(encode_tal, record)) for record in records]
    width = max(map(len, raw)) + 1
    rows = np.array([list(row.ljust(width, b"\0")) for row in raw], dtype=np.uint8)
    with_more = [number for number, record in enumerate(records) if record]
    assert find_texts(rows).tolist() == with_more


def test_events_count_from_the_first_sample() -> None:
    lists = [TimeStampedTexts(0.25, None, ("",)), TimeStampedTexts(10.25, 5.0, ("", " Seizure ", "Fp1"))]
    assert tals_to_events(lists, start=0.25) == [Event(10.0, 5.0, "Seizure"), Event(10.0, 5.0, "Fp1")]
