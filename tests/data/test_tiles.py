"""Tiles hold a signal and give back any stretch of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.data.tiles import (
    HEADER_BYTES,
    TILE,
    copy_windows,
    count_bytes,
    count_tiles,
    encode_header,
    iterate_tiles,
    lay_out,
    to_tiles,
)


def random_signal(n_channels: int, n_samples: int) -> Signal:
    return np.random.default_rng(n_samples).normal(0, 50, (n_channels, n_samples)).astype(np.float32)


@given(st.integers(1, 3), st.integers(1, 4 * TILE), st.data())
def test_a_window_anywhere_is_what_was_there(n_channels: int, n_samples: int, data: st.DataObject) -> None:
    signal = random_signal(n_channels, n_samples)
    start = data.draw(st.integers(0, n_samples - 1))
    length = data.draw(st.integers(1, n_samples - start))
    windows = np.empty((1, n_channels, length), np.float32)
    copy_windows([to_tiles(signal).reshape(-1, TILE)], np.array([start]), windows)
    np.testing.assert_array_equal(windows[0], signal[:, start : start + length])


def test_anyone_can_read_a_file_of_tiles_with_numpy() -> None:
    signal = random_signal(2, 3000)
    tiles = to_tiles(signal)
    file = encode_header(len(tiles), 2) + tiles.tobytes()
    assert len(file) == count_bytes(len(tiles), 2) and len(encode_header(1, 1)) == HEADER_BYTES
    loaded = np.load(io.BytesIO(file))
    np.testing.assert_array_equal(loaded.transpose(1, 0, 2).reshape(2, -1)[:, :3000], signal)


def test_the_header_has_its_length_for_the_longest_recordings_too() -> None:
    assert len(encode_header(10**9, 4096)) == HEADER_BYTES


def test_gaps_take_no_room() -> None:
    stretches = lay_out([(0, TILE + 1), (10**9, 10**9 + 5)])
    assert [stretch.place for stretch in stretches] == [0, 2 * TILE]
    assert count_tiles(stretches) == 3
    assert count_tiles(()) == 0


class Watched(RecordingView):
    """Notes how much is read at once."""

    def __init__(self, inner: Recording) -> None:
        super().__init__(inner)
        self.lengths: list[int] = []

    def read_samples(self, first: int, last: int) -> Signal:
        self.lengths.append(last - first)
        return self.inner.read_samples(first, last)


def test_blocks_are_whole_tiles_and_no_longer_for_a_longer_recording() -> None:
    for n_samples in (30_000, 90_000):
        recording = Watched(Recording.from_array(random_signal(2, n_samples), 32.0))
        pieces = np.concatenate(list(iterate_tiles(recording, recording)))
        np.testing.assert_array_equal(pieces, to_tiles(recording.inner.read()))
        assert max(recording.lengths) == 300 * 32 // TILE * TILE + TILE
        assert all(length % TILE == 0 for length in recording.lengths[:-1])


def test_many_channels_are_read_in_shorter_blocks() -> None:
    one = Watched(Recording.from_array(np.zeros((1, 50_000), np.float32), 128.0))
    source = Recording.from_array(np.zeros((1200, 1)), 128.0)
    assert sum(map(len, iterate_tiles(one, source))) == 49
    assert max(one.lengths) == 60 * 128 // TILE * TILE + TILE


def test_a_segment_begins_with_a_tile_of_its_own() -> None:
    gappy = Recording.from_array(random_signal(1, 3000), 100.0, gaps=[(5.0, 20.0)])
    tiles = np.concatenate(list(iterate_tiles(gappy, gappy)))
    assert len(tiles) == count_tiles(lay_out(gappy.segments)) == 2
    np.testing.assert_array_equal(tiles[0, 0, :500], gappy.read(0.0, 5.0)[0])
    np.testing.assert_array_equal(tiles[1, 0, :1000], gappy.read(20.0, 30.0)[0])
    assert not tiles[0, :, 500:].any() and not tiles[1, :, 1000:].any()


class Broken(RecordingView):
    """One number is none."""

    def read_samples(self, first: int, last: int) -> Signal:
        signal = self.inner.read_samples(first, last)
        signal[1, 250] = np.inf
        return signal


def test_what_is_not_a_number_is_refused_with_its_place() -> None:
    plain = Recording.from_array(np.zeros((2, 1000)), 100.0, ["Fp1", "F7"])
    with pytest.raises(RecordingError, match=r"channel F7: is not a number at 2\.5 s"):
        list(iterate_tiles(Broken(plain), plain))
