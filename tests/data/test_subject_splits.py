"""Folds of persons: nobody twice, nobody left out, seizures everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.data.persons import person_of
from ictal.data.portions import Portion, Split
from ictal.data.prepared import PreparedRecording
from ictal.data.subject_splits import (
    choose_validation,
    deal_persons,
    leave_one_subject_out,
    official_split,
    split_by_subject,
)

ALIASES = {"s1": "s0", "s7": "s6"}


def recorded(name: str, subject: str, n_seizures: int = 0, split: str = "") -> PreparedRecording:
    events = [Event(10.0 * i, 1.0) for i in range(n_seizures)]
    return PreparedRecording(name, subject, "1", split, ("C3",), 1.0, 600, Annotations(events, 600.0))


@st.composite
def stores(draw: st.DrawFn, least: int = 5) -> list[PreparedRecording]:
    """One to three recordings of each of five to nine subjects, of whom some are the same person, in any order."""
    store = []
    for subject in range(draw(st.integers(least, 9))):
        for _ in range(draw(st.integers(1, 3))):
            store.append(recorded(f"r{len(store)}", f"s{subject}", draw(st.integers(0, 4))))
    return draw(st.permutations(store))


def persons(portions: tuple[Portion, ...]) -> set[str]:
    return {person_of(portion.subject, ALIASES) for portion in portions}


def check_partition(split: Split, store: list[PreparedRecording], validation: float) -> None:
    """Every recording stands whole on one side, every person on one side."""
    stands = [portion for side in split.sides.values() for portion in side]
    assert sorted((p.recording, p.subject, p.start, p.stop) for p in stands) == sorted(
        (one.name, one.subject, 0.0, 600.0) for one in store
    )
    assert sum(len(persons(side)) for side in split.sides.values()) == len(persons(tuple(stands)))
    assert split.train
    assert split.test
    assert bool(split.validation) == (validation > 0)
    assert not split.within_subject


@given(stores(), st.integers(2, 3), st.integers(0, 5), st.sampled_from([0.0, 0.1, 0.2, 0.5]))
def test_folds_partition_the_persons(
    store: list[PreparedRecording], n_folds: int, seed: int, validation: float
) -> None:
    splits = split_by_subject(store, n_folds, seed=seed, validation=validation, aliases=ALIASES)
    assert [split.name for split in splits] == [f"subject-{n_folds}-fold-{i}" for i in range(1, n_folds + 1)]
    for split in splits:
        check_partition(split, store, validation)
    tested = [person for split in splits for person in persons(split.test)]
    assert sorted(tested) == sorted({person_of(one.subject, ALIASES) for one in store})
    sizes = [len(persons(split.test)) for split in splits]
    assert max(sizes) - min(sizes) <= 1


@given(stores(), st.integers(0, 5), st.sampled_from([0.0, 0.2, 0.5]))
def test_every_person_is_left_out_once(store: list[PreparedRecording], seed: int, validation: float) -> None:
    splits = leave_one_subject_out(store, seed=seed, validation=validation, aliases=ALIASES)
    for split in splits:
        check_partition(split, store, validation)
        assert persons(split.test) == {split.name.removeprefix("loso-")}
    assert len(splits) == len({person_of(one.subject, ALIASES) for one in store})


counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 50), min_size=1, max_size=20)


@given(counts, st.integers(1, 6), st.integers(0, 9))
def test_groups_have_alike_numbers_of_persons_and_of_seizures(
    seizures: dict[str, int], n_groups: int, seed: int
) -> None:
    groups = deal_persons(seizures, n_groups, np.random.default_rng(seed))
    assert sorted(person for group in groups for person in group) == sorted(seizures)
    sizes = [len(group) for group in groups]
    assert max(sizes) - min(sizes) <= 1
    totals = [sum(seizures[person] for person in group) for group in groups]
    least = min(seizures.values()) if len(seizures) % n_groups == 0 else 0
    assert max(totals) - min(totals) <= max(seizures.values()) - least


@given(counts.filter(lambda seizures: len(seizures) > 1), st.floats(0.05, 0.5), st.integers(0, 9))
def test_validation_is_a_share_with_seizures_where_there_are_some(
    seizures: dict[str, int], share: float, seed: int
) -> None:
    chosen = choose_validation(seizures, share, np.random.default_rng(seed))
    n = len(seizures)
    assert 1 <= len(chosen) < n
    assert abs(len(chosen) - n / min(max(round(1 / share), 2), n)) < 1
    with_seizures = {person for person, count in seizures.items() if count > 0}
    assert bool(with_seizures - chosen) == bool(with_seizures)
    assert bool(with_seizures & chosen) == (len(with_seizures) > 1)


def test_another_seed_is_another_draw_and_the_same_seed_the_same() -> None:
    store = [recorded(f"r{i}", f"p{i}", i % 5) for i in range(20)]
    first, again, other = (split_by_subject(store, 5, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert split_by_subject(store[::-1], 5, seed=1)[0].test == first[0].test[::-1]


def test_the_owners_sides() -> None:
    store = [recorded("a", "x", 1, "train"), recorded("b", "y", 1, "dev"), recorded("c", "z", 1, "eval")]
    (split,) = official_split(store)
    assert [[one.recording for one in side] for side in split.sides.values()] == [["a"], ["b"], ["c"]]
    assert split.name == "official"


def test_validation_comes_from_the_training_persons_where_the_owner_made_none() -> None:
    store = [recorded(f"r{i}", f"p{i}", 1, "train") for i in range(5)] + [recorded("t", "q", 1, "dev_test")]
    (split,) = official_split(store)
    assert (len(split.train), len(split.validation), len(split.test)) == (4, 1, 1)
    (bare,) = official_split(store, validation=0.0)
    assert (len(bare.train), len(bare.validation), len(bare.test)) == (5, 0, 1)


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ([recorded("a", "x", 1, "train"), recorded("b", "y")], "recording 'b' has no official split"),
        ([recorded("a", "x", 1, "tain")], "'tain' is not allowed; allowed are 'train'"),
        ([recorded("a", "x", 1, "train")], "no recording is on the test side"),
        ([recorded("a", "x", 1, "eval")], "no recording is on the train side"),
        ([recorded("a", "x", 1, "train"), recorded("b", "y", 1, "eval")], "a training side with one subject"),
    ],
)
def test_an_official_split_that_is_none_is_refused(store: list[PreparedRecording], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        official_split(store)
    assert said in str(refused.value)


def test_too_few_persons_are_refused() -> None:
    store = [recorded("a", "s0"), recorded("b", "s1")]
    with pytest.raises(ParameterError, match="n_folds: 3 is not allowed; it must be from 2 to the 2 subjects"):
        split_by_subject(store, 3)
    with pytest.raises(ParameterError, match="with 1 subject is not allowed"):
        leave_one_subject_out(store, aliases=ALIASES)
    with pytest.raises(ParameterError, match="a training side with one subject is not allowed"):
        leave_one_subject_out(store)
    assert len(leave_one_subject_out(store, validation=0.0)) == 2
