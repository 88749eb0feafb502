from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from ictal.core.recording import Signal
from ictal.detection.scorer import RuleScorer
from ictal.features.tables import FEATURES
from ictal.models.rule import Rule
from ictal.models.table import MODELS

RATE, WINDOW, HOP = 64.0, 128, 64
RULES = ("line-length", "spike-rate")


def make_scorer(name: str, n_leads: int, n_before: int = 0) -> RuleScorer:
    rule: type[Rule] = MODELS.load(name)
    extract = partial(FEATURES.load(rule.features), sampling_rate=RATE, window=WINDOW, hop=HOP)
    return RuleScorer(partial(rule, rule.Config(), n_leads, WINDOW / RATE, HOP / RATE), extract, n_before=n_before)


def make_signal(n_leads: int, n_windows: int) -> Signal:
    """Noise in which a spiking rhythm rises, in each lead a fifth of the lead before."""
    rng = np.random.default_rng(3)
    n_samples = (n_windows - 1) * HOP + WINDOW
    signal = rng.normal(0, 15, (n_leads, n_samples))
    time = np.arange(n_samples) / RATE
    spikes = 400 * np.maximum(np.sin(2 * np.pi * 4 * time), 0.0) ** 20
    signal[:, n_samples // 2 :] += 0.2 ** np.arange(n_leads)[:, None] * spikes[n_samples // 2 :]
    return signal.astype(np.float32)


def score(scorer: RuleScorer, signal: Signal) -> NDArray[np.float64]:
    return np.concatenate([scorer.push(signal), scorer.finish()])


def strengths(name: str, signal: Signal) -> NDArray[np.float64]:
    """The strength of every window, by the rule itself."""
    rule_type: type[Rule] = MODELS.load(name)
    rule = rule_type(rule_type.Config(), len(signal), WINDOW / RATE, HOP / RATE)
    features = FEATURES.load(rule_type.features)(signal, sampling_rate=RATE, window=WINDOW, hop=HOP)
    return rule.strength(np.concatenate([rule.push(features), rule.finish()], axis=1))


@pytest.mark.parametrize("name", RULES)
def test_each_window_has_one_row_that_adds_up_to_one(name: str) -> None:
    values = score(make_scorer(name, 3), make_signal(3, 60))
    assert values.shape == (60, 2)
    np.testing.assert_allclose(values.sum(axis=1), 1.0, atol=1e-12)
    assert values[40:, 1].mean() > values[:28, 1].mean() + 0.3


@pytest.mark.parametrize("name", RULES)
def test_blocks_of_windows_give_what_the_whole_gives(name: str) -> None:
    signal = make_signal(3, 60)
    expected = score(make_scorer(name, 3), signal)
    scorer, answers, first = make_scorer(name, 3), [], 0
    for n_windows in (1, 2, 7, 30, 20):
        answers.append(scorer.push(signal[:, first * HOP : (first + n_windows - 1) * HOP + WINDOW]))
        first += n_windows
    np.testing.assert_allclose(np.concatenate([*answers, scorer.finish()]), expected, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_drop_of_leads_is_that_of_a_recording_without_them(name: str) -> None:
    signal = make_signal(6, 60)
    windows = [35, 36, 40, 59]
    groups = [[0], [1, 2], [3, 4, 5]]
    whole = strengths(name, signal)[windows]
    without = [strengths(name, np.delete(signal, group, axis=0))[windows] for group in groups]
    expected = [(whole - rest).mean() for rest in without]
    drops = make_scorer(name, 6, n_before=90).group_drops(
        {window: [0] for window in windows}, lambda first, last: signal[:, first * HOP : last * HOP + WINDOW], groups
    )
    np.testing.assert_allclose(drops, expected, atol=1e-9)
    assert max(expected) > 1e-3


@pytest.mark.parametrize("name", RULES)
def test_a_rule_compares_with_the_windows_before_that_it_gets(name: str) -> None:
    """After a gap there are fewer: what is asked about is counted from the end, and what is before it left out."""
    signal, asked = make_signal(2, 60), [20, 50, 55]
    reads: list[tuple[int, int]] = []

    def read(first: int, last: int) -> Signal:
        reads.append((first, last))
        return signal[:, 30 * HOP : last * HOP + WINDOW]

    drops = make_scorer(name, 2, n_before=15).group_drops({window: [0] for window in asked}, read, [[0]])
    assert reads == [(5, 55)]
    after = signal[:, 30 * HOP : 55 * HOP + WINDOW]
    expected = (strengths(name, after) - strengths(name, after[1:]))[[20, 25]].mean()
    np.testing.assert_allclose(drops, [expected], atol=1e-9)


@pytest.mark.parametrize("name", RULES)
def test_log_odds_are_the_strength_whatever_was_pushed_before(name: str) -> None:
    first, second = make_signal(3, 60), make_signal(3, 60)[::-1]
    scorer = make_scorer(name, 3)
    score(scorer, second)
    found = scorer.log_odds(np.stack([first, second]))
    np.testing.assert_allclose(found, [strengths(name, first), strengths(name, second)], atol=1e-9)


@pytest.mark.parametrize("name", RULES)
def test_nothing_pushed_is_nothing_answered(name: str) -> None:
    assert make_scorer(name, 2).finish().shape == (0, 2)
