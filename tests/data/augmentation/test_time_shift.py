"""Moved in time, labels with it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.time_shift import TimeShift, shift_frames, shift_time
from ictal.data.batch import Batch


@given(n_samples=st.integers(2, 40), shift=st.integers(-39, 39))
def test_a_shift_is_a_slice_of_the_reflected_window(n_samples: int, shift: int) -> None:
    shift = int(np.clip(shift, -(n_samples - 1), n_samples - 1))
    window = np.random.default_rng(n_samples).normal(size=n_samples).astype(np.float32)
    around = np.pad(window, n_samples - 1, mode="reflect")
    expected = around[n_samples - 1 - shift :][:n_samples]
    moved = shift_time(torch.from_numpy(window)[None, None], torch.tensor([shift]))
    np.testing.assert_array_equal(moved[0, 0].numpy(), expected)


def test_each_window_has_its_own_shift_and_channels_move_together() -> None:
    signal = torch.arange(8.0).expand(2, 3, 8)
    moved = shift_time(signal, torch.tensor([1, -1]))
    assert moved[0, 0].tolist() == [1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert moved[1, 2].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 6.0]


@given(shift=st.integers(-63, 63), n_frames=st.sampled_from([1, 2, 4, 8, 16, 64]))
def test_frames_stay_with_their_samples(shift: int, n_frames: int) -> None:
    labels = torch.from_numpy(np.random.default_rng(n_frames).integers(0, 3, (1, n_frames)))
    as_signal = labels.repeat_interleave(64 // n_frames, dim=1)[:, None].float()
    middles = ((torch.arange(n_frames) + 0.5) * 64 / n_frames).long()
    expected = shift_time(as_signal, torch.tensor([shift]))[0, 0, middles].long()
    moved = shift_frames(labels, torch.tensor([shift]), n_samples=64)
    assert moved[0].tolist() == expected.tolist()
    soft = torch.nn.functional.one_hot(labels, 3).float()
    assert torch.equal(shift_frames(soft, torch.tensor([shift]), 64).argmax(dim=2), moved)


def test_shifts_reach_both_ways_and_no_further() -> None:
    signal = torch.zeros(300, 1, 64)
    signal[:, 0, 32] = 1.0
    batch = Batch(signal, torch.zeros(300, dtype=torch.long), ("C3",), 64.0)
    moved = TimeShift(seconds=0.125).change(batch, Draws(0))
    assert set((moved.signal[:, 0].argmax(dim=1) - 32).tolist()) == set(range(-8, 9))
    assert moved.labels is batch.labels


def test_a_shift_shorter_than_the_window_is_needed() -> None:
    batch = Batch(torch.zeros(1, 1, 64), torch.zeros(1), ("C3",), 64.0)
    with pytest.raises(ParameterError, match=r"1.0 came; less than the window of 1 s"):
        TimeShift(seconds=1.0).change(batch, Draws(0))
