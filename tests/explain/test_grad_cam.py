from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore
from ictal.explain.grad_cam import GRAD_CAM, grad_cam, weigh, weigh_maps
from ictal.explain.maps import MAPS, find_layer
from ictal.features.spectrograms import SpectrogramConfig, StftFront
from ictal.models.cnn_bilstm import CNNBiLSTM, CNNBiLSTMConfig
from ictal.models.eegcnn1d import EEGCNN1D, EEGCNN1DConfig
from ictal.models.eeglstm import EEGLSTM, EEGLSTMConfig
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.models.swin import Swin, SwinConfig
from ictal.models.tcn import TCN, TCNConfig
from ictal.models.transformer_cnn import TransformerCNN, TransformerCNNConfig
from ictal.models.vit import ViT, ViTConfig
from ictal.training.assemble import EachLead
from ictal.training.network import FrontedNetwork

LEADS = ("F7-T7", "T7-P7", "P7-O1")


def make_stretch(burst: float = 5.2, lead: int = 1, hertz: float = 20.0, asked: slice = slice(0, 5)) -> Stretch:
    """Noise of eight seconds from second 100 on, with a burst; five windows of four seconds."""
    seconds = np.arange(1024) / 128
    signal = 0.2 * np.random.default_rng(0).normal(size=(3, 1024))
    signal[lead] += 100 * np.cos(2 * np.pi * hertz * seconds) * np.exp(-0.5 * ((seconds - burst) / 0.15) ** 2)
    return Stretch(signal.astype(np.float32), 128.0, 100.0, LEADS, 512, 128, 1, asked, (101.5, 106.5))


def make_loudness(n_channels: int) -> CNNBiLSTM:
    """A network that says seizure the more, the larger the signal is on average, upwards or downwards."""
    model = CNNBiLSTM(
        CNNBiLSTMConfig(n_channels=n_channels, sampling_rate=128.0, recurrent=False, widths=(2,), dense=2)
    ).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        convolution, norm = model.blocks[0][0], model.blocks[0][2]
        convolution.weight[0, :, 0, 1], convolution.weight[1, :, 0, 1] = 1.0, -1.0
        norm.weight.fill_(1.0)
        model.classifier[0].weight.copy_(torch.eye(2))
        model.classifier[3].weight[1] = 1.0
    return model


def make_bright(front: StftFront) -> FrontedNetwork:
    """A network that says seizure the more, the brighter the pictures are."""
    model = TransformerCNN(TransformerCNNConfig(n_channels=3, hidden=1, n_heads=1, height=40, width=48)).eval()
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d):
                layer.weight.zero_()
                layer.weight[0, :, 1, 1] = 1.0
        model.classifier.weight.copy_(torch.tensor([[-1.0], [1.0]]))
        model.classifier.bias.zero_()
    model.encoder = nn.Identity()  # type: ignore[assignment]
    return FrontedNetwork(front, model).eval()


def make_front(**settings: Any) -> StftFront:
    return StftFront(SpectrogramConfig(n_channels=3, sampling_rate=128.0, scale="power", size=(40, 48), **settings))


@pytest.mark.parametrize("burst", [0.8, 3.3, 5.2, 6.9])
def test_a_burst_is_found_at_its_second(burst: float) -> None:
    stretch = make_stretch(burst)
    found = grad_cam(EventScore(make_loudness(3), stretch), stretch)
    assert found.values.shape == (1, 1, 32)
    assert found.leads == found.frequencies == ()
    assert found.times[found.of_times.argmax()] <= 100 + burst <= found.times[found.of_times.argmax()] + 0.25
    near = np.abs(found.times + 0.125 - 100 - burst) < 0.6
    assert found.of_times[near].sum() > 0.6


def test_of_a_network_that_is_run_on_each_lead_the_lead_is_found_too() -> None:
    stretch = make_stretch(5.2, lead=2)
    found = grad_cam(EventScore(EachLead(make_loudness(1)).eval(), stretch), stretch)
    assert found.leads == LEADS
    inside = [number for number in range(5) if number <= 5.2 < number + 4]
    assert found.of_leads[2] > 0.7 and len(inside) == 3
    assert found.times[found.of_times.argmax()] <= 105.2 <= found.times[found.of_times.argmax()] + 0.25


@pytest.mark.parametrize("tiled", [False, True])
def test_a_tone_is_found_in_a_picture(tiled: bool) -> None:
    stretch = make_stretch(3.6, hertz=30.0)
    if tiled:
        front = StftFront(
            SpectrogramConfig(n_channels=3, sampling_rate=128.0, scale="power", size=(80, 96), tiled=True)
        )
        network = make_bright(front)
        network.model = make_tiled(network.model)
    else:
        network = make_bright(make_front())
    found = grad_cam(EventScore(network, stretch), stretch)
    lead, row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert abs(found.frequencies[row] - 30.0) < 2.5
    assert found.times[column] - 0.25 <= 103.6 <= found.times[column] + 0.5
    assert found.leads == (LEADS if tiled else ())
    assert lead == (1 if tiled else 0)


