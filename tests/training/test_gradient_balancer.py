"""Each loss has its share of the gradient, whatever its scale."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.training.gradient_balancer import GradientBalancer


def output(*values: float) -> torch.Tensor:
    return torch.tensor([values], requires_grad=True)


@given(scale=st.floats(1e-6, 1e6), weight=st.floats(0.1, 10.0))
def test_the_scale_of_a_loss_does_not_matter(scale: float, weight: float) -> None:
    copy = output(0.0, 0.0)
    balancer = GradientBalancer({"one": 1.0, "other": weight})
    gradient = balancer.combine({"one": scale * copy[0, 0], "other": copy[0, 1]}, copy)
    expected = torch.tensor([[1.0, weight]]) / (1.0 + weight)
    assert torch.allclose(gradient, expected, rtol=1e-4)


def test_a_single_loss_has_the_whole_norm_in_its_own_direction() -> None:
    copy = output(1.0, 2.0)
    gradient = GradientBalancer({"square": 0.3}, norm=2.0).combine({"square": copy.square().sum()}, copy)
    assert torch.allclose(gradient, 2.0 * torch.tensor([[1.0, 2.0]]) / 5.0**0.5)


def test_the_norm_is_that_of_each_example_and_not_of_the_batch() -> None:
    copy = torch.zeros(8, 3, requires_grad=True)
    gradient = GradientBalancer({"mean": 1.0}).combine({"mean": copy.mean()}, copy)
    assert torch.allclose(gradient.norm(dim=1), torch.ones(8))


def test_norms_are_followed_by_a_running_mean() -> None:
    balancer = GradientBalancer({"only": 1.0}, decay=0.5)
    gradients = []
    for slope in (1.0, 4.0):
        copy = output(0.0)
        gradients.append(float(balancer.combine({"only": slope * copy.sum()}, copy)))
    assert gradients == pytest.approx([1.0, 4.0 / ((0.5 * 1.0 + 4.0) / 1.5)])


def test_losses_that_are_not_given_or_count_nothing_leave_their_share_to_the_others() -> None:
    copy = output(0.0, 0.0)
    balancer = GradientBalancer({"one": 1.0, "later": 5.0, "never": 0.0})
    gradient = balancer.combine({"one": copy[0, 0], "never": copy[0, 1]}, copy)
    assert gradient.tolist() == [[1.0, 0.0]]


def test_a_loss_without_gradient_is_no_number_of_its_own() -> None:
    copy = output(0.0, 0.0)
    balancer = GradientBalancer({"one": 1.0, "flat": 1.0})
    gradient = balancer.combine({"one": copy[0, 0], "flat": (0.0 * copy).sum()}, copy)
    assert gradient.tolist() == [[0.5, 0.0]]


def test_what_lies_behind_the_output_is_not_touched() -> None:
    weight = torch.ones(1, requires_grad=True)
    copy = weight * torch.ones(1, 2)
    gradient = GradientBalancer({"l1": 1.0}).combine({"l1": copy.abs().mean()}, copy)
    assert weight.grad is None
    copy.backward(gradient)
    assert weight.grad is not None
    assert float(weight.grad) == pytest.approx(2.0 * 0.5**0.5)


def test_it_goes_on_from_where_it_was() -> None:
    one, other = (GradientBalancer({"only": 1.0}) for _ in range(2))
    for slope in (1.0, 7.0):
        copy = output(0.0)
        one.combine({"only": slope * copy.sum()}, copy)
    other.restore(one.encode())
    copy = output(0.0)
    again = [float(balancer.combine({"only": 3.0 * copy.sum()}, copy)) for balancer in (one, other)]
    assert again[0] == again[1]


@pytest.mark.parametrize("weights", [{}, {"one": 0.0}, {"one": -1.0, "other": 2.0}, {"one": float("nan")}])
def test_weights_that_mean_nothing_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="each must be 0 or more, and one above 0"):
        GradientBalancer(weights)
