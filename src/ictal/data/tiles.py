"""How a prepared signal lies in its file: an ``.npy`` array of tiles, each a few seconds of every channel.

A window is one run of bytes on the disk, and a few copies of whole rows in memory; ``docs/decisions/0009`` has the
figures. ``numpy.load(file).transpose(1, 0, 2).reshape(n_channels, -1)`` is the signal in one piece.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording, Signal

TILE = 1024
"""Samples of a channel in a tile: shorter ones cost time in memory, longer ones on the disk."""

DTYPE = np.dtype("<f4")
HEADER_BYTES = 128

_LARGEST_BLOCK, _SMALLEST_BLOCK = 300.0, 60.0
_BLOCK_NUMBERS = 2**23
"""Numbers of the source that a block is made from, if it is not shorter than the filters' padding makes sensible."""

Tiles = NDArray[np.float32]
Rows = NDArray[np.float32]


class Stretch(NamedTuple):
    """Signal without a gap, and its place among the tiles.

    Parameters
    ----------
    first, last : int
        Samples ``[first, last)`` of the recording.
    place : int
        Where `first` lies in the file, in samples of a channel; a multiple of :data:`TILE`.
    """

    first: int
    last: int
    place: int


def lay_out(segments: Iterable[tuple[int, int]]) -> tuple[Stretch, ...]:
    """Return where the segments of a recording lie; each begins with a tile of its own, and gaps take no room.

    Examples
    --------
    >>> lay_out([(0, 600), (100_000, 100_512)])
    (Stretch(first=0, last=600, place=0), Stretch(first=100000, last=100512, place=1024))
    """
    stretches, place = [], 0
    for first, last in segments:
        stretches.append(Stretch(first, last, place))
        place += math.ceil((last - first) / TILE) * TILE
    return tuple(stretches)


def count_tiles(stretches: tuple[Stretch, ...]) -> int:
    """Return how many tiles some stretches take."""
    return (
        0
        if not stretches
        else stretches[-1].place // TILE + math.ceil((stretches[-1].last - stretches[-1].first) / TILE)
    )


def encode_header(n_tiles: int, n_channels: int) -> bytes:
    """Return the first bytes of a file of tiles, as ``numpy.save`` would write them."""
    buffer = io.BytesIO()
    shape = (n_tiles, n_channels, TILE)
    np.lib.format.write_array_header_1_0(buffer, {"descr": DTYPE.str, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def count_bytes(n_tiles: int, n_channels: int) -> int:
    """Return how large a file of tiles is."""
    return HEADER_BYTES + n_tiles * n_channels * TILE * DTYPE.itemsize


def iterate_tiles(recording: Recording, source: Recording) -> Iterator[Tiles]:
    """Yield a recording as tiles, block by block; memory does not depend on its length.

    Parameters
    ----------
    recording : Recording
        Seen through a chain.
    source : Recording
        What it was before, which says how much is read at once.

    Yields
    ------
    ndarray of float32, shape (n_tiles, n_channels, TILE)
        Zeros after the last sample of a segment.

    Raises
    ------
    RecordingError
        If the signal is not a number somewhere outside its gaps.
    """
    seconds = _BLOCK_NUMBERS / (len(source.channels) * source.sampling_rate)
    seconds = min(max(seconds, _SMALLEST_BLOCK), _LARGEST_BLOCK)
    length = math.ceil(seconds * recording.sampling_rate / TILE) * TILE
    for first, last in recording.segments:
        for start in range(first, last, length):
            signal = recording.read_samples(start, min(start + length, last))
            _refuse_invalid(signal, start, recording)
            yield to_tiles(signal)


def to_tiles(signal: Signal) -> Tiles:
    """Cut a signal into tiles, with zeros at its end.

    Examples
    --------
    >>> to_tiles(np.ones((2, 1100), np.float32)).sum(axis=2)
    array([[1024., 1024.],
           [  76.,   76.]], dtype=float32)
    """
    n_channels, n_samples = signal.shape
    n_tiles = math.ceil(n_samples / TILE)
    tiles = np.zeros((n_tiles, n_channels, TILE), DTYPE)
    whole = n_samples // TILE
    tiles[:whole] = signal[:, : whole * TILE].reshape(n_channels, whole, TILE).transpose(1, 0, 2)
    if whole < n_tiles:
        tiles[whole, :, : n_samples - whole * TILE] = signal[:, whole * TILE :]
    return tiles


def copy_windows(sources: Iterable[Rows], places: NDArray[np.int64], windows: Signal) -> None:
    """Fill each window with the samples of every channel from its place on.

    Parameters
    ----------
    sources : iterable of ndarray of float32, shape (n_tiles * n_channels, TILE)
        The signal that each window is of: the channels of the first tile, those of the second, and so on.
    places : ndarray of int64, shape (n_windows,)
        Samples of a channel from the start of the file.
    windows : ndarray of float32, shape (n_windows, n_channels, length)

    Examples
    --------
    >>> windows = np.empty((1, 1, 3), np.float32)
    >>> copy_windows([np.arange(2048, dtype=np.float32).reshape(2, 1024)], np.array([1022]), windows)
    >>> windows
    array([[[1022., 1023., 1024.]]], dtype=float32)
    """
    _, n, length = windows.shape
    first_rows, offsets = (places // TILE * n).tolist(), (places % TILE).tolist()
    for rows, row, offset, window in zip(sources, first_rows, offsets, windows, strict=True):
        done = TILE - offset
        if length <= done:
            window[...] = rows[row : row + n, offset : offset + length]
            continue
        window[:, :done] = rows[row : row + n, offset:]
        row += n
        while done + TILE <= length:
            window[:, done : done + TILE] = rows[row : row + n]
            row, done = row + n, done + TILE
        if done < length:
            window[:, done:] = rows[row : row + n, : length - done]


def _refuse_invalid(signal: Signal, start: int, recording: Recording) -> None:
    if np.isfinite(signal).all():
        return
    channel, sample = np.argwhere(~np.isfinite(signal))[0]
    raise RecordingError(
        f"is not a number at {(start + sample) / recording.sampling_rate:g} s",
        file=recording.source,
        field=f"channel {recording.channels[channel]}",
    )
