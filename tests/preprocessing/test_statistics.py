"""Whole-recording statistics against numpy, with little and with much memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.recording import Recording, Signal
from ictal.preprocessing import statistics
from ictal.preprocessing.statistics import (
    find_mean_and_deviation,
    find_median_and_mad,
    rescale,
    signal_blocks,
)


def awkward_recording(seed: int, n_samples: int) -> Recording:
    rng = np.random.default_rng(seed)
    rows = [
        rng.standard_normal(n_samples),
        1e5 + rng.standard_normal(n_samples).cumsum(),
        np.round(rng.standard_normal(n_samples)),
        np.zeros(n_samples),
        -np.exp(5 * rng.standard_normal(n_samples)),
    ]
    return Recording.from_array(rows, 10.0, gaps=[(1.0, 1.6)] if n_samples > 20 else [])


def known_samples(recording: Recording) -> Signal:
    signal = recording.read()
    return signal[:, np.isfinite(signal[0])].astype(np.float64)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), n_samples=st.integers(1, 300), held=st.sampled_from([0, 10**9]))
def test_median_and_mad_are_exact_with_any_memory(seed: int, n_samples: int, held: int) -> None:
    recording = awkward_recording(seed, n_samples)
    median, mad = find_median_and_mad(recording, held)
    x = known_samples(recording)
    expected = np.median(x, axis=1)
    np.testing.assert_array_equal(median, expected)
    np.testing.assert_allclose(mad, np.median(np.abs(x - expected[:, None]), axis=1), rtol=1e-7)


def test_mean_and_deviation_over_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "BLOCK_NUMBERS", 35)
    recording = awkward_recording(3, 500)
    mean, deviation = find_mean_and_deviation(recording)
    x = known_samples(recording)
    np.testing.assert_allclose(mean, x.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(deviation, x.std(axis=1), rtol=1e-9)


def test_blocks_cover_the_signal_without_its_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "BLOCK_NUMBERS", 35)
    recording = awkward_recording(0, 100)
    blocks = list(signal_blocks(recording))
    assert max(block.size for block in blocks) <= 35
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), known_samples(recording))


def test_a_recording_without_signal_has_statistics_of_zero() -> None:
    empty = Recording.from_array(np.full((2, 50), np.nan), 10.0)
    assert [values.tolist() for values in find_median_and_mad(empty)] == [[0.0, 0.0], [0.0, 0.0]]
    assert [values.tolist() for values in find_mean_and_deviation(empty)] == [[0.0, 0.0], [0.0, 0.0]]


def test_statistics_are_taken_once() -> None:
    taken = []

    def measure(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
        taken.append(recording)
        return np.zeros(1), np.ones(1)

    scaled = statistics.ScaledRecording(Recording.from_array(np.ones((1, 50)), 10.0), measure)
    scaled.read(0, 1)
    scaled.read(1, 2)
    assert len(taken) == 1


def test_rescaling_leaves_gaps() -> None:
    scaled = rescale(np.array([[np.nan, 2.0]], np.float32), np.array([[1.0]]), np.array([[0.0]]))
    np.testing.assert_array_equal(scaled, [[np.nan, 0.0]])
