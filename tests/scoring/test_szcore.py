"""The rules of SzCORE on mended events: against timescoring, its stored numbers, and what mending must not change."""

from __future__ import annotations

import itertools
import json
import math
import timeit
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.spans import Span, merge_spans
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import (
    EVENT,
    SAMPLE,
    EventSettings,
    count_pieces,
    join_close,
    score_events,
    score_samples,
    seizure_seconds,
    sort_events,
    split_long,
)

DAY = 86400.0

SETTINGS = st.builds(
    EventSettings,
    start_tolerance=st.sampled_from([0.0, 12.5, 30.0]),
    end_tolerance=st.sampled_from([0.0, 33.3, 60.0]),
    minimum_overlap=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    maximum_duration=st.sampled_from([20.0, 60.1, 300.0, DAY]),
    minimum_gap=st.sampled_from([0.0, 5.0, 90.0]),
)


@st.composite
def well_formed(draw: st.DrawFn, shortest: float, resolution: int, most: int = 6) -> tuple[list[Span], float]:
    """Sorted, disjoint events on a grid, and the length of a recording that holds them."""
    steps = st.tuples(
        st.one_of(st.integers(0, 3), st.integers(0, 200 * resolution)),
        st.integers(math.ceil(shortest * resolution), 700 * resolution),
    )
    events, position = [], 0
    for gap, length in draw(st.lists(steps, max_size=most)):
        events.append(((position + gap) / resolution, (position + gap + length) / resolution))
        position += gap + length
    return events, position / resolution


@st.composite
def pairs(draw: st.DrawFn, shortest: float) -> tuple[list[Span], list[Span], float]:
    resolution = draw(st.sampled_from([1, 2, 4, 10, 100, 256]))
    reference, end = draw(well_formed(shortest, resolution))
    hypothesis, other_end = draw(well_formed(shortest, resolution))
    n_more = draw(st.integers(0, 40000))
    return reference, hypothesis, (math.ceil(max(end, other_end) * 256) + n_more + 256) / 256


anything = st.lists(
    st.tuples(st.integers(-50, 700), st.integers(-50, 700)).map(lambda ends: (ends[0] / 4, ends[1] / 4))
)


def timescoring_counts(
    reference: list[Span], hypothesis: list[Span], duration: float, rule: str, **params: float
) -> Counts:
    from timescoring.annotations import Annotation
    from timescoring.scoring import EventScoring, SampleScoring

    one, two = (Annotation(list(events), 256, round(duration * 256)) for events in (reference, hypothesis))
    score = SampleScoring(one, two) if rule == "sample" else EventScoring(one, two, EventScoring.Parameters(**params))
    return Counts(int(score.tp), int(score.fp), int(score.refTrue - score.tp), score.numSamples / score.fs)


def without_background(counts: Counts) -> tuple[float, ...]:
    return counts.true_positives, counts.false_positives, counts.false_negatives, counts.duration


@settings(max_examples=300, deadline=None)
@given(pairs(shortest=0.2), SETTINGS)
def test_events_are_counted_as_timescoring_counts_them(
    case: tuple[list[Span], list[Span], float], rules: EventSettings
) -> None:
    expected = timescoring_counts(
        *case,
        "event",
        toleranceStart=rules.start_tolerance,
        toleranceEnd=rules.end_tolerance,
        minOverlap=rules.minimum_overlap,
        maxEventDuration=rules.maximum_duration,
        minDurationBetweenEvents=rules.minimum_gap,
    )
    assert without_background(score_events(*case, rules)) == without_background(expected)


@settings(max_examples=300, deadline=None)
@given(pairs(shortest=1.0))
def test_seconds_are_counted_as_timescoring_counts_them(case: tuple[list[Span], list[Span], float]) -> None:
    counts = score_samples(*case)
    assert without_background(counts) == without_background(timescoring_counts(*case, "sample"))
    assert counts.n_reference + counts.false_positives + counts.true_negatives == round(case[2])


