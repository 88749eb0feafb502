"""What is judged is later than what is used, or of others; and nothing is used of which nobody knows what it is."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.core.spans import Span, intersect_spans, total_time
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.experiments.reviewed_time import DecidedRecording, hold_out, split_by_patient, split_in_time
from ictal.experiments.said import Said
from ictal.training.stretches import TooShortError

WINDOW, SECONDS = 4.0, 900.0
EVENTS = st.lists(st.builds(Event, st.integers(0, 800).map(float), st.integers(4, 90).map(float)), max_size=4).map(
    tuple
)
SAID = st.builds(Said, EVENTS, EVENTS, st.one_of(st.just(()), EVENTS))


def make(name: str, said: Said, gaps: tuple[Span, ...] = ()) -> DecidedRecording:
    prepared = PreparedRecording(name, "anna", "1", "", ("C3",), 1.0, round(SECONDS), said.reference(SECONDS), gaps)
    return DecidedRecording(prepared, said)


def spans(portions: tuple[Portion, ...], name: str) -> list[Span]:
    return [(one.start, one.stop) for one in portions if one.recording == name]


def events(*onsets: float) -> tuple[Event, ...]:
    return tuple(Event(onset, 30.0) for onset in onsets)


class TestInTime:
    def test_the_last_third_of_the_decisions_judges(self) -> None:
        night = make("a", Said(events(100.0, 500.0), events(200.0, 300.0, 700.0, 800.0)))
        time = split_in_time([night], 240 / 3600, WINDOW)
        assert spans(time.stretches.left, "a") == [(534.0, SECONDS)]
        assert (time.n_seizures, time.n_background) == (2, 2)
        used = spans(time.stretches.used, "a")
        assert sum(stop - start for start, stop in used) == pytest.approx(240.0, abs=1e-4)
        assert max(stop for _, stop in used) == 530.0

    def test_with_later_recordings_all_decisions_are_learned(self) -> None:
        time = split_in_time([make("a", Said(events(100.0)))], 0.05, WINDOW, must_leave=False)
        assert time.stretches.left == ()
        assert sum(one.duration for one in time.stretches.used) == pytest.approx(180.0, abs=1e-4)

    def test_of_a_recording_with_something_undecided_nothing_is_used_but_decided_events(self) -> None:
        halfway = make("a", Said(events(100.0), events(300.0), events(500.0)))
        done = make("b", Said(events(100.0)))
        time = split_in_time([halfway, done], 1.0, WINDOW)
        assert spans(time.stretches.used, "a") == [(100.0, 130.0), (300.0, 330.0)]
        assert spans(time.stretches.left, "b") == [(0.0, SECONDS)]
        with pytest.raises(TooShortError, match="nothing is decided to its end"):
            split_in_time([done, halfway], 1.0, WINDOW)

    def test_too_few_decisions_and_short_ones_are_refused(self) -> None:
        with pytest.raises(TooShortError, match="1 decided events came; 2 are needed"):
            split_in_time([make("a", Said(events(100.0)))], 1.0, WINDOW)
        short = make("a", Said((Event(100.0, 2.0),), (), events(200.0)))
        with pytest.raises(TooShortError, match="no decided event is as long as a window of 4 s"):
            split_in_time([short], 1.0, WINDOW, must_leave=False)

    @given(st.lists(SAID, min_size=1, max_size=3), st.floats(0.01, 0.5), st.booleans())
    def test_what_is_used_is_known_and_earlier(self, said: list[Said], hours: float, must_leave: bool) -> None:
        gaps = ((400.0, 420.0),)
        night = [make(str(number), one, gaps) for number, one in enumerate(said)]
        try:
            time = split_in_time(night, hours, WINDOW, must_leave=must_leave)
        except TooShortError:
            assume(False)
        last = max(int(one.recording) for one in time.stretches.used)
        for number, one in enumerate(night):
            used, left = (spans(side, str(number)) for side in (time.stretches.used, time.stretches.left))
            assert total_time(intersect_spans(used, one.known(SECONDS))) == pytest.approx(total_time(used), abs=1e-3)
            assert not intersect_spans(used, gaps)
            unsure = intersect_spans(used, [event.span for event in one.said.undecided])
            sure = intersect_spans(unsure, [event.span for event in one.said.seizures])
            assert total_time(unsure) == pytest.approx(total_time(sure), abs=1e-3)
            if left:
                assert one.said.is_complete and number >= last
                assert all(stop <= left[0][0] - WINDOW + 1e-3 for _, stop in used)


class TestByPatient:
    def test_the_last_third_by_name_is_held_out(self) -> None:
        assert hold_out(["sub-5", "sub-1", "sub-2", "sub-4", "sub-3"]) == ("sub-4", "sub-5")
        with pytest.raises(ParameterError, match="sub-1 and sub-2 came; with fewer than 3 patients"):
            hold_out(["sub-2", "sub-1"])

    def test_nobody_stands_on_both_sides(self) -> None:
        said = Said(events(100.0), events(300.0, 500.0))
        patients = {name: [make(f"{name}-{run}", said) for run in "12"] for name in "abc"}
        time = split_by_patient(patients, ["b"], 1.0, WINDOW)
        assert {one.recording[0] for one in time.stretches.used} == {"a", "c"}
        assert [(one.recording, one.duration) for one in time.stretches.left] == [("b-1", SECONDS), ("b-2", SECONDS)]
        assert (time.n_seizures, time.n_background) == (4, 8)
        assert sum(one.duration for one in time.stretches.used) == pytest.approx(3600.0, abs=1e-2)

    def test_those_who_are_held_out_must_be_decided_on_to_the_end(self) -> None:
        done, halfway = Said(events(100.0)), Said(events(100.0), (), events(300.0))
        patients = {"a": [make("a", done)], "b": [make("b", halfway)]}
        with pytest.raises(TooShortError, match="in no recording of b, who are held out, everything is decided"):
            split_by_patient(patients, ["b"], 1.0, WINDOW)
        assert split_by_patient(patients, ["a"], 1.0, WINDOW).stretches.used == (Portion("b", "anna", 100.0, 130.0),)


def test_events_that_are_more_than_the_hours_are_all_used() -> None:
    night = make("a", Said(events(100.0, 200.0), events(300.0)))
    used = split_in_time([night], 10 / 3600, WINDOW, must_leave=False).stretches.used
    assert spans(used, "a") == [(100.0, 130.0), (200.0, 230.0), (300.0, 330.0)]
