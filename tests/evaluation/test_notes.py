"""Oddities are counted by kind, and the first of each is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.evaluation.notes import KINDS, Note, Notes


def test_each_kind_is_said_once_with_its_number_and_its_first_example() -> None:
    notes = Notes()
    for line in range(2, 466):
        notes.add("unknown-type", "b.tsv", line=line, came="'sleep'")
    notes.add("out-of-order", "a.tsv", line=3)
    found = list(notes)
    assert [note.kind for note in found] == ["unknown-type", "out-of-order"], "in the order of the table"
    assert str(found[0]) == f"b.tsv: line 2: 'sleep': {KINDS['unknown-type']} (and 463 more like it)"
    assert str(found[1]) == f"a.tsv: line 3: {KINDS['out-of-order']}"


def test_a_note_may_be_on_a_whole_file() -> None:
    notes = Notes()
    notes.add("missing", "a.tsv")
    assert list(notes) == [Note("missing", 1, "a.tsv")]


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_can_be_said(kind: str) -> None:
    assert str(Note(kind, 1, "a.tsv")).startswith("a.tsv: ")


def test_every_kind_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert all(f"`{kind}`" in document for kind in KINDS)
