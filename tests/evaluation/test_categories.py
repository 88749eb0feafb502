"""Categories: exact on scores made by hand, for two and three classes, and samples that are spread and repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.evaluation.categories import (
    BACKGROUND,
    CATEGORIES,
    FALSE_ALARM,
    HIT,
    MISS,
    NONE,
    call_frames,
    categorise,
    list_targets,
    sample_frames,
)

NOT_ANALYSED = [np.nan, np.nan]


def names(numbers: np.ndarray) -> list[str | None]:
    return [CATEGORIES[number] if number != NONE else None for number in numbers]


def test_two_classes_are_told_apart_by_the_threshold() -> None:
    values = [[0.2, 0.8], [0.3, 0.7], [0.2, 0.8], [0.9, 0.1], NOT_ANALYSED, [0.2, 0.8]]
    truth = [1, 1, 0, 0, 1, -1]
    assert names(categorise(call_frames(values, 0.75), truth)) == [HIT, MISS, FALSE_ALARM, BACKGROUND, None, None]
    assert names(categorise(call_frames(values, 0.7), truth))[:2] == [HIT, HIT], "at the threshold it is called"


def test_three_classes_are_each_told_against_the_rest() -> None:
    values = [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.1, 0.2, 0.7]]
    called, truth = call_frames(values, 0.99), [0, 2, 2, 1]
    assert called.tolist() == [0, 1, 2, 2]
    assert names(categorise(called, truth, 0)) == [HIT, BACKGROUND, BACKGROUND, BACKGROUND]
    assert names(categorise(called, truth, 1)) == [BACKGROUND, FALSE_ALARM, BACKGROUND, MISS]
    assert names(categorise(called, truth, 2)) == [BACKGROUND, MISS, HIT, FALSE_ALARM]


def test_targets() -> None:
    assert list_targets(2) == (1,)
    assert list_targets(3) == (0, 1, 2)


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), max_size=40), st.integers(0, 2))
def test_every_known_frame_has_one_category(frames: list[tuple[int, int]], target: int) -> None:
    called, truth = np.array(frames, dtype=int).reshape(-1, 2).T
    kinds = categorise(called, truth, target)
    assert ((kinds == NONE) == ((called < 0) | (truth < 0))).all()
    known = kinds != NONE
    assert ((truth == target)[known] == np.isin(kinds[known], [0, 1])).all()
    assert ((called == target)[known] == np.isin(kinds[known], [0, 2])).all()


@given(
    st.lists(st.lists(st.integers(-1, 3), max_size=60), min_size=1, max_size=6),
    st.integers(1, 40),
    st.integers(0, 5),
    st.sampled_from(CATEGORIES),
)
def test_samples_are_of_the_category_and_spread_over_recordings(
    kinds: list[list[int]], most: int, seed: int, category: str
) -> None:
    recordings = [np.array(one, dtype=np.int64) for one in kinds]
    drawn = sample_frames(recordings, category, most, np.random.default_rng(seed))
    again = sample_frames(recordings, category, most, np.random.default_rng(seed))
    number = CATEGORIES.index(category)
    available = [int((one == number).sum()) for one in recordings]
    taken = [len(frames) for frames in drawn]
    assert sum(taken) == min(most, sum(available))
    for one, frames, same in zip(recordings, drawn, again, strict=True):
        assert (one[frames] == number).all()
        assert (np.diff(frames) > 0).all(), "rising, and none twice"
        assert frames.tolist() == same.tolist()
    for i, has in enumerate(available):
        assert taken[i] == has or taken[i] >= max(taken) - 1, "none gives less while another gives more"


def test_all_frames_are_as_likely() -> None:
    rng, counts = np.random.default_rng(0), np.zeros(20)
    for _ in range(600):
        (frames,) = sample_frames([np.zeros(20, dtype=np.int64)], HIT, 5, rng)
        counts[frames] += 1
    assert counts.min() > 100, "150 are expected"
    assert counts.max() < 200


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"scores: shape \(3,\)"):
        call_frames([0.1, 0.2, 0.3], 0.5)
    with pytest.raises(ParameterError, match="frames"):
        categorise([0, 1], [0])
    with pytest.raises(ParameterError, match="false alarm"):
        sample_frames([np.zeros(3, dtype=np.int64)], "false alarms", 5, np.random.default_rng(0))
    with pytest.raises(ParameterError, match="1 or more"):
        sample_frames([np.zeros(3, dtype=np.int64)], HIT, 0, np.random.default_rng(0))
