"""The header as a pair of decode and encode, held to files made byte by byte."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.io.edf_header import EdfHeader, SignalHeader, decode_header, encode_header, read_header

FILE = Path("night.edf")


def decode(content: bytes) -> tuple[EdfHeader, list[tuple[str, str]]]:
    header, findings = decode_header(content, len(content), FILE)
    return header, [(finding.field, finding.text) for finding in findings]


def test_every_field_is_read(edf: Any) -> None:
    fp1 = edf.ramp(
        "EEG Fp1-REF",
        dimension="mV",
        physical=("-0.5", "0.75"),
        digital=("-2000", "2000"),
        transducer="AgAgCl",
        prefilter="HP:0.1Hz",
    )
    content = edf.build(
        [fp1, edf.ramp("ECG", n_samples=10)],
        patient="MCH-0234567 F 02-MAY-1951 Haagse_Harry",
        recording="Startdate 02-MAR-2002 EMG561 BK/JOP Sony",
        date="02.03.02",
        time="12.34.56",
        duration="0.5",
    )
    header, findings = decode(content)
    assert findings == []
    assert (header.n_records, header.record_duration, header.sample_bytes) == (4, 0.5, 2)
    assert (header.header_bytes, header.record_bytes, header.signal_offsets) == (768, 220, (0, 200))
    assert header.start_time == datetime(2002, 3, 2, 12, 34, 56)
    assert header.patient == "MCH-0234567 F 02-MAY-1951 Haagse_Harry"
    assert header.signals[0] == SignalHeader(
        "EEG Fp1-REF", "mV", -0.5, 0.75, -2000, 2000, 100, transducer="AgAgCl", prefilter="HP:0.1Hz"
    )
    assert header.signals[1].samples_per_record == 10


def test_nothing_shows_who_or_when(edf: Any) -> None:
    header, _ = decode(edf.build([edf.ramp()], patient="Haagse_Harry", recording="BK/JOP", date="02.03.02"))
    shown = repr(header)
    assert not [private for private in ("Harry", "JOP", "2002") if private in shown]


labels = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=16)
physical = st.integers(-99999, 99999).map(lambda number: number / 100)
signals = st.builds(
    SignalHeader,
    label=labels,
    dimension=st.sampled_from(["uV", "mV", "", "%"]),
    physical_min=physical,
    physical_max=physical,
    digital_min=st.integers(-32768, 32767),
    digital_max=st.integers(-32768, 32767),
    samples_per_record=st.integers(1, 9999),
    transducer=labels,
    prefilter=labels,
    reserved=labels,
)
headers = st.builds(
    EdfHeader,
    signals=st.lists(signals, min_size=1, max_size=5).map(tuple),
    n_records=st.integers(1, 99999),
    record_duration=st.integers(1, 9999).map(lambda number: number / 100),
    start_time=st.datetimes(datetime(1985, 1, 1), datetime(2084, 12, 31)).map(lambda t: t.replace(microsecond=0)),
    sample_bytes=st.sampled_from([2, 3]),
    reserved=st.sampled_from(["", "EDF+C", "EDF+D"]),
    patient=labels,
    recording=labels,
)


@given(headers)
def test_a_header_goes_round(header: EdfHeader) -> None:
    content = encode_header(header)
    assert len(content) == header.header_bytes
    decoded, findings = decode_header(content, header.header_bytes + header.n_records * header.record_bytes)
    assert decoded == header
    assert findings == ()


def test_another_library_reads_what_is_encoded() -> None:
    header = EdfHeader(
        signals=(
            SignalHeader("EEG Fp1", "uV", -200.0, 200.0, -2048, 2047, 256, transducer="cup", prefilter="HP:0.5Hz"),
            SignalHeader("SaO2", "%", 0.0, 100.0, 0, 1000, 4),
        ),
        n_records=2,
        record_duration=1.0,
        start_time=datetime(2031, 5, 4, 3, 2, 1),
        patient="X X X X",
        recording="Startdate 04-MAY-2031 X X X",
    )
    samples = np.zeros(520, dtype="<i2").tobytes()
    read = edfio.read_edf(io.BytesIO(encode_header(header) + samples))
    assert read.startdatetime == datetime(2031, 5, 4, 3, 2, 1)
    first = read.signals[0]
    assert (first.label, first.physical_dimension, first.transducer_type) == ("EEG Fp1", "uV", "cup")
    assert (first.physical_range.min, first.digital_range.max, first.sampling_frequency) == (-200.0, 2047, 256.0)
    assert (read.signals[1].label, read.signals[1].sampling_frequency) == ("SaO2", 4.0)


def test_what_does_not_fit_is_not_encoded() -> None:
    header = EdfHeader((SignalHeader("Fp1", "uV", -123456789.0, 1.0, -1, 1, 1),), 1, 1.0)
    with pytest.raises(ParameterError, match="physical minimum"):
        encode_header(header)
    with pytest.raises(ParameterError, match="patient: 81 characters"):
        encode_header(replace(header, patient="x" * 81))


@pytest.mark.parametrize(
    ("physical_range", "digital_range", "gain", "offset"),
    [
        ((-2048.0, 2047.0), (-2048, 2047), 1.0, 0.0),
        ((8711.0, -8711.0), (-32768, 32767), -17422 / 65535, 8711 - 17422 / 65535 * 32768),
        ((0.0, 100.0), (0, 1000), 0.1, 0.0),
        ((10.0, 20.0), (10, 0), -1.0, 20.0),
    ],
)
def test_the_scale(
    physical_range: tuple[float, float], digital_range: tuple[int, int], gain: float, offset: float
) -> None:
    signal = SignalHeader("Fp1", "uV", *physical_range, *digital_range, 1)
    assert signal.gain == pytest.approx(gain, rel=1e-12)
    assert signal.offset == pytest.approx(offset, rel=1e-12)


@pytest.mark.parametrize(
    ("physical_range", "digital_range"),
    [((-1.0, 1.0), (5, 5)), ((3.0, 3.0), (-1, 1)), ((-1e308, 1e308), (-1, 1)), ((0.0, 0.0), (0, 0))],
)
def test_no_scale(physical_range: tuple[float, float], digital_range: tuple[int, int]) -> None:
    assert math.isnan(SignalHeader("Fp1", "uV", *physical_range, *digital_range, 1).gain)


def test_decimal_commas_are_told_once(edf: Any) -> None:
    header, findings = decode(edf.build([edf.ramp(label, physical=("-187,5", "187,5")) for label in ("Fp1", "Fp2")]))
    assert header.signals[1].physical_min == -187.5
    assert findings == [
        ("physical minimum of Fp1, Fp2", "has a decimal comma"),
        ("physical maximum of Fp1, Fp2", "has a decimal comma"),
    ]


@pytest.mark.parametrize("bad", ["nan", "inf", "", "x", "1e999"])
def test_a_range_that_is_no_number_leaves_no_scale(edf: Any, bad: str) -> None:
    for fields in (
        {"physical": (bad, "1")},
        {"physical": ("1", bad)},
        {"digital": (bad, "1")},
        {"digital": ("1", bad)},
    ):
        header, findings = decode(edf.build([edf.ramp(**fields)]))
        assert math.isnan(header.signals[0].gain)
        assert [field for field, _ in findings] == ["physical and digital range of Fp1"]


@pytest.mark.parametrize("raw", [b"F\xfcnf", "Fünf".encode()])
def test_labels_beyond_ascii(edf: Any, raw: bytes) -> None:
    header, findings = decode(edf.build([edf.ramp(raw)]))
    assert header.signals[0].label == "Fünf"
    assert [field for field, _ in findings] == ["label of signal 1"]


def test_names_beyond_ascii_change_nothing(edf: Any) -> None:
    _, findings = decode(edf.build([edf.ramp()], patient=b"M\xfcller", recording="Klinik Köln".encode()))
    assert findings == []


@pytest.mark.parametrize("duration", ["0", "-1", "nan", "inf", "", "1e-9", "1e308", "99999999"])
def test_a_duration_that_gives_no_rate_is_refused(edf: Any, duration: str) -> None:
    with pytest.raises(RecordingError, match=r"night\.edf: duration of a data record: .* s is not"):
        decode(edf.build([edf.ramp()], duration=duration))


def test_annotations_alone_need_no_duration(edf: Any) -> None:
    alone = [edf.annotations([b"+0\x14\x14\x00"])]
    assert decode(edf.build(alone, duration="0"))[1] == []
    header, findings = decode(edf.build(alone, duration="-1"))
    assert header.record_duration == 0.0
    assert [field for field, _ in findings] == ["duration of a data record"]


@pytest.mark.parametrize(
    ("date", "recording", "start", "fields"),
    [
        ("02.03.02", "Startdate 02-MAR-2002 X X X", datetime(2002, 3, 2, 5, 6, 7), []),
        ("02.03.02", "Startdate 02-MAR-1902 X X X", datetime(1902, 3, 2, 5, 6, 7), []),
        ("02.03.02", "Startdate 03-MAR-2002 X X X", datetime(2002, 3, 2, 5, 6, 7), ["start date"]),
        ("02.03.02", "Startdate X X X X", datetime(2002, 3, 2, 5, 6, 7), []),
        ("31.02.02", "Startdate 02-MAR-2002 X X X", datetime(2002, 3, 2, 5, 6, 7), ["start date"]),
        ("02.03.yy", "Startdate 02-MAR-2102 X X X", datetime(2102, 3, 2, 5, 6, 7), []),
        ("02:03:02", "", datetime(2002, 3, 2, 5, 6, 7), ["start date"]),
        ("42.00.00", "", None, ["start date"]),
        ("", "", None, ["start date"]),
    ],
)
def test_the_start_date(edf: Any, date: str, recording: str, start: datetime | None, fields: list[str]) -> None:
    header, findings = decode(edf.build([edf.ramp()], date=date, recording=recording))
    assert header.start_time == start
    assert [field for field, _ in findings] == fields
    assert not any("02" in text for _, text in findings), "a finding may not tell the date"


@pytest.mark.parametrize("clock", ["26.00.99", "", "ab.cd.ef", "1"])
def test_an_impossible_time_leaves_the_start_unknown(edf: Any, clock: str) -> None:
    header, findings = decode(edf.build([edf.ramp()], time=clock))
    assert header.start_time is None
    assert [field for field, _ in findings] == ["start time"]


def test_only_the_header_is_read(edf: Any) -> None:
    path = edf.file([edf.ramp(label, n_records=50) for label in ("Fp1", "Fp2")])
    with path.open("rb", buffering=0) as file:
        header, _ = read_header(file, path.stat().st_size, path)
        assert file.tell() == header.header_bytes == 768


@pytest.mark.parametrize("reserved", ["EDF+D", "BDF+D", "EDF+D extra"])
def test_discontinuous(edf: Any, reserved: str) -> None:
    assert decode(edf.build([edf.ramp()], reserved=reserved))[0].is_discontinuous
    assert not decode(edf.build([edf.ramp()], reserved="EDF+C"))[0].is_discontinuous
