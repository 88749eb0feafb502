"""The trunk of Inception v3, held to what torchvision's answers to the same weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from tests.models.oracle import Oracle, make_signal
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.inception_v3 import HEADS, N_MAPS, SMALLEST, InceptionTrunk, load_published

PARAMETERS = 23_834_568
"""Of the published network with its classifier of 1000 classes, without the auxiliary one."""


@pytest.fixture
def oracle(read_oracle: Callable[[str], Oracle]) -> Oracle:
    return read_oracle("inception_v3")


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    """A state dict with both classifiers, as one that was trained on ImageNet has."""
    torch.manual_seed(1)
    heads = {"fc.weight": torch.ones(1000, N_MAPS), "AuxLogits.conv0.conv.weight": torch.ones(128, 768, 1, 1)}
    return InceptionTrunk().state_dict() | heads


def make_picture(side: int) -> Tensor:
    return torch.from_numpy(make_signal((1, 3, side * side), side).reshape(1, 3, side, side))


def test_published_weights_give_the_published_answer(oracle: Oracle) -> None:
    weights = {key: torch.from_numpy(value) for key, value in oracle.state.items()}
    trunk, seen = load_published(weights), {}
    for name, layer in trunk.named_children():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps}))
    for side in (299, 100):
        with torch.no_grad():
            features = trunk(make_picture(side)).mean(dim=(2, 3))
            logits = nn.functional.linear(features, weights["fc.weight"], weights["fc.bias"])
        np.testing.assert_allclose(features, oracle.outputs[f"features_{side}"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(logits, oracle.outputs[f"logits_{side}"], rtol=1e-9, atol=1e-9)
        for name, maps in seen.items():
            expected = oracle.intermediates[f"{side} / {name}"]
            assert list(maps.shape) == expected["shape"]
            np.testing.assert_allclose(maps.flatten()[expected["sample_index"]], expected["sample"], atol=1e-9)
    with torch.no_grad():
        rounded = trunk.float()(make_picture(100).float()).mean(dim=(2, 3))
    expected = oracle.outputs["features_100"]
    np.testing.assert_allclose(rounded, expected, rtol=0.0, atol=1e-5 * np.abs(expected).max())


def test_names_shapes_and_their_order_are_the_published_ones(oracle: Oracle) -> None:
    ours = {key: tuple(value.shape) for key, value in InceptionTrunk().state_dict().items() if value.ndim}
    theirs = {key: value.shape for key, value in oracle.state.items() if not key.startswith(HEADS)}
    assert list(ours.items()) == list(theirs.items())


def test_parameter_count_is_the_published_one() -> None:
    trunk = sum(parameter.numel() for parameter in InceptionTrunk().parameters())
    assert trunk + N_MAPS * 1000 + 1000 == PARAMETERS


def test_smallest_picture_leaves_one_pixel() -> None:
    trunk = InceptionTrunk().eval()
    with torch.no_grad():
        assert trunk(torch.zeros(1, 3, SMALLEST, SMALLEST)).shape == (1, N_MAPS, 1, 1)
        with pytest.raises(RuntimeError, match="size"):
            trunk(torch.zeros(1, 3, SMALLEST - 1, SMALLEST))


def test_maps_of_first_weights_neither_vanish_nor_grow() -> None:
    torch.manual_seed(0)
    trunk = InceptionTrunk().eval()
    with torch.no_grad():
        assert 0.03 < trunk(torch.randn(1, 3, SMALLEST, SMALLEST)).std() < 3.0


def test_classifiers_are_passed_over_and_counters_may_be_missing(state: dict[str, Tensor]) -> None:
    given = {key: value.double() for key, value in state.items() if not key.endswith("num_batches_tracked")}
    trunk = load_published(given)
    assert not trunk.training
    assert all(torch.equal(value, given[key]) for key, value in trunk.state_dict().items() if key in given)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("Conv2d_1a_3x3.conv.weight", None, "key 'Conv2d_1a_3x3.conv.weight' is missing"),
        ("Mixed_7c.branch3x3_2b.bn.bias", None, "Mixed_7c.branch3x3_2b.bn.bias"),
        ("Mixed_8a.conv.weight", torch.zeros(1), "Mixed_8a.conv.weight"),
        ("Mixed_5b.branch1x1.bn.bias", torch.zeros(65), "size mismatch"),
    ],
)
def test_other_weights_are_refused_by_key(
    state: dict[str, Tensor], key: str, value: Tensor | None, message: str
) -> None:
    changed = {name: given for name, given in {**state, key: value}.items() if given is not None}
    with pytest.raises(ParameterError, match=message) as refusal:
        load_published(changed)
    assert "\n" not in str(refusal.value)
