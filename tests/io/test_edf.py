"""Whole files: the odd ones of other projects, real clips, and what is made byte by byte."""

from __future__ import annotations

import pickle
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Event
from ictal.io import edf as edf_module
from ictal.io.edf import EdfRecording, read_edf, read_edf_annotations

MICROVOLTS = {"uV": 1.0, "mV": 1e3, "V": 1e6}
CHB_NOTE = "label of T8-P8: comes more than once; renamed to T8-P8-1"

ODD_FILES: dict[str, tuple[int, float, float, datetime | None, int, list[str]]] = {
    # file: channels, Hz, seconds, start, annotations, warnings
    "EDF.jl/bdf_test.edf": (8, 250.0, 73.0, datetime(2020, 2, 2, 2, 20, 20), 0, []),
    "EDF.jl/test.edf": (139, 512.0, 6.0, datetime(2014, 4, 29, 22, 19, 44), 5, []),
    "EDF.jl/test_uneven_samp.edf": (
        *(1, 100.0, 110.0, None, 0),
        ["data records", "start date", "start time", "sampling rate of 0.2Hz Blk 1/0uV"],
    ),
    "edfio/mne_test.bdf": (139, 512.0, 6.0, datetime(2014, 4, 29, 22, 19, 44), 5, []),
    "edfio/mne_test.edf": (139, 512.0, 6.0, datetime(2014, 4, 29, 22, 19, 44), 5, []),
    "edfio/short_psg.bdf": (3, 100.0, 300.0, datetime(1989, 4, 24, 16, 13), 0, []),
    "edfio/short_psg.edf": (3, 100.0, 300.0, datetime(1989, 4, 24, 16, 13), 0, []),
    "edfio/test_subsecond.bdf": (1, 128.0, 698.0, datetime(2020, 1, 24, 4, 5, 56, 394531), 4, []),
    "edfio/test_subsecond.edf": (1, 128.0, 698.0, datetime(2020, 1, 24, 4, 5, 56, 394531), 4, []),
    "headers/PN00-5_sample.edf": (33, 512.0, 2.0, datetime(2016, 1, 1, 22, 22, 4), 0, []),
    "headers/PN16-1.edf": (46, 512.0, 2.0, datetime(2017, 1, 1, 20, 45, 21), 0, []),
    "headers/chb01_01_sample.edf": (23, 256.0, 2.0, datetime(2076, 11, 6, 11, 42, 54), 0, ["label of T8-P8"]),
    "pyedflib/test_generator.bdf": (1, 1000.0, 30.0, datetime(2000, 1, 1), 0, ["sampling rate of square 13Hz"]),
    "pyedflib/test_generator.edf": (11, 200.0, 600.0, datetime(2011, 4, 4, 12, 57, 2), 2, []),
    "pyedflib/test_generator_datarec_generator_0_5.bdf": (
        *(1, 2000.0, 30.0, datetime(2000, 1, 1), 0),
        ["sampling rate of square 26Hz"],
    ),
    "pyedflib/test_generator_datarec_generator_2.bdf": (
        *(1, 500.0, 30.0, datetime(2000, 1, 1), 0),
        ["sampling rate of square 6.5Hz"],
    ),
    "pyedflib/test_subsecond.edf": (1, 128.0, 698.0, datetime(2020, 1, 24, 4, 5, 56, 394531), 4, []),
    "pyedflib/test_utf8.edf": (1, 128.0, 698.0, datetime(2020, 1, 24, 4, 5, 56, 394531), 5, []),
}
ANNOTATIONS_ALONE = ["edfio/SC4001EC-Hypnogram.edf", "edfio/SC4001EC-Hypnogram.bdf"]
LEFT_OUT = {
    "headers/PN00-5_sample.edf": ["SPO2: left out, since it is not a voltage (%)", "HR: left out"],
    "headers/PN16-1.edf": ["PLET: left out, since it is not a voltage (au)"],
    "edfio/short_psg.edf": [
        "Resp oro-nasal, Event marker: left out, since it is not a voltage (no unit)",
        "EMG submental: left out, since it has 1 Hz, the recording 100 Hz",
        "Temp rectal: left out, since it is not a voltage (DegC)",
    ],
}


