"""Shuffled events: what stays, what they find, and that chance is called chance at the level that is claimed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.core.spans import Span, complement_spans
from ictal.evaluation.chance import compare_with_chance, count_met, shuffle_spans
from ictal.evaluation.reading import MarkedRecording
from ictal.scoring.szcore import score_events

HOUR = 3600.0


def scatter(rng: np.random.Generator, number: int, duration: float = HOUR, lasting: float = 40.0) -> tuple[Span, ...]:
    """Disjoint events at random places, in whole tenths of a second."""
    starts = np.sort(rng.uniform(0.0, duration - number * lasting, number)) + np.arange(number) * lasting
    return tuple((start, start + lasting) for start in starts.round(1).tolist())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_number_lengths_and_gaps_stay(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.cumsum(rng.uniform(1.0, 200.0, 2 * number))
    spans = tuple(zip(starts[::2].tolist(), starts[1::2].tolist(), strict=True))
    duration = starts[-1] + 50.0
    gaps = np.append(starts[2::2], starts[0] + duration) - starts[1::2]
    for events in shuffle_spans(spans, duration, 5, rng):
        order = np.argsort(events[:, 0])
        begun, ended = events[order].T
        assert (begun >= 0).all() and (begun < duration).all()
        assert_allclose(np.sort(ended - begun), np.sort(starts[1::2] - starts[::2]), atol=1e-6)
        assert_allclose(np.sort(np.append(begun[1:], begun[0] + duration) - ended), np.sort(gaps), atol=1e-6)


def test_every_time_is_as_likely() -> None:
    spans = shuffle_spans([(0.0, 10.0), (10.0, 300.0)], 1000.0, 4000, np.random.default_rng(0))
    for event in range(2):
        shares, _ = np.histogram(spans[:, event, 0], 10, (0.0, 1000.0))
        assert_allclose(shares / 4000, 0.1, atol=0.02)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 6))
def test_what_is_met_is_what_the_rule_finds(seed: int, n_claims: int, n_seizures: int) -> None:
    rng = np.random.default_rng(seed)
    marked = MarkedRecording("a", "a", HOUR, scatter(rng, n_seizures), scatter(rng, n_claims))
    counts = score_events(marked.reference, marked.hypothesis, HOUR)
    found = compare_with_chance([marked], n_shuffles=1)
    assert found.sensitivity == pytest.approx(counts.sensitivity)


def test_what_passes_the_end_is_at_the_beginning() -> None:
    spans = np.array([[[3550.0, 3700.0], [500.0, 510.0]]])
    first, last = complement_spans([(100.0, 3550.0)], 0.0, HOUR)
    assert count_met([first, last, (100.0, 500.0), (509.0, 520.0)], spans, HOUR) == [3.0]


def test_a_detector_that_knows_beats_one_that_guesses() -> None:
    rng = np.random.default_rng(0)
    nights = [(f"n{i}", f"s{i % 3}", HOUR, scatter(rng, 3)) for i in range(6)]
    knows = compare_with_chance([MarkedRecording(*night, night[3]) for night in nights])
    guesses = compare_with_chance([MarkedRecording(*night, scatter(rng, 3)) for night in nights])
    assert knows.sensitivity == 1.0 and knows.p == 1 / 2000
    assert guesses.p > 0.05
    assert knows.by_chance == pytest.approx(guesses.by_chance, abs=0.15)


def test_high_sensitivity_is_nothing_where_much_is_claimed() -> None:
    seizures = ((1000.0, 1060.0), (2500.0, 2560.0))
    found = compare_with_chance([MarkedRecording("a", "a", HOUR, seizures, ((0.0, 3300.0),))])
    assert found.sensitivity == 1.0 and found.by_chance > 0.9 and found.p > 0.05


def test_subjects_count_alike_however_much_was_recorded() -> None:
    one = MarkedRecording("a", "a", HOUR, ((600.0, 660.0),), ((600.0, 660.0),))
    missed = [MarkedRecording(f"b{i}", "b", HOUR, ((600.0, 660.0),), ((3000.0, 3060.0),)) for i in range(3)]
    assert compare_with_chance([one, *missed]).sensitivity == 0.5


def test_silence_and_nothing_to_find() -> None:
    silent = compare_with_chance([MarkedRecording("a", "a", HOUR, ((600.0, 660.0),), ())])
    assert (silent.sensitivity, silent.by_chance, silent.p) == (0.0, 0.0, 1.0)
    calm = compare_with_chance([MarkedRecording("a", "a", HOUR, (), ((600.0, 660.0),))])
    assert np.isnan([calm.sensitivity, calm.by_chance, calm.p]).all()


def test_guessing_is_called_better_than_chance_no_more_often_than_claimed() -> None:
    better = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        nights = [MarkedRecording(f"n{i}", f"s{i}", HOUR, scatter(rng, 3), scatter(rng, 3)) for i in range(4)]
        better.append(compare_with_chance(nights, n_shuffles=199, seed=seed).p <= 0.05)
    # Ties make the test stay somewhat below its level; its standard error here is 1.3 %.
    assert 0.005 <= np.mean(better) <= 0.08


def test_many_events_are_not_held_at_once() -> None:
    week = 7 * 24 * HOUR
    rng = np.random.default_rng(0)
    marked = MarkedRecording("a", "a", week, scatter(rng, 20, week), scatter(rng, 3000, week))
    found = compare_with_chance([marked], n_shuffles=400)
    assert 0.0 < found.by_chance <= 1.0
    assert found == compare_with_chance([marked], n_shuffles=400)
