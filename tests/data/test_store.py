"""A store gives any window of any recording, exactly, and nothing where there is no signal."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.core.windows import WindowGrid
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import finish_signal, open_for_writing, write_signal
from ictal.data.windows import cut_windows
from ictal.preprocessing.chain import Chain

RATE = 64.0
PLAIN = Chain()


def noise(n_samples: int, n_channels: int = 2, **more: object) -> Recording:
    signal = np.random.default_rng(n_samples).normal(0, 50, (n_channels, n_samples))
    return Recording.from_array(signal, RATE, **more)  # type: ignore[arg-type]


def make_store(folder: Path, recordings: Sequence[Recording], chain: Chain = PLAIN) -> Store:
    rows = []
    with open_for_writing(folder):
        for number, recording in enumerate(recordings):
            facts = write_signal(folder, f"{number:032x}", "", recording, chain)
            finish_signal(folder, facts)
            start = None if number == 0 else 3600.0 * number
            rows.append(RecordingRow(f"r{number}", f"s{number}", "1", facts, start=start, events=(EventRow(1.0, 2.0),)))
    write_manifest(folder, Manifest("0", "mine", chain.model_dump(mode="json"), recordings=tuple(rows)))
    return Store(folder)


GAPPY = [
    noise(5000),
    noise(6000, gaps=[(0.0, 10.0), (30.0, 30.5), (80.0, 93.75)]),
    noise(7),
    noise(4096, gaps=[(16.0, 32.0)]),
]


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("gappy") / "store", GAPPY)


def test_it_lists_what_is_known_without_reading(gappy: Store) -> None:
    assert len(gappy) == 4 and [one.name for one in gappy] == ["r0", "r1", "r2", "r3"]
    assert gappy.recordings[1].gaps == ((0.0, 10.0), (30.0, 30.5), (80.0, 93.75))
    assert gappy.recordings[0].annotations[0].span == (1.0, 3.0)
    assert gappy.starts == {"r1": 3600.0, "r2": 7200.0, "r3": 10800.0}
    assert repr(gappy) == f"<Store: 4 recordings, {gappy.manifest.hours:g} h, mine>"
    assert gappy.chain == PLAIN


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.integers(-20, 6500), st.integers(1, 3000))
def test_a_window_is_given_exactly_where_there_is_signal(gappy: Store, number: int, start: int, length: int) -> None:
    recording = GAPPY[number]
    inside = start >= 0 and start + length <= recording.n_samples
    expected = recording.read_samples(max(start, 0), start + length) if inside else None
    if expected is not None and np.isfinite(expected).all():
        (window,) = gappy.read_windows([number], [start], length)
        np.testing.assert_array_equal(window, expected)
    else:
        with pytest.raises(ParameterError, match=rf"samples {start} to {start + length} of r{number} are not allowed"):
            gappy.read_windows([number], [start], length)


def test_many_windows_come_at_once_in_the_order_asked_for(gappy: Store) -> None:
    rng = np.random.default_rng(0)
    starts = rng.integers(0, 5000 - 100, 700)
    windows = gappy.read_windows(np.zeros(700, np.int32), starts, 100)
    assert windows.shape == (700, 2, 100) and windows.dtype == np.float32
    for window, start in zip(windows, starts, strict=True):
        np.testing.assert_array_equal(window, GAPPY[0].read_samples(start, start + 100))


def test_windows_of_the_table_can_all_be_read(gappy: Store) -> None:
    table = cut_windows(gappy.recordings, WindowGrid(2.0, 0.5))
    windows = gappy.read_windows(table.recording, table.start, table.length)
    assert len(windows) == len(table) > 200
    assert np.isfinite(windows).all()


def test_no_window_is_no_error(gappy: Store) -> None:
    assert gappy.read_windows([], [], 64).shape == (0, 2, 64)


def test_memory_of_the_caller_is_filled(gappy: Store) -> None:
    out = np.empty((2, 2, 64), np.float32)
    assert gappy.read_windows([0, 0], [0, 5], 64, out) is out
    np.testing.assert_array_equal(out[1], GAPPY[0].read_samples(5, 69))
    for wrong in (np.empty((1, 2, 64), np.float32), np.empty((2, 2, 64))):
        with pytest.raises(ParameterError, match=r"out: .* is not allowed; it must be float32 of shape \(2, 2, 64\)"):
            gappy.read_windows([0, 0], [0, 5], 64, wrong)


@pytest.mark.parametrize(
    ("recordings", "starts", "length", "said"),
    [
        ([4], [0], 10, "recordings: 4 is not allowed; the store has 4, from 0 on"),
        ([-1], [0], 10, "recordings: -1 is not allowed"),
        ([2**24], [0], 10, "recordings: 16777216 is not allowed"),
        ([0], [2**40], 10, "samples 1099511627776 to .* of r0 are not allowed"),
        ([1], [-(2**40)], 10, "of r1 are not allowed"),
        ([1], [0], 10, r"signal is from 0 to 6000, without the gaps from 0 to 10 s, 30 to 30.5 s, 80 to 93.75 s\."),
        ([0], [0.5], 10, "starts: numbers of type float64 are not allowed"),
        ([0, 1], [0], 10, r"shape \(2,\) and \(1,\) came"),
        ([[0]], [[0]], 10, r"shape \(1, 1\) and \(1, 1\) came"),
        ([0], [0], 0, "length: 0 is not allowed"),
    ],
)
def test_what_cannot_be_read_is_refused(
    gappy: Store, recordings: object, starts: object, length: int, said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        gappy.read_windows(recordings, starts, length)  # type: ignore[arg-type]


def test_recordings_with_other_channels_do_not_fit_into_one_array(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", [noise(500), noise(500, 3), noise(600)])
    assert store.read_windows([1], [0], 100).shape == (1, 3, 100)
    assert store.read_windows([0, 2], [0, 0], 100).shape == (2, 2, 100)
    with pytest.raises(ParameterError, match="r0 has 2 channels at 64 Hz and r1 has 3 channels at 64 Hz"):
        store.read_windows([0, 0, 1], [0, 0, 0], 100)


@pytest.mark.parametrize("number", range(4))
def test_a_recording_of_the_store_reads_like_any_other(gappy: Store, number: int) -> None:
    recording = gappy.recording(number)
    np.testing.assert_array_equal(recording.read(), GAPPY[number].read())
    middle = recording.duration / 2
    np.testing.assert_array_equal(recording.read(middle / 2, middle), GAPPY[number].read(middle / 2, middle))
    assert recording.gaps == GAPPY[number].gaps and recording.segments == GAPPY[number].segments
    assert recording.annotations.duration == recording.duration


def test_there_is_no_recording_beyond_the_last(gappy: Store) -> None:
    with pytest.raises(ParameterError, match="recording: 4 is not allowed"):
        gappy.recording(4)


def test_windows_are_the_same_from_the_disk_and_from_memory(tmp_path: Path) -> None:
    recording = noise(400_000)
    make_store(tmp_path / "store", [recording])
    if not hasattr(os, "posix_fadvise"):
        pytest.skip("this system cannot drop a file from its cache")
    descriptor = os.open(tmp_path / "store/signals" / f"{0:032x}.npy", os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    starts = np.random.default_rng(0).integers(0, 400_000 - 512, 1000)
    store = Store(tmp_path / "store")
    cold, warm = (store.read_windows(np.zeros(1000, int), starts, 512) for _ in range(2))
    np.testing.assert_array_equal(cold, warm)
    np.testing.assert_array_equal(warm[-1], recording.read_samples(starts[-1], starts[-1] + 512))


def test_a_store_can_be_sent_to_other_processes_and_read_by_threads(gappy: Store) -> None:
    other = pickle.loads(pickle.dumps(gappy))  # noqa: S301
    assert other.recordings == gappy.recordings
    starts = np.arange(0, 4000, 3)
    expected = gappy.read_windows(np.zeros_like(starts), starts, 500)
    with ThreadPoolExecutor(4) as threads:
        for windows in threads.map(lambda _: other.read_windows(np.zeros_like(starts), starts, 500), range(8)):
            np.testing.assert_array_equal(windows, expected)


READ_ALL = """
import hashlib, resource, sys
import numpy as np
from ictal.data.store import Store
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]), int(sys.argv[3])))
store = Store(sys.argv[1])
for _ in range(2):
    windows = store.read_windows(np.arange(len(store)), np.zeros(len(store), int), 100)