@pytest.mark.parametrize(("rule", "shortest"), [("event", 0.1), ("sample", 0.1)])
def test_stored_numbers_of_timescoring_hold_where_events_are_well_formed(
    test_data: Path, rule: str, shortest: float
) -> None:
    names = {
        "toleranceStart": "start_tolerance",
        "toleranceEnd": "end_tolerance",
        "minOverlap": "minimum_overlap",
        "maxEventDuration": "maximum_duration",
        "minDurationBetweenEvents": "minimum_gap",
    }
    cases = json.loads((test_data / "oracles" / "scoring" / "szcore.json").read_text())["cases"]
    n_compared = 0
    for case in cases:
        reference, hypothesis = ([tuple(event) for event in case[side]] for side in ("ref", "hyp"))
        if not all(is_well_formed(events, case["duration"], shortest) for events in (reference, hypothesis)):
            continue
        given_settings = {names[key]: value for key, value in (case["params"] or {}).items()}
        if rule == "event":
            counts = score_events(reference, hypothesis, case["duration"], EventSettings(**given_settings))
        else:
            counts = score_samples(reference, hypothesis, case["duration"])
        expected = case["expected"]["direct"][rule]
        found = (counts.n_reference, counts.true_positives, counts.false_positives)
        assert found == (expected["refTrue"], expected["tp"], expected["fp"]), case["name"]
        assert counts.false_positives_per_day == pytest.approx(expected["fpRate"], rel=1e-12), case["name"]
        n_compared += 1
    assert n_compared >= 225


def is_well_formed(events: list[Span], duration: float, shortest: float) -> bool:
    ends = [0.0, *(end for event in events for end in event), duration]
    in_order = all(left <= right for left, right in itertools.pairwise(ends))
    return in_order and all(stop - start >= shortest - 1e-9 for start, stop in events)


@given(anything, anything, st.randoms())
def test_order_does_not_matter(reference: list[Span], hypothesis: list[Span], random: object) -> None:
    shuffled = list(hypothesis)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for score in (score_events, score_samples):
        assert repr(score(reference, hypothesis, 150.0)) == repr(score(reference[::-1], shuffled, 150.0))


@given(anything, anything)
def test_overlaps_and_what_lies_outside_do_not_matter(reference: list[Span], hypothesis: list[Span]) -> None:
    inside = [merge_spans((max(a, 0.0), min(b, 150.0)) for a, b in events) for events in (reference, hypothesis)]
    for score in (score_events, score_samples):
        assert repr(score(reference, hypothesis, 150.0)) == repr(score(*inside, 150.0))


@given(anything, anything)
def test_counts_are_never_negative_and_hits_never_exceed_the_reference(
    reference: list[Span], hypothesis: list[Span]
) -> None:
    for score in (score_events, score_samples):
        counts = score(reference, hypothesis, 150.0)
        assert min(counts.true_positives, counts.false_positives, counts.false_negatives) >= 0


@given(st.lists(st.tuples(st.integers(0, 280), st.integers(1, 280)), max_size=4), st.integers(290, 600))
def test_seconds_are_those_of_the_mask_but_for_exact_halves_and_shared_seconds(
    pieces: list[tuple[int, int]], length: int
) -> None:
    """Thirds of a second have no halves; gaps of a second or more share none between long events."""
    events = join_close(sorted(((a / 3, (a + b) / 3) for a, b in pieces if b >= 3)), 1.0)
    duration = float(length)
    mask = Annotations([Event(start, stop - start) for start, stop in events], duration).mask(1.0)
    seconds = np.zeros(length, dtype=bool)
    for first, last in seizure_seconds(events):
        seconds[int(first) : int(last)] = True
    assert np.array_equal(seconds, mask)


@pytest.mark.parametrize(
    ("events", "n_seconds"),
    [
        ([(10.4, 10.6)], 0),
        ([(10.3, 10.9)], 1),
        ([(10.9, 11.2)], 0),
        ([(10.0, 10.3), (10.5, 10.8)], 1),
        ([(9.0, 10.3), (10.7, 11.0)], 2),
        ([(10.0, 10.5)], 0),
        ([(11.0, 11.5)], 1),
        ([(10.0, 10.2), (10.4, 10.6)], 0),
        ([(10.6, 11.5), (11.6, 12.2)], 1),
    ],
)
def test_short_events_make_a_second_when_they_fill_more_than_half_of_it(events: list[Span], n_seconds: int) -> None:
    assert score_samples(events, [], 60.0).n_reference == n_seconds


def test_an_event_shorter_than_a_sample_still_counts() -> None:
    assert score_events([(10.0, 60.0)], [(20.0, 20.04)], 600.0).true_positives == 1
    assert score_events([(10.0, 60.0)], [(300.15, 300.25)], 600.0).false_positives == 1
    assert score_events([(580.0, 590.0)], [(599.99, 600.0)], 600.0).true_positives == 1
    assert score_events([(580.0, 590.0)], [(600.01, 600.03)], 600.04).true_positives == 1


