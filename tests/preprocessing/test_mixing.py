"""Sums of rows, and reading no more channels than they need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ictal.core.recording import ArrayRecording, Recording
from ictal.preprocessing.mixing import MixedRecording, MixingStream, mix

CHANNELS = ("a", "b", "c", "a")


class Choosy(ArrayRecording):
    """A recording that can leave channels unread, and remembers which it was asked for."""

    asked: tuple[str, ...] | None = None

    def select(self, labels: Sequence[str]) -> Recording:
        self.asked = tuple(labels)
        rows = [self.channels.index(label) for label in labels]
        return Recording.from_array(self.read()[rows], self.sampling_rate, labels)


def numbers() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((4, 30)).astype(np.float32)


@pytest.mark.parametrize(
    ("weights", "asked"),
    [
        ([[0, 1, 0, 0], [1, 0, -1, 0]], ("b", "a", "c")),
        ([[0, 0, 1, 0], [1, 0, 0, 0]], ("c", "a")),
        ([[0, 0.5, 0.5, 0]], ("b", "c")),
        ([[0, 0, 0, 1]], None),
        ([[0, 0, 0, 0]], None),
    ],
)
def test_only_channels_that_matter_are_read(weights: list[list[float]], asked: tuple[str, ...] | None) -> None:
    source, matrix = Choosy(numbers(), 10.0, CHANNELS), np.array(weights, dtype=float)
    mixed = MixedRecording(source, matrix, tuple("xyz"[: len(matrix)]))
    np.testing.assert_allclose(mixed.read(0.5, 2.0), matrix @ numbers()[:, 5:20], atol=1e-6)
    assert source.asked == asked


def test_a_recording_that_cannot_choose_is_read_whole() -> None:
    matrix = np.array([[0.0, 1.0, 0.0, -1.0]])
    mixed = MixedRecording(Recording.from_array(numbers(), 10.0, CHANNELS), matrix, ("x",))
    np.testing.assert_allclose(mixed.read(), matrix @ numbers(), atol=1e-6)


def test_copies_are_exact() -> None:
    np.testing.assert_array_equal(mix(np.eye(4, dtype=np.float32)[[2, 0]], numbers()), numbers()[[2, 0]])


def test_stream_mixes_block_by_block() -> None:
    stream = MixingStream(np.array([[1.0, -1.0, 0.0, 0.0]]), ("a-b",), 10.0)
    np.testing.assert_array_equal(stream.push(numbers()[:, :7]), numbers()[:1, :7] - numbers()[1:2, :7])
    assert stream.flush().shape == (1, 0)
