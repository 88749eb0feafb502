"""The doctor says what is there, and is right about which detectors can run."""

from __future__ import annotations

import os
import warnings
from datetime import datetime
from pathlib import Path

import edfio
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalError, IctalWarning, RecordingError
from ictal.core.recording import Recording
from ictal.detection.library import BUNDLED, load_bundled
from ictal.io.edf_write import Identity, write_edf
from ictal.io.formats import read
from ictal.reports.doctor import Examination, examine, examine_file

RATE = 256.0
SECONDS = 40


def real_files() -> list[str]:
    """The files of the test data, as parameters; one that is skipped where there are none."""
    folder = os.environ.get("ICTAL_TEST_DATA")
    if folder is None:
        return ["none"]
    files = [path for path in Path(folder, "edf").rglob("*") if path.suffix in (".edf", ".bdf")]
    clip = Path(folder, "real/chbmit-clips/chb01_03_clip_eeg.edf")
    return sorted(path.relative_to(folder).as_posix() for path in [*files, clip])


def said(examination: Examination, heading: str) -> tuple[str, ...]:
    return dict(examination.rows)[heading]


def noise(n_channels: int) -> np.ndarray:
    return np.random.default_rng(0).normal(0.0, 20.0, (n_channels, SECONDS * round(RATE)))


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Without T8; Fp1 flat for a quarter, F8 clipped for half; the mains everywhere; a gap; a name and a date."""
    labels = [*(f"EEG {label}-Ref" for label in SCALP_19 if label != "T8"), "ECG", "EOG left"]
    signal = noise(len(labels)) + 15 * np.sin(2 * np.pi * 50 * np.arange(SECONDS * round(RATE)) / RATE)
    signal[0, : 10 * 256] = 0.0
    railed = np.sign(np.sin(2 * np.pi * 1.3 * np.arange(20 * 256) / RATE)) * 900.0
    signal[labels.index("EEG F8-Ref"), 20 * 256 :] = railed
    signal[:, 12 * 256 : 15 * 256] = np.nan
    write_edf(
        tmp_path / "odd.edf",
        Recording.from_array(signal, RATE, labels),
        start_time=datetime(2002, 3, 2, 21, 30, 15),
        identity=Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony"),
    )
    return tmp_path / "odd.edf"


def test_what_is_there_is_said(odd: Path) -> None:
    examination = examine_file(odd, {})
    assert not examination.refused
    assert said(examination, "signal") == ("40 s at 256 Hz, start time known",)
    eeg, *others = said(examination, "channels")
    assert eeg.startswith("18 eeg: EEG Fp1-Ref, ") and "EEG T8-Ref" not in eeg
    assert others == ["1 ecg: ECG", "1 eog: EOG left"]
    assert said(examination, "gaps") == ("1, 3.0 s without signal, the longest 3.0 s",)
    assert said(examination, "mains") == ("50 Hz stands out",)


def test_what_is_wrong_is_said_with_its_share(odd: Path) -> None:
    artefacts = said(examine_file(odd, {}), "artefacts")
    assert "flat: EEG Fp1-Ref 25%" in artefacts
    assert any(line.startswith("clipped: ") and "EEG F8-Ref 50%" in line for line in artefacts)


def test_what_is_missing_is_said(odd: Path) -> None:
    montage = said(examine_file(odd, {}), "montage")
    assert montage == (
        "16 of 18 leads of the double banana (16 by subtraction)",
        "not there: F8-T8, T8-P8",
        "missing electrodes: T8",
    )


def test_nobody_is_named(odd: Path) -> None:
    text = examine_file(odd, {}).text
    for secret in ("Haagse", "Harry", "MRN12345", "1951", "2002", "02-MAR", "21:30", "EMG561", "BK/JOP"):
        assert secret not in text


def test_odd_labels_can_be_explained(tmp_path: Path) -> None:
    path = tmp_path / "odd.edf"
    write_edf(path, Recording.from_array(noise(19), RATE, [f"Kanal {number}" for number in range(19)]))
    assert "no lead of the double banana" in said(examine_file(path, {}), "montage")[0]
    mapping = {f"Kanal {number}": label for number, label in enumerate(SCALP_19)}
    assert said(examine_file(path, mapping), "montage")[0].startswith("18 of 18 leads")
    refused = [line for line in said(examine_file(path, {}), "detectors") if line.startswith("eegwavenet-scalp")]
    assert refused[0].startswith("eegwavenet-scalp: no, channels: no lead of double-banana can be made from 'Kanal 0'")
    assert "eegwavenet-scalp: yes" in said(examine_file(path, mapping), "detectors")


def test_what_was_mended_is_said_once_and_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "cut.edf"
    write_edf(path, Recording.from_array(noise(2), RATE, ["Fz-Cz", "Cz-Pz"]))
    path.write_bytes(path.read_bytes()[:-10])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mended = said(examine_file(path, {}), "mended")
    assert sum("says 40; the file holds 39 whole ones" in line for line in mended) == 1


def test_a_healthy_recording_has_nothing_wrong(tmp_path: Path) -> None:
    write_edf(tmp_path / "good.edf", Recording.from_array(noise(19), RATE, SCALP_19))
    examination = examine_file(tmp_path / "good.edf", {})
    assert said(examination, "mended") == ()
    assert said(examination, "gaps") == ("none",)
    assert said(examination, "artefacts") == ("none: no channel is flat, clipped or disconnected",)
    assert said(examination, "mains") == ("no mains frequency stands out",)
    assert said(examination, "detectors") == tuple(f"{name}: yes" for name in BUNDLED)
    assert "mended" not in examination.text, "a heading with nothing under it is left out"


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    write_edf(tmp_path / "b.edf", Recording.from_array(noise(2), RATE, ["Fz-Cz", "Cz-Pz"]))
    (tmp_path / "a.edf").write_bytes(b"")
    (tmp_path / "c.edf").write_text("Dear colleague, " * 99)
    first, second, third = examine([tmp_path])
    assert [one.refused for one in (first, second, third)] == [True, False, True]
    assert first.text.splitlines() == [
        str(tmp_path / "a.edf"),
        "  refused     is empty; copy it again from where it was recorded",
    ]
    assert "neither EDF nor BDF" in third.text and "colleague" not in third.text


def test_a_folder_without_a_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="the folder holds no recording"):
        list(examine([tmp_path]))


def can_run(name: str, path: Path) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        try:
            load_bundled(name).analyse(read(path))
        except IctalError:
            return False
    return True


@pytest.mark.parametrize("name", real_files())
def test_the_doctor_is_right_about_real_files(test_data: Path, name: str) -> None:
    path = test_data / name
    examination = examine_file(path, {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of edfio
        header = edfio.read_edf(path) if path.suffix == ".edf" else edfio.read_bdf(path)
    if examination.refused:
        assert "Hypnogram" in name and len(header.signals) == 0
        assert said(examination, "refused")[0].startswith("signals: holds no EEG channel; its signals are ")
        return
    verdicts = dict(line.split(": ", 1) for line in said(examination, "detectors"))
    assert {detector: verdict == "yes" for detector, verdict in verdicts.items()} == {
        detector: can_run(detector, path) for detector in BUNDLED
    }
    assert all(verdict == "yes" or verdict.startswith("no, ") for verdict in verdicts.values())
    shown = [label for line in said(examination, "channels") for label in line.split(": ", 1)[1].split(", ")]
    known = {signal.label for signal in header.signals}
    assert {label for label in shown if label not in known and label.removesuffix("-1") not in known} == set()
    rest = examination.text.removeprefix(str(path))
    identity = f"{header.local_patient_identification} {header.local_recording_identification}".split()
    telling = [word for word in identity if len(word) > 3 and word != word.lower() and word not in " ".join(known)]
    assert not [word for word in telling if word != "Startdate" and word in rest]
