from __future__ import annotations

import json

from ictal.apps.server.messages import SaidEvent
from ictal.apps.server.shelf import identify
from ictal.apps.server.showing import read_event, show_event, show_item
from ictal.core.events import Event
from ictal.review.decision import encode_event
from ictal.review.items import READER, Item, propose

SEIZURE = Event(12.0, 30.0, "sz_foc_ia", 0.75, ("F7", "T7"))


def test_events_go_to_the_page_and_come_back() -> None:
    for event in (SEIZURE, Event(0.0, 0.0)):
        assert read_event(SaidEvent.model_validate(show_event(event).model_dump())) == event
        assert show_event(event).model_dump() == encode_event(event)


def test_an_item_does_not_name_its_recording() -> None:
    (item,) = propose("Haagse/Harry", "line-length", [SEIZURE])
    shown = show_item(item)
    assert shown.recording == identify("Haagse/Harry")
    assert "Harry" not in json.dumps(shown.model_dump())
    assert (shown.proposed, shown.verdict, shown.revision) == (shown.event, "undecided", 0)


def test_an_own_event_was_not_proposed() -> None:
    assert show_item(Item("night", "mine", READER, None, SEIZURE)).proposed is None
