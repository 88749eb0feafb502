"""Figures of counts against their definitions, and against each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.scoring.counts import Counts

NUMBERS = st.integers(0, 1000)
TABLES = st.builds(Counts, NUMBERS, NUMBERS, NUMBERS, st.integers(1, 10**6), NUMBERS)


def test_figures_by_hand() -> None:
    counts = Counts(6, 2, 4, duration=43200.0, true_negatives=88)
    assert (counts.n_reference, counts.n_hypothesis) == (10, 8)
    assert counts.sensitivity == 0.6
    assert counts.precision == 0.75
    assert counts.f1 == pytest.approx(2 / 3, abs=1e-15)
    assert counts.specificity == pytest.approx(88 / 90)
    assert counts.accuracy == 0.94
    assert counts.kappa == pytest.approx((0.94 - 0.836) / (1 - 0.836))
    assert counts.false_positives_per_day == 4.0


@given(TABLES)
def test_f1_is_the_harmonic_mean_where_both_are_defined_and_not_zero(counts: Counts) -> None:
    if counts.true_positives:
        mean = 2 / (1 / counts.sensitivity + 1 / counts.precision)
        assert counts.f1 == pytest.approx(mean)


@given(TABLES, TABLES)
def test_kappa_does_not_care_who_is_the_reference(counts: Counts, other: Counts) -> None:
    turned = Counts(
        counts.true_positives,
        counts.false_negatives,
        counts.false_positives,
        counts.duration,
        counts.true_negatives,
    )
    assert counts.kappa == pytest.approx(turned.kappa, nan_ok=True)
    assert math.isnan(counts.kappa) or -1 <= counts.kappa <= 1


def test_f1_of_missed_seizures_without_a_claim_is_zero() -> None:
    missed = Counts(0, 0, 3, duration=3600.0)
    assert missed.f1 == 0.0
    assert math.isnan(missed.precision)


def test_what_has_no_denominator_is_undefined() -> None:
    nothing = Counts(0, 0, 0, duration=0.0)
    for name in ("sensitivity", "precision", "f1", "specificity", "accuracy", "kappa", "false_positives_per_day"):
        assert math.isnan(getattr(nothing, name)), name


def test_rules_without_background_have_neither_specificity_nor_accuracy_nor_kappa() -> None:
    events = Counts(3, 1, 1, duration=3600.0)
    for name in ("specificity", "accuracy", "kappa"):
        assert math.isnan(getattr(events, name)), name


@pytest.mark.parametrize(
    ("table", "kappa"), [(Counts(9, 0, 0, 9.0, 0), 1.0), (Counts(0, 0, 0, 9.0, 9), 1.0), (Counts(0, 9, 0, 9.0, 0), 0.0)]
)
def test_kappa_where_chance_explains_all(table: Counts, kappa: float) -> None:
    assert table.kappa == kappa


@given(st.lists(TABLES, min_size=1))
def test_sums_add_every_field(tables: list[Counts]) -> None:
    pooled = sum(tables)
    assert isinstance(pooled, Counts)
    for name in Counts.__slots__:
        assert getattr(pooled, name) == sum(getattr(table, name) for table in tables)


def test_counts_add_to_counts_only() -> None:
    with pytest.raises(TypeError):
        1 + Counts(0, 0, 0, 1.0)  # type: ignore[operator]
