"""Line length against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ictal.features.line_length import line_length, sum_windows


def test_equals_a_plain_loop_over_windows() -> None:
    signal = np.random.default_rng(0).normal(size=(3, 1000))
    lengths = line_length(signal, 100.0, window=200, hop=100)
    assert lengths.shape == (3, 9, 1)
    for channel in range(3):
        for window in range(9):
            cut = signal[channel, window * 100 : window * 100 + 200]
            assert lengths[channel, window, 0] == pytest.approx(np.abs(np.diff(cut)).sum() / 2.0)


def test_a_window_is_the_same_in_any_block() -> None:
    signal = np.random.default_rng(1).normal(size=(2, 900)).astype(np.float32)
    whole = line_length(signal, 100.0, window=200, hop=100)
    part = line_length(signal[:, 300:600], 100.0, window=200, hop=100)
    np.testing.assert_allclose(part, whole[:, 3:5], rtol=1e-12)


def test_a_signal_shorter_than_a_window_has_none() -> None:
    assert line_length(np.zeros((2, 150)), 100.0, window=200, hop=100).shape == (2, 0, 1)
    assert sum_windows(np.zeros((2, 50)), 200, 100).shape == (2, 0)


def test_torch_and_further_axes_give_the_same() -> None:
    signal = np.random.default_rng(2).normal(size=(2, 3, 1000))
    lengths = line_length(signal, 100.0, window=200, hop=100)
    assert lengths.shape == (2, 3, 9, 1)
    np.testing.assert_array_equal(lengths[1], line_length(signal[1], 100.0, window=200, hop=100))
    tensor = line_length(torch.from_numpy(signal), 100.0, window=200, hop=100)
    np.testing.assert_allclose(tensor, lengths, rtol=1e-12)


def test_numpy_sums_in_double_and_torch_in_its_own_precision() -> None:
    signal = np.ones((1, 8), np.float32)
    assert sum_windows(signal, 4, 4).dtype == np.float64
    assert sum_windows(torch.from_numpy(signal), 4, 4).dtype == torch.float32
