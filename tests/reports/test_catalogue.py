"""What `ictal models` lists: every detector, every architecture, and no torch for it."""

from __future__ import annotations

import subprocess
import sys

from ictal.detection.library import BUNDLED
from ictal.models.table import CODECS, MODELS
from ictal.reports.catalogue import list_models


def test_detectors_come_first_and_then_every_architecture() -> None:
    detectors, architectures = list_models().split("\n\n")
    assert [line.split()[0] for line in detectors.splitlines()] == list(BUNDLED)
    header, *rows = architectures.splitlines()
    assert header.split() == ["architecture", "kind", "parameters", "sees", "recipes"]
    assert [row.split()[0] for row in rows] == sorted([*MODELS, *CODECS])


def test_a_row_has_kind_size_reach_and_recipe() -> None:
    rows = {line.split()[0]: line.split()[1:] for line in list_models().split("\n\n")[1].splitlines()}
    assert rows["eegnet-zoo"] == ["waveform", "8,843", "20", "s", "zoo-eegnet"]
    assert rows["line-length"] == ["rule", "0", "2", "s"]
    assert rows["trees"] == ["estimator", "–", "4", "s", "trees"]


def test_columns_stand_under_each_other() -> None:
    header, *rows = list_models().split("\n\n")[1].splitlines()
    for name in ("kind", "recipes"):
        column = header.index(name)
        assert {row[column - 1 : column] for row in rows} <= {" ", ""}


def test_torch_is_not_asked() -> None:
    code = "import sys; from ictal.apps.cli import run; run(['models']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
