"""Journals of decisions: nothing is lost, nothing is made up."""

from __future__ import annotations

from pathlib import Path

from ictal.core.events import Event
from ictal.review.decision import Decision
from ictal.review.journal import Journal


def said(key: str, item: str = "p1", revision: int = 0) -> Decision:
    return Decision(key, "night", item, revision, "accepted", Event(12.0, 30.0), comment="ä\n")


def test_decisions_are_kept_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(5):
        journal.append(said(f"k{number}", revision=number))
    assert [one.key for one in Journal(journal.path).decisions] == [f"k{number}" for number in range(5)]
