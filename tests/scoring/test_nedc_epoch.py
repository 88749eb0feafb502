"""Epochs counted from the edges of events, against epochs looked at one by one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.scoring.nedc_epoch import count_epochs, score_epoch
from ictal.scoring.nedc_events import SEIZ, LabelEvent, seizure_events
from ictal.scoring.nedc_result import Confusion

ON_THE_SAMPLES = st.integers(0, 16 * 12).map(lambda ticks: ticks / 16)
TIMES = st.one_of(ON_THE_SAMPLES, st.floats(0.0, 12.0, allow_subnormal=False).map(lambda time: round(time, 4)))
SPANS = st.lists(st.tuples(TIMES, TIMES), max_size=6).map(lambda ends: [(a, b) for a, b in ends if a < b])
DURATIONS = st.one_of(st.sampled_from([0.0, 0.125, 10.0]), TIMES)


@given(SPANS, SPANS, DURATIONS)
def test_counts_are_those_of_sample_by_sample(reference: list, hypothesis: list, duration: float) -> None:
    truths, claims = seizure_events(reference, duration), seizure_events(hypothesis, duration)
    met = dict.fromkeys(itertools.product(("seiz", "bckg"), repeat=2), 0)
    for time in itertools.takewhile(lambda time: time <= duration, (0.125 + 0.25 * i for i in itertools.count())):
        met[label_at(truths, time), label_at(claims, time)] += 1
    assert count_epochs(truths, claims) == Confusion(*met.values())


def label_at(events: list[LabelEvent], time: float) -> str:
    return next(event.label for event in events if event.start <= time <= event.stop)


@given(SPANS, SPANS)
def test_the_report_follows_from_the_table(reference: list, hypothesis: list) -> None:
    result = score_epoch(seizure_events(reference, 12.0), seizure_events(hypothesis, 12.0))
    met = result.confusion
    assert met is not None
    assert result.summary.targets == 48
    assert result.seiz.targets + result.bckg.targets == 48
    assert (result.seiz.tp, result.seiz.fn, result.seiz.fp, result.seiz.tn) == (
        met.seiz_seiz,
        met.seiz_bckg,
        met.bckg_seiz,
        met.bckg_bckg,
    )
    assert (result.bckg.tp, result.bckg.fn, result.bckg.fp, result.bckg.tn) == (
        met.bckg_bckg,
        met.bckg_seiz,
        met.seiz_bckg,
        met.seiz_seiz,
    )
    assert (result.bckg.false_alarms, result.bckg.insertions, result.bckg.deletions) == (0, 0, 0)


def test_false_alarms_a_day_are_seconds() -> None:
    day = score_epoch(seizure_events([], 86400.0), seizure_events([(100, 160), (500, 530)], 86400.0))
    assert day.seiz.fa_per_24h == pytest.approx(90.0)


def test_ends_that_agree_at_four_decimals_are_one_end() -> None:
    ends_on_a_sample, ends_before_it = seizure_events([], 0.125), seizure_events([(0.0, 0.12499)], 0.12499)
    assert count_epochs(ends_on_a_sample, ends_before_it) == Confusion(bckg_seiz=1)


def test_a_century_takes_no_longer_than_a_minute() -> None:
    century = 100 * 365.25 * 86400.0
    result = score_epoch(seizure_events([(100, 160)], century), seizure_events([(130, 190)], century))
    assert (result.seiz.hits, result.seiz.misses, result.seiz.false_alarms) == (120, 120, 120)
    assert result.summary.targets == 4 * century


def test_events_between_two_samples_do_not_exist() -> None:
    chain = seizure_events([(1.13, 1.37)], 10.0)
    assert chain[1].label == SEIZ
    assert score_epoch(chain, chain).seiz.targets == 0
