"""Every real recording gives events or a clear refusal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edfio
import pytest

Ictal = Callable[..., Any]

REFUSED = {
    "edf/edfio/SC4001EC-Hypnogram.bdf": "signals: holds no EEG channel; its signals are BDF Annotations (annotations)",
    "edf/edfio/SC4001EC-Hypnogram.edf": "signals: holds no EEG channel; its signals are EDF Annotations (annotations)",
}


def real_files() -> list[str]:
    """The recordings of the test data, as parameters; one that is skipped where there are none."""
    folder = os.environ.get("ICTAL_TEST_DATA")
    if folder is None:
        return ["none"]
    files = [path for place in ("edf", "real") for path in Path(folder, place).rglob("*")]
    return sorted(path.relative_to(folder).as_posix() for path in files if path.suffix in (".edf", ".bdf"))


@pytest.mark.parametrize("name", real_files())
def test_events_or_a_clear_refusal(ictal: Ictal, test_data: Path, tmp_path: Path, name: str) -> None:
    path = test_data / name
    result = ictal("detect", path, "-o", tmp_path / "out")
    if name in REFUSED:
        assert result.problem == f"{path}: {REFUSED[name]}"
        assert list((tmp_path / "out").iterdir()) == []
        return
    assert result.code == 0 and result.out.startswith(f"{path}: ")
    assert all(line.startswith(f"note: {path}: ") for line in result.err.splitlines())
    stem = path.stem.removesuffix("_eeg")
    header, *rows = [line.split("\t") for line in (tmp_path / f"out/{stem}_events.tsv").read_text().splitlines()]
    assert header[:3] == ["onset", "duration", "eventType"] and rows
    duration = float(rows[0][6])
    assert all(float(row[0]) >= 0 and float(row[0]) + float(row[1]) <= duration + 0.011 for row in rows)
    assert {row[2] for row in rows} in ({"sz"}, {"bckg"}) and {row[5] for row in rows} == {"n/a"}


@pytest.mark.parametrize("record", ["03", "04", "15", "16"])
def test_the_seizures_of_chb01_are_found(ictal: Ictal, test_data: Path, tmp_path: Path, record: str) -> None:
    """Ten seconds before the onset, then a seizure to the end. Says nothing about false alarms."""
    folder = test_data / "real/chbmit-clips"
    path = folder / f"chb01_{record}_clip_eeg.edf"
    assert ictal("detect", path, "-o", tmp_path / "out").code == 0
    rows = [line.split("\t") for line in (tmp_path / f"out/chb01_{record}_clip_events.tsv").read_text().splitlines()]
    events = [(float(row[0]), float(row[0]) + float(row[1])) for row in rows[1:] if row[2] == "sz"]
    end = edfio.read_edf(path).duration
    assert any(start < end and stop > 10.0 for start, stop in events)
