"""An artefact mark is a plain row."""

from __future__ import annotations

from ictal.core.artefacts import Artefact


def test_a_mark_reads_as_a_row() -> None:
    start, stop, channel, kind = Artefact(1.0, 2.0, "Fp1", "flat")
    assert (start, stop, channel, kind) == (1.0, 2.0, "Fp1", "flat")
