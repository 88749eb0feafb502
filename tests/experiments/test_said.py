from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Event
from ictal.core.spans import intersect_spans
from ictal.data.schemes import SeizureScheme
from ictal.experiments.said import Said, hear
from ictal.review.items import Item

DURATION = 100.0
EVENTS = st.lists(st.builds(Event, st.integers(0, 90).map(float), st.integers(1, 20).map(float)), max_size=4).map(tuple)


def item(name: str, verdict: str, event: Event, proposed: Event | None = None) -> Item:
    return Item("night", name, "line-length", event if proposed is None else proposed, event, verdict)  # type: ignore[arg-type]


def test_each_verdict_is_what_it_means() -> None:
    said = hear(
        [
            item("p1", "accepted", Event(12.0, 20.0), proposed=Event(10.0, 30.0)),
            item("p2", "rejected", Event(50.0, 5.0)),
            item("p3", "undecided", Event(60.0, 5.0)),
            item("p4", "accepted", Event(70.0, 5.0, "eye-movement")),
            Item("night", "own", "reader", None, Event(80.0, 5.0, "sz_foc"), "accepted"),
            Item("night", "gone", "reader", None, Event(90.0, 5.0), "withdrawn"),
        ]
    )
    assert [event.span for event in said.seizures] == [(12.0, 32.0), (80.0, 85.0)]
    assert [event.span for event in said.background] == [(50.0, 55.0), (70.0, 75.0)]
    assert [event.span for event in said.undecided] == [(60.0, 65.0)]
    assert [event.onset for event in said.decided] == [12.0, 50.0, 70.0, 80.0]
    assert said.reference(DURATION).spans == ((12.0, 32.0), (80.0, 85.0))


def test_without_a_decision_nothing_is_known() -> None:
    assert Said().known(DURATION) == Said(undecided=(Event(10.0, 5.0),)).known(DURATION) == ()
    assert not Said().is_complete


def test_time_outside_of_events_is_background_only_where_everything_is_decided() -> None:
    assert Said(background=(Event(10.0, 5.0),)).known(DURATION) == ((0.0, DURATION),)
    assert Said((), (Event(10.0, 5.0),), (Event(50.0, 5.0),)).known(DURATION) == ((10.0, 15.0),)


@given(EVENTS, EVENTS, EVENTS)
def test_undecided_time_is_known_only_where_a_seizure_lies_over_it(
    seizures: tuple[Event, ...], background: tuple[Event, ...], undecided: tuple[Event, ...]
) -> None:
    said = Said(seizures, background, undecided)
    known = said.known(DURATION)
    sure = [event.span for event in seizures]
    unsure = intersect_spans(known, [event.span for event in undecided])
    assert intersect_spans(unsure, sure) == unsure
    assert intersect_spans(sure, [(0.0, DURATION)]) == intersect_spans(known, sure)
    (stretches,) = SeizureScheme().timeline(said.reference(DURATION)).stretches
    assert intersect_spans(stretches, [(0.0, DURATION)]) == intersect_spans(sure, [(0.0, DURATION)])
