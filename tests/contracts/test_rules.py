"""Every rule in the table keeps the contract of rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.features.tables import FEATURES
from ictal.models.rule import Rule
from ictal.models.table import MODELS

RULES = [name for name in MODELS if MODELS.load(name).kind == "rule"]
WINDOW, STEP, RATE = 4.0, 1.0, 128.0


def make(name: str, n_leads: int) -> Rule:
    kind: type[Rule] = MODELS.load(name)
    return kind(kind.Config(), n_leads, WINDOW, STEP)


def features_of(name: str, n_leads: int = 3, seconds: int = 60) -> np.ndarray:
    signal = np.random.default_rng(0).normal(0, 30, (n_leads, int(seconds * RATE)))
    extract = FEATURES.load(MODELS.load(name).features)
    return extract(signal, sampling_rate=RATE, window=int(WINDOW * RATE), hop=int(STEP * RATE))


@pytest.mark.parametrize("name", RULES)
def test_it_answers_every_window_once_with_a_probability(name: str) -> None:
    features = features_of(name)
    rule = make(name, 3)
    evidence = np.concatenate([rule.push(features), rule.finish()], axis=1)
    assert evidence.shape == features.shape[:2]
    probability = rule.combine(evidence)
    assert probability.shape == features.shape[1:2]
    assert ((probability >= 0) & (probability <= 1)).all()


@pytest.mark.parametrize("name", RULES)
@given(sizes=st.lists(st.integers(0, 25), max_size=12))
@settings(deadline=None, max_examples=25)
def test_blocks_of_any_size_give_the_same_answer(name: str, sizes: list[int]) -> None:
    features = features_of(name)
    whole = make(name, 3)
    expected = np.concatenate([whole.push(features), whole.finish()], axis=1)
    rule, blocks, position = make(name, 3), [], 0
    for size in [*sizes, features.shape[1]]:
        blocks.append(rule.push(features[:, position : position + size]))
        position += size
    blocks.append(rule.finish())
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), expected, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_one_lead_and_no_window_are_fine(name: str) -> None:
    rule = make(name, 1)
    evidence = rule.push(features_of(name, n_leads=1)[:, :0])
    assert evidence.shape == (1, 0)
    assert rule.combine(evidence).shape == (0,)
    assert rule.finish().shape == (1, 0)


@pytest.mark.parametrize("name", RULES)
def test_more_evidence_is_never_less_probable(name: str) -> None:
    rule = make(name, 4)
    evidence = np.random.default_rng(1).normal(size=(4, 50))
    assert (rule.combine(evidence + 0.5) >= rule.combine(evidence)).all()


@pytest.mark.parametrize("name", RULES)
def test_the_strength_orders_windows_as_the_probability_does_and_has_no_ceiling(name: str) -> None:
    rule = make(name, 4)
    evidence = np.repeat(np.arange(1.0, 9.0)[None], 4, axis=0)
    strength = rule.strength(evidence)
    assert strength.shape == (8,)
    assert (np.diff(strength) > 0.9).all()


@pytest.mark.parametrize("name", RULES)
def test_the_loss_of_a_stronger_lead_costs_more_strength(name: str) -> None:
    rule = make(name, 7)
    evidence = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 0.0, 0.0])[:, None]
    drops = [float((rule.strength(evidence) - rule.strength(np.delete(evidence, i, axis=0)))[0]) for i in range(5)]
    assert drops == sorted(drops, reverse=True)
    assert drops[-1] > 0.0
