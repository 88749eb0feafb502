"""Which errors are the worst: they are those that SzCORE counts, in the stated order, and no subject fills a list."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.stored import EvaluatedRecording
from ictal.evaluation.worst import DECIMALS, find_alarms, find_misses, find_worst, peak_probability
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.szcore import score_events

RULES = PostProcessing(threshold=0.5)
SECONDS = 3600.0


def store(
    folder: Path, subject: str, levels: Sequence[tuple[float, float, float]], marked: Sequence[Span], start: float = 0.0
) -> EvaluatedRecording:
    """An hour at 0.1 but for stretches at some level; NaN is a level too."""
    seizure = np.full(int(SECONDS), 0.1)
    for first, last, level in levels:
        seizure[int(first) : int(last)] = level
    path = folder / f"{subject}-{start:g}.npz"
    write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0))
    reference = Annotations([Event(a, b - a, channels=("T3-Avg",)) for a, b in marked], SECONDS)
    return EvaluatedRecording("night", subject, start, start + SECONDS, reference, path, RULES, "test")


def test_the_surest_false_alarm_comes_first_and_of_equals_the_longest(tmp_path: Path) -> None:
    levels = [(200.0, 220.0, 0.7), (600.0, 610.0, 0.9), (1000.0, 1040.0, 0.7), (2005.0, 2020.0, 0.95)]
    misses, alarms = find_worst([store(tmp_path, "anna", levels, [(2000.0, 2030.0)])])
    assert misses.events == ()
    assert [one.event.onset for one in alarms.events] == [600.0, 1000.0, 200.0]
    assert [one.event.confidence for one in alarms.events] == pytest.approx([0.9, 0.7, 0.7])
    assert alarms.n_found == 3


def test_the_miss_that_was_furthest_from_being_found_comes_first(tmp_path: Path) -> None:
    marked = [(200.0, 220.0), (600.0, 630.0), (1000.0, 1050.0), (2000.0, 2030.0)]
    levels = [(205.0, 206.0, 0.3), (2000.0, 2030.0, math.nan)]
    misses, alarms = find_worst([store(tmp_path, "anna", levels, marked)], most_of_one=9)
    assert [one.event.onset for one in misses.events] == [1000.0, 600.0, 200.0, 2000.0]
    assert [one.peak for one in misses.events[:3]] == [0.1, 0.1, 0.3]
    assert math.isnan(misses.events[3].peak), "what nobody analysed comes last"
    assert misses.events[0].event.channels == ("T3-Avg",)
    assert alarms.n_found == 0


def test_times_are_those_of_the_recording(tmp_path: Path) -> None:
    misses, alarms = find_worst([store(tmp_path, "anna", [(600.0, 610.0, 0.9)], [(100.0, 120.0)], start=7200.0)])
    assert misses.events[0].event.span == (7300.0, 7320.0)
    assert alarms.events[0].event.span == (7800.0, 7810.0)


def test_no_subject_fills_a_list(tmp_path: Path) -> None:
    loud = [(100.0 * i, 100.0 * i + 5.0, 0.99) for i in range(1, 30)]
    quiet = [(500.0, 505.0, 0.6), (900.0, 905.0, 0.7)]
    recordings = [store(tmp_path, "anna", loud, []), store(tmp_path, "bert", quiet, [])]
    _, alarms = find_worst(recordings, n_worst=4, most_of_one=3)
    assert [one.recording.subject for one in alarms.events] == ["anna", "anna", "anna", "bert"]
    assert (alarms.n_found, alarms.n_subjects) == (31, 2)


spans = st.lists(
    st.tuples(st.integers(0, 3500), st.integers(1, 700)).map(lambda one: (float(one[0]), float(one[0] + one[1]))),
    max_size=8,
)


@settings(deadline=None)
@given(spans, spans)
def test_there_are_as_many_as_szcore_counts(marked: list[Span], claimed: list[Span]) -> None:
    reference, found = (Annotations([Event(a, b - a) for a, b in one], SECONDS) for one in (marked, claimed))
    counts = score_events(reference.spans, found.spans, SECONDS)
    assert len(find_misses(reference, found, SECONDS)) == counts.false_negatives
    assert len(find_alarms(reference, found, SECONDS)) == counts.false_positives


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.5, 1.0), st.integers(1, 60)), max_size=20),
    st.integers(0, 6),
    st.integers(1, 4),
)
def test_what_is_left_out_is_no_worse_or_too_much_of_one(
    tmp_path_factory: pytest.TempPathFactory, alarms: list[tuple[str, float, int]], n_worst: int, most_of_one: int
) -> None:
    folder = tmp_path_factory.mktemp("worst")
    recordings = [
        store(folder, subject, [(100.0, 100.0 + length, level)], [], start=SECONDS * number)
        for number, (subject, level, length) in enumerate(alarms)
    ]
    _, worst = find_worst(recordings, n_worst, most_of_one)
    shown = [one.event for one in worst.events]
    ranks = [(-round(event.confidence or 0.0, DECIMALS), -event.duration) for event in shown]
    assert ranks == sorted(ranks)
    taken = Counter(one.recording.subject for one in worst.events)
    assert max(taken.values(), default=0) <= most_of_one
    capped = [min(number, most_of_one) for number in Counter(subject for subject, *_ in alarms).values()]
    assert len(shown) == min(n_worst, sum(capped))


def test_the_peak_is_over_the_frames_that_a_stretch_touches() -> None:
    scores = Scores([[0.9, 0.1], [0.2, 0.8], [np.nan, np.nan]], start=10.0, step=2.0)
    assert peak_probability(scores, (0.0, 10.0)) != peak_probability(scores, (0.0, 10.0)), "nothing of it was analysed"
    assert peak_probability(scores, (11.9, 12.0)) == 0.1
    assert peak_probability(scores, (11.9, 12.1)) == 0.8
    assert peak_probability(scores, (12.0, 99.0)) == 0.8


@pytest.mark.parametrize(("n_worst", "most_of_one"), [(-1, 3), (10, 0)])
def test_numbers_that_make_no_sense_are_refused(n_worst: int, most_of_one: int) -> None:
    with pytest.raises(ParameterError, match="worst"):
        find_worst([], n_worst, most_of_one)


def test_scores_that_are_not_there_are_named(tmp_path: Path) -> None:
    lost = store(tmp_path, "anna", [], [])
    lost.scores_file.unlink()
    with pytest.raises(RecordingError, match=r"anna-0\.npz"):
        find_worst([lost])
