"""Trees of event tables, written from rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

Row = Sequence[object]
Tree = Mapping[str, Sequence[Row]]
WriteTree = Callable[[str, Tree], Path]

HEADER = "onset\tduration\teventType\trecordingDuration\n"


@pytest.fixture
def tree(tmp_path: Path) -> WriteTree:
    """Write tables under a folder of this name: relative path → rows of onset, duration, type, recording duration."""

    def write(name: str, tables: Tree) -> Path:
        for relative, rows in tables.items():
            path = tmp_path / name / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEADER + "".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
        return tmp_path / name

    return write
