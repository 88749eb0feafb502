"""The kinds of event are those that SzCORE ships."""

from __future__ import annotations

import json
from pathlib import Path

from ictal.core.events import Event
from ictal.io.event_types import OTHER_TYPES, SZCORE_TYPES, is_known_type


def test_the_types_are_the_levels_of_the_framework(test_data: Path) -> None:
    levels = json.loads((test_data / "annotations" / "szcore" / "events.json").read_text())["Levels"]
    assert len(SZCORE_TYPES) == 71
    assert tuple(levels) == SZCORE_TYPES


def test_all_but_background_are_seizures() -> None:
    assert [name for name in SZCORE_TYPES if not Event(0.0, 1.0, name).is_seizure] == ["bckg"]
    assert not any(Event(0.0, 1.0, name).is_seizure for name in OTHER_TYPES)


def test_what_the_framework_leaves_out_is_not_known() -> None:
    assert not is_known_type("sz_foc_ua")
    assert not is_known_type("sz-foc-ia") and is_known_type("sz_foc_ia")
