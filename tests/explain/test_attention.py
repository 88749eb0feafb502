from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.attention import ATTENTION_ROLLOUT, TOKENS, attention_rollout, keep_attention, roll_out
from ictal.explain.event_score import EventScore
from ictal.features.spectrograms import SpectrogramConfig, StftFront
from ictal.models.lstm_attention import LSTMAttention, LSTMAttentionConfig
from ictal.models.seizure_transformer import SeizureTransformer, SeizureTransformerConfig
from ictal.models.swin import Swin, SwinConfig
from ictal.models.table import MODELS
from ictal.models.tcn import TCN, TCNConfig
from ictal.models.transformer import PictureTransformer, PictureTransformerConfig
from ictal.models.transformer_cnn import TransformerCNN, TransformerCNNConfig
from ictal.models.vit import ViT, ViTConfig
from ictal.training.assemble import EachLead
from ictal.training.network import FrontedNetwork

LEADS = ("F7-T7", "T7-P7")
SMALL: dict[str, Any] = {"n_channels": 2, "hidden": 8, "feedforward": 16, "n_heads": 2}
PICTURES: list[tuple[Any, Any]] = [
    (ViT, ViTConfig(**SMALL, height=40, width=40)),
    (PictureTransformer, PictureTransformerConfig(**SMALL, height=40, width=40)),
    (TransformerCNN, TransformerCNNConfig(**SMALL, height=40, width=40)),
]


def make_stretch(burst: float = 5.2, asked: slice = slice(0, 5)) -> Stretch:
    """Noise of eight seconds from second 100 on, with a burst at 30 Hz; five windows of four seconds."""
    seconds = np.arange(1024) / 128
    signal = 0.5 * np.random.default_rng(0).normal(size=(2, 1024))
    signal += 100 * np.cos(2 * np.pi * 30 * seconds) * np.exp(-0.5 * ((seconds - burst) / 0.15) ** 2)
    return Stretch(signal.astype(np.float32), 128.0, 100.0, LEADS, 512, 128, 1, asked, (101.5, 106.5))


def make_front(**settings: Any) -> StftFront:
    return StftFront(SpectrogramConfig(n_channels=2, sampling_rate=128.0, **{"size": (40, 40), **settings}))


def make_network(kind: Any, config: Any) -> FrontedNetwork:
    torch.manual_seed(0)
    return FrontedNetwork(make_front(), kind(config).eval()).eval()


def look_for_power(model: Any) -> None:
    """Make every token look at those that are bright: the first number of a token is how bright it is."""
    width = model.config.hidden
    with torch.no_grad():
        model.positions.zero_()
        for parameter in model.embed.parameters():
            parameter.zero_()
        model.embed.weight[0] = 10.0 / model.embed.weight[0].numel()
        attention = model.encoder[0].self_attn
        attention.in_proj_weight.zero_()
        attention.in_proj_weight[width] = torch.eye(width)[0]
        attention.in_proj_bias.zero_()
        attention.in_proj_bias[0] = 10.0


@pytest.mark.parametrize("burst", [3.3, 4.4, 5.2])
def test_columns_that_are_looked_at_are_found_at_their_seconds(burst: float) -> None:
    network = make_network(PictureTransformer, PictureTransformerConfig(**SMALL, n_layers=1, height=40, width=40))
    look_for_power(network.model)
    stretch = make_stretch(burst)
    found = attention_rollout(EventScore(network, stretch), stretch)
    assert found.values.shape == (1, 1, 32)
    assert found.leads == found.frequencies == ()
    assert found.times[found.of_times.argmax()] - 0.25 <= 100 + burst <= found.times[found.of_times.argmax()] + 0.5


def test_patches_that_are_looked_at_are_found_at_their_frequency_and_time() -> None:
    network = make_network(ViT, ViTConfig(**SMALL, n_layers=1, height=40, width=40, n_patches=20))
    look_for_power(network.model)
    stretch = make_stretch(5.2)
    found = attention_rollout(EventScore(network, stretch), stretch)
    _, row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert found.values.shape == (1, 50, 32)
    assert abs(found.frequencies[row] - 30.0) < 3.0
    assert found.times[column] - 0.25 <= 105.2 <= found.times[column] + 0.5


def test_tiled_pictures_tell_leads() -> None:
    front = make_front(tiled=True, size=(40, 80))
    torch.manual_seed(0)
    network = FrontedNetwork(front, ViT(ViTConfig(**{**SMALL, "n_channels": 1}, height=40, width=80)).eval()).eval()
    stretch = make_stretch()
    found = attention_rollout(EventScore(network, stretch), stretch)
    assert found.leads == LEADS
    assert found.values.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("kind", "config"), PICTURES)
def test_all_that_is_looked_at_is_one(kind: Any, config: Any) -> None:
    stretch = make_stretch(asked=slice(1, 4))
    found = attention_rollout(EventScore(make_network(kind, config), stretch), stretch)
    assert found.values.sum() == pytest.approx(1.0)
    assert found.values.min() >= 0
    assert not found.values[..., found.times < 101.0].any()


