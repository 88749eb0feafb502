"""Each guard against a leak that is planted for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import IctalError, ParameterError
from ictal.core.events import Annotations
from ictal.core.windows import WindowGrid
from ictal.data.leakage import FittedOn, LeakageError, check_fitted, check_split, check_windows, covered_portions
from ictal.data.portions import Portion, Split, encode_portions
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable, cut_windows

RATE = 4.0
STORE = [
    PreparedRecording(name, subject, "1", "", ("C3",), RATE, int(100 * RATE), Annotations((), 100.0))
    for name, subject in [("a1", "anna"), ("a2", "anna"), ("b1", "bert"), ("c1", "chb01"), ("d1", "chb21")]
]
SUBJECT_OF = {recording.name: recording.subject for recording in STORE}


def part(name: str, start: float = 0.0, stop: float = 100.0) -> Portion:
    return Portion(name, SUBJECT_OF[name], start, stop)


def split(train: list[Portion], validation: list[Portion], test: list[Portion], within_subject: bool = False) -> Split:
    return Split("planted", tuple(train), tuple(validation), tuple(test), within_subject)


def windows(*portions: Portion, length: float = 4.0) -> WindowTable:
    return cut_windows(STORE, WindowGrid(length, 1.0), portions=portions)


def test_a_clean_split_passes() -> None:
    check_split(split([part("a1"), part("a2")], [part("b1")], [part("c1"), part("d1")]), STORE)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("train", "test"), "subject 'anna' stands in train and in test"),
        (("train", "validation"), "subject 'anna' stands in train and in validation"),
        (("validation", "test"), "subject 'anna' stands in validation and in test"),
    ],
)
def test_a_subject_on_two_sides(sides: tuple[str, str], said: str) -> None:
    planted = dict(zip(sides, ([part("a1")], [part("a2")]), strict=True))
    with pytest.raises(LeakageError) as refused:
        check_split(split(**{"train": [], "validation": [], "test": [], **planted}), STORE)
    assert said in str(refused.value)
    assert isinstance(refused.value, IctalError)


def test_one_girl_under_two_names() -> None:
    planted = split([part("c1"), part("b1")], [], [part("d1")])
    with pytest.raises(LeakageError, match="subject 'chb01' stands in train and as 'chb21' in test"):
        check_split(planted, STORE)
    check_split(planted, STORE, aliases={})


def test_two_subjects_who_are_declared_one_person() -> None:
    planted = split([part("a1")], [part("b1")], [part("c1")])
    check_split(planted, STORE)
    with pytest.raises(LeakageError, match="subject 'bert' stands in validation and as 'chb01' in test"):
        check_split(planted, STORE, aliases={"bert": "x", "chb01": "bert"})


def test_a_recording_on_two_sides() -> None:
    planted = split([part("a1", 0, 50), part("a2", 0, 50)], [], [part("a1", 60, 90), part("a2", 60, 90)])
    with pytest.raises(LeakageError, match="recordings 'a1', 'a2' stand in train and in test"):
        check_split(planted, STORE)


@pytest.mark.parametrize("within_subject", [False, True])
def test_samples_on_two_sides(within_subject: bool) -> None:
    planted = split([part("b1"), part("a1", 0, 50)], [], [part("a1", 49.75, 90)], within_subject)
    with pytest.raises(LeakageError, match=r"recording 'a1' stands in train and in test, both at 49\.75-50 s"):
        check_split(planted, STORE)


def test_one_subject_on_two_sides_must_be_declared() -> None:
    planted = split([part("a1", 0, 50)], [part("a1", 50, 60)], [part("a1", 60, 100), part("a2")])
    check_split(replace(planted, within_subject=True), STORE)
    with pytest.raises(LeakageError, match="recording 'a1' stands in train and in validation"):
        check_split(planted, STORE)


@given(st.floats(0, 20), st.floats(0.001, 20), st.booleans())
def test_windows_that_reach_over_a_border(distance: float, guard: float, test_first: bool) -> None:
    sides = ([part("a1", 0, 40)], [part("a1", 40 + distance, 90)])
    planted = split(sides[test_first], [], sides[not test_first], within_subject=True)
    if distance > guard - 1e-5:
        check_split(planted, STORE, guard=min(guard, distance))
    else:
        with pytest.raises(LeakageError, match=f"'a1' stands in train and in test, less than {guard:g} s apart"):
            check_split(planted, STORE, guard=guard)


def test_a_portion_that_says_whose_it_is_wrongly() -> None:
    planted = split([part("a1")], [], [Portion("a2", "bert", 0.0, 100.0)])
    with pytest.raises(
        LeakageError, match="test: recording 'a2' is said to be of 'bert', but the store has it of 'anna'"
    ):
        check_split(planted, STORE)


def test_a_portion_of_another_store() -> None:
    with pytest.raises(LeakageError, match="'a1' is said to reach to 101 s, but it ends at 100 s"):
        check_split(split([part("a1", 0, 101)], [], [part("b1")]), STORE)
    with pytest.raises(ParameterError, match="split planted: test: 'z9' is not allowed"):
        check_split(split([part("a1")], [], [Portion("z9", "zoe", 0.0, 1.0)]), STORE)


def overlapping(train: WindowTable, test: WindowTable) -> bool:
    """Whether any two windows share a sample, looked for pair by pair."""
    return any(
        one == other and abs(int(first) - int(second)) < train.length
        for one, first in zip(train.recording, train.start, strict=True)
        for other, second in zip(test.recording, test.start, strict=True)
    )


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60)), max_size=6),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60)), max_size=6),
)
def test_any_two_windows_that_share_a_sample_are_found(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    train, test = (
        WindowTable(
            tuple(STORE),
            np.array([row[0] for row in rows], np.int32),
            np.array([row[1] for row in rows], np.int64),
            np.zeros(len(rows), np.int8),
            9,
            ("bckg", "sz"),
        )
        for rows in (first, second)
    )
    if overlapping(train, test):
        with pytest.raises(LeakageError, match="both at"):
            check_windows(train, test, within_subject=True)
    else:
        check_windows(train, test, within_subject=True)


def test_windows_of_one_person_must_be_declared() -> None:
    train, test = windows(part("a1")), windows(part("a2"))
    check_windows(train, test, within_subject=True)
    with pytest.raises(LeakageError, match="windows: subject 'anna' stands in train and in test"):
        check_windows(train, test)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), max_size=8))
def test_covered_portions_are_the_samples_of_the_windows(rows: list[tuple[int, int]]) -> None:
    table = WindowTable(
        tuple(STORE),
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.zeros(len(rows), np.int8),
        9,
        ("bckg", "sz"),
    )
    covered = {
        (portion.recording, sample)
        for portion in covered_portions(table)
        for sample in range(round(portion.start * RATE), round(portion.stop * RATE))
    }
    assert covered == {(STORE[number].name, first + i) for number, first in rows for i in range(9)}


def test_a_scaler_that_was_fitted_before_the_split() -> None:
    planted = split([part("a1"), part("a2")], [part("b1")], [part("c1")])
    everything = cut_windows(STORE, WindowGrid(4.0, 1.0))
    with pytest.raises(LeakageError, match="recording 'c1' stands in fitted and in test, both at 0-100 s"):
        check_fitted(FittedOn.from_windows(everything), planted.test)
    honest = FittedOn.from_windows(cut_windows(STORE, WindowGrid(4.0, 1.0), portions=planted.train))
    check_fitted(honest, planted.test)
    check_fitted(honest, planted.validation)
    assert honest == FittedOn.from_portions(planted.train)


def test_a_scaler_that_knows_the_person_under_another_name() -> None:
    fitted = FittedOn.from_portions([part("d1")])
    with pytest.raises(LeakageError, match="subject 'chb01' stands in fitted and in test"):
        check_fitted(fitted, [part("c1")])
    check_fitted(FittedOn.from_portions([part("d1")], aliases={}), [part("c1")], aliases={})


def test_a_scaler_within_a_subject() -> None:
    fitted = FittedOn.from_portions([part("a1", 0, 50)])
    check_fitted(fitted, [part("a1", 50, 90)], within_subject=True)
    with pytest.raises(LeakageError, match="recording 'a1' stands in fitted and in test, less than 10 s apart"):
        check_fitted(fitted, [part("a1", 55, 90)], within_subject=True, guard=10.0)
    with pytest.raises(LeakageError, match="recording 'a1' stands in fitted and in test, both at 40-50 s"):
        check_fitted(fitted, [part("a1", 40, 90)], within_subject=True)


def test_what_a_scaler_carries_names_nobody() -> None:
    carried = str(encode_portions(FittedOn.from_portions([part("a1"), part("c1")]).portions))
    assert not any(name in carried for name in ("a1'", "anna", "chb01"))
