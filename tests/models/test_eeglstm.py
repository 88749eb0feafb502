"""EEGLSTM beside its public code, and what reading in steps adds to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.models.oracle import Oracle

from ictal.models.eeglstm import EEGLSTM, EEGLSTMConfig, Steps


def make_model(**settings: Any) -> EEGLSTM:
    torch.manual_seed(0)
    return EEGLSTM(EEGLSTMConfig(**{"n_features": 40, "step_features": 8, **settings})).eval()


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer_in_one_step(
    read_oracle: Callable[[str], Oracle], precision: torch.dtype, tolerance: float
) -> None:
    oracle = read_oracle("eeglstm")
    model = make_model(n_features=1024, step_features=1024)
    oracle.load(model, lambda key: key.replace("fc.", "classifier.1."))
    assert sum(parameter.numel() for parameter in model.parameters()) == oracle.parameters == 279_105
    with torch.no_grad():
        logits = model.to(precision)(torch.from_numpy(oracle.signal[:, 0]).to(precision))[:, 0]
    np.testing.assert_allclose(logits[:, 1:], oracle.outputs["logits"], rtol=tolerance, atol=tolerance)
    assert not logits[:, 0].any()


@given(n_features=st.integers(1, 40), size=st.integers(1, 50))
def test_steps_hold_every_number_once_and_zeros_behind(n_features: int, size: int) -> None:
    config = EEGLSTMConfig(n_features=n_features, step_features=size)
    numbers = torch.arange(1.0, 2 * n_features + 1).view(2, n_features)
    steps = Steps(n_features, size)(numbers)
    assert steps.shape == (2, config.n_steps, size)
    assert torch.equal(steps.flatten(1)[:, :n_features], numbers)
    assert not steps.flatten(1)[:, n_features:].any()
    assert steps[:, -1].any()


def test_earlier_steps_are_remembered_in_their_order() -> None:
    model, numbers = make_model(), torch.randn(1, 40)
    with torch.no_grad():
        same = model(numbers)
        first_two_turned = model(torch.cat([numbers[:, 8:16], numbers[:, :8], numbers[:, 16:]], dim=1))
    assert (same - first_two_turned).abs().max() > 1e-5


@pytest.mark.parametrize(("step_features", "recurs"), [(8, True), (40, False), (64, False)])
def test_recurrent_weights_matter_from_two_steps_on(step_features: int, recurs: bool) -> None:
    model = make_model(step_features=step_features)
    model(torch.randn(3, 40))[:, 0, 1].sum().backward()
    assert bool(model.lstm.weight_hh_l0.grad.any()) == recurs


def test_nothing_is_remembered_from_one_batch_to_the_next() -> None:
    model, numbers = make_model(), torch.randn(3, 40)
    with torch.no_grad():
        before = model(numbers)
        model(torch.randn(5, 40))
        assert torch.equal(model(numbers), before)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        EEGLSTMConfig(n_features=40, step_features=0)
