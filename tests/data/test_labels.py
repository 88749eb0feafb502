"""Labels against a count of quarter seconds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.data import labels as labels_module
from ictal.data.labels import RULES, check_frames, label_touched, label_windows
from ictal.data.schemes import Timeline

TICKS = 4
"""A second; everything in these tests lies on quarter seconds, or half of one for centres."""
LAST = 160


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, list[int]]:
    """A timeline of up to three classes, and the class of each quarter second."""
    classes = [0] * LAST
    for start, length, number in draw(
        st.lists(st.tuples(st.integers(0, LAST), st.integers(1, 40), st.integers(0, 3)), max_size=6)
    ):
        classes[start : start + length] = [number] * len(classes[start : start + length])
    stretches = []
    for number in (1, 2, 3):
        own = [(tick / TICKS, (tick + 1) / TICKS) for tick, here in enumerate(classes) if here == number]
        stretches.append(Timeline.layered([own], [], LAST / TICKS).stretches[0])
    return Timeline(tuple(stretches)), classes


def most_of(shares: list[float], whole: float) -> int:
    if not sum(shares) > whole / 2:
        return 0
    return max(number for number, share in enumerate(shares, start=1) if share == max(shares))


def expected_label(classes: list[int], first: int, length: int, rule: str) -> int:
    """The class of ``length`` quarter seconds from ``first``, counted one by one."""
    here = classes[first : first + length]
    if rule == "any":
        return max(here)
    if rule == "centre":
        return classes[first + length // 2]
    if rule == "majority":
        return most_of([here.count(number) for number in (1, 2, 3)], length)
    seconds = [expected_label(classes, start, TICKS, "majority") for start in range(first, first + length, TICKS)]
    return most_of([seconds.count(number) for number in (1, 2, 3)], len(seconds))


@given(timelines(), st.sampled_from(list(RULES)), st.integers(1, 9), st.integers(1, 12), st.integers(0, 3))
def test_every_window_is_labelled_as_counted(
    drawn: tuple[Timeline, list[int]], rule: str, seconds: int, step: int, offset: int
) -> None:
    timeline, classes = drawn
    length = seconds * TICKS
    firsts = list(range(offset, LAST - length + 1, step))
    labels = label_windows(timeline, np.array(firsts) / TICKS, float(seconds), rule=rule)
    assert labels.dtype == np.int8
    assert labels.tolist() == [expected_label(classes, first, length, rule) for first in firsts]


@given(timelines(), st.sampled_from(list(RULES)), st.integers(1, 5), st.integers(1, 3), st.integers(1, 12))
def test_every_frame_is_labelled_as_counted(
    drawn: tuple[Timeline, list[int]], rule: str, n_frames: int, seconds: int, step: int
) -> None:
    timeline, classes = drawn
    frame = seconds * TICKS
    firsts = list(range(0, LAST - n_frames * frame + 1, step))
    starts = np.array(firsts) / TICKS
    labels = label_windows(timeline, starts, float(n_frames * seconds), rule=rule, n_frames=n_frames)
    assert labels.shape == (len(firsts), n_frames)
    for row, first in zip(labels.tolist(), firsts, strict=True):
        assert row == [expected_label(classes, first + i * frame, frame, rule) for i in range(n_frames)]


@given(timelines(), st.sampled_from(list(RULES)), st.integers(1, 9))
def test_what_is_not_touched_is_class_0(drawn: tuple[Timeline, list[int]], rule: str, seconds: int) -> None:
    timeline, classes = drawn
    starts = np.arange(0, LAST // TICKS - seconds + 1, dtype=float)
    touched, found = label_touched(timeline, starts, float(seconds), rule=rule)
    assert len(touched) == len(found) == len(set(touched.tolist()))
    for number in set(range(len(starts))) - set(touched.tolist()):
        assert set(classes[number * TICKS : (number + seconds) * TICKS]) == {0}


@given(st.lists(st.tuples(st.floats(0, 95), st.floats(0.01, 30)), max_size=5))
def test_the_majority_of_seconds_is_the_mask_of_szcore(events: list[tuple[float, float]]) -> None:
    night = Annotations([Event(*event) for event in events], 100.0)
    timeline = Timeline.layered([night.spans], [], night.duration)
    labels = label_windows(timeline, np.arange(100.0), 1.0)
    assert np.array_equal(labels == 1, night.mask(1.0))


def test_many_frames_are_labelled_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline((((3.1, 9.7), (12.0, 30.2)),))
    starts = np.arange(0.0, 30.0, 0.5)
    whole = label_windows(timeline, starts, 8.0, n_frames=64)
    monkeypatch.setattr(labels_module, "_MOST_EDGES", 100)
    assert np.array_equal(label_windows(timeline, starts, 8.0, n_frames=64), whole)


def test_exactly_half_is_not_more_than_half() -> None:
    """Also late in a long recording, where seconds are coarse."""
    for begin in (0.0, 86_000.1, 10_000_000.3):
        timeline = Timeline((((begin + 2.0, begin + 10.0),),))
        assert label_windows(timeline, np.array([begin, begin + 0.5]), 4.0).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("rule", "length", "n_frames", "said"),
    [
        ("most", 4.0, None, "'most' is not allowed; allowed are 'majority', 'seconds', 'any', 'centre'"),
        ("seconds", 2.5, None, "not allowed for windows or frames of 2.5 s"),
        ("seconds", 4.0, 8, "not allowed for windows or frames of 0.5 s"),
        ("any", 4.0, 0, "n_frames: 0 is not allowed"),
    ],
)
def test_rules_that_do_not_fit_are_refused(rule: str, length: float, n_frames: int | None, said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        check_frames(rule, length, n_frames)
    assert said in str(refused.value)
