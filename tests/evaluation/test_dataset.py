"""Pools and averages, held to sums that are written out, to the tool's averages and to bootstraps drawn one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.dataset import figures_of, score_dataset, tabulate
from ictal.scoring.compatible import average_defined
from ictal.scoring.counts import Counts
from ictal.scoring.rules import RULES, Rule

EVENT, SAMPLE, EPOCH, KAPPA = (RULES.load(name) for name in ("szcore", "sample", "nedc-epoch", "nedc-ira"))

numbers = st.integers(0, 4)
some_counts = st.builds(
    Counts,
    true_positives=numbers,
    false_positives=numbers,
    false_negatives=numbers,
    duration=st.integers(60, 100_000).map(float),
    true_negatives=st.just(math.nan) | st.integers(0, 1000),
)
of_recordings = st.lists(st.tuples(st.integers(0, 3), some_counts), min_size=1, max_size=12)


def score(rule: Rule, pairs: list[tuple[int, Counts]], **draws: int) -> tuple[list[Counts], object]:
    subjects = sorted({subject for subject, _ in pairs})
    position = np.array([subjects.index(subject) for subject, _ in pairs])
    pooled = [sum_of([counts for subject, counts in pairs if subject == one]) for one in subjects]
    return pooled, score_dataset(rule, [counts for _, counts in pairs], position, draw_subjects(len(subjects), **draws))


def sum_of(counts: list[Counts]) -> Counts:
    total = counts[0]
    for one in counts[1:]:
        total = total + one
    return total


@given(of_recordings, st.sampled_from([EVENT, SAMPLE, KAPPA]))
def test_averages_and_pools_are_those_of_counts_added_by_hand(pairs: list[tuple[int, Counts]], rule: Rule) -> None:
    by_hand, scores = score(rule, pairs, n_resamples=20)
    total = sum_of(by_hand)
    for name in rule.figures:
        values = [getattr(counts, name) for counts in by_hand]
        mean, spread = average_defined(values)
        assert_allclose(scores.average[name].value, mean, rtol=1e-12)
        assert_allclose(scores.average[name].standard_deviation, spread, atol=1e-9)
        assert scores.average[name].n_subjects == sum(not math.isnan(value) for value in values)
        assert_allclose(scores.pooled[name].value, getattr(total, name), rtol=1e-12)


@given(of_recordings, st.integers(0, 9))
def test_intervals_are_those_of_subjects_drawn_one_by_one(pairs: list[tuple[int, Counts]], seed: int) -> None:
    by_hand, scores = score(EVENT, pairs, n_resamples=30, seed=seed)
    draws = draw_subjects(len(by_hand), 30, seed)
    for name in EVENT.figures:
        values = np.array([getattr(counts, name) for counts in by_hand])
        if np.isfinite(values).sum() < 2:
            assert not scores.average[name].has_interval and not scores.pooled[name].has_interval
            continue
        means, pools = [], []
        for drawn in draws:
            known = [value for value in np.repeat(values, drawn) if not np.isnan(value)]
            means.append(np.mean(known) if known else np.nan)
            pool = sum_of([counts for counts, times in zip(by_hand, drawn, strict=True) for _ in range(times)])
            pools.append(getattr(pool, name))
        for estimate, resampled in ((scores.average[name], means), (scores.pooled[name], pools)):
            expected = np.nanquantile(resampled, [0.025, 0.975])
            assert_allclose([estimate.low, estimate.high], expected, rtol=1e-9, atol=1e-12)


def test_the_f1_of_a_subject_with_seizures_and_no_detection_is_zero() -> None:
    _, scores = score(EVENT, [(0, Counts(2, 0, 0, 3600.0)), (1, Counts(0, 0, 3, 3600.0)), (2, Counts(0, 0, 0, 3600.0))])
    assert (scores.average["f1"].value, scores.average["f1"].n_subjects) == (0.5, 2)
    assert (scores.average["precision"].value, scores.average["precision"].n_subjects) == (1.0, 1)
    assert not scores.average["precision"].has_interval, "one defined subject says nothing of others"


def test_counts_of_a_subject_are_added_before_figures_are_made() -> None:
    long, short = Counts(1, 0, 9, 36000.0), Counts(1, 0, 0, 600.0)
    _, scores = score(EVENT, [(0, long), (0, short)])
    assert scores.average["sensitivity"].value == pytest.approx(2 / 11)


def test_false_positives_that_are_stretches_of_time_are_given_in_seconds() -> None:
    day = tabulate([Counts(0, 8, 0, 86400.0, 100)])
    rates = [figures_of(rule, day)[0, rule.figures.index("false_positives_per_day")] for rule in (EVENT, SAMPLE, EPOCH)]
    assert rates == [8.0, 8.0, 2.0]


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_is_read_by_figures_that_counts_have(name: str) -> None:
    rule = RULES.load(name)
    assert figures_of(rule, np.array([[1.0, 1.0, 1.0, 60.0, 57.0]])).shape == (1, len(rule.figures))