print(hashlib.sha256(windows.tobytes()).hexdigest())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(("soft", "hard"), [(120, 120), (120, 1000)])
def test_more_recordings_than_files_may_be_open_can_be_read(tmp_path: Path, soft: int, hard: int) -> None:
    make_store(tmp_path / "store", [noise(100 + number) for number in range(200)])
    windows = np.stack([noise(100 + number).read_samples(0, 100) for number in range(200)])
    command = [sys.executable, "-c", READ_ALL, str(tmp_path / "store"), str(soft), str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(windows.tobytes()).hexdigest()


def test_private_memory_does_not_grow_with_what_is_read(tmp_path: Path) -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("only Linux tells")

    def private_megabytes() -> float:
        lines = status.read_text().splitlines()
        return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))

    make_store(tmp_path / "store", [noise(1_000_000), noise(1_000_000)])
    store = Store(tmp_path / "store")
    starts = np.arange(0, 1_000_000 - 1000, 1000)
    for begin in range(0, 100, 10):
        store.read_windows(np.zeros(10, int), starts[begin : begin + 10], 1000)
    before = private_megabytes()
    for begin in range(0, len(starts) - 10, 10):
        store.read_windows(np.ones(10, int), starts[begin : begin + 10], 1000)
    assert private_megabytes() - before < 2.0, "16 MB were read"


def test_a_damaged_file_is_named_with_the_mend(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", [noise(500), noise(600)])
    assert list(store.find_damage()) == []
    file = tmp_path / "store/signals" / f"{1:032x}.npy"
    content = file.read_bytes()
    file.write_bytes(content[:-4] + b"1234")
    assert list(store.find_damage()) == [("r1", "its bytes have changed since they were written")]
    file.write_bytes(content[:-4])
    with pytest.raises(RecordingError, match=r"\.npy: has \d+ bytes and not \d+; `ictal prepare --verify`"):
        store.read_windows([1], [0], 100)
    assert store.read_windows([0], [0], 100).shape == (1, 2, 100), "the others are there"
