from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.explain.networks import LEAD, LEADS, ReadsOneWave, make_burst, make_stretch

from ictal.detection.settings import Model
from ictal.explain import gradients
from ictal.explain.event_score import EventScore
from ictal.explain.gradients import integrated_gradients, saliency, smoothgrad
from ictal.models.eegnet import EEGNet, EEGNetConfig
from ictal.training.network import make_network

METHODS = [saliency, smoothgrad, integrated_gradients]


@pytest.mark.parametrize("method", METHODS)
def test_all_of_it_lies_on_the_lead_and_the_wave_that_are_read(method: gradients.Explain) -> None:
    stretch = make_stretch(make_burst(4.0, 7.0))
    found = method(EventScore(ReadsOneWave(), stretch), stretch, 0)
    assert found.leads == LEADS
    assert found.of_leads[LEAD] > 0.999
    assert found.of_bands["alpha"] > 0.9
    inside = (found.times >= 63.0) & (found.times < 68.0)
    assert found.of_times[inside].sum() > 0.9
    assert (found.start, found.step, found.stop) == (60.0, 0.25, 70.0)


def make_fronted(scale: str = "decibel") -> torch.nn.Module:
    torch.manual_seed(3)
    facts = {"n_channels": 4, "sampling_rate": 128.0, "window": 2.0}
    features = {"features": "stft", "size": (32, 32), "scale": scale}
    return make_network(Model(name="vit", config={"n_patches": 4, "hidden": 16}, features=features), facts).eval()


def test_integrated_gradients_add_up_to_what_the_stretch_adds_to_silence() -> None:
    torch.manual_seed(0)
    network = EEGNet(EEGNetConfig(n_channels=4, sampling_rate=128.0, window=2.0)).eval()
    stretch = make_stretch(make_burst(4.0, 7.0))
    score = EventScore(network, stretch)
    signal = torch.as_tensor(stretch.signal)[None]
    with torch.no_grad():
        gained = float(score(signal) - score(torch.zeros_like(signal)))
    assert integrated_gradients(score, stretch).values.sum() == pytest.approx(gained, rel=0.05, abs=1e-3)


def test_integrated_gradients_of_pictures_add_up_too() -> None:
    network, stretch = make_fronted(), make_stretch(make_burst(4.0, 7.0))
    score = EventScore(network, stretch)
    with torch.no_grad():
        pictures = network.front(score.cut(torch.as_tensor(stretch.signal)[None]).flatten(0, 1))
        flat = pictures.mean(dim=(2, 3), keepdim=True).expand_as(pictures)
        gained = float(gradients.PictureScore(score, network.model)(pictures).sum())
        gained -= float(gradients.PictureScore(score, network.model)(flat).sum())
    found = integrated_gradients(score, stretch)
    assert found.values.sum() == pytest.approx(gained, rel=0.06, abs=1e-4)
    assert (found.leads, found.step) == (LEADS, 0.25)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_map_and_the_model_is_left_alone(method: gradients.Explain) -> None:
    network, stretch = make_fronted(), make_stretch(make_burst(4.0, 7.0))
    before = [weights.clone() for weights in network.parameters()]
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = method(EventScore(network, stretch), stretch, 7)
    assert torch.equal(torch.rand(1), expected), "the state of torch's own generator is left as it was"
    second = method(EventScore(network, stretch), stretch, 7)
    np.testing.assert_array_equal(first.values, second.values)
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


def test_noise_is_drawn_from_the_seed() -> None:
    network, stretch = make_fronted(), make_stretch(make_burst(4.0, 7.0))
    one, other = (smoothgrad(EventScore(network, stretch), stretch, seed).values for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_pictures_run_in_parts_give_what_they_give_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network, stretch = make_fronted(), make_stretch(make_burst(4.0, 7.0))
    at_once = integrated_gradients(EventScore(network, stretch), stretch).values
    monkeypatch.setattr(gradients, "MOST_VALUES", 1)
    np.testing.assert_allclose(
        integrated_gradients(EventScore(network, stretch), stretch).values, at_once, atol=1e-6 * np.abs(at_once).max()
    )
