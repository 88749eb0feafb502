"""Pictures as files: both kinds, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import OutputError
from ictal.plots import style
from ictal.plots.files import write_figure


def test_both_kinds_are_written(tmp_path: Path) -> None:
    png, svg = write_figure(tmp_path / "span-1.5-3", style.new_figure(20.0, 10.0))
    assert (png.name, svg.name) == ("span-1.5-3.png", "span-1.5-3.svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in svg.read_bytes()


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_figure(tmp_path / "nowhere" / "a", style.new_figure(20.0, 10.0))
