"""Annotation files of PhysioNet, byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.io.corpora.wfdb_annotations import decode_marks, read_seizure_marks

HEAD = b"\x00\x58\x17\xfc## time resolution: 256\x00\x00\xec\xff\xff\xff\xff\x01\x00"


def encode_seizures(spans: list[tuple[int, int]], rate: int = 256) -> bytes:
    """A file as CHB-MIT has it: its first bytes, and a pair of marks for each seizure in seconds."""
    data, before = HEAD, 0
    for span in spans:
        for second, code in zip(span, (32, 33), strict=True):
            step = second * rate - before
            data += b"\x00\xec" + struct.pack("<hH", step >> 16, step & 0xFFFF) + struct.pack("<H", code << 10)
            before = second * rate
    return data + b"\0\0"


def write(folder: Path, data: bytes) -> Path:
    path = folder / "chb01_03.edf.seizures"
    path.write_bytes(data)
    return path


def test_the_bytes_of_chb01_03(tmp_path: Path) -> None:
    data = HEAD + bytes.fromhex("00ec 0b00 00b4 0080 00ec 0000 0028 0084 0000")
    assert read_seizure_marks(write(tmp_path, data)) == ((2996.0, 3036.0),)


@given(st.lists(st.tuples(st.integers(1, 20000), st.integers(1, 900)), max_size=6))
def test_any_seizures_come_back(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]) -> None:
    spans, now = [], 0
    for wait, length in steps:
        spans.append((now + wait, now + wait + length))
        now += wait + length
    data = encode_seizures(spans)
    assert len(data) == 38 + 16 * len(spans)
    assert read_seizure_marks(write(tmp_path_factory.mktemp("marks"), data)) == tuple(spans)


def test_short_steps_texts_and_numbers() -> None:
    words = struct.pack("<HHHH", (1 << 10) | 100, (60 << 10) | 3, (62 << 10) | 1, (63 << 10) | 3)
    marks = decode_marks(words + b"abc\0" + struct.pack("<HH", (5 << 10) | 7, 0))
    assert [(mark.sample, mark.code, mark.text) for mark in marks] == [(100, 1, "abc"), (107, 5, "")]


@pytest.mark.parametrize("n_bytes", [1, 10, 30, 33, 41, 45, 53])
def test_a_file_that_was_cut_short(tmp_path: Path, n_bytes: int) -> None:
    whole = encode_seizures([(10, 20)])
    with pytest.raises(RecordingError, match=r"chb01_03\.edf\.seizures"):
        read_seizure_marks(write(tmp_path, whole[:n_bytes]))


def test_what_a_file_must_say(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="time resolution"):
        read_seizure_marks(write(tmp_path, bytes.fromhex("00ec 0b00 00b4 0080 00ec 0000 0028 0084 0000")))
    with pytest.raises(RecordingError, match="1 seizures begin and 0 end"):
        read_seizure_marks(write(tmp_path, HEAD + bytes.fromhex("00ec 0b00 00b4 0080 0000")))
    with pytest.raises(RecordingError, match="cannot be read"):
        read_seizure_marks(tmp_path)


def test_every_file_of_chb_mit_has_whole_seconds(test_data: Path) -> None:
    files = sorted((test_data / "annotations" / "chbmit").glob("chb*/*.seizures"))
    spans = [span for file in files for span in read_seizure_marks(file)]
    assert (len(files), len(spans)) == (141, 198)
    assert all(start == int(start) < stop == int(stop) for start, stop in spans)
    assert sum(stop - start for start, stop in spans) == 12011
    assert encode_seizures([(2996, 3036)]) == (files[0].parent / "chb01_03.edf.seizures").read_bytes()
