"""The stages of a pretraining, a step at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
import torch
from tests.training.codec_store import RATE, SMALL, quick

from ictal.training.pretraining import Pretraining
from ictal.training.repeatable import repeatable


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with repeatable(threads=1):
        torch.manual_seed(0)
        yield


def rhythms(n: int, seed: int = 0) -> torch.Tensor:
    drawn = torch.Generator().manual_seed(seed)
    time = torch.arange(round(4 * RATE)) / RATE
    frequency, phase = 1 + 5 * torch.rand(n, 1, 1, generator=drawn), 6.3 * torch.rand(n, 1, 1, generator=drawn)
    return 2.0**0.5 * torch.sin(2 * torch.pi * frequency * time + phase)


def test_each_stage_adds_what_it_tells() -> None:
    work = Pretraining(quick(), SMALL)
    told = [set(work.step(rhythms(4)))]
    work.start_quantiser(rhythms(16))
    told += [set(work.step(rhythms(4))) for _ in range(2)]
    distances = {"l1", "line_length", "stft"}
    assert told[0] == distances
    assert told[1] == distances | {"commitment"}
    assert told[2] == distances | {"commitment", "feature", "adversarial", "discriminator"}


def test_discriminators_are_left_as_they_are_until_they_take_part() -> None:
    work = Pretraining(quick(quantised_from=0), SMALL)
    work.start_quantiser(rhythms(16))
    before = [weights.detach().clone() for weights in work.judges.parameters()]
    moved = []
    for _ in range(3):
        work.step(rhythms(4))
        moved.append(any(not torch.equal(*pair) for pair in zip(before, work.judges.parameters(), strict=True)))
    assert moved == [False, False, True]
    assert all(weights.grad is None for weights in work.judges.parameters())


def test_the_rate_rises_and_falls_to_its_floor() -> None:
    work = Pretraining(quick(steps=12, warm_up=3, floor=0.1), SMALL)
    rates = []
    for done in range(13):
        work.done = done
        rates.append(work.rate)
    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[12] == pytest.approx(0.1)


def test_entries_start_from_what_the_encoder_says_as_if_of_one_batch() -> None:
    work = Pretraining(quick(quantised_from=0), SMALL)
    work.start_quantiser(rhythms(40))
    first = work.codec.quantizer.books[0]
    with torch.no_grad():
        latent = work.codec.encoder(rhythms(40)).transpose(1, 2).flatten(0, 1)
    assert float(first.uses.sum()) == pytest.approx(4 * 32, rel=0.02)
    assert torch.allclose(first.sums, first.entries * first.uses[:, None], rtol=1e-4, atol=1e-5)
    nearest = torch.cdist(latent, first.entries).min(dim=1).values
    assert float(nearest.square().mean()) < 0.5 * float(latent.var(dim=0).sum())


@pytest.mark.parametrize("precision", ["32", "bf16-mixed"])
def test_copies_of_rhythms_become_better(precision: str) -> None:
    stages = {"warm_up": 5, "quantised_from": 20, "adversarial_from": None}
    work = Pretraining(quick(steps=60, lr=2e-2, precision=precision, **stages), SMALL)
    losses = []
    for number in range(45):
        if number == 20:
            work.start_quantiser(rhythms(32, seed=1000))
        losses.append(work.step(rhythms(8, seed=number))["l1"])
    assert losses[0] > 0.8
    assert sum(losses[-5:]) / 5 < 0.4


def test_the_balance_does_not_depend_on_the_size_of_a_batch() -> None:
    steps = []
    for n_repeats in (1, 4):
        torch.manual_seed(0)
        work = Pretraining(quick(), SMALL)
        made, _ = work._copy(rhythms(2).repeat(n_repeats, 1, 1))
        gradient = work.balancer.combine({"l1": (made - 1.0).abs().mean()}, made)
        steps.append(gradient[0])
    assert torch.allclose(steps[0], steps[1], atol=1e-6)


def test_it_goes_on_from_where_it_was_with_the_same_bits() -> None:
    one, other = (Pretraining(quick(quantised_from=0), SMALL) for _ in range(2))
    one.start_quantiser(rhythms(16))
    for _ in range(3):
        one.step(rhythms(4))
    other.restore(copy.deepcopy(one.encode()))
    for work in (one, other):
        torch.manual_seed(5)
        work.step(rhythms(4, seed=9))
    states = one.codec.state_dict(), other.codec.state_dict()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
