"""What is judged is later than what is used, however recordings, gaps and seizures lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.spans import Span, complement_spans, intersect_spans, total_time
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.training.finetune_settings import PROTOCOLS
from ictal.training.stretches import TooShortError, choose_stretches, stretch_around

WINDOW = 4.0


def make(name: str, duration: float, seizures: tuple[Span, ...] = (), gaps: tuple[Span, ...] = ()) -> PreparedRecording:
    events = Annotations([Event(start, stop - start) for start, stop in seizures], duration)
    return PreparedRecording(name, "anna", "1", "", ("C3",), 1.0, round(duration), events, gaps)


def spans(portions: tuple[Portion, ...]) -> list[tuple[str, float, float]]:
    return [(one.recording, one.start, one.stop) for one in portions]


def signal_time(recordings: list[PreparedRecording], portions: tuple[Portion, ...]) -> float:
    of = {one.name: complement_spans(one.gaps, 0.0, one.duration) for one in recordings}
    return sum(total_time(intersect_spans(of[one.recording], [(one.start, one.stop)])) for one in portions)


class TestFirstHour:
    def test_it_reaches_over_short_recordings(self) -> None:
        night = [make("a", 1800.0), make("b", 1800.0), make("c", 1800.0)]
        chosen = choose_stretches(night, "first-hour", 1.0, WINDOW)
        assert spans(chosen.used) == [("a", 0.0, 1800.0), ("b", 0.0, 1800.0)]
        assert spans(chosen.left) == [("c", 0.0, 1800.0)]

    def test_gaps_do_not_count(self) -> None:
        chosen = choose_stretches([make("a", 9000.0, gaps=((600.0, 1200.0),))], "first-hour", 1.0, WINDOW)
        assert spans(chosen.used) == [("a", 0.0, 4200.0)]
        assert spans(chosen.left) == [("a", 4204.0, 9000.0)]

    def test_too_little_is_refused_with_how_much_there_is(self) -> None:
        with pytest.raises(
            TooShortError, match=r"first-hour: 0\.50 h of signal are there, and 1 h are to be adapted on"
        ):
            choose_stretches([make("a", 1800.0)], "first-hour", 1.0, WINDOW)
        with pytest.raises(TooShortError, match="nothing is left"):
            choose_stretches([make("a", 3602.0)], "first-hour", 1.0, WINDOW)


class TestFirstSeizure:
    def test_in_the_first_hour_both_protocols_are_the_same(self) -> None:
        night = [make("a", 9000.0, ((600.0, 660.0), (7000.0, 7060.0)))]
        assert choose_stretches(night, "first-seizure", 1.0, WINDOW) == choose_stretches(
            night, "first-hour", 1.0, WINDOW
        )

    def test_the_hour_ends_with_the_seizure_and_may_begin_in_another_recording(self) -> None:
        night = [make("a", 3000.0), make("b", 3000.0, ((900.0, 1000.0),))]
        chosen = choose_stretches(night, "first-seizure", 1.0, WINDOW)
        assert spans(chosen.used) == [("a", 400.0, 3000.0), ("b", 0.0, 1000.0)]
        assert spans(chosen.left) == [("b", 1004.0, 3000.0)]

    def test_a_seizure_that_lies_in_a_gap_is_none(self) -> None:
        night = [make("a", 9000.0, ((700.0, 760.0), (5000.0, 5060.0)), gaps=((600.0, 1200.0),))]
        chosen = choose_stretches(night, "first-seizure", 1.0, WINDOW)
        assert chosen.used[0].stop == 5060.0
        assert signal_time(night, chosen.used) == pytest.approx(3600.0)

    def test_without_a_seizure_it_is_refused(self) -> None:
        with pytest.raises(TooShortError, match=r"first-seizure: there is no seizure in 2\.50 h"):
            choose_stretches([make("a", 9000.0)], "first-seizure", 1.0, WINDOW)

    def test_a_seizure_with_nothing_after_it_is_refused(self) -> None:
        with pytest.raises(TooShortError, match="the first seizure ends with them"):
            choose_stretches([make("a", 9000.0, ((8900.0, 9000.0),))], "first-seizure", 1.0, WINDOW)


class TestGivenEvents:
    def test_margins_are_equal_and_fill_the_time(self) -> None:
        chosen = stretch_around(make("a", 9000.0, ((2000.0, 2060.0), (5000.0, 5060.0))), 0.5, WINDOW)
        (first, second) = chosen.used
        assert first.duration == pytest.approx(second.duration) == pytest.approx(900.0)
        assert chosen.left[0].start == second.stop + WINDOW

    def test_margins_that_meet_are_one_stretch(self) -> None:
        chosen = stretch_around(make("a", 9000.0, ((2000.0, 2060.0), (2300.0, 2360.0))), 0.5, WINDOW)
        assert len(chosen.used) == 1
        assert chosen.used[0].duration == pytest.approx(1800.0)

    def test_no_event_or_nothing_left_is_refused(self) -> None:
        with pytest.raises(TooShortError, match="no seizure is given"):
            stretch_around(make("a", 9000.0), 1.0, WINDOW)
        with pytest.raises(TooShortError, match="nothing is left"):
            stretch_around(make("a", 1000.0, ((100.0, 200.0),)), 1.0, WINDOW)


def test_what_is_not_allowed_is_named() -> None:
    with pytest.raises(ParameterError, match="first-hour"):
        choose_stretches([make("a", 9000.0)], "first-our", 1.0, WINDOW)
    with pytest.raises(ParameterError, match="hours"):
        choose_stretches([make("a", 9000.0)], "first-hour", 0.0, WINDOW)


LENGTHS = st.integers(10, 4000).map(float)


@st.composite
def nights(draw: st.DrawFn) -> list[PreparedRecording]:
    made = []
    for number in range(draw(st.integers(1, 4))):
        duration = draw(LENGTHS)
        edges = sorted(draw(st.lists(st.floats(0.0, duration), min_size=4, max_size=4, unique=True)))
        onset = draw(st.floats(0.0, duration - 1.0))
        seizures = ((onset, min(onset + 60.0, duration)),) if draw(st.booleans()) else ()
        made.append(make(f"night-{number}", duration, seizures, ((edges[1], edges[2]),)))
    return made


@given(nights(), st.sampled_from(PROTOCOLS), st.floats(0.01, 1.0))
def test_what_is_left_is_later_than_what_is_used(night: list[PreparedRecording], protocol: str, hours: float) -> None:
    try:
        chosen = choose_stretches(night, protocol, hours, WINDOW)
    except TooShortError:
        return
    order = {one.name: number for number, one in enumerate(night)}
    last = max((order[one.recording], one.stop) for one in chosen.used)
    for one in chosen.left:
        assert (order[one.recording], one.start) >= last
        assert one.recording != chosen.used[-1].recording or one.start == last[1] + WINDOW
    assert signal_time(night, chosen.used) == pytest.approx(3600.0 * hours, abs=1e-3)
    if protocol == "first-seizure":
        assert any(
            intersect_spans(one.annotations.seizures.spans, [(part.start, part.stop)])
            for part in chosen.used
            for one in night
            if one.name == part.recording
        )
