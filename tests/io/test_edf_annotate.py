"""Copies with annotations: the samples to the byte, read by edfio, by mne and by ourselves, and nobody named."""

from __future__ import annotations

import itertools
import warnings
from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest

from ictal.core.errors import OutputError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.edf import EdfRecording, read_edf
from ictal.io.edf_annotate import annotate_edf

FOUND = Annotations([Event(0.5, 1.25, "sz", confidence=0.9), Event(2.0, 1.0, "sz_foc_ia")], 4.0)
TEXTS = ["sz 0.90", "sz_foc_ia"]


def sample_bytes(path: Path) -> list[bytes]:
    """The bytes of every signal that is no annotation, by the words of the specification alone."""
    raw = path.read_bytes()
    size = 3 if raw[0] == 0xFF else 2
    count = int(raw[252:256])
    labels = [raw[256 + 16 * i :][:16] for i in range(count)]
    samples = [int(raw[256 + 216 * count + 8 * i :][:8]) for i in range(count)]
    ends = np.cumsum([0, *(size * n for n in samples)])
    n_records = (len(raw) - 256 * (count + 1)) // ends[-1]
    records = np.frombuffer(raw, np.uint8, n_records * ends[-1], 256 * (count + 1)).reshape(n_records, -1)
    cut = [records[:, start:stop].tobytes() for start, stop in itertools.pairwise(ends)]
    return [signal for signal, label in zip(cut, labels, strict=True) if b"Annotations" not in label]


def read_quietly(path: Path) -> EdfRecording:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recording = read_edf(path)
        assert recording.annotations is not None
    return recording


ODD_FILES = [
    "edf/pyedflib/test_generator.edf",
    "edf/pyedflib/test_generator.bdf",
    "edf/pyedflib/test_generator_datarec_generator_0_5.bdf",
    "edf/pyedflib/test_generator_datarec_generator_2.bdf",
    "edf/pyedflib/test_subsecond.edf",
    "edf/pyedflib/test_utf8.edf",
    "edf/edfio/mne_test.edf",
    "edf/edfio/mne_test.bdf",
    "edf/edfio/short_psg.edf",
    "edf/edfio/short_psg.bdf",
    "edf/edfio/test_subsecond.edf",
    "edf/edfio/test_subsecond.bdf",
    "edf/EDF.jl/test.edf",
    "edf/EDF.jl/test_uneven_samp.edf",
    "edf/headers/chb01_01_sample.edf",
    "edf/headers/PN00-5_sample.edf",
    "real/chbmit-clips/chb01_03_clip_eeg.edf",
    "real/iiic/iiic_SZ_sample1_eeg.edf",
]


@pytest.mark.parametrize("name", ODD_FILES)
@pytest.mark.parametrize("keep_identity", [False, True])
def test_real_files_keep_samples_annotations_and_time(
    test_data: Path, tmp_path: Path, name: str, keep_identity: bool
) -> None:
    source, target = test_data / name, tmp_path / Path(name).name
    before = read_quietly(source)
    annotate_edf(source, target, FOUND, keep_identity=keep_identity)
    assert sample_bytes(target) == sample_bytes(source)
    after = read_quietly(target)
    np.testing.assert_array_equal(after.read(), before.read())
    assert (after.channels, after.gaps) == (before.channels, before.gaps)
    added = [Event(0.5, 1.25, "sz 0.90"), Event(2.0, 1.0, "sz_foc_ia")]
    expected = sorted([*before.annotations, *added], key=lambda event: event.span)
    for new, old in zip(after.annotations, expected, strict=True):
        assert new.event_type == old.event_type
        assert (new.onset, new.duration) == pytest.approx((old.onset, old.duration), abs=2e-6)
    if keep_identity:
        assert (after.header.patient, after.header.recording) == (before.header.patient, before.header.recording)
        assert before.start_time in (None, after.start_time)
    else:
        assert (after.header.patient, after.header.recording) == ("X X X X", "Startdate X X X X")
        if before.start_time is not None:
            assert after.start_time.date() == datetime(1985, 1, 1).date()
            assert after.start_time.time() == before.start_time.time()


