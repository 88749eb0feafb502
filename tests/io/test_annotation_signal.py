"""Events laid out over data records, read back by the words of the EDF+ specification."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.io.annotation_signal import AnnotationSignal, event_text, lay_out


def split_lists(row: np.ndarray) -> list[list[bytes]]:
    """Cut a record into its lists, each into its stamp and texts."""
    return [chunk.split(b"\x14")[:-1] for chunk in row.tobytes().split(b"\0") if chunk]


def test_each_record_says_when_it_begins_then_what_happened() -> None:
    events = Annotations([Event(0.0, 0.0, "start"), Event(2.5, 1.25, "sz", 0.5), Event(3.9, 9.0)], 4.0)
    signal = AnnotationSignal(events, 4, first_onset=0.25, record_onsets=0.25 + np.arange(4.0))
    rows = signal.rows(0, 4)
    assert rows.shape == (4, 2 * signal.header.samples_per_record)
    assert [split_lists(row) for row in rows] == [
        [[b"+0.25", b""], [b"+0.25", b"start"]],
        [[b"+1.25", b""]],
        [[b"+2.25", b""], [b"+2.75\x151.25", b"sz 0.50"]],
        [[b"+3.25", b""], [b"+4.15\x159", b"sz"]],
    ]


def test_without_the_time_only_the_texts_are_there() -> None:
    signal = AnnotationSignal(Annotations([Event(1.0, 1.0)], 3.0), 3, sample_bytes=3)
    assert [split_lists(row) for row in signal.rows(0, 3)] == [[], [[b"+1\x151", b"sz"]], []]
    assert signal.header.label == "BDF Annotations"
    assert (signal.header.digital_min, signal.header.digital_max) == (-8388608, 8388607)
    assert signal.rows(1, 2).shape == (1, 3 * signal.header.samples_per_record)


def test_events_outside_the_recording_stand_in_the_nearest_record() -> None:
    signal = AnnotationSignal(Annotations([Event(-5.0, 1.0, "before"), Event(99.0, 1.0, "after")], 3.0), 3)
    assert [split_lists(row) for row in signal.rows(0, 3)] == [
        [[b"-5\x151", b"before"]],
        [],
        [[b"+99\x151", b"after"]],
    ]


def test_a_text_that_would_break_the_list_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"annotation: .* is not allowed"):
        AnnotationSignal(Annotations([Event(0.0, 1.0, "a\x14b")], 3.0), 3)


def test_the_text_of_an_event() -> None:
    assert event_text(Event(0, 1, "sz_foc_ia")) == "sz_foc_ia"
    assert event_text(Event(0, 1, "sz", confidence=0.0)) == "sz 0.00"


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 120)), max_size=40).map(sorted),
)
def test_every_text_finds_room_no_earlier_than_its_record(wanted: list[tuple[int, int]]) -> None:
    lists = [(record, bytes([number + 1]) * length) for number, (record, length) in enumerate(wanted)]
    room, texts = lay_out(lists, 10)
    assert all(len(text) <= room for text in texts.values())
    assert b"".join(texts[record] for record in sorted(texts)) == b"".join(text for _, text in lists)
    assert all(0 <= record < 10 for record in texts)
    first_record_of = {byte: record for record, text in reversed(texts.items()) for byte in set(text)}
    assert all(first_record_of[text[0]] >= record for record, text in lists)
