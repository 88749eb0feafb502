from __future__ import annotations

import numpy as np
import pytest
import torch

from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore
from ictal.explain.run_windows import AT_ONCE, place_asked, run_windows
from ictal.models.resnet1d import ResNet1D, ResNet1DConfig
from ictal.models.tcn import TCN, TCNConfig


def make_score(asked: slice, n_windows: int = 12) -> tuple[EventScore, Stretch]:
    signal = np.random.default_rng(0).normal(size=(2, 256 + (n_windows - 1) * 100)).astype(np.float32)
    stretch = Stretch(signal, 256.0, 0.0, ("a", "b"), 256, 100, 1, asked, (0.0, 1.0))
    return EventScore(ResNet1D(ResNet1DConfig(n_channels=2, window=1.0, widths=(4,))), stretch), stretch


@pytest.mark.parametrize("asked", [slice(0, 12), slice(3, 4), slice(1, 11)])
def test_terms_add_up_to_the_score(asked: slice) -> None:
    score, stretch = make_score(asked)
    terms = list(run_windows(score, stretch))
    assert len(terms) == -(-(asked.stop - asked.start) // AT_ONCE)
    expected = score(torch.as_tensor(stretch.signal)[None])[0]
    torch.testing.assert_close(torch.stack(terms).sum(), expected)


def test_a_network_of_frames_is_run_once() -> None:
    signal = np.random.default_rng(0).normal(size=(2, 1024)).astype(np.float32)
    stretch = Stretch(signal, 256.0, 0.0, ("a", "b"), 1024, 256, 4, slice(1, 3), (1.0, 3.0))
    score = EventScore(TCN(TCNConfig(n_channels=2)), stretch)
    (term,) = run_windows(score, stretch)
    torch.testing.assert_close(term, score(torch.as_tensor(signal)[None])[0])
    assert place_asked(np.ones((1, 256)), score).tolist() == np.ones((1, 256)).tolist()


def test_windows_that_are_not_asked_about_count_nothing() -> None:
    score, _ = make_score(slice(2, 4))
    placed = place_asked([[1.0, 2.0], [3.0, 4.0]], score)
    assert placed.shape == (12, 2)
    assert placed[2:4].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert placed.sum() == 10.0
