"""Principal components: those of scikit-learn, refused before they are there, kept with the weights."""

from __future__ import annotations

import copy
import logging
import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load, save
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from ictal.core.errors import ParameterError
from ictal.features.components import Components, ComponentsConfig

CONFIG = ComponentsConfig(n_channels=2, sampling_rate=16.0, window=2.0, n_components=5)
WINDOWS = np.random.default_rng(0).normal(30.0, 50.0, (40, 2, 32)).cumsum(axis=2)


def make_loaded() -> tuple[Components, np.ndarray]:
    """The front with what scikit-learn fitted, and what scikit-learn answers."""
    rows = WINDOWS.reshape(40, -1)
    scaler = StandardScaler().fit(rows)
    pca = PCA(5).fit(scaler.transform(rows))
    gain = 1 / scaler.scale_
    front = Components(CONFIG)
    front.load(scaler.mean_ + pca.mean_ / gain, gain, pca.components_)
    return front, pca.transform(scaler.transform(rows))


def test_equals_scikit_learn() -> None:
    front, expected = make_loaded()
    signal = torch.from_numpy(WINDOWS)
    np.testing.assert_allclose(front(signal.float()), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(copy.deepcopy(front).double()(signal), expected, rtol=1e-5, atol=1e-5)


def test_refuses_before_it_is_loaded() -> None:
    with pytest.raises(ParameterError, match="not fitted yet"):
        Components(CONFIG)(torch.zeros(1, 2, 32))


def test_weights_of_a_file_are_loaded_too() -> None:
    front, _ = make_loaded()
    holder = torch.nn.Sequential(Components(CONFIG))
    holder.load_state_dict(load(save(torch.nn.Sequential(front).state_dict())))
    signal = torch.from_numpy(WINDOWS).float()
    assert torch.equal(holder(signal), front(signal))


def test_empty_weights_of_a_file_are_still_empty() -> None:
    front, _ = make_loaded()
    front.load_state_dict(Components(CONFIG).state_dict())
    with pytest.raises(ParameterError, match="not fitted yet"):
        front(torch.zeros(1, 2, 32))


def test_nothing_of_it_is_trained() -> None:
    front, _ = make_loaded()
    assert not list(front.parameters())
    signal = torch.zeros(1, 2, 32, requires_grad=True)
    front(signal).sum().backward()
    assert signal.grad is not None and signal.grad.abs().min() > 0


def test_exported_components_are_the_same() -> None:
    front, expected = make_loaded()
    signal = torch.from_numpy(WINDOWS).float()
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            front.eval(),
            (signal[:2],),
            dynamo=True,
            verbose=False,
            external_data=False,
            input_names=["signal"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"signal": signal.numpy()})
    np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gain": np.ones(63)}, r"gain: shape \(63,\) came; allowed is \(64,\)"),
        ({"components": np.ones((4, 64))}, r"components: shape \(4, 64\) came; allowed is \(5, 64\)"),
        ({"offset": np.full(64, np.nan)}, "offset: values that are not finite"),
    ],
)
def test_parts_that_do_not_fit_are_refused_and_change_nothing(change: dict[str, np.ndarray], message: str) -> None:
    front, _ = make_loaded()
    signal = torch.from_numpy(WINDOWS).float()
    before = front(signal)
    with pytest.raises(ParameterError, match=message):
        front.load(**{"offset": np.zeros(64), "gain": np.ones(64), "components": np.ones((5, 64)), **change})
    assert torch.equal(front(signal), before)


def test_more_components_than_samples_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"n_components 65 came; .* at most 64"):
        ComponentsConfig(n_channels=2, sampling_rate=16.0, window=2.0, n_components=65)
