"""``ictal convert`` as a new user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf

Ictal = Callable[..., Any]


SUMMARY = """\
Data Sampling Rate: 256 Hz

Channels in EDF Files:
Channel 1: FP1-F7

File Name: chb03_01.edf
File Start Time: 10:00:00
File End Time: 10:00:20
Number of Seizures in File: 1
Seizure Start Time: 5 seconds
Seizure End Time: 9 seconds

File Name: chb03_02.edf
File Start Time: 11:00:00
File End Time: 11:00:20
Number of Seizures in File: 0
"""


@pytest.fixture
def girl(tmp_path: Path) -> Path:
    """One case of CHB-MIT with two files, of which one is not here."""
    folder = tmp_path / "chb-mit" / "chb03"
    folder.mkdir(parents=True)
    (folder / "chb03-summary.txt").write_text(SUMMARY)
    noise = np.random.default_rng(0).normal(0.0, 20.0, (1, 20 * 256))
    write_edf(folder / "chb03_01.edf", Recording.from_array(noise, 256.0, ["FP1-F7"]))
    return folder.parent


def test_what_was_converted_and_what_was_not_is_told(ictal: Ictal, girl: Path, tmp_path: Path) -> None:
    done = ictal("convert", girl, tmp_path / "bids", "--corpus", "chb-mit", "--jobs", 2)
    assert done.code == 2
    assert "error: chb03_02: there is no such file (1 recording of 0.0 h with 0 seizures)" in done.err
    assert "in the dataset: 1 recording of 0.0 h with 1 seizure; 0 there already, 1 left out" in done.out
    assert "remark: missing-file: 1" in done.out
    assert (tmp_path / "bids" / "sourcedata" / "recordings.tsv").is_file()


def test_a_folder_of_no_corpus_is_refused_in_one_line(ictal: Ictal, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = ictal("convert", tmp_path / "empty", tmp_path / "out")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1
