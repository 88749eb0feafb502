from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.explain.grad_cam import keep_maps
from ictal.explain.maps import (
    MAPS,
    Maps,
    find_layer,
    find_maps,
    name_of,
    runs_each_lead,
    say_why_no_maps,
    take_lead,
)
from ictal.features.spectrograms import SpectrogramConfig, StftFront
from ictal.models.eegnet import EEGNet, EEGNetConfig
from ictal.models.foreign import ForeignConfig, ForeignNetwork
from ictal.models.swin import Swin, SwinConfig
from ictal.models.table import MODELS
from ictal.training.assemble import EachLead
from ictal.training.network import FrontedNetwork

SETTINGS: dict[str, dict[str, Any]] = {
    "braincodec": {"n_channels": 2, "sampling_rate": 128.0, "width": 4, "dimension": 4, "standardised": False},
    "cnn-bilstm": {"n_channels": 2, "size": "full"},
    "eegcnn1d": {"n_channels": 2, "window": 8.0},
    "eegnet": {"n_channels": 2},
    "eegnet-zoo": {"n_channels": 2, "window": 4.0},
    "eegwavenet": {"n_channels": 2},
    "inception-transformer": {"n_channels": 3, "resize_to": 299, "hidden": 16, "feedforward": 16},
    "resnet1d": {"n_channels": 2, "widths": (4, 4)},
    "seizure-transformer": {"n_channels": 2, "window": 4.0, "filters": (4, 8, 8), "kernels": (11, 9, 5)}
    | {"decoder_kernels": (3, 3, 3), "n_layers": 1, "feedforward": 8},
    "swin": {"n_channels": 2, "embed": 16, "patch": 5, "depths": (1, 1)},
    "tcn": {"n_channels": 2, "n_blocks": 3, "causal": False},
    "transformer-cnn": {"n_channels": 2, "hidden": 16, "feedforward": 16},
    "vit": {"n_channels": 2, "hidden": 16, "feedforward": 16, "n_layers": 1},
}
"""Small, and with cells that are short against what is looked at."""


def make_model(name: str) -> Any:
    """An architecture whose convolutions take means, or the middle of pictures, so that nothing is moved."""
    torch.manual_seed(0)
    model = MODELS.load(name)(MODELS.load(name).Config(**SETTINGS[name])).eval()
    if name in ("swin", "vit"):
        return model
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d):
                free = [value for name, value in layer.named_parameters() if "weight" in name][-1]
                free.fill_(1.0 / free[0].numel())
            if name == "inception-transformer" and isinstance(layer, nn.Conv2d):
                rows, columns = layer.kernel_size
                kept = torch.zeros(rows, columns)
                kept[rows // 2, columns // 2] = rows * columns
                layer.weight.mul_(kept)
    return model


def find_change(model: Any, maps: Maps, before: Tensor, after: Tensor) -> Tensor:
    """How much each place of the maps changes, shape (n_times,) or (n_frequencies, n_times)."""
    found = []
    for examples in (before, after):
        with keep_maps(model, [maps.layer]) as kept:
            model(examples)
        found.append(kept[maps.layer].detach())
    change = (found[1] - found[0]).abs()
    names = maps.axes.split()
    if "class+patches" in names:
        side = model.config.n_patches
        return change[:, 1:].sum(dim=(0, 2)).reshape(side, side)
    return change.sum(dim=[i for i, name in enumerate(names) if name not in ("frequency", "time")])


def find_middle(change: Tensor, edges: np.ndarray[Any, Any]) -> float:
    middles = (edges[1:] + edges[:-1]) / 2
    return float((change.numpy() * middles).sum() / change.sum())


@pytest.mark.parametrize("place", [0.38, 0.5, 0.63])
@pytest.mark.parametrize("name", [name for name in MAPS if MODELS.load(name).kind != "picture"])
def test_what_happens_at_a_second_is_on_the_maps_there(name: str, place: float) -> None:
    model = make_model(name)
    n_samples = round(model.sampling_rate * (8.0 if name == "tcn" else model.config.window))
    before = 30 * torch.randn(1, 2, n_samples, generator=torch.Generator().manual_seed(1)).abs() + 1000
    after, at = before.clone(), round(place * n_samples)
    after[..., at - 2 : at + 2] += 300
    for maps in MAPS[name]:
        change = find_change(model, maps, before, after)
        cells = maps.time(model.config)
        middle = find_middle(change, cells.edges(len(change)))
        assert abs(middle - at) < 0.75 * cells.stride + 8


@pytest.mark.parametrize("place", [(0.32, 0.5), (0.61, 0.33)])
@pytest.mark.parametrize("name", [name for name in MAPS if MODELS.load(name).kind == "picture"])
def test_what_is_in_a_pixel_is_on_the_maps_there(name: str, place: tuple[float, float]) -> None:
    model = make_model(name)
    before = torch.rand(1, *model.input_shape, generator=torch.Generator().manual_seed(1)) + 1.0
    row, column = (round(share * 100) for share in place)
    after = before.clone()
    after[..., row - 1 : row + 1, column - 1 : column + 1] += 5.0
    (maps,) = MAPS[name]
    change = find_change(model, maps, before, after)
    for axis, cells, at in ((1, maps.frequency(model.config), row), (0, maps.time(model.config), column)):
        along = change.sum(dim=axis)
        edges = cells.edges(len(along))
        if name in ("swin", "vit"):
            strongest = int(along.argmax())
            assert edges[strongest] - 1 <= at <= edges[strongest + 1] + 1
        else:
            assert abs(find_middle(along, edges) - at) < 0.75 * cells.stride


def test_a_causal_network_says_something_when_it_has_seen_it() -> None:
    model = MODELS.load("tcn")(MODELS.load("tcn").Config(n_channels=2, n_blocks=3)).eval()
    before = torch.zeros(1, 2, 2048)
    after = before.clone()
    after[..., 1000] = 100.0
    (maps,) = MAPS["tcn"]
    change = find_change(model, maps, before, after)
    edges = maps.time(model.config).edges(len(change))
    first = int(change.nonzero()[0])
    assert edges[first] <= 1000 < edges[first + 1]


def test_a_network_is_known_through_its_features_and_its_leads() -> None:
    swin = Swin(SwinConfig(n_channels=1))
    fronted = FrontedNetwork(StftFront(SpectrogramConfig(n_channels=1)), swin)
    each = EachLead(fronted)
    assert [name_of(network) for network in (swin, fronted, each)] == ["swin"] * 3
    assert [runs_each_lead(network) for network in (swin, fronted, each)] == [False, False, True]
    assert take_lead(each) is fronted
    assert find_maps(each) == MAPS["swin"]


def test_a_network_of_somebody_else_is_refused_in_words() -> None:
    network = ForeignNetwork(ForeignConfig(address="torch.nn:Flatten", n_channels=2, sampling_rate=1.0, window=1.0))
    assert not runs_each_lead(network)
    with pytest.raises(ParameterError, match="grad-cam: ForeignNetwork: it is none of ours"):
        find_maps(network)


def test_why_there_are_no_maps_is_said() -> None:
    kind = MODELS.load("eegcnn-pca")
    assert "no order in time" in str(say_why_no_maps(kind(kind.Config(n_features=16))))


def test_layers_are_found_from_either_end() -> None:
    model = EEGNet(EEGNetConfig(n_channels=2))
    assert find_layer(model, "separable.3") is model.separable[3]
    assert find_layer(model, "separable.-1") is model.separable[5]
