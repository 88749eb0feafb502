"""Kappas: examples of the literature, an independent program, symmetry, and where there is none."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from ictal.core.errors import ParameterError
from ictal.review.kappa import (
    ALL_AGREE,
    ALWAYS_ZERO,
    ASYMPTOTIC,
    BOOTSTRAP,
    NOTHING,
    ONE_KIND,
    TOO_FEW,
    cohen_kappa,
    fleiss_kappa,
    pooled_kappa,
    positive_agreement,
)

small = st.integers(0, 40)
tables = st.tuples(small, small, small, small)

DIAGNOSES = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
"""Fleiss 1971, table 1: how many of 6 psychiatrists gave each of 30 patients one of 5 diagnoses."""


def as_answers(table: tuple[int, int, int, int]) -> tuple[list[int], list[int]]:
    pairs = [(1, 1)] * table[0] + [(1, 0)] * table[1] + [(0, 1)] * table[2] + [(0, 0)] * table[3]
    return [first for first, _ in pairs], [second for _, second in pairs]


def test_the_interval_of_a_published_example() -> None:
    """``ci.kappa(.05, 31, 12, 4, 58)`` in the manual of the R package statpsych, after Fleiss, Levin and Paik 2003."""
    kappa = cohen_kappa(58, 4, 12, 31)
    assert kappa.value == pytest.approx(0.6756757, abs=1e-7)
    assert (kappa.low, kappa.high) == pytest.approx((0.5317210, 0.8196303), abs=1e-7)
    assert kappa.method == ASYMPTOTIC


def test_the_example_of_fleiss() -> None:
    counts = np.array([[int(number) for number in patient] for patient in DIAGNOSES.split()])
    shares = counts.sum(axis=0) / counts.sum()
    assert shares.round(3).tolist() == [0.144, 0.144, 0.167, 0.306, 0.239], "as the paper prints them"
    kappa = fleiss_kappa(counts)
    assert kappa.value == pytest.approx(0.430, abs=5e-4)
    assert (kappa.low, kappa.high, kappa.method) == (None, None, "")


def test_fleiss_worked_by_hand() -> None:
    """Three readers, two things: they agree on one, and two of three on the other."""
    agreed = (Fraction(1) + Fraction(2 * 1, 3 * 2)) / 2
    chance = Fraction(5, 6) ** 2 + Fraction(1, 6) ** 2
    assert fleiss_kappa([[3, 0], [2, 1]]).value == pytest.approx(float((agreed - chance) / (1 - chance)))


@given(tables)
def test_cohen_is_that_of_scikit_learn(table: tuple[int, int, int, int]) -> None:
    kappa = cohen_kappa(*table)
    if not sum(table):
        assert kappa.reason == NOTHING
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(*as_answers(table))
    if math.isnan(expected):
        assert (kappa.value, kappa.reason) == (None, ONE_KIND)
    else:
        assert kappa.value == pytest.approx(expected, abs=1e-12)


@given(tables)
def test_who_is_first_does_not_matter(table: tuple[int, int, int, int]) -> None:
    both, first, second, neither = table
    assert cohen_kappa(*table).value == pytest.approx(cohen_kappa(both, second, first, neither).value)
    assert cohen_kappa(*table).low == pytest.approx(cohen_kappa(neither, first, second, both).low)
    assert positive_agreement(both, first, second) == positive_agreement(both, second, first)


@given(tables)
def test_an_interval_holds_its_value(table: tuple[int, int, int, int]) -> None:
    kappa = cohen_kappa(*table)
    assert (kappa.low is None) == (kappa.high is None) == (kappa.method == "") == (kappa.reason != "")
    if kappa.value is not None and kappa.low is not None and kappa.high is not None:
        assert -1 <= kappa.low <= kappa.value <= kappa.high <= 1


def test_an_interval_holds_the_truth_nineteen_times_of_twenty() -> None:
    shares = np.array([0.3, 0.1, 0.15, 0.45])
    truth = cohen_kappa(30, 10, 15, 45).value
    assert truth is not None
    drawn = [cohen_kappa(*map(int, row)) for row in np.random.default_rng(0).multinomial(100, shares, 1500)]
    held = [kappa.low is not None and kappa.high is not None and kappa.low <= truth <= kappa.high for kappa in drawn]
    assert 0.925 < np.mean(held) < 0.965


@pytest.mark.parametrize(
    ("table", "value", "reason"),
    [
        ((0, 0, 0, 0), None, NOTHING),
        ((9, 0, 0, 0), None, ONE_KIND),
        ((0, 0, 0, 9), None, ONE_KIND),
        ((9, 1, 0, 0), 0.0, ALWAYS_ZERO),
        ((0, 0, 1, 9), 0.0, ALWAYS_ZERO),
        ((5, 0, 0, 4), 1.0, ALL_AGREE),
    ],
)
def test_where_kappa_says_little_it_says_why(
    table: tuple[int, int, int, int], value: float | None, reason: str
) -> None:
    kappa = cohen_kappa(*table)
    assert (kappa.value, kappa.low, kappa.high, kappa.reason) == (value, None, None, reason)


def test_pooled_is_that_of_all_things_and_its_interval_that_of_recordings() -> None:
    rows = [(60, 9, 3, 528), (4, 0, 2, 588), (30, 4, 6, 560)]
    kappa = pooled_kappa(rows)
    assert kappa.value == cohen_kappa(*(sum(column) for column in zip(*rows, strict=True))).value
    singles = [single for row in rows if (single := cohen_kappa(*row).value) is not None]
    assert kappa.low == pytest.approx(min(singles)) and kappa.high == pytest.approx(max(singles))
    assert kappa.method == BOOTSTRAP
    assert pooled_kappa(rows) == kappa
    assert (pooled_kappa(rows[:1]).low, pooled_kappa(rows[:1]).reason) == (None, TOO_FEW)
    assert pooled_kappa([]).reason == NOTHING
    assert pooled_kappa([(0, 0, 0, 60)] * 3).reason == ONE_KIND


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_fleiss_does_not_care_which_kind_is_which_and_is_one_if_all_agree(yes: list[int]) -> None:
    kappa = fleiss_kappa([[number, 3 - number] for number in yes])
    turned = fleiss_kappa([[3 - number, number] for number in yes])
    assert kappa.value == pytest.approx(turned.value)
    if set(yes) <= {0} or set(yes) <= {3}:
        assert (kappa.value, kappa.reason) == (None, ONE_KIND)
    elif set(yes) <= {0, 3}:
        assert kappa.value == pytest.approx(1.0)
    else:
        assert kappa.value is not None and -0.5 - 1e-9 <= kappa.value < 1


def test_fleiss_needs_the_same_readers_throughout() -> None:
    assert fleiss_kappa([]).reason == NOTHING
    for counts in ([[3, 0], [1, 1]], [[1, 0]]):
        with pytest.raises(ParameterError, match="same number of readers"):
            fleiss_kappa(counts)


def test_positive_agreement_leaves_out_what_nobody_saw() -> None:
    assert positive_agreement(6, 1, 3) == pytest.approx(2 * 6 / (2 * 6 + 1 + 3))
    assert positive_agreement(0, 0, 2) == 0.0
    assert positive_agreement(0, 0, 0) is None
