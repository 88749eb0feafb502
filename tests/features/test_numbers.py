"""Numbers about windows: those of the pure functions, in the order of their names, and the same when exported."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError

from ictal.features.band_powers import BANDS, band_powers
from ictal.features.hjorth import hjorth
from ictal.features.line_length import line_length
from ictal.features.numbers import Numbers, NumbersConfig
from ictal.features.spectral_entropy import spectral_entropy
from ictal.features.spikes import spike_rate

RATE, N_SAMPLES = 256.0, 1024


def make_signal(n_windows: int = 4, n_channels: int = 3) -> torch.Tensor:
    """Noise of many frequencies with a spike in some channels."""
    generator = torch.Generator().manual_seed(0)
    signal = 10 * torch.randn(n_windows, n_channels, N_SAMPLES, generator=generator).cumsum(dim=2)
    signal = signal - signal.mean(dim=2, keepdim=True)
    signal[::2, ::2, 500] = 5000.0
    return signal


def test_each_number_is_what_its_function_says() -> None:
    signal = make_signal()
    numbers = Numbers(NumbersConfig(n_channels=3))
    answer = dict(zip(numbers.names, numbers(signal).double().T.numpy(), strict=True))
    double = signal.double().numpy()
    powers = band_powers(double, RATE, segment=512)
    shape = hjorth(double, RATE)
    for channel in range(3):
        expected = {
            "line-length": line_length(double[:, channel], RATE, N_SAMPLES, N_SAMPLES)[:, 0, 0],
            "spike-rate": spike_rate(double[:, channel], RATE),
            **{name: np.log10(powers[:, channel, i]) for i, name in enumerate(BANDS)},
            "activity": np.log10(shape[:, channel, 0]),
            "mobility": shape[:, channel, 1],
            "complexity": shape[:, channel, 2],
            "spectral-entropy": spectral_entropy(double[:, channel], RATE, segment=512),
        }
        for name, values in expected.items():
            np.testing.assert_allclose(answer[f"{name} {channel}"], values, rtol=2e-4, atol=1e-4, err_msg=name)
    assert len(answer) == 33 == numbers.shape[0]


def test_spikes_are_told_apart() -> None:
    numbers = Numbers(NumbersConfig(n_channels=3, quantities=("spike-rate",)))
    rates = numbers(make_signal())
    assert (rates[::2, ::2] > 0).all()
    assert (rates[1::2] == 0).all()


def test_a_summary_has_as_many_numbers_for_any_montage_and_does_not_see_the_order_of_channels() -> None:
    signal = make_signal(n_channels=5)
    few, many = (Numbers(NumbersConfig(n_channels=n, per_channel=False)) for n in (3, 5))
    assert few.names == many.names
    assert few.shape == many.shape == (33,)
    torch.testing.assert_close(many(signal), many(signal[:, [4, 0, 3, 1, 2]]), rtol=1e-4, atol=1e-5)


def test_a_summary_is_mean_sd_and_maximum() -> None:
    signal = make_signal()
    quantities = ("line-length", "hjorth")
    of_channels = Numbers(NumbersConfig(n_channels=3, quantities=quantities))(signal).reshape(4, 3, 4)
    summary = Numbers(NumbersConfig(n_channels=3, quantities=quantities, per_channel=False))
    mean, sd, largest = summary(signal).reshape(4, 3, 4).unbind(dim=1)
    assert summary.names[4:8] == ("line-length sd", "activity sd", "mobility sd", "complexity sd")
    np.testing.assert_allclose(mean, of_channels.numpy().mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(sd, of_channels.numpy().std(axis=1), rtol=1e-4)
    np.testing.assert_array_equal(largest, of_channels.numpy().max(axis=1))


def test_bands_are_named_and_their_entropy_is_from_the_lowest_to_the_highest() -> None:
    bands = {"slow": (1.0, 7.0), "fast": (7.0, 20.0)}
    config = NumbersConfig(n_channels=1, bands=bands, quantities=("band-powers", "spectral-entropy"))
    assert config.names == ("slow 0", "fast 0", "spectral-entropy 0")
    signal = make_signal(2, 1)
    expected = spectral_entropy(signal[:, 0].double().numpy(), RATE, low=1.0, high=20.0, segment=512)
    np.testing.assert_allclose(Numbers(config)(signal)[:, 2], expected, rtol=1e-4)


def test_exported_numbers_are_the_same() -> None:
    """The limits are those of each number, not of the largest of them."""
    numbers = Numbers(NumbersConfig(n_channels=3)).eval()
    signal = 30 * torch.randn(5, 3, numbers.config.window_samples, generator=torch.Generator().manual_seed(1))
    signal[::2, 0, 500] = 900.0
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            numbers,
            (signal[:2],),
            dynamo=True,
            verbose=False,
            external_data=False,
            input_names=["signal"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    model = program.model_proto
    assert not {node.op_type for node in model.graph.node} & {"DFT", "STFT"}
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for batch in (signal[:1], signal):
        (answer,) = session.run(None, {"signal": batch.numpy()})
        np.testing.assert_allclose(answer, numbers(batch), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"quantities": ()}, "at least 1"),
        ({"quantities": ("hjorth", "hjorth")}, "hjorth, hjorth came; each may come once"),
        ({"quantities": ("kurtosis",)}, "'line-length', 'spike-rate'"),
        ({"bands": {"high": (60.0, 200.0)}}, "band high is 60 to 200 Hz; .* 128 Hz"),
        ({"bands": {"back": (8.0, 4.0)}}, "band back is 8 to 4 Hz; it must rise"),
        ({"bands": {"thin": (1.1, 1.4)}}, "band thin is too narrow for the segment"),
        ({"window": 0.25}, "band delta is too narrow"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        NumbersConfig(**{"n_channels": 3, **settings})


def test_bands_are_not_looked_at_where_no_spectrum_is() -> None:
    config = NumbersConfig(n_channels=3, sampling_rate=64.0, quantities=("line-length",))
    assert not list(Numbers(config).buffers())
