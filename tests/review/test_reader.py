"""Readers: decisions, conflicts, undo and tables."""

from __future__ import annotations

from pathlib import Path

from ictal.core.events import Event
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder
from ictal.review.items import propose
from ictal.review.reader import Reader


def test_a_decision_is_kept(tmp_path: Path) -> None:
    items = propose("night", "line-length", [Event(12.0, 30.0)])
    reader = Reader("anna", ReviewFolder.create(tmp_path), lambda: items, {"night": 60.0})
    now = reader.decide(Decision("k1", "night", items[0].name, 0, "accepted", Event(13.0, 20.0)))
    assert (now.verdict, now.revision) == ("accepted", 1)
