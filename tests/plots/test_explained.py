"""What is said of an attribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.plots.explained import (
    MOST_LEADING,
    ExplainedEvent,
    describe_attribution,
    find_leading,
    rank_leads,
    share_within,
)

CUT = ((100.0, 107.0), (107.0, 120.0))
LEADS = ("Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fz-Cz", "Cz-Pz")


def make(values: object, start: float = 100.0, step: float = 0.25) -> Attribution:
    return Attribution(values, start, step, LEADS, (2.0, 6.0, 10.0))


@given(st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6))
def test_leading_leads_are_the_first_of_the_ranked_and_above_the_rest(shares: list[float]) -> None:
    attribution = make(np.array(shares)[:, None, None] * np.ones((6, 3, 4)))
    leading = find_leading(attribution)
    assert leading == rank_leads(attribution)[: len(leading)]
    assert len(leading) <= MOST_LEADING
    by_name = dict(zip(LEADS, attribution.of_leads, strict=True))
    assert all(by_name[lead] >= 1.5 / 6 for lead in leading)


def test_where_all_are_alike_none_leads() -> None:
    attribution = make(np.ones((6, 3, 120)))
    assert find_leading(attribution) == ()
    said = describe_attribution(attribution)
    assert said.startswith("spread over 6 leads, most on ")
    assert said.endswith("evenly over 30 s")


def test_the_seconds_that_hold_most_are_named_from_onset() -> None:
    values = np.full((6, 3, 120), 1e-3)
    values[2, 1, 48:88] = 1.0
    assert describe_attribution(make(values)) == "T7-P7 (96 %); mostly theta (97 %); 97 % between 12 and 22 s"
    assert describe_attribution(make(values), onset=102.0).endswith("between 10 and 20 s after onset")
    assert describe_attribution(make(values), onset=112.0).endswith("in the first 10 s")


def test_nothing_is_said_of_what_is_not_told() -> None:
    assert describe_attribution(Attribution(np.zeros((1, 1, 4)), 0.0, 1.0)) == "nothing speaks for the score"
    assert describe_attribution(Attribution([[[1.0, 0.0]]], 0.0, 0.5)) == ""
    assert "theta" not in describe_attribution(Attribution(np.ones((6, 1, 40)), 0.0, 0.25, LEADS))


def test_what_is_within_leads_and_seconds_adds_up() -> None:
    attribution = make(np.random.default_rng(0).normal(size=(6, 3, 80)))
    halves = [share_within(attribution, leads, (a, b)) for leads in (LEADS[:2], LEADS[2:]) for a, b in CUT]
    assert sum(halves) == pytest.approx(1.0)
    assert all(half > 0 for half in halves)


def test_leads_that_are_not_drawn_are_refused() -> None:
    attribution = make(np.ones((6, 3, 4)))
    with pytest.raises(ParameterError, match="P7-O1, Fz-Cz, Cz-Pz are not drawn"):
        ExplainedEvent(attribution, np.zeros((3, 256)), LEADS[:3], 256.0, 100.0, (100.0, 101.0))
    with pytest.raises(ParameterError, match=r"\(3, 256\) came for 6 labels"):
        ExplainedEvent(attribution, np.zeros((3, 256)), LEADS, 256.0, 100.0, (100.0, 101.0))