def read_quietly(path: Path) -> tuple[EdfRecording, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recording = read_edf(path)
    assert all(issubclass(warning.category, IctalWarning) for warning in caught)
    return recording, [str(warning.message) for warning in caught]


def read_with_edfio(path: Path, recording: EdfRecording) -> np.ndarray[Any, Any]:
    """The same channels in µV; edfio drops annotation signals from its list."""
    read = edfio.read_edf if recording.header.sample_bytes == 2 else edfio.read_bdf
    ordinary = [signal.index for signal in recording.signals if signal.kind != "annotation"]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Incomplete data record")
        signals = read(path).signals
    chosen = [signals[ordinary.index(signal.index)] for signal in recording.signals if not signal.left_out]
    return np.array([signal.data * MICROVOLTS[signal.physical_dimension] for signal in chosen])


def assert_equals_edfio(recording: EdfRecording, path: Path) -> None:
    expected = read_with_edfio(path, recording)
    spread = np.ptp(expected, axis=1, keepdims=True) + np.abs(expected).max(axis=1, keepdims=True)
    assert np.abs((recording.read() - expected) / spread).max() < 2e-7


def test_every_file_of_the_folder_is_here(test_data: Path) -> None:
    folder = test_data / "edf"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in {".edf", ".bdf"}}
    assert found == {*ODD_FILES, *ANNOTATIONS_ALONE}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_but_real_files(test_data: Path, name: str) -> None:
    path = test_data / "edf" / name
    n_channels, rate, duration, start, n_annotations, fields = ODD_FILES[name]
    recording, said = read_quietly(path)
    assert (len(recording.channels), recording.sampling_rate, recording.duration) == (n_channels, rate, duration)
    assert recording.start_time == start
    assert recording.gaps == ()
    assert len(recording.annotations) == n_annotations
    assert len(said) == len(fields)
    assert all(text.startswith(f"{path}: {field}") for text, field in zip(said, fields, strict=True))
    for note in LEFT_OUT.get(name, []):
        assert any(text.startswith(note) for text in recording.notes)
    assert_equals_edfio(recording, path)


@pytest.mark.parametrize("name", ["edfio/mne_test.bdf", "pyedflib/test_generator.edf", "edfio/test_subsecond.edf"])
def test_mne_reads_the_same(test_data: Path, name: str) -> None:
    path = test_data / "edf" / name
    recording, _ = read_quietly(path)
    scaled_by_mne = [label for label in recording.channels if label.upper() != "STATUS"]
    recording = recording.select(scaled_by_mne)
    read = mne.io.read_raw_edf if path.suffix == ".edf" else mne.io.read_raw_bdf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = read(path, verbose="error")
        expected = raw.get_data(picks=list(recording.channels)) * 1e6
    np.testing.assert_allclose(recording.read(), expected, atol=np.abs(expected).max() * 2e-7)
    events = sorted((event.onset, event.event_type) for event in recording.annotations)
    theirs = sorted(zip(raw.annotations.onset, raw.annotations.description, strict=True))
    assert [text for _, text in events] == [str(text) for _, text in theirs]
    np.testing.assert_allclose([onset for onset, _ in events], [onset for onset, _ in theirs], atol=1e-6)


def test_every_real_clip_equals_edfio(test_data: Path) -> None:
    clips = sorted((test_data / "real").rglob("*_eeg.edf"))
    assert len(clips) == 48
    for path in clips:
        recording, said = read_quietly(path)
        assert said == ([f"{path}: {CHB_NOTE}"] if path.name.startswith("chb") else [])
        assert len(recording.channels) == (23 if path.name.startswith("chb") else 20)
        assert_equals_edfio(recording, path)


@pytest.mark.parametrize("name", ANNOTATIONS_ALONE)
def test_a_file_of_annotations_alone(test_data: Path, name: str) -> None:
    path = test_data / "edf" / name
    with pytest.raises(RecordingError, match="signals: holds no EEG channel"):
        read_edf(path)
    annotations = read_edf_annotations(path)
    read = edfio.read_edf if path.suffix == ".edf" else edfio.read_bdf
    theirs = [(one.onset, one.duration, one.text) for one in read(path).annotations]
    assert [(one.onset, one.duration, one.event_type) for one in annotations] == theirs
    assert annotations.duration == max(onset + duration for onset, duration, _ in theirs)


