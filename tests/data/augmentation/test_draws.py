"""Random numbers that depend on their key alone."""

from __future__ import annotations

import torch

from ictal.data.augmentation.draws import Draws


def test_keys_tell_draws_apart() -> None:
    keys = [(0, 0, 0, "noise"), (1, 0, 0, "noise"), (0, 1, 0, "noise"), (0, 0, 1, "noise"), (0, 0, 0, "mixup")]
    firsts = {float(Draws(*key).uniform(0.0, 1.0, 1)) for key in keys}
    noises = {float(Draws(*key).normal(torch.zeros(1))) for key in keys}
    assert len(firsts) == len(noises) == len(keys)


def test_noise_does_not_depend_on_what_was_decided_before() -> None:
    once, again = Draws(3), Draws(3)
    once.chance(0.5, 100)
    assert torch.equal(once.normal(torch.zeros(5)), again.normal(torch.zeros(5)))


def test_the_global_random_numbers_are_left_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    Draws(1).normal(torch.zeros(10))
    assert torch.equal(torch.rand(3), expected)


def test_distributions() -> None:
    draws, n = Draws(0), 20_000
    uniform = draws.uniform(-2.0, 4.0, n)
    assert uniform.min() >= -2.0 and uniform.max() < 4.0 and abs(uniform.mean() - 1.0) < 0.05
    logarithmic = draws.log_uniform(0.5, 2.0, n)
    assert abs((logarithmic < 1.0).float().mean() - 0.5) < 0.02 and logarithmic.min() >= 0.4999
    assert abs(draws.chance(0.2, n).float().mean() - 0.2) < 0.02
    beta = draws.beta(0.2, n)
    assert abs(beta.mean() - 0.5) < 0.02 and ((beta < 0.1) | (beta > 0.9)).float().mean() > 0.6
    assert sorted(draws.permutation(50).tolist()) == list(range(50))
    assert set(draws.integers(-1, 2, n).tolist()) == {-1, 0, 1}
    noise = draws.normal(torch.zeros(n, dtype=torch.float64))
    assert noise.dtype == torch.float64 and abs(noise.std() - 1.0) < 0.03
    assert {tensor.dtype for tensor in (uniform, logarithmic, beta)} == {torch.float32}
