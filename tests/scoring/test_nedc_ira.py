"""Cohen's kappa: its bounds, its symmetry, and its definition on epochs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ictal.scoring.nedc_events import seizure_events
from ictal.scoring.nedc_ira import Agreement, score_ira
from ictal.scoring.nedc_result import Confusion

TICKS = st.integers(0, 40)
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=5).map(lambda ends: [(a, b) for a, b in ends if a < b])
TABLES = st.builds(Confusion, *[st.integers(0, 10**6)] * 4)


@given(TABLES)
def test_kappa_is_agreement_beyond_chance(table: Confusion) -> None:
    counts = np.array([[table.seiz_seiz, table.seiz_bckg], [table.bckg_seiz, table.bckg_bckg]], dtype=float)
    total = counts.sum()
    assume(total > 0)
    shares = counts / total
    chance = shares.sum(axis=1) @ shares.sum(axis=0)
    assume(chance < 1 - 1e-9)
    assert Agreement(table).kappa == pytest.approx((np.trace(shares) - chance) / (1 - chance), abs=1e-6)


@given(SPANS, SPANS)
def test_readers_may_change_places(one: list, other: list) -> None:
    first, second = seizure_events(one, 40.0), seizure_events(other, 40.0)
    assert score_ira(first, second).kappa == pytest.approx(score_ira(second, first).kappa)
    assert -1 <= score_ira(first, second).kappa <= 1


@given(SPANS)
def test_a_reader_agrees_with_himself_and_with_nobody_more(spans: list) -> None:
    chain = seizure_events(spans, 40.0)
    assert score_ira(chain, chain).kappa == 1.0


@given(TABLES, TABLES)
def test_recordings_add_up_before_chance_is_taken_off(one: Confusion, other: Confusion) -> None:
    assert (Agreement(one) + Agreement(other)) == Agreement(one + other)


def test_a_claim_of_everything_agrees_by_chance_only() -> None:
    assert score_ira(seizure_events([(10, 20)], 40.0), seizure_events([(0, 40)], 40.0)).kappa == 0.0


def test_nothing_to_agree_on_is_zero() -> None:
    assert Agreement(Confusion()).kappa == 0.0
