"""The clauses of BDF and BDF+: EDF with samples of 24 bits.

References
----------
BioSemi, Which file format does BioSemi use, biosemi.com/faq/file_format.htm.
Van Beelen, BDF+, teuniz.net/edfbrowser/bdfplus format description.html.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ictal.core.events import Event
from ictal.io.edf import read_edf

FULL = ("-8388608", "8388607")


def build(edf: Any, signals: list[Any], **fields: Any) -> Any:
    return edf.file(signals, "recording.bdf", version=b"\xffBIOSEMI", **fields)


def test_the_first_byte_is_255_and_biosemi_follows(edf: Any) -> None:
    one = edf.signal("A1", [[1, 2]], 3, physical=FULL, digital=FULL)
    assert read_edf(build(edf, [one], reserved="24BIT")).header.sample_bytes == 3


def test_a_file_that_begins_as_an_edf_is_one_whatever_its_name(edf: Any) -> None:
    path = edf.file([edf.signal("A1", [[1, 2]])], "recording.bdf")
    assert read_edf(path).header.sample_bytes == 2


def test_samples_are_24_bits_little_endian_in_twos_complement(edf: Any) -> None:
    values = [-8388608, -65536, -256, -1, 0, 1, 255, 65535, 8388607]
    one = edf.signal("A1", [values], 3, physical=FULL, digital=FULL)
    assert one.records[0][:6] == b"\x00\x00\x80\x00\x00\xff"
    assert read_edf(build(edf, [one])).read()[0].tolist() == [float(value) for value in values]


def test_a_step_of_biosemi_is_a_32nd_of_a_microvolt(edf: Any) -> None:
    one = edf.signal("A1", [[-8388608, 0, 32, 8388607]], 3, physical=("-262144", "262143"), digital=FULL)
    low, zero, thirty_two, high = read_edf(build(edf, [one])).read()[0].tolist()
    assert (low, high) == (-262144.0, 262143.0)
    assert thirty_two - zero == pytest.approx(1.0, abs=1e-4)


def test_small_signals_on_a_large_offset_keep_their_steps(edf: Any) -> None:
    """DC-coupled amplifiers put microvolts on top of tens of millivolts."""
    steps = np.arange(256) + 1_000_000
    one = edf.signal("A1", [steps], 3, physical=("-262144", "262143"), digital=FULL)
    expected = (steps + 8388608.0) * (524287 / 16777215) - 262144
    assert np.abs(read_edf(build(edf, [one])).read()[0] - expected).max() <= np.spacing(np.float32(32000)) / 2


@pytest.mark.parametrize("reserved", ["BDF+C", "BDF+D"])
def test_annotations_use_three_bytes_a_sample(edf: Any, reserved: str) -> None:
    lists = [b"+0\x14\x14\0+0.5\x151\x14Seizure\x14\0", b"+1\x14\x14\0", b"+2\x14\x14\0"]
    notes = edf.annotations(lists, 10, sample_bytes=3)
    assert {len(record) for record in notes.records} == {30}
    one = edf.signal("A1", np.arange(12).reshape(3, 4), 3, physical=FULL, digital=FULL)
    recording = read_edf(build(edf, [notes, one], reserved=reserved))
    assert recording.annotations.events == (Event(0.5, 1.0, "Seizure"),)
    assert recording.read()[0].tolist() == list(range(12))


def test_discontinuous_records_leave_gaps(edf: Any) -> None:
    notes = edf.annotations([b"+0\x14\x14\0", b"+1\x14\x14\0", b"+5\x14\x14\0"], 5, sample_bytes=3)
    one = edf.signal("A1", np.arange(12).reshape(3, 4), 3, physical=FULL, digital=FULL)
    recording = read_edf(build(edf, [one, notes], reserved="BDF+D"))
    assert recording.gaps == ((2.0, 5.0),)
    assert recording.read(4.5)[0, 2:].tolist() == [8.0, 9.0, 10.0, 11.0]


def test_the_status_channel_is_no_voltage(edf: Any) -> None:
    one = edf.signal("A1", [[1, 2]], 3, physical=FULL, digital=FULL)
    status = edf.signal("Status", [[65280, 65281]], 3, physical=FULL, digital=FULL, dimension="Boolean")
    recording = read_edf(build(edf, [one, status]))
    assert recording.channels == ("A1",)
    assert recording.notes == ("Status: left out, since it is not a voltage (Boolean)",)
