"""Datasets that the BIDS validator accepts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.bids import SZCORE_CHANNELS, BidsName, write_bids_recording, write_dataset, write_participants
from ictal.io.discover import find_recordings, reference_for
from ictal.io.edf import read_edf
from ictal.io.events_tsv import read_events

NEEDS_THE_NETWORK = "SCHEMA_LOAD_FAILED"
"""The validator fetches the HED schema; its tags are compared with those of SzCORE in test_hed.py instead."""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bids")
    root = write_dataset(folder, {"Name": "two seizures", "License": "CC0", "Authors": ["nobody"]}, "Simulated.")
    write_participants(root, [("01", "mouse"), ("02", "n/a")], {"species": {"Description": "What it was."}})
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 256))
    for subject in ("01", "02"):
        events = Annotations([Event(2.0, 3.5, "sz_foc_ia", channels=("T3-Avg",))], 20.0)
        recording = Recording.from_array(noise, 256.0, SZCORE_CHANNELS, annotations=events)
        write_bids_recording(root, BidsName(subject), recording, {"EEGReference": "Common Average"})
    return root


def test_the_validator_accepts_it(dataset: Path) -> None:
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    assert validator is not None, "bids-validator-deno is a test dependency"
    found = subprocess.run(
        [validator, "--json", "--ignoreNiftiHeaders", str(dataset)], capture_output=True, text=True, timeout=120
    )
    errors = [issue for issue in json.loads(found.stdout)["issues"]["issues"] if issue["severity"] == "error"]
    assert [issue for issue in errors if issue.get("subCode") != NEEDS_THE_NETWORK] == []


def test_what_is_written_is_found_and_read_again(dataset: Path) -> None:
    found = find_recordings([dataset])
    assert [recording.stem for recording in found] == [BidsName(subject).stem for subject in ("01", "02")]
    table = reference_for(found[0])
    assert table is not None
    (event,) = read_events(table)
    assert (event.onset, event.duration, event.event_type, event.channels) == (2.0, 3.5, "sz_foc_ia", ("T3-Avg",))
    assert read_edf(found[0].path).channels == SZCORE_CHANNELS


def test_nothing_but_subject_files_lies_below_a_subject(dataset: Path) -> None:
    """The dataset tool of SzCORE reads every table there as events."""
    assert len(list((dataset / "sub-01").rglob("*.tsv"))) == 1


def test_sidecars_say_what_the_recording_knows(dataset: Path) -> None:
    name = BidsName("01")
    sidecar = json.loads((dataset / name.folder / f"{name.stem}_eeg.json").read_text())
    assert sidecar["SamplingFrequency"] == 256.0
    assert sidecar["EEGChannelCount"] == 19
    assert sidecar["RecordingDuration"] == 20.0
    assert sidecar["EEGReference"] == "Common Average"


@pytest.mark.parametrize("field", ["subject", "session", "run"])
@pytest.mark.parametrize("value", ["", "a-b", "../x", "ä"])
def test_names_that_bids_does_not_allow_are_refused(field: str, value: str) -> None:
    with pytest.raises(ParameterError, match=field):
        BidsName(**{"subject": "01", field: value})
