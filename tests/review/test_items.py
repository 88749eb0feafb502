"""How items stand after decisions."""

from __future__ import annotations

from ictal.core.events import Event
from ictal.review.decision import Decision
from ictal.review.items import READER, apply_decisions, last_to_undo, propose


def test_equal_events_have_names_of_their_own() -> None:
    items = propose("night", "a", [Event(1, 2), Event(1, 2), Event(1, 2, "sz_foc"), Event(1, 2)])
    assert len({item.name for item in items}) == 4


def test_the_last_decision_counts_and_each_is_counted() -> None:
    (item,) = propose("night", "a", [Event(1, 2)])
    said = [
        Decision("k1", "night", item.name, 0, "accepted", Event(1, 3)),
        Decision("k2", "night", item.name, 1, "rejected", Event(1, 4), comment="chewing"),
    ]
    (now,) = apply_decisions([item], said).values()
    assert (now.verdict, now.event, now.comment, now.revision) == ("rejected", Event(1, 4), "chewing", 2)
    assert now.proposed == Event(1, 2)


def test_what_is_proposed_no_more_stays_if_it_was_decided() -> None:
    said = Decision("k1", "night", "gone", 0, "accepted", Event(5, 6))
    (now,) = apply_decisions([], [said]).values()
    assert (now.origin, now.proposed, now.event, now.is_decided) == (READER, None, Event(5, 6), True)


def test_decisions_on_one_recording_leave_the_same_name_in_another_alone() -> None:
    items = [*propose("a", "x", [Event(1, 2)]), *propose("b", "x", [Event(1, 2)])]
    standing = apply_decisions(items, [Decision("k", "a", items[0].name, 0, "accepted", Event(1, 2))])
    assert standing["a", items[0].name].is_decided
    assert not standing["b", items[1].name].is_decided


def test_undoing_goes_back_step_by_step() -> None:
    one = Decision("k1", "night", "a", 0, "accepted", Event(1, 2))
    two = Decision("k2", "night", "b", 0, "rejected", Event(3, 4))
    undo_two = Decision("k3", "night", "b", 1, "undecided", Event(3, 4), undoes="k2")
    undo_one = Decision("k4", "night", "a", 1, "undecided", Event(1, 2), undoes="k1")
    assert last_to_undo([one, two]) is two
    assert last_to_undo([one, two, undo_two]) is one
    assert last_to_undo([one, two, undo_two, undo_one]) is None
