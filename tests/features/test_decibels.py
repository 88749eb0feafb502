from __future__ import annotations

import numpy as np
import pytest
import torch

from ictal.features.decibels import power_to_decibels


def test_ten_decibels_are_ten_times_the_power() -> None:
    np.testing.assert_allclose(power_to_decibels(np.array([0.5, 1.0, 10.0, 1e4])), [-3.0103, 0, 10, 40], atol=1e-5)


def test_reference_floor_and_span() -> None:
    power = np.array([0.0, 1e-4, 1.0])
    assert power_to_decibels(power, reference=power.max(), floor=1e-6).tolist() == [-60.0, -40.0, 0.0]
    assert power_to_decibels(power, span=30.0).tolist() == [-30.0, -30.0, 0.0]


def test_span_hangs_on_the_loudest_of_the_whole_array() -> None:
    assert power_to_decibels(np.array([[100.0], [1e-9]]), span=80.0).tolist() == [[20.0], [-60.0]]


@pytest.mark.parametrize("value", [0.0, 1e-12])
def test_gradient_of_silence_is_finite(value: float) -> None:
    power = torch.full((2,), value, requires_grad=True)
    power_to_decibels(power).sum().backward()
    assert power.grad is not None
    assert power.grad.tolist() == [0.0, 0.0]
