"""Which class was taken for which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import confusion_matrix

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.confusion import Confusion, call_classes, count_confusion, label_frames

PAIRS = st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 2)), min_size=1, max_size=60)


@given(PAIRS)
def test_frames_are_counted_as_scikit_learn_does(pairs: list[tuple[int, int]]) -> None:
    truth, called = np.array(pairs).T
    known = truth >= 0
    found = count_confusion(truth, called, 3)
    assert found.sum() == known.sum()
    if known.any():
        assert_array_equal(found, confusion_matrix(truth[known], called[known], labels=[0, 1, 2]))


def test_a_class_that_is_not_known_is_refused() -> None:
    with pytest.raises(ParameterError, match="number 2"):
        count_confusion(np.array([0, 2]), np.array([0, 0]), 2)


def test_frames_take_the_class_that_covers_most_of_them() -> None:
    scores = Scores(np.full((6, 3), 1 / 3), start=0.5, step=2.0, classes=("bckg", "a", "b"))
    labels = label_frames(scores, [[(0.5, 3.4)], [(3.4, 6.6)]], [(9.0, 20.0)])
    assert labels.tolist() == [1, 2, 2, 0, -1, -1]


def test_of_three_classes_the_likeliest_is_called() -> None:
    scores = Scores([[0.4, 0.3, 0.3], [0.3, 0.3, 0.4]], start=0.0, step=1.0, classes=("bckg", "a", "b"))
    assert call_classes(scores).tolist() == [0, 2]


def make_table() -> Confusion:
    by_subject = np.random.default_rng(0).integers(0, 50, (4, 3, 3))
    by_subject[:, 2] = 0
    return Confusion(("bckg", "a", "b"), by_subject, 1.0)


def test_shares_of_a_class_add_up_to_one_and_one_without_frames_has_none() -> None:
    shares = make_table().shares
    assert_allclose(shares[:2].sum(axis=1), 1.0)
    assert np.isnan(shares[2]).all()


def test_recalls_and_precisions_lie_in_their_intervals() -> None:
    table, draws = make_table(), draw_subjects(4, 300)
    assert_allclose([one.value for one in table.estimate_recalls(draws)], np.diagonal(table.shares))
    precisions = np.diagonal(table.counts) / table.counts.sum(axis=0)
    assert_allclose([one.value for one in table.estimate_precisions(draws)], precisions)
    for one in (*table.estimate_recalls(draws)[:2], *table.estimate_precisions(draws)):
        assert one.low <= one.value <= one.high
    assert table.estimate_recalls(draws)[2].n_subjects == 0


def test_one_subject_has_no_interval() -> None:
    table = Confusion(("bckg", "sz"), np.array([[[5, 1], [2, 3]]]), 1.0)
    assert not any(one.has_interval for one in table.estimate_recalls(draw_subjects(1, 20)))


def test_merging_loses_no_frame() -> None:
    table = make_table()
    merged = table.merge_others("any")
    assert merged.classes == ("bckg", "any")
    assert merged.counts.sum() == table.counts.sum()
    assert merged.counts[1, 0] == table.counts[1:, 0].sum()