@pytest.mark.parametrize("attention", ["additive", "multi-head"])
def test_attention_over_columns_is_the_networks_own(attention: Any) -> None:
    config = LSTMAttentionConfig(n_channels=2, height=40, width=40, hidden=8, attention=attention)
    network, stretch = make_network(LSTMAttention, config), make_stretch(asked=slice(2, 3))
    found = attention_rollout(EventScore(network, stretch), stretch)
    with torch.no_grad():
        pictures = network.front(torch.as_tensor(stretch.signal[None, :, 256:768]))
        weights = network.model.attend(pictures).mean(dim=1)[0] @ network.front.columns  # type: ignore[operator]
    middles = 2.0 + network.front.times
    expected = [float(weights[(middles > start) & (middles < start + 1)].sum()) for start in (2.0, 4.0)]
    of_seconds = [found.of_times[8:12].sum(), found.of_times[16:20].sum()]
    np.testing.assert_allclose(of_seconds, expected, atol=0.03)


@pytest.mark.parametrize(("kind", "config"), PICTURES)
def test_what_a_network_answers_stays_the_same(kind: Any, config: Any) -> None:
    network = make_network(kind, config)
    (name,) = (name for name in TOKENS if MODELS.load(name) is kind)
    pictures = torch.randn(3, 2, 40, 40, generator=torch.Generator().manual_seed(0))
    fast = torch.backends.mha.get_fastpath_enabled()
    with torch.no_grad():
        before = network.model(pictures)
        with keep_attention(network.model, TOKENS[name]) as kept:
            during = network.model(pictures)
        after = network.model(pictures)
    torch.testing.assert_close(during, before, rtol=0.0, atol=1e-5)
    assert torch.equal(before, after)
    assert torch.backends.mha.get_fastpath_enabled() is fast
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in network.modules())
    assert len(kept.weights) == config.n_layers
    for weights in (*kept.weights, roll_out(kept.weights)):
        torch.testing.assert_close(weights.sum(dim=2), torch.ones(weights.shape[:2]), rtol=0.0, atol=1e-5)


def test_weights_are_those_of_the_formula() -> None:
    model: Any = make_network(PictureTransformer, PICTURES[1][1]).model
    pictures = torch.randn(1, 2, 40, 40, generator=torch.Generator().manual_seed(0))
    with torch.no_grad(), keep_attention(model, TOKENS["transformer"]) as kept:
        model(pictures)
    tokens = model.embed(pictures.flatten(1, 2).transpose(1, 2)) + model.positions
    layer = model.encoder[0].self_attn
    queries, keys, _ = nn.functional.linear(tokens, layer.in_proj_weight, layer.in_proj_bias).chunk(3, dim=2)
    heads = [queries[..., i : i + 4] @ keys[..., i : i + 4].transpose(1, 2) / 2 for i in (0, 4)]
    expected: Tensor = sum(head.softmax(dim=2) for head in heads) / 2  # type: ignore[assignment]
    torch.testing.assert_close(kept.weights[0], expected.detach())


@settings(deadline=None)
@given(n_layers=st.integers(1, 4), n_tokens=st.integers(1, 6), seed=st.integers(0, 99))
def test_rows_of_a_rollout_add_up_to_one(n_layers: int, n_tokens: int, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    weights = [torch.rand(2, n_tokens, n_tokens, generator=chance).softmax(dim=2) for _ in range(n_layers)]
    torch.testing.assert_close(roll_out(weights).sum(dim=2), torch.ones(2, n_tokens))


def test_what_is_looked_at_is_followed_back_through_the_layers() -> None:
    first, second = torch.tensor([[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]), torch.eye(3)[None]
    rollout = roll_out([first, first])[0]
    assert rollout[0].tolist() == [0.25, 0.5, 0.25]
    assert torch.equal(roll_out([first, second]), roll_out([first]))


def test_steps_of_the_frames_that_are_asked_about_are_followed() -> None:
    sizes: dict[str, Any] = {"filters": (4, 8), "kernels": (5, 3), "decoder_kernels": (3, 5), "feedforward": 8}
    config = SeizureTransformerConfig(
        n_channels=2, sampling_rate=128.0, window=8.0, frame=1.0, n_layers=1, n_heads=1, **sizes
    )
    torch.manual_seed(0)
    network = SeizureTransformer(config).eval()
    with torch.no_grad():
        network.attention[0].self_attn.in_proj_weight.zero_()
        network.attention[0].self_attn.in_proj_bias.zero_()
    signal = make_stretch().signal
    stretch = Stretch(signal, 128.0, 100.0, LEADS, 1024, 1024, 8, slice(2, 4), (102.0, 104.0))
    found = attention_rollout(EventScore(network, stretch), stretch)
    inside = (found.times >= 102.0) & (found.times < 104.0)
    assert found.of_times[inside].sum() == pytest.approx(0.5 + 0.5 * 0.25, abs=0.01)
    np.testing.assert_allclose(found.of_times[~inside], 0.5 * 0.75 / 24, atol=0.002)


def test_why_there_is_nothing_to_follow_is_said() -> None:
    stretch = make_stretch()
    swin = make_network(Swin, SwinConfig(n_channels=2, height=40, width=40, depths=(1, 1), embed=8))
    tcn = TCN(TCNConfig(n_channels=2, sampling_rate=128.0))
    vit = ViT(ViTConfig(**{**SMALL, "n_channels": 1}, height=40, width=40))
    front = StftFront(SpectrogramConfig(n_channels=1, sampling_rate=128.0, size=(40, 40)))
    for network, said in (
        (swin, "Swin: its attention stays within windows"),
        (tcn, "TCN: it has no attention"),
        (EachLead(FrontedNetwork(front, vit)), "which lead counted"),
    ):
        assert not ATTENTION_ROLLOUT.suits(network)
        with pytest.raises(ParameterError, match=said):
            attention_rollout(EventScore(network, stretch), stretch)
