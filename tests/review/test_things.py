"""What readers may agree on: proposals, what was added, and what is one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Event
from ictal.review.items import READER, Item, propose
from ictal.review.things import Thing, gather_things

(PROPOSED,) = propose("night", "line-length", [Event(10.0, 10.0)])
ACCEPTED, REJECTED = (replace(PROPOSED, verdict=verdict) for verdict in ("accepted", "rejected"))


def added(onset: float, duration: float, name: str = "", **changes: object) -> Item:
    item = Item("night", name if name else f"own-{onset}", READER, None, Event(onset, duration), "accepted")
    return replace(item, **changes)  # type: ignore[arg-type]


def answers(**readers: Sequence[Item]) -> list[tuple[str, ...]]:
    return [tuple(thing.answer(name) for name in readers) for thing in gather_things(readers)]


YES, NO, OPEN = "seizure", "no seizure", "undecided"


@pytest.mark.parametrize(
    ("anna", "ben", "expected"),
    [
        ([ACCEPTED], [REJECTED], [(YES, NO)]),
        ([ACCEPTED], [PROPOSED], [(YES, OPEN)]),
        ([replace(ACCEPTED, event=Event(10.0, 10.0, "impd"))], [ACCEPTED], [(NO, YES)]),
        ([replace(ACCEPTED, event=Event(10.0, 10.0, "sz_foc"))], [ACCEPTED], [(YES, YES)]),
        ([added(30, 10)], [], [(YES, NO)]),
        ([added(30, 10)], [added(39, 10)], [(YES, YES)]),
        ([added(30, 10)], [added(40, 10)], [(YES, NO), (NO, YES)]),
        ([added(30, 10, "own-1")], [added(50, 10, "own-1")], [(YES, NO), (NO, YES)]),
        ([added(30, 0)], [added(30, 0)], [(YES, YES)]),
        ([added(30, 10, verdict="withdrawn")], [], []),
        ([added(30, 10, verdict="rejected")], [], []),
        ([added(30, 10, event=Event(30, 10, "impd"))], [], []),
        ([added(30, 10, verdict="undecided")], [], [(OPEN, NO)]),
        # an accepted proposal and another seizure that touches it are two
        ([ACCEPTED, added(18, 10)], [ACCEPTED], [(YES, YES), (YES, NO)]),
        # a rejected one that its reader drew anew is one
        ([REJECTED, added(12, 30)], [ACCEPTED], [(YES, YES)]),
        ([REJECTED, added(12, 30)], [REJECTED], [(YES, NO)]),
        ([REJECTED, added(12, 30)], [REJECTED, added(21, 5)], [(YES, YES)]),
        # what another reader rejected has nothing to do with it
        ([ACCEPTED], [REJECTED, added(60, 5)], [(YES, NO), (NO, YES)]),
        ([added(12, 30), ACCEPTED], [REJECTED], [(YES, NO), (YES, NO)]),
    ],
)
def test_what_is_one_thing_and_what_is_said_of_it(
    anna: list[Item], ben: list[Item], expected: list[tuple[str, str]]
) -> None:
    assert answers(anna=anna, ben=ben) == expected
    assert answers(ben=ben, anna=anna) == [(second, first) for first, second in expected]


def test_a_thing_is_named_after_what_was_proposed() -> None:
    (thing,) = gather_things({"anna": [REJECTED, added(12, 30)], "ben": [ACCEPTED]})
    assert (thing.recording, thing.name, thing.event) == ("night", PROPOSED.name, PROPOSED.event)
    assert (thing.span("anna"), thing.span("ben")) == ((12.0, 42.0), (10.0, 20.0))


def test_recordings_are_apart_and_in_order() -> None:
    items = [replace(added(30, 10), recording=recording) for recording in ("b", "a")]
    things = gather_things({"anna": items, "ben": items[:1]})
    assert [(thing.recording, thing.answer("ben")) for thing in things] == [("a", NO), ("b", YES)]


one_own = st.builds(added, st.integers(0, 60).map(float), st.integers(0, 15).map(float), st.uuids().map(str))


@given(st.dictionaries(st.sampled_from(["anna", "ben", "cleo"]), st.lists(one_own, max_size=6)), st.randoms())
def test_the_order_does_not_matter(readers: dict[str, list[Item]], chance: random.Random) -> None:
    shuffled = [(name, chance.sample(items, len(items))) for name, items in readers.items()]
    chance.shuffle(shuffled)

    def described(things: list[Thing]) -> list[tuple[object, ...]]:
        return [(thing.name, thing.event, *(thing.answer(name) for name in sorted(readers))) for thing in things]

    assert described(gather_things(dict(shuffled))) == described(gather_things(readers))


@given(st.lists(one_own, max_size=8), st.lists(one_own, max_size=8))
def test_things_that_readers_added_lie_apart(anna: list[Item], ben: list[Item]) -> None:
    things = gather_things({"anna": anna, "ben": ben})
    assert sum(len(thing.said) for thing in things) == len(anna) + len(ben)
    edges = [
        (min(one.item.event.onset for one in thing.said), max(one.item.event.stop for one in thing.said))
        for thing in things
    ]
    assert all(stop <= start for (_, stop), (start, _) in zip(sorted(edges), sorted(edges)[1:], strict=False))
