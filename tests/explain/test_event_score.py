from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.explain.networks import HOP, WINDOW, ReadsOneWave, make_burst, make_stretch

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore, split_front
from ictal.models.eegnet import EEGNet, EEGNetConfig
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig


def test_it_is_the_mean_log_odds_of_the_windows() -> None:
    stretch = make_stretch(make_burst(3.0, 6.0))
    network = ReadsOneWave()
    signal = torch.as_tensor(stretch.signal)
    windows = [signal[None, :, i * HOP : i * HOP + WINDOW] for i in range(stretch.n_windows)]
    by_hand = torch.cat([network(window)[:, 0, 1] for window in windows]).mean()
    torch.testing.assert_close(EventScore(network, stretch)(signal[None])[0], by_hand)


def test_a_dense_network_says_of_a_stretch_what_it_says_of_its_windows() -> None:
    torch.manual_seed(0)
    network = EEGWaveNet(EEGWaveNetConfig(n_channels=4, sampling_rate=128.0))
    stretch = make_stretch(make_burst(3.0, 6.0, seconds=12.0), window=512, hop=128)
    score = EventScore(network, stretch)
    assert score.whole
    signal = torch.as_tensor(stretch.signal)[None]
    at_once = score(signal)
    score.whole = False
    torch.testing.assert_close(score(signal), at_once, atol=1e-4, rtol=1e-4)


def test_a_class_is_asked_against_all_others() -> None:
    network = EEGNet(EEGNetConfig(n_channels=4, n_classes=3, sampling_rate=128.0, window=2.0))
    stretch = make_stretch(make_burst(3.0, 6.0))
    logits = torch.tensor([[[0.3, 1.0, -0.5]]])
    odds = EventScore(network, stretch, target=2).judge(logits)
    share = logits.softmax(dim=2)[0, 0, 2]
    torch.testing.assert_close(odds[0], torch.log(share / (1 - share)))
    share = logits.softmax(dim=2)[0, 0, 1:].sum()
    torch.testing.assert_close(EventScore(network, stretch).judge(logits)[0], torch.log(share / (1 - share)))


def test_only_the_frames_in_question_count() -> None:
    class Ramp(ReadsOneWave):
        def forward(self, signal: torch.Tensor) -> torch.Tensor:
            rise = torch.arange(8.0).expand(len(signal), 8)
            return torch.stack([torch.zeros_like(rise), rise], dim=2)

    stretch = Stretch(np.zeros((4, 1024), np.float32), 128.0, 0.0, ("a",) * 4, 1024, 512, 8, slice(2, 5), (2.0, 5.0))
    assert EventScore(Ramp(), stretch)(torch.zeros(1, 4, 1024)).tolist() == [3.0]


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ParameterError, match="the network knows 0 to 1"):
        EventScore(ReadsOneWave(), make_stretch(make_burst(3.0, 6.0)), target=2)


def test_a_network_of_the_signal_stands_alone() -> None:
    network = ReadsOneWave()
    assert split_front(network) == (None, network)
