"""Which stretches of a night are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.recording import Recording
from ictal.review.night_windows import NightWindows, place_windows, read_windows

RATE = 10.0


def recording_of(seconds: float, gaps: tuple[tuple[float, float], ...] = (), n_channels: int = 1) -> Recording:
    data = np.tile(np.arange(round(seconds * RATE), dtype=np.float32), (n_channels, 1))
    return Recording.from_array(data, RATE, gaps=gaps)


def edges_of(windows: NightWindows, n_samples: int) -> np.ndarray:
    return np.arange(windows.n_columns + 1) * n_samples // windows.n_columns


@given(st.integers(1, 3000), st.integers(1, 50), st.integers(1, 4000))
def test_windows_lie_in_their_columns(n_samples: int, n_columns: int, most: int) -> None:
    recording = recording_of(n_samples / RATE)
    windows = place_windows(recording, n_columns, most)
    edges = edges_of(windows, n_samples)
    assert 1 <= windows.n_columns <= n_columns
    assert (windows.starts >= edges[windows.columns]).all()
    assert (windows.starts + windows.length <= edges[windows.columns + 1]).all()
    assert (np.bincount(windows.columns, minlength=windows.n_columns) == windows.per_column).all()
    assert len(windows.starts) * windows.length <= max(most, windows.n_columns * windows.length)
    if windows.covers:
        seen = np.zeros(n_samples, bool)
        for start in windows.starts:
            seen[start : start + windows.length] = True
        assert seen.all()


def test_a_long_night_is_sampled_evenly() -> None:
    recording = recording_of(3600.0)
    windows = place_windows(recording, 60, most_numbers=3600)
    assert (windows.length, windows.per_column, windows.covers) == (20, 3, False)
    assert set(np.diff(windows.starts).tolist()) == {200}
    assert windows.describe(recording) == "2 s of every 20 s"
    assert place_windows(recording, 60).describe(recording) == "all of it"


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0.1, 40)), max_size=8), st.integers(100, 4000))
def test_no_window_touches_a_gap(gaps: list[tuple[float, float]], most: int) -> None:
    recording = recording_of(300.0, tuple((start, min(300.0, start + length)) for start, length in gaps))
    windows = place_windows(recording, 20, most)
    edges = edges_of(windows, recording.n_samples)
    for block in read_windows(recording, windows):
        assert np.isfinite(block).all()
    assert (windows.starts >= edges[windows.columns]).all()
    assert (windows.starts + windows.length <= edges[windows.columns + 1]).all()
    assert (np.diff(windows.starts) >= 0).all()


def test_a_column_with_a_gap_in_its_middle_is_seen_beside_it() -> None:
    recording = recording_of(60.0, gaps=((20.0, 50.0),))
    windows = place_windows(recording, 1, most_numbers=20)
    (start,) = windows.starts.tolist()
    assert start in (180, 500)


def test_nothing_but_gaps_gives_no_windows() -> None:
    recording = recording_of(60.0, gaps=((0.0, 60.0),))
    windows = place_windows(recording, 10)
    assert not len(windows.starts)
    assert not list(read_windows(recording, windows))
    assert np.isnan(windows.average(np.zeros((3, 0)))).all()


@pytest.mark.parametrize("most", [600, 10**6])
def test_windows_are_read_as_they_lie(most: int) -> None:
    recording = recording_of(200.0, n_channels=3)
    windows = place_windows(recording, 10, most)
    blocks = np.concatenate(list(read_windows(recording, windows)), axis=1)
    expected = windows.starts[:, None] + np.arange(windows.length)
    np.testing.assert_array_equal(blocks, np.broadcast_to(expected, blocks.shape))


def test_columns_are_means_of_what_is_known() -> None:
    windows = NightWindows(2, 3, 2, np.arange(5), np.array([0, 0, 1, 2, 2]), covers=False)
    values = np.array([[1.0, 3.0, np.nan, 5.0, np.nan]])
    np.testing.assert_array_equal(windows.average(values), [[2.0, np.nan, 5.0]])