@pytest.mark.parametrize("name", [name for name in ODD_FILES if "uneven" not in name and "utf8" not in name])
def test_edfio_and_mne_read_the_copies(test_data: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / Path(name).name
    annotate_edf(test_data / name, target, FOUND)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_edfio = edfio.read_edf(target) if target.suffix == ".edf" else edfio.read_bdf(target)
        reader = mne.io.read_raw_edf if target.suffix == ".edf" else mne.io.read_raw_bdf
        by_mne = reader(target, verbose="error")
    found = {(note.text, round(note.onset, 3), note.duration) for note in by_edfio.annotations}
    assert {("sz 0.90", 0.5, 1.25), ("sz_foc_ia", 2.0, 1.0)} <= found
    assert set(TEXTS) <= set(by_mne.annotations.description)
    original = edfio.read_edf(test_data / name) if target.suffix == ".edf" else edfio.read_bdf(test_data / name)
    for new, old in zip(by_edfio.signals, original.signals, strict=True):
        assert new.label == old.label
        np.testing.assert_array_equal(new.data, old.data)


def ramp(edf, **fields):
    return edf.ramp(n_records=4, **fields)


def test_plain_edf_becomes_edf_plus(edf, tmp_path: Path) -> None:
    source = edf.file([ramp(edf)], patient="MCH-0234567 F 02-MAY-1951 Haagse_Harry", recording="Room 3, Dr. Somebody")
    annotate_edf(source, tmp_path / "copy.edf", FOUND)
    raw = (tmp_path / "copy.edf").read_bytes()
    assert raw[8:88].rstrip() == b"X X X X" and raw[88:168].rstrip() == b"Startdate X X X X"
    assert raw[168:184] == b"01.01.8505.06.07"
    assert raw[192:197] == b"EDF+C"
    for name in (b"Haagse", b"MCH", b"Somebody"):
        assert name in source.read_bytes() and name not in raw
    copied = edfio.read_edf(tmp_path / "copy.edf")
    assert [(note.onset, note.duration, note.text) for note in copied.annotations] == [
        (0.5, 1.25, "sz 0.90"),
        (2.0, 1.0, "sz_foc_ia"),
    ]
    np.testing.assert_array_equal(copied.signals[0].data, np.arange(400))


def test_edf_d_stays_edf_d_with_its_time(edf, tmp_path: Path) -> None:
    lists = [b"+0.25\x14\x14\0", b"+1.25\x14\x14\0", b"+7.25\x14\x14\0", b"+8.25\x14\x14\0+8.5\x14Arousal\x14\0"]
    source = edf.file([ramp(edf), edf.annotations(lists)], reserved="EDF+D")
    before = read_edf(source)
    assert before.gaps == ((2.0, 7.0),)
    annotate_edf(source, tmp_path / "copy.edf", Annotations([Event(7.5, 1.0)], before.duration))
    after = read_edf(tmp_path / "copy.edf")
    assert after.header.reserved == "EDF+D"
    assert after.gaps == before.gaps
    assert after.annotations.events == (Event(7.5, 1.0, "sz"), Event(8.25, 0.0, "Arousal"))
    assert sample_bytes(tmp_path / "copy.edf") == sample_bytes(source)
    raw = (tmp_path / "copy.edf").read_bytes()
    for time_keeping in lists:
        assert time_keeping in raw
    notes = edfio.read_edf(tmp_path / "copy.edf").annotations
    assert [(note.onset, note.text) for note in notes] == [(7.5, "sz"), (8.25, "Arousal")]


def test_mended_headers_are_right_in_the_copy(edf, tmp_path: Path) -> None:
    signal = edf.ramp(n_records=4, physical=("-2048,0", "2047,0"), dimension="µV")
    source = edf.file([signal], n_records="-1", tail=b"cut short", date="32.13.99", time="05:06:07")
    annotate_edf(source, tmp_path / "copy.edf", FOUND)
    copied = edfio.read_edf(tmp_path / "copy.edf")
    assert copied.num_data_records == 4
    assert copied.signals[0].physical_dimension == "uV"
    np.testing.assert_array_equal(copied.signals[0].data, np.arange(400))
    assert len(copied.annotations) == 2


def test_a_range_with_an_exponent_is_refused(edf, tmp_path: Path) -> None:
    source = edf.file([ramp(edf, physical=("-2.0e-9", "2.0e-9"), dimension="V")])
    with pytest.raises(RecordingError, match=r"recording\.edf: physical range of Fp1: has an exponent"):
        annotate_edf(source, tmp_path / "copy.edf", FOUND)
    assert list(tmp_path.iterdir()) == []


def test_the_recording_itself_is_never_replaced(edf, tmp_path: Path) -> None:
    source = edf.file([ramp(edf)])
    before = source.read_bytes()
    with pytest.raises(OutputError, match=r"recording\.edf: is the recording itself"):
        annotate_edf(source, source, FOUND)
    assert source.read_bytes() == before


def test_missing_sources_and_folders_are_said(edf, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.edf: cannot be opened"):
        annotate_edf(tmp_path / "none.edf", tmp_path / "copy.edf", FOUND)
    with pytest.raises(OutputError, match=r"copy\.edf: its folder does not exist"):
        annotate_edf(edf.file([ramp(edf)]), tmp_path / "none" / "copy.edf", FOUND)


def test_a_long_file_is_copied_in_blocks(edf, tmp_path: Path) -> None:
    n_records = 5000
    signal = edf.signal("Fp1", np.arange(n_records * 512).reshape(n_records, 512) % 2000)
    many = Annotations([Event(10.0 * i, 5.0, "sz", 0.5) for i in range(500)], float(n_records))
    source = edf.file([signal])
    annotate_edf(source, tmp_path / "copy.edf", many)
    assert sample_bytes(tmp_path / "copy.edf") == sample_bytes(source)
    assert [note.onset for note in edfio.read_edf(tmp_path / "copy.edf").annotations] == [10.0 * i for i in range(500)]