def test_detector_that_claims_everything_has_276_to_288_false_alarms_a_day() -> None:
    seizures = [(3600.0 * hour + 600.0, 3600.0 * hour + 660.0) for hour in (3, 9, 20)]
    everything = [(0.0, DAY)]
    assert score_events([], everything, DAY).false_positives_per_day == 288.0
    counts = score_events(seizures, everything, DAY)
    assert counts.sensitivity == 1.0
    assert 276 <= counts.false_positives_per_day <= 288
    assert score_samples([], everything, DAY).false_positives == DAY


def test_silent_detector_has_no_precision_and_an_f1_of_zero() -> None:
    for score in (score_events, score_samples):
        counts = score([(600.0, 660.0)], [], 3600.0)
        assert math.isnan(counts.precision)
        assert (counts.sensitivity, counts.f1, counts.false_positives_per_day) == (0.0, 0.0, 0.0)


def test_a_day_is_scored_in_microseconds() -> None:
    """Two orders of magnitude below what masks of a day take, with room for a busy machine."""
    reference = [(1000.0, 1060.0), (20000.0, 20040.0), (50000.0, 50400.0)]
    hypothesis = [(1010.0, 1050.0), (20020.5, 20060.3), (30000.0, 30010.0), (60000.2, 60033.0), (80000.0, 80020.0)]
    for score in (score_events, score_samples):
        runs = timeit.repeat(lambda score=score: score(reference, hypothesis, DAY), number=100, repeat=5)  # type: ignore[misc]
        assert min(runs) / 100 < 300e-6


@given(anything)
def test_sorted_events_cover_what_was_covered_inside(events: list[Span]) -> None:
    mended = sort_events(events, 150.0)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(mended))
    assert merge_spans(mended) == merge_spans((max(a, 0.0), min(b, 150.0)) for a, b in events)


@given(well_formed(0.5, 2), st.sampled_from([7.0, 300.0]))
def test_pieces_of_long_events_cover_the_same_time(case: tuple[list[Span], float], maximum: float) -> None:
    pieces = split_long(case[0], maximum)
    assert merge_spans(pieces) == merge_spans(case[0])
    assert all(0 < stop - start <= maximum for start, stop in pieces)


def test_touching_events_stay_apart_unless_a_gap_asks_for_more() -> None:
    touching = [(0.0, 5.0), (5.0, 9.0)]
    assert sort_events(touching, 10.0) == touching
    assert join_close(touching, 0.0) == touching
    assert join_close(touching, 0.1) == [(0.0, 9.0)]


def test_pieces_are_counted_as_they_are() -> None:
    counts = count_pieces([(10.0, 20.0), (20.0, 30.0)], [(100.0, 95.0), (12.0, 13.0)], 1000, EventSettings())
    assert without_background(counts) == (2, 1, 0, 100.0)


@pytest.mark.parametrize("duration", [math.nan, -1.0, math.inf])
def test_a_duration_that_is_none_is_refused(duration: float) -> None:
    for score in (score_events, score_samples):
        with pytest.raises(ParameterError, match=r"duration: .* is not allowed"):
            score([], [], duration)


@pytest.mark.parametrize("event", [(math.nan, 5.0), (5.0, math.nan)])
def test_an_event_without_a_time_is_refused(event: Span) -> None:
    for score in (score_events, score_samples):
        with pytest.raises(ParameterError, match=r"event: from .*nan"):
            score([event], [], 60.0)


def test_an_event_without_an_end_goes_on_to_the_end() -> None:
    assert score_samples([(50.0, math.inf)], [], 60.0).n_reference == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start_tolerance", -1.0),
        ("end_tolerance", math.inf),
        ("minimum_gap", math.nan),
        ("minimum_overlap", 1.5),
        ("maximum_duration", 0.0),
        ("maximum_duration", math.nan),
    ],
)
def test_settings_refuse_what_makes_no_sense(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"{name}: .* is not allowed"):
        EventSettings(**{name: value})


def test_rules_name_what_they_count() -> None:
    assert (EVENT.counted, EVENT.seconds_per_count) == ("events", None)
    assert (SAMPLE.counted, SAMPLE.seconds_per_count) == ("seconds", 1.0)
