"""The five rules as the table gives them: named, countable, additive, and fast."""

from __future__ import annotations

import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.spans import merge_spans
from ictal.scoring import nedc
from ictal.scoring.counts import Counts
from ictal.scoring.nedc_epoch import score_epoch
from ictal.scoring.nedc_events import seizure_events
from ictal.scoring.nedc_ira import score_ira
from ictal.scoring.rules import GROUPS, RULES, Rule

NEDC = [nedc.OVLP, nedc.TAES, nedc.EPOCH, nedc.DPALIGN, nedc.IRA]
LENGTH = 60.0
TICKS = st.integers(0, 8 * int(LENGTH))
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=6).map(
    lambda ends: merge_spans((min(pair) / 8, max(pair) / 8) for pair in ends)
)

rules = pytest.mark.parametrize("rule", NEDC, ids=lambda rule: rule.name)


def test_the_group_is_these_rules_under_their_own_names() -> None:
    assert [RULES.load(name) for name in GROUPS["nedc"]] == NEDC
    assert [rule.name for rule in NEDC] == list(GROUPS["nedc"])


def test_titles_say_the_version() -> None:
    expected = [f"NEDC v6 {name}" for name in ("OVLP", "TAES", "EPOCH", "DPALIGN", "IRA")]
    assert [rule.title for rule in NEDC] == expected


@rules
@given(SPANS, SPANS)
def test_counts_have_background_and_the_duration(rule: Rule, reference: tuple, hypothesis: tuple) -> None:
    counts = rule.score(reference, hypothesis, LENGTH)
    assert counts.duration == LENGTH
    assert counts.true_negatives >= 0
    for name in rule.figures:
        assert isinstance(getattr(counts, name), float)


@rules
def test_silence_on_silence_is_background_alone(rule: Rule) -> None:
    counts = rule.score([], [], LENGTH)
    assert (counts.true_positives, counts.false_positives, counts.false_negatives) == (0, 0, 0)
    assert counts.true_negatives > 0


@rules
def test_recordings_add_up(rule: Rule) -> None:
    one, other = rule.score([(10, 20)], [(15, 25)], LENGTH), rule.score([], [(1, 2), (30, 40)], LENGTH)
    both = one + other
    assert both.false_positives == one.false_positives + other.false_positives
    assert both.duration == 2 * LENGTH


@given(SPANS, SPANS)
def test_epochs_a_day_times_their_length_are_the_seconds_a_day_of_the_report(
    reference: tuple, hypothesis: tuple
) -> None:
    counts = nedc.EPOCH.score(reference, hypothesis, LENGTH)
    report = score_epoch(seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH))
    assert nedc.EPOCH.seconds_per_count == 0.25
    assert counts.false_positives_per_day * nedc.EPOCH.seconds_per_count == pytest.approx(report.seiz.fa_per_24h)


@given(SPANS, SPANS)
def test_kappa_of_the_counts_is_that_of_the_report(reference: tuple, hypothesis: tuple) -> None:
    assert nedc.IRA.figures == ("kappa",)
    report = score_ira(seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH))
    assert nedc.IRA.score(reference, hypothesis, LENGTH).kappa == pytest.approx(report.kappa, abs=1e-12)


@rules
def test_rules_can_be_sent_to_workers(rule: Rule) -> None:
    sent = pickle.loads(pickle.dumps(rule))  # noqa: S301
    assert sent.score([(10, 20)], [(15, 25)], LENGTH) == rule.score([(10, 20)], [(15, 25)], LENGTH)


@rules
def test_a_seizure_that_stops_before_it_starts_is_refused(rule: Rule) -> None:
    with pytest.raises(ParameterError, match="stop after it starts"):
        rule.score([(20, 10)], [], LENGTH)


@rules
def test_thousands_of_events_a_day_are_no_burden(rule: Rule) -> None:
    day = 86400.0
    reference = [(8.0 * i, 8.0 * i + 5.0) for i in range(10_000)]
    hypothesis = [(8.0 * i + 3.0, 8.0 * i + 6.5) for i in range(10_000)]
    started = time.process_time()
    counts = rule.score(reference, hypothesis, day)
    assert time.process_time() - started < 2.0
    assert isinstance(counts, Counts)
    assert counts.n_reference == pytest.approx(200_000 if rule.seconds_per_count is not None else 10_000)
