"""Events at many thresholds are those of the state machine at each."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores
from ictal.core.spans import intersect_spans, total_time
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep

tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
probabilities = st.lists(st.one_of(tenths, tenths, tenths, st.just(float("nan"))), max_size=60)


@st.composite
def rules(draw: st.DrawFn) -> PostProcessing:
    shortest = draw(st.sampled_from([0.0, 1.0, 2.5, 6.0]))
    return PostProcessing(
        smoothing=draw(st.sampled_from([0.0, 1.0, 3.0, 10.0])),
        threshold=1.0,
        release=draw(st.one_of(st.none(), st.integers(1, 10).map(lambda tenth: tenth / 10))),
        opening=draw(st.sampled_from([0.0, 0.0, 1.0, 2.0, 3.5])),
        merge_gap=draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.5])),
        minimum_duration=shortest,
        maximum_duration=draw(st.one_of(st.none(), st.just(shortest + 8.0))),
    )


def make_scores(values: list[float], start: float = 0.0, step: float = 1.0) -> Scores:
    seizure = np.array(values, dtype=np.float64)
    return Scores(np.column_stack([1.0 - seizure, seizure]), start, step)


def at_threshold(rule: PostProcessing, threshold: float) -> PostProcessing:
    release = None if rule.release is None else min(rule.release, threshold)
    return PostProcessing.model_validate({**rule.model_dump(), "threshold": threshold, "release": release})


@settings(max_examples=400)
@given(probabilities, rules(), st.sampled_from([(0.0, 1.0), (1.5, 1.0), (-0.1, 0.25), (0.3, 1 / 3)]))
def test_every_threshold_gives_the_events_of_the_state_machine(
    values: list[float], rule: PostProcessing, axis: tuple[float, float]
) -> None:
    scores = make_scores(values, *axis)
    duration = max(axis[0] + len(values) * axis[1], 0.0)
    sweep = EventSweep(scores, rule, duration)
    for threshold in (0.1, 0.3, 0.55, 0.9, 1.0):
        machine = find_events(scores, at_threshold(rule, threshold), duration)
        assert sweep.spans_at(threshold) == tuple(event.span for event in machine)


@given(probabilities, rules())
def test_above_all_probabilities_nothing_is_claimed(values: list[float], rule: PostProcessing) -> None:
    assert EventSweep(make_scores(values), rule, float(len(values))).spans_at(np.nextafter(1.0, 2.0)) == ()


@given(probabilities, rules())
def test_a_higher_threshold_claims_no_other_time(values: list[float], rule: PostProcessing) -> None:
    alone = rule.model_copy(update={"minimum_duration": 0.0, "maximum_duration": None})
    sweep = EventSweep(make_scores(values), alone, float(len(values)))
    claims = [sweep.spans_at(threshold) for threshold in (0.2, 0.4, 0.6, 0.8)]
    for more, less in itertools.pairwise(claims):
        assert total_time(intersect_spans(more, less)) == pytest.approx(total_time(less))


def test_an_event_ends_with_the_recording() -> None:
    sweep = EventSweep(make_scores([0.1, 0.9, 0.9]), PostProcessing(), 2.5)
    assert sweep.spans_at(0.5) == ((1.0, 2.5),)
    assert EventSweep(make_scores([0.1, 0.9, 0.9]), PostProcessing(), 1.0).spans_at(0.5) == ()


def test_no_threshold_is_no_threshold() -> None:
    with pytest.raises(ParameterError, match=r"threshold: 0\.0 is not allowed"):
        EventSweep(make_scores([0.5]), PostProcessing(), 1.0).spans_at(0.0)


def test_a_day_takes_milliseconds() -> None:
    noise = np.random.default_rng(0).random(86400)
    sweep = EventSweep(make_scores(noise.tolist()), PostProcessing(merge_gap=2.0, release=0.3), 86400.0)
    begin = time.process_time()
    for threshold in np.linspace(0.05, 1.0, 20):
        sweep.spans_at(float(threshold))
    assert time.process_time() - begin < 1.0
