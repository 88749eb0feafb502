"""Records in time, and bytes into samples."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.io import edf_records
from ictal.io.edf_fields import Ledger
from ictal.io.edf_header import EdfHeader, decode_header
from ictal.io.edf_records import (
    Run,
    decode_samples,
    open_file,
    place_records,
    read_annotation_rows,
    read_exactly,
    read_signals,
)
from ictal.io.edf_signals import EdfSignal, choose_signals


def place(*onsets: float, samples: int = 100) -> tuple[list[tuple[int, int, int, int]], int]:
    ledger = Ledger()
    runs = place_records(np.array(onsets), samples, 1.0, ledger)
    return [(run.start, run.stop, run.origin, run.first_record) for run in runs], len(ledger.findings)


def test_records_that_follow_one_another_are_one_run() -> None:
    assert place(0.0, 1.0, 2.0) == ([(0, 300, 0, 0)], 0)


def test_a_gap_begins_a_run() -> None:
    assert place(0.0, 1.0, 2.5, 3.5, 60.0) == ([(0, 200, 0, 0), (250, 450, 250, 2), (6000, 6100, 6000, 4)], 0)


def test_rounded_onsets_are_no_gaps() -> None:
    assert place(0.0, 1.004, 1.996, 3.0) == ([(0, 400, 0, 0)], 0)


def test_a_slow_drift_never_grows() -> None:
    onsets = np.arange(1000) * 1.0005
    runs = place_records(onsets, 100, 1.0, Ledger())
    for run in runs:
        n_records = (run.stop - run.origin) // 100
        claimed = onsets[run.first_record : run.first_record + n_records] * 100
        assert np.abs(claimed - run.origin - np.arange(n_records) * 100).max() <= 1.0


def test_an_overlap_is_read_once() -> None:
    assert place(0.0, 1.0, 1.5, 2.5) == ([(0, 200, 0, 0), (200, 350, 150, 2)], 1)


def test_a_record_from_the_past_is_left_out() -> None:
    assert place(0.0, 1.0, 2.0, 0.5, 3.0) == ([(0, 300, 0, 0), (300, 400, 300, 4)], 1)


def test_a_record_without_a_time_follows_the_one_before() -> None:
    assert place(0.0, np.nan, 2.0, 9.0, np.nan) == ([(0, 300, 0, 0), (900, 1100, 900, 3)], 1)


@pytest.mark.parametrize("wild", [99999.0, 1e300, -1e300, 1e9])
def test_one_wild_time_does_not_lose_the_records_behind(wild: float) -> None:
    assert place(0.0, 1.0, wild, 3.0, 4.0) == ([(0, 500, 0, 0)], 1)


times = st.floats(-1e4, 1e6) | st.sampled_from([np.nan, 0.0, 1.0, 1.5, 2.0, 1e308, -1e308])


@given(st.lists(times, min_size=1, max_size=12))
def test_runs_are_sorted_and_apart(onsets: list[float]) -> None:
    runs = place_records(np.array([0.0, *onsets]), 100, 1.0, Ledger())
    assert runs[0].start == 0
    assert all(run.origin <= run.start < run.stop for run in runs)
    assert all(one.stop <= next_one.start for one, next_one in itertools.pairwise(runs))


def opened(edf: Any, signals: list[Any], **fields: Any) -> tuple[Path, EdfHeader, list[EdfSignal]]:
    path = edf.file(signals, **fields)
    header, _ = decode_header(path.read_bytes(), path.stat().st_size, path)
    return path, header, [signal for signal in choose_signals(header, Ledger()) if not signal.left_out]


values = np.random.default_rng(2).integers(-(2**15), 2**15, (3, 7, 50))


@pytest.mark.parametrize("block_bytes", [1, 300, 700, 1 << 20], ids=["within records", "one", "two", "all"])
@pytest.mark.parametrize("sample_bytes", [2, 3])
def test_any_block_size_reads_the_same(
    edf: Any, monkeypatch: pytest.MonkeyPatch, block_bytes: int, sample_bytes: int
) -> None:
    digital = values if sample_bytes == 2 else values * 250
    full = (str(-(2 ** (8 * sample_bytes - 1))), str(2 ** (8 * sample_bytes - 1) - 1))
    rows = [
        edf.signal(f"EEG{i}", digital[i], sample_bytes, digital=full, physical=full if i else full[::-1])
        for i in range(3)
    ]
    rows.insert(1, edf.signal("SaO2", np.zeros((7, 3)), sample_bytes, dimension="%"))
    version = b"0" if sample_bytes == 2 else b"\xffBIOSEMI"
    path, header, signals = opened(edf, rows, version=version)
    monkeypatch.setattr(edf_records, "_BLOCK_BYTES", block_bytes)
    expected = digital.reshape(3, -1) * np.array([[-1], [1], [1]]) - np.array([[1], [0], [0]])
    for first, last in [(0, 350), (0, 1), (49, 51), (120, 120), (3, 347), (349, 350), (100, 200)]:
        read = read_signals(path, header, signals, (Run(0, 350, 0, 0),), first, last)
        assert read.dtype == np.float32
        np.testing.assert_allclose(read, expected[:, first:last], rtol=1e-6, atol=0.01)


def test_between_the_runs_nothing_is_invented(edf: Any) -> None:
    path, header, signals = opened(edf, [edf.signal("Fp1", values[0] // 32)])
    truth = (values[0] // 32).reshape(-1)
    runs = (Run(0, 100, 0, 0), Run(100, 180, 80, 2), Run(300, 450, 300, 4))
    time_axis = np.full(450, np.nan)
    time_axis[:100], time_axis[100:180], time_axis[300:] = truth[:100], truth[120:200], truth[200:]
    for first, last in [(0, 450), (90, 110), (170, 310), (200, 250), (440, 450), (179, 301)]:
        read = read_signals(path, header, signals, runs, first, last)
        np.testing.assert_allclose(read[0], time_axis[first:last], atol=1e-3)


def test_the_extremes_of_24_bits() -> None:
    raw = b"\xff\xff\x7f\x00\x00\x80\xff\xff\xff\x01\x00\x00"
    buffer = np.frombuffer(raw + b"\xaa", dtype=np.uint8).copy()
    decoded = decode_samples(buffer, 0, (2, 2), (6, 3))
    assert decoded.tolist() == [8388607.0, -8388608.0, -1.0, 1.0]


def test_only_the_annotation_bytes_are_read(edf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [b"+%d\x14\x14\0" % number for number in range(7)]
    path, header, _ = opened(edf, [edf.signal("Fp1", values[0]), edf.annotations(lists, 10)])
    monkeypatch.setattr(edf_records, "_BLOCK_BYTES", 60)
    with open_file(path) as file:
        blocks = [rows.copy() for rows in read_annotation_rows(file, header, 1, range(1, 6))]
    assert [len(rows) for rows in blocks] == [3, 2]
    assert [row.tobytes().rstrip(b"\0") + b"\0" for rows in blocks for row in rows] == lists[1:6]


def test_memory_does_not_grow_with_the_file(edf: Any) -> None:
    """Six hours of 23 channels at 256 Hz, of which only the header takes room on the disk."""
    n_records = 6 * 3600
    content = edf.build([edf.signal(f"EEG{i}", np.zeros((1, 256))) for i in range(23)], n_records=str(n_records))
    path = edf.write(content)
    with path.open("r+b") as file:
        file.truncate(24 * 256 + n_records * 23 * 512)
    header, _ = decode_header(content, path.stat().st_size, path)
    signals = choose_signals(header, Ledger())
    runs = (Run(0, n_records * 256, 0, 0),)
    tracemalloc.start()
    try:
        read_signals(path, header, signals, runs, 3_000_000, 3_001_024)
        _, window_peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        ten_minutes = read_signals(path, header, signals, runs, 1_000_000, 1_000_000 + 600 * 256)
        _, long_peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert window_peak < 0.5e6
    assert long_peak < ten_minutes.nbytes + 4e6


def test_a_file_that_shrinks_gives_an_error(edf: Any) -> None:
    path, header, signals = opened(edf, [edf.signal("Fp1", values[0])])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 10)
    runs = (Run(0, 350, 0, 0),)
    assert read_signals(path, header, signals, runs, 0, 300).shape == (1, 300)
    with pytest.raises(RecordingError, match=r"recording\.edf: data records: has become shorter"):
        read_signals(path, header, signals, runs, 300, 350)


def test_a_file_that_is_gone_gives_an_error(edf: Any) -> None:
    path, header, signals = opened(edf, [edf.signal("Fp1", values[0])])
    path.unlink()
    with pytest.raises(RecordingError, match=r"recording\.edf: cannot be opened: No such file"):
        read_signals(path, header, signals, (Run(0, 350, 0, 0),), 0, 10)


def test_a_read_that_fails_gives_an_error(edf: Any) -> None:
    path = edf.write(b"0")
    with open_file(path) as file:
        with pytest.raises(RecordingError, match="has become shorter"):
            read_exactly(file, 0, np.empty(2, dtype=np.uint8))
        with pytest.raises(RecordingError, match="cannot be read"):
            read_exactly(file, -1, np.empty(1, dtype=np.uint8))
