from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.reports.samples import make_gain

from ictal.core.errors import RecordingError
from ictal.evaluation.patient_gain import PatientGain, compare_protocols
from ictal.reports.finetune_report import TITLES, write_finetune_report
from ictal.training.finetune_settings import PROTOCOLS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record = {"format": "ictal-run", "version": 1, "recipe": "loud <b>"}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path


def test_both_protocols_are_told_patient_by_patient(folder: Path) -> None:
    gains = [
        make_gain("first-hour", "chb01", 0.25, 0.75),
        make_gain("first-hour", "chb02", 0.5, 0.5, "it does no better"),
        PatientGain("first-hour", "chb03", left_out="0.50 h of signal are there"),
        make_gain("first-seizure", "chb01", 0.25, 0.875),
    ]
    path = write_finetune_report(folder, compare_protocols(gains), 1.0)
    page = path.read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert path.name == "finetune.html"
    for words in (*PROTOCOLS, *TITLES.values(), "chb01", "chb02", "it does no better"):
        assert words in text
    assert "Left out: chb03 (0.50 h of signal are there)" in text
    assert "0.250 → 0.875" in text
    assert "+0.250 [+0.000, +0.500]" in text
    assert "Strictly the first 1 h of signal" in text
    assert "loud &lt;b&gt;" in page
    assert not re.search(r"<script|(?:src|href)=\"(?!data:|#)", page)


def test_a_protocol_without_a_patient_says_so(folder: Path) -> None:
    gains = compare_protocols([PatientGain("first-hour", "chb03", left_out="too short")])
    page = write_finetune_report(folder, gains, 0.5).read_text(encoding="utf-8")
    assert "Left out: chb03 (too short)" in page
    assert "<table" not in page


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"run\.json"):
        write_finetune_report(tmp_path, (), 1.0)
