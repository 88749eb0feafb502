"""Rates of the report against their definitions on single judgements, and sums over recordings and labels."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.scoring.counts import Counts
from ictal.scoring.nedc_result import Confusion, LabelResult, NedcResult

COUNT = st.integers(0, 40)
RESULTS = st.builds(
    lambda tp, fn, fp, tn, seconds: LabelResult(tp + fn, tp, fn, fp, fp, fn, fp, tn, float(seconds)),
    COUNT,
    COUNT,
    COUNT,
    COUNT,
    st.integers(1, 10**6),
)


@given(RESULTS)
def test_the_correlation_is_that_of_the_single_judgements(result: LabelResult) -> None:
    judged = [(1, 1)] * result.tp + [(1, 0)] * result.fn + [(0, 1)] * result.fp + [(0, 0)] * result.tn
    truth, claim = np.array(judged, dtype=float).reshape(-1, 2).T
    constant = len(set(truth)) < 2 or len(set(claim)) < 2
    assert result.mcc == pytest.approx(0.0 if constant else np.corrcoef(truth, claim)[0, 1], abs=1e-12)


@given(RESULTS)
def test_rates_are_the_figures_of_counts_with_zero_for_undefined(result: LabelResult) -> None:
    counts = Counts(result.tp, result.fp, result.fn, result.duration, result.tn)
    for name in ("sensitivity", "precision", "specificity", "accuracy", "f1"):
        assert getattr(result, name) == pytest.approx(np.nan_to_num(getattr(counts, name)), abs=1e-12), name
    assert result.fa_per_24h == pytest.approx(counts.false_positives_per_day)


@given(RESULTS)
def test_the_other_label_sees_the_same_from_behind(result: LabelResult) -> None:
    other = LabelResult(0, result.tn, result.fp, result.fn, 0, 0, result.fn, result.tp, result.duration)
    assert (other.sensitivity, other.precision) == (result.specificity, result.npv)
    assert (other.accuracy, other.mcc) == (result.accuracy, result.mcc)


def test_nothing_at_all_is_zero_everywhere() -> None:
    nothing = LabelResult(0, 0, 0, 0, 0, 0, 0, 0, 0.0)
    rates = "sensitivity specificity precision npv accuracy prevalence f1 mcc fa_per_24h"
    assert [getattr(nothing, name) for name in rates.split()] == [0.0] * 9


@given(RESULTS, RESULTS)
def test_recordings_add_up_count_by_count(one: LabelResult, other: LabelResult) -> None:
    both = one + other
    for field in dataclasses.fields(LabelResult)[:-1]:
        assert getattr(both, field.name) == getattr(one, field.name) + getattr(other, field.name)
    assert both.seconds_per_count == 1.0


@given(RESULTS, RESULTS)
def test_the_summary_adds_labels_over_one_duration(seiz: LabelResult, bckg: LabelResult) -> None:
    bckg = dataclasses.replace(bckg, duration=seiz.duration)
    summary = NedcResult(seiz, bckg).summary
    assert summary.tp == seiz.tp + bckg.tp
    assert summary.duration == seiz.duration
    assert summary.fa_per_24h == pytest.approx(seiz.fa_per_24h + bckg.fa_per_24h)
    divisor = bckg.precision + bckg.sensitivity
    expected = 2 * summary.precision * summary.sensitivity / divisor if divisor else 0.0
    assert summary.f1 == pytest.approx(expected)


def test_epochs_stay_epochs_when_recordings_add_up() -> None:
    hour = LabelResult(0, 0, 0, 8, 8, 0, fp=8, tn=0, duration=3600.0, seconds_per_count=0.25)
    night = NedcResult(hour, hour, Confusion(1, 2, 3, 4)) + NedcResult(hour, hour, Confusion(4, 3, 2, 1))
    assert night.seiz.fa_per_24h == hour.fa_per_24h == 8 * 0.25 * 24
    assert night.summary.fa_per_24h == 2 * hour.fa_per_24h
    assert night.confusion == Confusion(5, 5, 5, 5)


def test_without_a_table_of_labels_there_is_none_in_the_sum() -> None:
    hour = LabelResult(1, 1, 0, 0, 0, 0, fp=0, tn=1, duration=3600.0)
    assert (NedcResult(hour, hour) + NedcResult(hour, hour, Confusion())).confusion is None
