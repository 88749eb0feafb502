"""Seizures of the neighbours in a session."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.data.prepared import PreparedRecording
from ictal.data.sessions import session_events

LENGTH = 60.0


def recorded(name: str, subject: str, session: str, onsets: list[int]) -> PreparedRecording:
    events = [*(Event(onset, 3.0) for onset in onsets), Event(5.0, 1.0, "impd")]
    return PreparedRecording(name, subject, session, "", ("C3",), 1.0, int(LENGTH), Annotations(events, LENGTH))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("xy"), st.sampled_from("12"), st.lists(st.integers(0, 50), max_size=3), st.integers(0, 999)
        ),
        max_size=6,
    )
)
def test_each_recording_sees_the_seizures_of_its_session_at_their_times(
    rows: list[tuple[str, str, list[int], int]],
) -> None:
    store = [recorded(str(number), *row[:3]) for number, row in enumerate(rows)]
    starts = {str(number): float(row[3]) for number, row in enumerate(rows)}
    for own, events in zip(store, session_events(store, starts), strict=True):
        assert events.duration == LENGTH
        absolute = sorted(event.onset + starts[own.name] for event in events.seizures)
        assert absolute == sorted(
            seizure.onset + starts[other.name]
            for other in store
            if (other.subject, other.session) == (own.subject, own.session)
            for seizure in other.annotations.seizures
        )
        assert [event for event in events if not event.is_seizure] == [Event(5.0, 1.0, "impd")]


def test_without_starts_recordings_stand_alone() -> None:
    store = [recorded("a", "x", "1", [10]), recorded("b", "x", "1", [20])]
    assert session_events(store, {}) == tuple(one.annotations for one in store)
    assert session_events(store, {"a": 0.0}) == tuple(one.annotations for one in store)
