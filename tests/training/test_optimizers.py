from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from ictal.core.errors import ParameterError
from ictal.data.settings import parse_settings
from ictal.training.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Optimizer, RAdam

START = np.array([[1.0, -2.0]])
SLOPES = np.array([[[0.5, -1.0]], [[0.1, 3.0]], [[-0.2, 0.7]]])


def descend(settings: Optimizer) -> list[np.ndarray]:
    """A matrix after each of a few gradients."""
    weight = nn.Parameter(torch.tensor(START))
    optimizer = settings.build([weight])
    path = []
    for slope in SLOPES:
        weight.grad = torch.tensor(slope)
        optimizer.step()
        path.append(weight.detach().numpy().copy())
    return path


def adam_path(lr: float, in_gradient: float = 0.0, beside: float = 0.0) -> list[np.ndarray]:
    """Algorithm 2 of Loshchilov and Hutter: both places of the decay."""
    weight, first, second, path = START, np.zeros_like(START), np.zeros_like(START), []
    for t, slope in enumerate(SLOPES, start=1):
        gradient = slope + in_gradient * weight
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        step = first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        weight = weight - lr * (step + beside * weight)
        path.append(weight)
    return path


def test_adam_decays_in_the_gradient() -> None:
    np.testing.assert_allclose(descend(Adam(lr=0.1, weight_decay=0.3)), adam_path(0.1, in_gradient=0.3))


def test_adamw_decays_beside_the_gradient() -> None:
    np.testing.assert_allclose(descend(AdamW(lr=0.1, weight_decay=0.3)), adam_path(0.1, beside=0.3))


def test_radam_begins_as_momentum_without_a_scale() -> None:
    # In the first five steps the variance is not known, and the step is the corrected first moment alone.
    weight, first, path = START, np.zeros_like(START), []
    for t, slope in enumerate(SLOPES, start=1):
        gradient = slope + 0.3 * weight
        first = 0.9 * first + 0.1 * gradient
        weight = weight - 0.1 * first / (1 - 0.9**t)
        path.append(weight)
    np.testing.assert_allclose(descend(RAdam(lr=0.1, weight_decay=0.3)), path)


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_with_momentum(nesterov: bool) -> None:
    weight, velocity, path = START, np.zeros_like(START), []
    for slope in SLOPES:
        gradient = slope + 0.3 * weight
        velocity = 0.8 * velocity + gradient
        weight = weight - 0.1 * (gradient + 0.8 * velocity if nesterov else velocity)
        path.append(weight)
    settings = SGD(lr=0.1, weight_decay=0.3, momentum=0.8, nesterov=nesterov)
    np.testing.assert_allclose(descend(settings), path)


def test_nesterov_without_momentum_is_refused() -> None:
    with pytest.raises(ParameterError, match="nesterov needs a momentum above 0"):
        parse_settings(OPTIMIZERS, {"optimizer": "sgd", "momentum": 0.0, "nesterov": True})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_biases_and_norms_can_be_spared_from_decay(name: str) -> None:
    settings = parse_settings(OPTIMIZERS, {"optimizer": name, "weight_decay": 0.5, "decay_norms": False})
    network = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
            parameter.grad = torch.zeros_like(parameter)
    settings.build(network.parameters()).step()
    shrunk = {key: bool((value < 1.0).all()) for key, value in network.named_parameters()}
    assert shrunk == {"0.weight": True, "0.bias": False, "1.weight": False, "1.bias": False}
    assert all((value == 1.0).all() for key, value in network.named_parameters() if not shrunk[key])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_without_the_option_all_parameters_are_one_group(name: str) -> None:
    settings = parse_settings(OPTIMIZERS, {"optimizer": name, "weight_decay": 0.5})
    (group,) = settings.build(nn.Linear(2, 2).parameters()).param_groups
    assert len(group["params"]) == 2
    assert group["weight_decay"] == 0.5