def make_tiled(model: nn.Module) -> nn.Module:
    """The same for one large picture."""
    large = TransformerCNN(TransformerCNNConfig(n_channels=1, hidden=1, n_heads=1, height=80, width=96)).eval()
    weights = {key: value[:, :1] if key == "regions.0.weight" else value for key, value in model.state_dict().items()}
    large.encoder = nn.Identity()  # type: ignore[assignment]
    large.load_state_dict(weights)
    return large


@pytest.mark.parametrize("name", ["eegcnn1d", "transformer-cnn"])
def test_weighed_maps_are_those_of_captum(name: str) -> None:
    torch.manual_seed(0)
    stretch = make_stretch()
    model: nn.Module = EEGCNN1D(EEGCNN1DConfig(n_channels=3, window=4.0)).eval()
    network = model
    if name == "transformer-cnn":
        sizes = {"hidden": 16, "feedforward": 32, "height": 40, "width": 48}
        model = TransformerCNN(TransformerCNNConfig(n_channels=3, **sizes)).eval()
        network = FrontedNetwork(make_front(), model).eval()
    score = EventScore(network, stretch)
    (ours,) = weigh_maps(score, stretch, model, MAPS[name])
    layer = find_layer(model, MAPS[name][0].layer)
    captum = LayerGradCam(score, layer).attribute(torch.as_tensor(stretch.signal)[None], relu_attributions=False)
    expected = captum[:, 0, 0] if name == "eegcnn1d" else captum[:, 0]
    torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-7)


def test_tokens_behind_that_of_the_class_are_laid_in_rows_and_columns() -> None:
    tokens = torch.tensor([9.0, 1.0, 2.0, 3.0, 4.0])[None, :, None]
    assert weigh(tokens, torch.ones_like(tokens), "window class+patches map")[0].tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_layers_side_by_side_add_up_to_what_their_means_do() -> None:
    torch.manual_seed(0)
    signal = 30 * np.random.default_rng(0).normal(size=(3, 2048)).astype(np.float32)
    stretch = Stretch(signal, 256.0, 0.0, LEADS, 1024, 256, 1, slice(0, 5), (1.5, 6.5))
    model = EEGWaveNet(EEGWaveNetConfig(n_channels=3)).eval()
    score = EventScore(model, stretch)
    whole = weigh_maps(score, stretch, model, MAPS["eegwavenet"])
    assert score.whole and [len(cam) for cam in whole] == [1] * 5
    assert [cam.shape[1] for cam in whole] == [(2048 >> stage) - 6 for stage in range(2, 7)]


def test_what_speaks_for_one_class_is_left_out_of_the_other() -> None:
    stretch = make_stretch()
    for_seizure, against = (grad_cam(EventScore(make_loudness(3), stretch, target), stretch) for target in (1, 0))
    assert for_seizure.values.min() >= 0
    assert for_seizure.values.any()
    assert not against.values.any()


def test_windows_that_are_not_asked_about_count_nothing() -> None:
    stretch = make_stretch(0.5, asked=slice(2, 5))
    found = grad_cam(EventScore(make_loudness(3), stretch), stretch)
    assert not found.values[..., found.times < 102.0].any()
    assert found.values[..., found.times >= 102.0].any()


@pytest.mark.parametrize("kind", [ViT, Swin])
def test_what_attends_tells_frequency_and_time(kind: Any) -> None:
    torch.manual_seed(0)
    config = {ViT: ViTConfig, Swin: SwinConfig}[kind]
    sizes = {ViT: {"hidden": 16, "feedforward": 32}, Swin: {"embed": 16, "depths": (1, 1)}}[kind]
    front = StftFront(SpectrogramConfig(n_channels=3, sampling_rate=128.0))
    network = FrontedNetwork(front, kind(config(n_channels=3, **sizes)).eval()).eval()
    stretch = make_stretch()
    both = [grad_cam(EventScore(network, stretch, target), stretch).values for target in (0, 1)]
    assert both[0].shape == (1, 50, 32)
    assert len(np.unique((both[0] - both[1]).round(9))) > 20


def test_a_stretch_of_frames_is_looked_at_as_one() -> None:
    signal = np.random.default_rng(0).normal(size=(3, 2048)).astype(np.float32)
    stretch = Stretch(signal, 256.0, 50.0, LEADS, 2048, 2048, 8, slice(2, 4), (52.0, 54.0))
    torch.manual_seed(0)
    network = TCN(TCNConfig(n_channels=3, n_blocks=2)).eval()
    both = [grad_cam(EventScore(network, stretch, target), stretch).values for target in (0, 1)]
    assert both[0].shape == (1, 1, 32)
    assert (both[0] + both[1]).all()


def test_a_network_without_maps_is_refused_with_the_reason() -> None:
    network = EEGLSTM(EEGLSTMConfig(n_features=3 * 512)).eval()
    assert not GRAD_CAM.suits(network)
    with pytest.raises(ParameterError, match="EEGLSTM: it reads numbers of a window one after the other"):
        grad_cam(EventScore(network, make_stretch()), make_stretch())
