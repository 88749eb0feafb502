"""The clauses of BIDS on events and on where recordings lie, as far as ictal reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.events import Event
from ictal.io.discover import find_recordings, reference_for
from ictal.io.events_tsv import read_events


def table(folder: Path, *rows: str) -> Path:
    path = folder / "sub-01_task-rest_events.tsv"
    path.write_text("\n".join(row.replace(" ", "\t") for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["trial_type duration value", "onset value response_time"])
def test_onset_and_duration_are_required(tmp_path: Path, header: str) -> None:
    with pytest.raises(RecordingError, match="needed are 'onset', 'duration'"):
        read_events(table(tmp_path, header, "1 2 sz"))


def test_onset_may_be_negative(tmp_path: Path) -> None:
    found = read_events(table(tmp_path, "onset duration trial_type", "-3.5 1 stim"), duration=9.0)
    assert found.events == (Event(-3.5, 1.0, "stim"),)


def test_duration_may_be_unknown(tmp_path: Path) -> None:
    with pytest.warns(IctalWarning, match="line 2: duration"):
        found = read_events(table(tmp_path, "onset duration trial_type", "3 n/a stim"), duration=9.0)
    assert found.events == (Event(3.0, 0.0, "stim"),)


def test_any_number_of_further_columns_is_allowed(tmp_path: Path) -> None:
    found = read_events(table(tmp_path, "onset duration HED trial_type stim_file", "3 1 Red stim a.png"), duration=9.0)
    assert found.events == (Event(3.0, 1.0, "stim"),)


def test_eeg_lies_in_the_folders_of_subjects_and_ends_in_eeg(tmp_path: Path) -> None:
    folder = tmp_path / "sub-01" / "ses-02" / "eeg"
    folder.mkdir(parents=True)
    for name in ("eeg.edf", "eeg.json", "events.tsv", "channels.tsv"):
        (folder / f"sub-01_ses-02_task-rest_run-03_{name}").write_bytes(b"")
    (tmp_path / "dataset_description.json").write_text("{}")
    (tmp_path / "derivatives").mkdir()
    (tmp_path / "derivatives" / "sub-01_task-rest_eeg.edf").write_bytes(b"")
    (found,) = find_recordings([tmp_path])
    assert found.path.name == "sub-01_ses-02_task-rest_run-03_eeg.edf"
    assert found.relative == Path("sub-01/ses-02/eeg")
    assert reference_for(found) == folder / "sub-01_ses-02_task-rest_run-03_events.tsv"
