"""CNN-BiLSTM: read one way it is the public code of the light size; read both ways it is the network of the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle, make_signal

from ictal.models.cnn_bilstm import CNNBiLSTM, CNNBiLSTMConfig


def make_model(**settings: Any) -> CNNBiLSTM:
    torch.manual_seed(0)
    return CNNBiLSTM(CNNBiLSTMConfig(**{"n_channels": 3, "window": 1.0, **settings})).eval()


def from_keras(state: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """Ours has rows of outputs and two biases where Keras has columns of outputs and one."""
    tensors = {key.split(" ")[0]: torch.from_numpy(value) for key, value in state.items()}
    return {
        "blocks.0.0.weight": tensors["conv.kernel"].permute(2, 1, 0).unsqueeze(2),
        "blocks.0.0.bias": tensors["conv.bias"],
        "blocks.0.2.weight": tensors["norm.scale"],
        "blocks.0.2.bias": tensors["norm.shift"],
        "blocks.0.2.running_mean": tensors["norm.running_mean"],
        "blocks.0.2.running_var": tensors["norm.running_var"],
        "blocks.0.2.num_batches_tracked": torch.tensor(0),
        "lstm.weight_ih_l0": tensors["lstm.input_kernel"].T,
        "lstm.weight_hh_l0": tensors["lstm.recurrent_kernel"].T,
        "lstm.bias_ih_l0": tensors["lstm.bias"],
        "lstm.bias_hh_l0": torch.zeros(64),
        "classifier.0.weight": tensors["dense_1.kernel"].T,
        "classifier.0.bias": tensors["dense_1.bias"],
        "classifier.3.weight": tensors["dense_2.kernel"].T,
        "classifier.3.bias": tensors["dense_2.bias"],
    }


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-7), (torch.float32, 1e-5)])
def test_read_one_way_it_gives_the_answer_of_the_public_code(
    read_oracle: Callable[[str], Oracle], precision: torch.dtype, tolerance: float
) -> None:
    """To 1e-7 only: what the original gives is double to the convolution and single from the norm on."""
    oracle = read_oracle("cnn_lstm_light")
    model = make_model(n_channels=19, window=4.0, bidirectional=False).to(precision)
    model.load_state_dict(from_keras(oracle.state))
    signal = torch.from_numpy(make_signal((16, 19, 1024), 256.0)).to(precision)
    with torch.no_grad():
        logits, maps = model(signal)[:, 0], model.blocks[0][:2](signal.unsqueeze(2)).squeeze(2).transpose(1, 2)
    np.testing.assert_allclose(torch.softmax(logits, dim=1), oracle.outputs["prob"], rtol=tolerance)
    expected = oracle.intermediates["conv1d"]
    values = maps.reshape(-1)[expected["sample_index"]]
    np.testing.assert_allclose(values, expected["sample"], atol=1e-12 if precision == torch.float64 else 1e-5)


def test_light_size_is_that_of_the_public_code() -> None:
    """It counts 2,402 numbers, 16 of them running means and variances, and one bias of the LSTM where ours has two."""
    model = make_model(n_channels=19, bidirectional=False)
    assert sum(parameter.numel() for parameter in model.parameters()) == 2_402 - 16 + 64


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({"size": "light"}, 464 + 16 + 2 * (24 * 64 + 128) + 33 * 16 + 34),
        ({"size": "light", "recurrent": False}, 464 + 16 + 9 * 16 + 34),
        (
            {"size": "full"},
            (19 * 96 + 96) + (32 * 192 + 192) + (64 * 384 + 384) + 2 * (192 * 256 + 512) + 129 * 64 + 130,
        ),
        ({"size": "full", "hidden": 128, "widths": (8,)}, 464 + 16 + 2 * (136 * 512 + 1024) + 257 * 64 + 130),
    ],
)
def test_sizes_have_their_parameters(settings: dict[str, Any], parameters: int) -> None:
    model = make_model(n_channels=19, **settings)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


def test_a_stored_config_is_read_as_it_was() -> None:
    config = CNNBiLSTMConfig(n_channels=3, size="full", dense=7)
    assert CNNBiLSTMConfig(**config.model_dump()) == config
    assert (config.widths, config.hidden, config.dense) == ((32, 64, 128), 64, 7)


@pytest.mark.parametrize(("bidirectional", "half"), [(True, 16), (False, 0)])
def test_each_direction_remembers_its_own_end(bidirectional: bool, half: int) -> None:
    """Turned in time, the backward half knows what a forward reader of its weights knows of the signal."""
    model, columns = make_model(bidirectional=bidirectional), torch.randn(2, 8, 50)
    reader = torch.nn.LSTM(8, 16, batch_first=True)
    suffix = "_reverse" if bidirectional else ""
    reader.load_state_dict({key: model.lstm.state_dict()[key + suffix] for key in reader.state_dict()})
    with torch.no_grad():
        read, _ = reader(columns.transpose(1, 2).flip(1) if bidirectional else columns.transpose(1, 2))
        torch.testing.assert_close(model.summarise(columns)[:, half:], read[:, -1])


def test_without_the_recurrent_network_the_order_of_columns_is_lost() -> None:
    columns = torch.randn(2, 8, 50)
    with torch.no_grad():
        without, recurrent = make_model(recurrent=False), make_model()
        torch.testing.assert_close(without.summarise(columns), without.summarise(columns.flip(2)))
        assert (recurrent.summarise(columns) - recurrent.summarise(columns.flip(2))).abs().max() > 1e-3
    assert not any(key.startswith("lstm") for key in without.state_dict())


@pytest.mark.parametrize(("size", "samples"), [("light", 4), ("light", 7), ("full", 64), ("full", 1000)])
def test_the_shortest_windows_are_answered(size: str, samples: int) -> None:
    model = make_model(size=size, sampling_rate=1.0, window=float(samples), n_classes=3)
    with torch.no_grad():
        assert model(torch.zeros(2, 3, samples)).shape == (2, 1, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": "full", "sampling_rate": 63.0, "window": 1.0}, "63 samples at 63 Hz; with 3 blocks .* at least 64"),
        ({"size": "middle"}, "'light' or 'full'"),
        ({"widths": ()}, "at least 1"),
        ({"widths": (8, 0)}, "greater than 0"),
        ({"units": 8}, "units"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CNNBiLSTMConfig(**{"n_channels": 3, **settings})
