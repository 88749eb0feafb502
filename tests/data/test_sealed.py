"""Tuning that wants to see the test side."""

from __future__ import annotations

import copy
import pickle

import pytest

from ictal.data.leakage import LeakageError
from ictal.data.portions import Portion, Split
from ictal.data.sealed import SealKey, seal_split

SPLIT = Split(
    "mine",
    (Portion("a", "anna", 0.0, 60.0),),
    (Portion("b", "bert", 0.0, 60.0),),
    (Portion("c", "carla", 0.0, 60.0),),
    within_subject=True,
)


def test_tuning_sees_all_but_the_test_side() -> None:
    sealed, _ = seal_split(SPLIT)
    assert (sealed.name, sealed.train, sealed.validation) == (SPLIT.name, SPLIT.train, SPLIT.validation)
    assert sealed.within_subject
    with pytest.raises(LeakageError, match="split mine: the test side is sealed; tune on the validation side"):
        _ = sealed.test
    assert "carla" not in repr(sealed)


def test_the_key_opens_it_in_another_process_too() -> None:
    sealed, key = seal_split(SPLIT)
    assert sealed.open(key) == SPLIT
    sent = pickle.loads(pickle.dumps(sealed))  # noqa: S301
    assert sent.open(copy.deepcopy(key)) == SPLIT
    with pytest.raises(LeakageError, match="sealed"):
        _ = sent.test


def test_no_other_key_opens_it() -> None:
    sealed, key = seal_split(SPLIT)
    _, other = seal_split(SPLIT)
    for wrong in (other, SealKey(""), key.secret, None):
        with pytest.raises(LeakageError, match="split mine: this key does not open its test side"):
            sealed.open(wrong)  # type: ignore[arg-type]
    assert key.secret not in repr(key)
    assert key.secret not in repr(sealed)
