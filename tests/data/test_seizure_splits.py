"""Splits within a person, second by second."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ictal.core.errors import IctalWarning, ParameterError
from ictal.core.events import Annotations, Event
from ictal.data.leakage import check_split
from ictal.data.portions import Portion, Split
from ictal.data.prepared import PreparedRecording
from ictal.data.seizure_splits import leave_one_seizure_out, split_by_time

LENGTH = 600


def recorded(name: str, subject: str, *seizures: tuple[float, float]) -> PreparedRecording:
    events = [Event(start, stop - start) for start, stop in seizures]
    return PreparedRecording(name, subject, "1", "", ("C3",), 1.0, LENGTH, Annotations(events, LENGTH))


@st.composite
def persons(draw: st.DrawFn) -> list[PreparedRecording]:
    """Up to four recordings of ten minutes of one person, with seizures of up to a minute."""
    marks = st.lists(st.tuples(st.integers(0, LENGTH - 61), st.integers(1, 60)), max_size=4)
    return [
        recorded(f"r{i}", "anna", *((start, start + long) for start, long in draw(marks)))
        for i in range(draw(st.integers(1, 4)))
    ]


def seconds_of(portions: tuple[Portion, ...]) -> set[tuple[str, int]]:
    """Whole seconds that lie inside the portions."""
    return {
        (one.recording, second)
        for one in portions
        for second in range(LENGTH)
        if one.start <= second and second + 1 <= one.stop
    }


def seizure_seconds(store: list[PreparedRecording]) -> set[tuple[str, int]]:
    return {
        (one.name, second)
        for one in store
        for start, stop in one.annotations.spans
        for second in range(int(start), int(stop))
    }


def check_sides(split: Split, store: list[PreparedRecording], guard: float) -> None:
    check_split(split, store, guard=guard)
    assert split.within_subject
    assert split.train
    assert split.test


@given(persons(), st.integers(1, 90), st.sampled_from([0.0, 0.2, 0.5]), st.integers(0, 3))
def test_each_seizure_is_tested_whole_and_once(
    store: list[PreparedRecording], guard: int, validation: float, seed: int
) -> None:
    try:
        splits = leave_one_seizure_out(store, guard=guard, validation=validation, seed=seed)
    except ParameterError as refused:
        assert "fewer than" in str(refused)
        assume(False)
    tested: list[tuple[str, int]] = []
    for split in splits:
        check_sides(split, store, guard)
        assert bool(split.validation) == (validation > 0)
        sides = [seconds_of(side) & seizure_seconds(store) for side in split.sides.values()]
        assert set.union(*sides) == seizure_seconds(store)
        assert sides[0]
        assert sides[2]
        assert (validation > 0) == bool(sides[1])
        tested += seconds_of(split.test)
    assert len(tested) == len(set(tested))
    assert len(tested) >= len(store) * LENGTH - (guard + 2) * (len(splits) - 1)


@given(persons(), st.integers(30, 1500), st.integers(1, 90), st.sampled_from([0.0, 0.2, 0.5]))
def test_what_is_tested_comes_after_all_else_and_no_seizure_is_cut(
    store: list[PreparedRecording], first: int, guard: int, validation: float
) -> None:
    try:
        (split,) = split_by_time(store, first, guard=guard, validation=validation)
    except ParameterError as refused:
        assert "too little" in str(refused)
        return
    check_sides(split, store, guard)
    order = {one.name: number * LENGTH for number, one in enumerate(store)}
    sides = [side for side in split.sides.values() if side]
    begins = [order[side[0].recording] + side[0].start for side in sides]
    ends = [order[side[-1].recording] + side[-1].stop for side in sides]
    assert begins[0] == 0
    assert ends[-1] == len(store) * LENGTH
    assert all(begin == pytest.approx(end + guard) for end, begin in zip(ends, begins[1:], strict=False))
    assert ends[-2] >= first
    covered = [{order[name] + second for name, second in seconds_of(side)} for side in sides]
    for start, stop in (
        (order[one.name] + start, order[one.name] + stop) for one in store for start, stop in one.annotations.spans
    ):
        whole = set(range(int(start), int(stop)))
        assert sum(whole <= side for side in covered) == 1


def test_the_first_hour_is_trained_on() -> None:
    store = [recorded(f"r{i}", "anna", (100.0, 130.0)) for i in range(12)]
    (split,) = split_by_time(store)
    assert split.name == "chrono-anna"
    assert [sum(one.duration for one in side) for side in split.sides.values()] == [2880.0, 660.0, 3540.0]


def test_seizures_close_to_each_other_are_held_together() -> None:
    store = [recorded("r", "anna", (50, 60), (80, 90), (300, 310), (500, 510))]
    splits = leave_one_seizure_out(store, validation=0.0)
    assert [split.test for split in splits] == [
        (Portion("r", "anna", 0.0, 165.0),),
        (Portion("r", "anna", 225.0, 375.0),),
        (Portion("r", "anna", 435.0, 600.0),),
    ]
    assert [split.name for split in splits] == ["seizure-anna-1", "seizure-anna-2", "seizure-anna-3"]


def test_two_names_of_one_person_are_one_time() -> None:
    store = [recorded("x", "chb01", (50, 60)), recorded("y", "chb21", (50, 60))]
    splits = leave_one_seizure_out(store, validation=0.0)
    assert [[portion.recording for portion in split.test] for split in splits] == [["x"], ["x", "y"]]
    assert [split.name for split in splits] == ["seizure-chb01-1", "seizure-chb01-2"]


def test_persons_with_too_little_are_left_out_and_said() -> None:
    many = [recorded("a", "anna", (50, 60), (250, 260), (450, 460))]
    one = [recorded("b", "bert", (50, 60))]
    with pytest.warns(IctalWarning, match="seizure: 1 of 2 subjects have fewer than 3 seizures; they are left out"):
        assert len(leave_one_seizure_out(many + one)) == 3
    with pytest.raises(ParameterError, match="all 1 subjects have fewer than 3 seizures"):
        leave_one_seizure_out(one)
    long = [recorded(f"c{i}", "carla") for i in range(3)]
    with pytest.warns(IctalWarning, match="chrono: 1 of 2 subjects have too little beside the first 900 s"):
        assert [split.name for split in split_by_time(long + one, 900.0)] == ["chrono-carla"]
    with pytest.raises(ParameterError, match="all 1 subjects have too little beside the first 3600 s"):
        split_by_time(one)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split_by_time(long, 900.0)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("inf")])
def test_times_are_above_0(wrong: float) -> None:
    store = [recorded("a", "anna", (50, 60))]
    with pytest.raises(ParameterError, match="guard"):
        leave_one_seizure_out(store, guard=wrong)
    with pytest.raises(ParameterError, match="first"):
        split_by_time(store, wrong)
