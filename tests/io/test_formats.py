"""One way to open every format: by suffix, by content, with refusals that list what is known."""

from __future__ import annotations

import shutil
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.io.edf import EdfRecording
from ictal.io.formats import FORMATS, read


@pytest.fixture
def edf_file(tmp_path: Path) -> Path:
    data = np.random.default_rng(0).normal(0, 50, (3, 2560))
    signals = [edfio.EdfSignal(row, 256, label=f"EEG{i}", physical_dimension="uV") for i, row in enumerate(data)]
    edfio.Edf(signals).write(tmp_path / "night.edf")
    return tmp_path / "night.edf"


@pytest.mark.parametrize("name", ["night.EDF", "night.bdf", "night.rec", "night", "night.set"])
def test_edf_is_known_by_its_content(edf_file: Path, name: str) -> None:
    other = edf_file.parent / "other" / name
    other.parent.mkdir()
    shutil.copy(edf_file, other)
    recording = read(other)
    assert isinstance(recording, EdfRecording)
    np.testing.assert_array_equal(recording.read(), read(edf_file).read())


def test_only_the_channels_asked_for(edf_file: Path) -> None:
    recording = read(edf_file, channels=["eeg2", "EEG0"])
    assert recording.channels == ("EEG2", "EEG0")
    np.testing.assert_array_equal(recording.read(1.0, 2.0), read(edf_file).read(1.0, 2.0)[[2, 0]])
    with pytest.raises(RecordingError, match=r"night\.edf: channels: 'EEG9' is not in the recording; near are 'EEG2'"):
        read(edf_file, channels=["EEG9"])


def test_every_known_suffix_names_a_function() -> None:
    assert {FORMATS.load(suffix).__name__ for suffix in FORMATS} == {"read_edf", "read_with_mne"}


def test_a_fif_file(tmp_path: Path) -> None:
    raw = mne.io.RawArray(np.ones((1, 100)) * 1e-6, mne.create_info(["Cz"], 100.0, "eeg"), verbose="error")
    raw.save(tmp_path / "night_raw.fif", verbose="error")
    np.testing.assert_allclose(read(tmp_path / "night_raw.fif").read(), np.ones((1, 100)), rtol=1e-6)


def test_what_is_of_no_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("0 seizures")
    with pytest.raises(RecordingError, match=r"notes\.txt: is of no known format; known are \.edf, \.bdf, \.vhdr"):
        read(tmp_path / "notes.txt")
    with pytest.raises(RecordingError, match=r"none\.edf: there is no such file"):
        read(tmp_path / "none.edf")
    with pytest.raises(RecordingError, match="is a folder; give the file of one recording"):
        read(tmp_path)
    (tmp_path / "link.edf").symlink_to(tmp_path / "gone")
    with pytest.raises(RecordingError, match=r"link\.edf: is a link to a file that is not here"):
        read(tmp_path / "link.edf")


@pytest.mark.parametrize("suffix", [".edf", ".bdf"])
@pytest.mark.parametrize("content", [b"", b"a text file\n" * 50])
def test_what_only_has_the_name_of_an_edf_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"night{suffix}").write_bytes(content)
    with pytest.raises(RecordingError, match=rf"night\{suffix}: "):
        read(tmp_path / f"night{suffix}")