def test_text_beyond_ascii_in_annotations(test_data: Path) -> None:
    recording, said = read_quietly(test_data / "edf/pyedflib/test_utf8.edf")
    assert said == []
    assert "中文测试八个字" in {event.event_type for event in recording.annotations}


@pytest.mark.parametrize("name", ["plain.edf", "wrong suffix.bdf", "no suffix", "text.txt"])
def test_content_decides_not_the_name(edf: Any, name: str) -> None:
    assert read_edf(edf.file([edf.ramp()], name)).read().shape == (1, 400)


def test_a_ramp_counts_its_samples(edf: Any) -> None:
    recording = read_edf(edf.file([edf.ramp("Fp1"), edf.ramp("ECG", dimension="mV")]))
    np.testing.assert_array_equal(recording.read(0.5, 1.25), np.arange(50, 125) * np.array([[1.0], [1000.0]]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"Patient,Onset\nHaagse_Harry,12.5\n" * 30, "version: is neither EDF nor BDF"),
        (b"0".ljust(300), "header: is cut short after 256 bytes"),
    ],
)
def test_what_is_no_edf_is_refused_in_one_line(edf: Any, content: bytes, problem: str) -> None:
    path = edf.write(content, "night.edf")
    for read in (read_edf, read_edf_annotations):
        with pytest.raises(RecordingError) as error:
            read(path)
        assert str(error.value).startswith(f"{path}: {problem}")
        assert "\n" not in str(error.value)
        assert "Harry" not in str(error.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is not a file"):
        read_edf(tmp_path)
    with pytest.raises(RecordingError, match=r"gone\.edf: cannot be opened: No such file"):
        read_edf(str(tmp_path / "gone.edf"))


def test_a_file_without_eeg_says_what_it_holds(edf: Any) -> None:
    others = [edf.ramp("SaO2", dimension="%"), edf.ramp("ECG"), edf.ramp("")]
    with pytest.raises(
        RecordingError, match=r"its signals are SaO2 \(is not a voltage \(%\)\), ECG \(is no EEG\), no label"
    ):
        read_edf(edf.file(others))
    with pytest.raises(RecordingError, match=r"and 4 more$"):
        read_edf(edf.file([edf.ramp(f"SaO{i}", dimension="%") for i in range(12)]))


def test_findings_are_warned_of_with_file_and_field_and_noted_without_the_file(edf: Any) -> None:
    path = edf.file([edf.ramp("Fp1", dimension="uv"), edf.ramp("-")], n_records="-1", tail=b"12")
    recording, said = read_quietly(path)
    findings = [
        "data records: says -1; the file holds 4 whole ones, which are read",
        "data records: the last one is left out; it has 2 of 400 bytes",
        "physical dimension of Fp1: 'uv' is taken as uV",
    ]
    assert said == [f"{path}: {finding}" for finding in findings]
    assert recording.notes == (*findings, "-: left out, since it is a dummy")
    assert [f"{finding.field}: {finding.text}" for finding in recording.findings] == findings


def test_padding_after_the_last_record_is_ignored(edf: Any) -> None:
    recording, said = read_quietly(edf.file([edf.ramp()], tail=bytes(56)))
    assert recording.n_samples == 400
    assert [text.split(": ", 1)[1] for text in said] == ["data records: bytes after the last one are ignored: 56"]


def test_the_doctor_sees_every_signal(edf: Any) -> None:
    recording, _ = read_quietly(
        edf.file([edf.ramp("Fp1"), edf.ramp("IBI", n_samples=1, dimension="sec"), edf.annotations([b""] * 4)])
    )
    assert [(one.label, one.kind, one.dimension, one.sampling_rate, one.left_out) for one in recording.signals] == [
        ("Fp1", "eeg", "uV", 100.0, ""),
        ("IBI", "other", "sec", 1.0, "is not a voltage (sec)"),
        ("EDF Annotations", "annotation", "", 30.0, "annotations"),
    ]


def discontinuous(edf: Any, onsets: list[str], reserved: str = "EDF+D", **fields: Any) -> Path:
    lists = [f"+{onset}\x14\x14\0".encode() for onset in onsets]
    path: Path = edf.file([edf.ramp(n_records=len(onsets)), edf.annotations(lists)], reserved=reserved, **fields)
    return path


@pytest.fixture(scope="module")
def gappy(edf: Any) -> EdfRecording:
    """14 s with gaps and an overlap."""
    recording, _ = read_quietly(discontinuous(edf, ["0", "1", "3.5", "4.5", "4.7", "9", "13"]))
    assert recording.n_samples == 1400
    return recording


def test_gaps_stay_gaps(edf: Any) -> None:
    recording, said = read_quietly(discontinuous(edf, ["0.25", "1.25", "4.75", "60.25"]))
    assert said == []
    assert recording.gaps == ((2.0, 4.5), (5.5, 60.0))
    assert recording.segments == ((0, 200), (450, 550), (6000, 6100))
    assert recording.duration == 61.0
    assert recording.start_time == datetime(2004, 3, 2, 5, 6, 7, 250000)
    expected = np.full(6100, np.nan)
    expected[:200], expected[450:550], expected[6000:] = np.arange(200), np.arange(200, 300), np.arange(300, 400)
    np.testing.assert_array_equal(recording.read()[0], expected)
    np.testing.assert_array_equal(recording.read(1.5, 5.0)[0], expected[150:500])
    assert np.isnan(recording.read(30.0, 31.0)).all()


def test_the_library_would_have_closed_the_gap(edf: Any) -> None:
    """Why the samples are read here: if this fails, the library has learned about gaps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        joined = edfio.read_edf(discontinuous(edf, ["0", "1", "100", "101"])).signals[0].data
    assert len(joined) == 400


def test_overlapping_records_are_clipped_and_told(edf: Any) -> None:
    recording, said = read_quietly(discontinuous(edf, ["0", "1", "1.5", "0.5"]))
    assert [text.split(": ", 1)[1] for text in said] == [
        "time of data records: goes back 2 times; what overlaps is left out"
    ]
    np.testing.assert_array_equal(recording.read()[0], [*range(200), *range(250, 300)])


def test_gaps_in_a_file_that_denies_them(edf: Any) -> None:
    recording, said = read_quietly(discontinuous(edf, ["0", "1", "100", "101"], reserved="EDF+C"))
    assert recording.gaps == ((2.0, 100.0),)
    assert [text.split(": ")[1] for text in said] == ["reserved"]


def test_gaps_that_nothing_places(edf: Any) -> None:
    recording, said = read_quietly(edf.file([edf.ramp()], reserved="EDF+D"))
    assert recording.gaps == ()
    assert [text.split(": ")[1] for text in said] == ["reserved"]


@pytest.mark.parametrize("onset", ["99999999", "x", ""])
def test_an_impossible_first_time_is_the_start_of_the_header(edf: Any, onset: str) -> None:
    recording, said = read_quietly(discontinuous(edf, [onset, "1", "2", "3"], reserved="EDF+C"))
    assert recording.start_time == datetime(2004, 3, 2, 5, 6, 7)
    assert recording.duration == 4.0
    assert [text.split(": ")[1] for text in said] == ["time of data records"]


def test_the_end_of_time_is_no_crash(edf: Any) -> None:
    late = {"date": "31.12.yy", "time": "23.59.59", "recording": "Startdate 31-DEC-9999 X X X"}
    assert read_edf(discontinuous(edf, ["1.5", "2.5"], reserved="EDF+C", **late)).start_time is None


def test_annotations_count_from_the_first_sample(edf: Any) -> None:
    lists = [b"+0.5\x14\x14\0+1.5\x152\x14Seizure\x14\0", b"+1.5\x14\x14\0", b"+2.5\x14\x14\0", b"+3.5\x14\x14\0"]
    more = [b"", b"", b"+3\x14Fp1\x14artefact\x14\0", b""]
    recording = read_edf(edf.file([edf.ramp(), edf.annotations(lists), edf.annotations(more)], reserved="EDF+C"))
    assert recording.annotations.events == (
        Event(1.0, 2.0, "Seizure"),
        Event(2.5, 0.0, "Fp1"),
        Event(2.5, 0.0, "artefact"),
    )
    assert recording.annotations.duration == 4.0


def test_broken_annotations_are_told_when_they_are_read(edf: Any) -> None:
    lists = [
        b"+0\x14\x14\0+zero\x14Seizure\x14\0",
        b"+1\x14\x14\0+1\x14Eyes open\x14\0",
        b"+2\x14\x14\0",
        b"+3\x14\x14\0",
    ]
    path = edf.file([edf.ramp(), edf.annotations(lists)], reserved="EDF+C")
    recording, said = read_quietly(path)
    assert (said, recording.findings) == ([], ())
    with pytest.warns(IctalWarning, match=r"recording\.edf: annotations: 1 cannot be read and are left out"):
        assert [event.event_type for event in recording.annotations] == ["Eyes open"]
    assert recording.notes == ("annotations: 1 cannot be read and are left out",)
    with pytest.warns(IctalWarning, match="annotations: 1 cannot be read"):
        assert len(read_edf_annotations(path)) == 1


def test_a_continuous_file_is_opened_by_its_first_and_last_record(edf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    n_records = 2000
    lists = [b"+%d\x14\x14\0" % number for number in range(n_records)]
    path = edf.file([edf.ramp(n_records=n_records), edf.annotations(lists)], reserved="EDF+C")
    asked: list[range] = []
    original = edf_module.read_annotation_rows

    def spy(file: Any, header: Any, index: int, records: range) -> Any:
        asked.append(records)
        return original(file, header, index, records)

    monkeypatch.setattr(edf_module, "read_annotation_rows", spy)
    assert read_edf(path).duration == 2000.0
    assert asked == [range(1), range(1999, 2000)]


def test_select_reads_the_rows_that_are_asked_for(edf: Any) -> None:
    rows = [edf.ramp(label, physical=(str(-2048 * k), str(2047 * k))) for k, label in enumerate(("A", "B", "C"), 1)]
    recording = read_edf(edf.file(rows))
    chosen = recording.select(["C", "A"])
    assert chosen.channels == ("C", "A")
    np.testing.assert_array_equal(chosen.read(1.0, 2.0), recording.read(1.0, 2.0)[[2, 0]])
    assert recording.channels == ("A", "B", "C")
    assert chosen.select(["A"]).channels == ("A",)
    with pytest.raises(ParameterError, match="channel: 'D' is not allowed; allowed are 'A', 'B', 'C'"):
        recording.select(["D"])
    with pytest.raises(ParameterError, match="channels: an empty list"):
        recording.select([])


def copy_by_pickle(recording: EdfRecording) -> EdfRecording:
    copied: EdfRecording = pickle.loads(pickle.dumps(recording))  # noqa: S301
    return copied


def test_it_may_be_pickled_and_read_by_many_threads(edf: Any) -> None:
    recording = copy_by_pickle(read_edf(discontinuous(edf, [str(2 * i) for i in range(40)])))
    expected = recording.read()
    starts = np.random.default_rng(0).integers(0, 7000, 200)
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda first: recording.read_samples(first, first + 300), starts.tolist()))
    for first, part in zip(starts, parts, strict=True):
        np.testing.assert_array_equal(part, expected[:, first : first + 300])


@given(bounds=st.tuples(st.integers(0, 1400), st.integers(0, 1400)))
def test_a_part_equals_the_part_of_the_whole(gappy: EdfRecording, bounds: tuple[int, int]) -> None:
    first, last = sorted(bounds)
    np.testing.assert_array_equal(gappy.read_samples(first, last), gappy.read()[:, first:last])


def test_nothing_that_is_said_names_a_person_or_a_day(edf: Any) -> None:
    path = edf.file(
        [edf.ramp(dimension="uv")],
        patient="Haagse_Harry 02-MAY-1951",
        recording="Startdate 05-MAY-2011 BK/JOP",
        date="17:12:2010"[:8],
        time="25.00.00",
        n_records="-1",
    )
    recording, said = read_quietly(path)
    everything = " ".join([repr(recording), repr(recording.header), *recording.notes, *said])
    assert not re.search(r"Harry|JOP|1951|2011|MAY|17[.:]12", everything)
