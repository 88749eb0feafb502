"""The clauses of EDF and EDF+ on files that ictal writes, checked on bytes alone."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf


class Written:
    """The fields and records of a file, cut out by their places in the specification."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        places = {"version": 0, "patient": 8, "recording": 88, "date": 168, "time": 176, "header bytes": 184}
        places |= {"reserved": 192, "records": 236, "duration": 244, "signals": 252}
        ends = [*list(places.values())[1:], 256]
        self.fixed = {name: raw[start:end] for (name, start), end in zip(places.items(), ends, strict=True)}
        count = int(self.fixed["signals"])
        self.header = raw[: 256 * (count + 1)]
        widths = {"label": 16, "transducer": 80, "dimension": 8, "physical min": 8, "physical max": 8}
        widths |= {"digital min": 8, "digital max": 8, "prefilter": 80, "samples": 8, "reserved": 32}
        self.columns: dict[str, list[bytes]] = {}
        place = 256
        for name, width in widths.items():
            self.columns[name] = [raw[place + width * i :][:width] for i in range(count)]
            place += width * count
        samples = [int(field) for field in self.columns["samples"]]
        size = 2 * sum(samples)
        self.records = [raw[start : start + size] for start in range(len(self.header), len(raw), size)]
        self.annotations = [record[-2 * samples[-1] :] for record in self.records]


def record(**changes: object) -> Recording:
    data = np.random.default_rng(0).normal(0, 50, (2, 1000))
    data[:, 400:600] = np.nan if changes.get("gap") else data[:, 400:600]
    events = Annotations([Event(1.5, 2.0), Event(9.0, 0.0, "Eyes closed µ")], 10.0)
    return Recording.from_array(data, 100.0, ["EEG Fp1-REF", "EEG µ"], annotations=events)


@pytest.fixture(params=[False, True], ids=["whole", "with-gap"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    write_edf(tmp_path / "a.edf", record(gap=request.param), start_time=datetime(2031, 5, 6, 7, 8, 9))
    return Written(tmp_path / "a.edf")


def test_the_header_is_printable_us_ascii(written: Written) -> None:
    assert all(32 <= byte <= 126 for byte in written.header)


def test_the_version_is_zero_and_sizes_agree(written: Written) -> None:
    assert written.fixed["version"] == b"0".ljust(8)
    assert int(written.fixed["header bytes"]) == len(written.header)
    assert int(written.fixed["records"]) == len(written.records)
    assert len({len(one) for one in written.records}) == 1


def test_reserved_begins_with_edf_plus_c_or_d(written: Written) -> None:
    onsets = [float(re.match(rb"\+[\d.]+", one)[0]) for one in written.annotations]
    steps = np.diff(onsets)
    continuous = np.allclose(steps, float(written.fixed["duration"]))
    assert written.fixed["reserved"][:5] == (b"EDF+C" if continuous else b"EDF+D")


def test_the_identification_fields_have_their_four_parts(tmp_path: Path, written: Written) -> None:
    assert written.fixed["patient"].split() == [b"X"] * 4
    assert written.fixed["recording"].split() == [b"Startdate", b"06-MAY-2031", b"X", b"X", b"X"]
    write_edf(tmp_path / "b.edf", record())
    assert Written(tmp_path / "b.edf").fixed["recording"].split() == [b"Startdate", b"X", b"X", b"X", b"X"]


def test_date_and_time_have_points(written: Written) -> None:
    assert written.fixed["date"] == b"06.05.31"
    assert written.fixed["time"] == b"07.08.09"


def test_numbers_have_no_comma_no_exponent_and_no_grouping(written: Written) -> None:
    numbers = [written.fixed["duration"], *written.columns["physical min"], *written.columns["physical max"]]
    assert all(re.fullmatch(rb"-?\d+(\.\d+)?", number.rstrip()) for number in numbers)


def test_digital_minimum_lies_below_digital_maximum(written: Written) -> None:
    lows, highs = written.columns["digital min"], written.columns["digital max"]
    assert all(-32768 <= int(low) < int(high) <= 32767 for low, high in zip(lows, highs, strict=True))
    lows, highs = written.columns["physical min"], written.columns["physical max"]
    assert all(float(low) != float(high) for low, high in zip(lows, highs, strict=True))


def test_annotations_are_in_a_signal_of_their_name(written: Written) -> None:
    assert written.columns["label"][-1] == b"EDF Annotations "
    assert written.columns["digital min"][-1].rstrip() == b"-32768"
    assert written.columns["digital max"][-1].rstrip() == b"32767"
    assert float(written.columns["physical min"][-1]) != float(written.columns["physical max"][-1])


def test_the_first_list_of_each_record_keeps_the_time_and_unused_bytes_are_zero(written: Written) -> None:
    for one in written.annotations:
        lists = one.rstrip(b"\0").split(b"\0")
        assert re.fullmatch(rb"\+\d+(\.\d+)?\x14\x14", lists[0])
        assert all(re.fullmatch(rb"[+-]\d+(\.\d+)?(\x15\d+(\.\d+)?)?\x14[^\x14]*\x14", text) for text in lists[1:])


def test_texts_are_utf_8(written: Written) -> None:
    assert any("Eyes closed µ\x14".encode() in one for one in written.annotations)
