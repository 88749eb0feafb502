"""What reads the maps of Inception v3: which pictures it takes, and what reaches its answer."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from ictal.core.errors import ParameterError
from ictal.models.inception_transformer import InceptionTransformer, InceptionTransformerConfig, load_imagenet
from ictal.models.inception_v3 import InceptionTrunk

SMALL = {"n_channels": 3, "height": 107, "width": 75, "resize_to": None, "hidden": 16, "feedforward": 32}
"""Two tokens, one above the other."""

TRUNK = 21_785_568


def make_network(**settings: Any) -> InceptionTransformer:
    torch.manual_seed(0)
    return InceptionTransformer(InceptionTransformerConfig(**SMALL | settings)).eval()


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_parameters_at_full_size_are_those_of_its_parts() -> None:
    """Attention 4 · 768², feed-forward 2 · 768 · 2048, each with biases, and two norms: 5,513,984 a layer."""
    network = InceptionTransformer(InceptionTransformerConfig(n_channels=20))
    assert network.positions.shape == (25, 768)
    mixing, projection, classifier = 20 * 3 + 3, 2048 * 768 + 768, 768 * 2 + 2
    assert count(network) == TRUNK + mixing + projection + 25 * 768 + 2 * 5_513_984 + classifier


@pytest.mark.parametrize(("side", "tokens"), [(75, 1), (107, 4), (224, 25), (299, 64)])
def test_tokens_are_the_places_of_the_last_maps(side: int, tokens: int) -> None:
    assert len(make_network(height=40, width=30, resize_to=side).positions) == tokens


def test_pictures_of_any_number_of_channels_and_size_are_taken() -> None:
    for settings in ({"n_channels": 1}, {"n_channels": 20, "height": 20, "width": 33, "resize_to": 75}):
        network = make_network(**settings, n_classes=3)
        with torch.no_grad():
            assert network(torch.randn(2, *network.input_shape)).shape == (2, 1, 3)
    assert list(make_network(n_channels=3).mix.parameters()) == []


def test_each_place_and_its_position_reach_the_answer() -> None:
    """Were places and maps mixed up on the way to tokens, the same content elsewhere would not be the same token."""
    network = make_network(n_channels=2)
    pictures = torch.randn(1, 2, 107, 75)
    maps = network.trunk(network.mix(pictures))
    below, above = maps[:, :, 1, 0], maps[:, :, 0, 0]
    tokens = torch.stack([network.project(above), network.project(below)], dim=1)
    with torch.no_grad():
        expected = network.classifier(network.encoder(tokens + network.positions).mean(dim=1))
        torch.testing.assert_close(network(pictures)[:, 0], expected, rtol=0.0, atol=1e-6)
        swapped = network.classifier(network.encoder(tokens.flip(1) + network.positions).mean(dim=1))
        assert (swapped - expected).abs().max() > 1e-4


def test_gradient_reaches_every_parameter() -> None:
    network = make_network(n_channels=4, height=107, width=107).train()
    network(torch.randn(4, 4, 107, 107)).square().sum().backward()
    assert [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()] == []


@pytest.mark.slow
def test_published_size_answers() -> None:
    torch.manual_seed(0)
    network = InceptionTransformer(InceptionTransformerConfig(n_channels=20)).eval()
    with torch.no_grad():
        answers = network(torch.randn(2, 20, 100, 100))
    assert answers.shape == (2, 1, 2)
    assert (answers[0] - answers[1]).abs().min() > 1e-4


def test_published_weights_change_the_trunk_alone() -> None:
    network = make_network()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    published = InceptionTrunk().state_dict() | {"fc.bias": torch.zeros(1000)}
    load_imagenet(network, published)
    for key, value in network.state_dict().items():
        name = key.removeprefix("trunk.")
        assert torch.equal(value, before[key] if name == key else published[name]), key
    with pytest.raises(ParameterError, match="missing"):
        load_imagenet(network, {"fc.bias": torch.zeros(1000)})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"height": 74}, "height 74 and width 75 .* at least 75"),
        ({"resize_to": 74}, "greater than or equal to 75"),
        ({"hidden": 20}, "hidden 20 came with 8 heads"),
        ({"hight": 107}, "hight"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        InceptionTransformerConfig(**SMALL | settings)
