"""The candidate rule: thresholds that a plain search over all pairs cannot better."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save

from ictal.core.errors import ParameterError
from ictal.features.numbers import Numbers, NumbersConfig
from ictal.models.candidate import CandidateRule, CandidateRuleConfig


def youden(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, arc: float, spikes: float) -> float:
    found = (features[:, 0] > arc) & (features[:, 1] > spikes)
    shares = [np.average(found[labels == label], weights=weights[labels == label]) for label in (0, 1)]
    return shares[1] - shares[0]


def make_rule(features: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> CandidateRule:
    rule = CandidateRule(CandidateRuleConfig())
    rule.fit(features, labels, weights=weights)
    return rule


@given(seed=st.integers(0, 10_000), weighted=st.booleans())
@settings(deadline=None, max_examples=25)
def test_no_pair_of_thresholds_is_better(seed: int, weighted: bool) -> None:
    chance = np.random.default_rng(seed)
    features = np.stack([chance.normal(500, 100, 40), chance.integers(0, 6, 40)], axis=1).astype(np.float32)
    labels = (np.arange(40) < 8).astype(int)
    weights = chance.uniform(0.1, 3.0, 40) if weighted else np.ones(40)
    features[:8] += [80.0, 1.0]
    rule = make_rule(features, labels, weights)
    pairs = itertools.product([0.0, *features[:, 0]], [-1.0, *features[:, 1]])
    best = max(youden(features, labels, weights, arc, spikes) for arc, spikes in pairs)
    assert youden(features, labels, weights, *rule.thresholds.tolist()) == pytest.approx(best)


def test_rare_seizures_do_not_drown() -> None:
    """As in the mouse study, 1 window of 120 is a seizure; either number alone is common without one."""
    chance = np.random.default_rng(0)
    background = np.stack([chance.lognormal(6, 0.5, 12_000), chance.poisson(0.3, 12_000)], axis=1)
    background[:1500, 0] *= 5
    background[1500:3000, 1] += 8
    seizures = np.stack([chance.lognormal(7.6, 0.2, 100), chance.poisson(9, 100)], axis=1)
    labels = np.repeat([0, 1], [12_000, 100])
    rule = make_rule(np.concatenate([background, seizures]), labels)
    found = rule(torch.from_numpy(np.concatenate([background, seizures])).float()).argmax(dim=2)[:, 0].numpy()
    assert found[labels == 1].mean() > 0.95
    assert found[labels == 0].mean() < 0.01


def test_logits_change_sides_at_the_thresholds_and_rise_with_the_smaller_distance() -> None:
    features = np.array([[300.0, 0.0], [900.0, 0.0], [300.0, 9.0], [800.0, 6.0]])
    rule = make_rule(features, np.array([0, 0, 0, 1]))
    arc, spikes = rule.thresholds.tolist()
    assert rule(rule.thresholds[None]).tolist() == [[[0.0, 0.0]]]
    steps = torch.linspace(-1, 1, 21)[:, None]
    rising = rule(rule.thresholds + steps * torch.tensor([1e6, 1.0]))[:, 0]
    assert (rising.diff(dim=0)[:, 1] > 0).all() and (rising.diff(dim=0)[:, 0] < 0).all()
    either = torch.tensor([[arc + 500, spikes - 1], [arc - 100, spikes + 50], [arc + 1, spikes + 0.1]])
    assert rule(either).argmax(dim=2).flatten().tolist() == [0, 0, 1]


def test_it_reads_the_numbers_of_one_channel() -> None:
    front = Numbers(NumbersConfig(n_channels=1, quantities=("line-length", "spike-rate")))
    generator = torch.Generator().manual_seed(0)
    signal = 20 * torch.randn(30, 1, 1024, generator=generator)
    signal[:10, 0, ::128] += 400.0
    rule = make_rule(front(signal).numpy(), (np.arange(30) < 10).astype(int))
    again = 20 * torch.randn(2, 1, 1024, generator=generator)
    again[1, 0, 40::128] -= 400.0
    assert rule(front(again)).argmax(dim=2).flatten().tolist() == [0, 1]


def test_thresholds_are_saved_with_whether_they_are_fitted() -> None:
    rule = make_rule(np.array([[1.0, 1.0], [3.0, 3.0]]), np.array([0, 1]))
    other = CandidateRule(CandidateRuleConfig())
    with pytest.raises(ParameterError, match="not fitted"):
        other(torch.zeros(1, 2))
    other.load_state_dict(load(save(rule.state_dict())))
    assert torch.equal(other(torch.ones(1, 2)), rule(torch.ones(1, 2)))
