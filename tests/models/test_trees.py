"""Boosted trees: those of scikit-learn, in memory and as a graph."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ictal.core.errors import ParameterError
from ictal.models.trees import BoostedTrees, BoostedTreesConfig, round_down

FEATURES = np.random.default_rng(0).normal(size=(600, 4)).astype(np.float32)
UNSEEN = np.random.default_rng(1).normal(size=(3000, 4)).astype(np.float32)


def label(features: np.ndarray, n_classes: int) -> np.ndarray:
    """An exclusive or, which no line tells, and a third class."""
    labels = ((features[:, 0] > 0) ^ (features[:, 1] > 0)).astype(int)
    return np.where(features[:, 2] > 1, n_classes - 1, labels)


def make_trees(n_classes: int = 2, **settings: Any) -> BoostedTrees:
    trees = BoostedTrees(BoostedTreesConfig(n_features=4, n_classes=n_classes, max_iter=30, **settings))
    trees.fit(FEATURES, label(FEATURES, n_classes))
    return trees


def run_graph(trees: BoostedTrees, features: np.ndarray) -> np.ndarray:
    graph = trees.to_onnx().SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"features": features})[0]


@pytest.mark.parametrize("n_classes", [2, 3])
def test_softmax_is_the_probability_of_scikit_learn(n_classes: int) -> None:
    trees = make_trees(n_classes, learning_rate=0.2, max_leaf_nodes=7, min_samples_leaf=5, l2_regularization=1.0)
    theirs = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=30,
        max_leaf_nodes=7,
        min_samples_leaf=5,
        l2_regularization=1.0,
        early_stopping=False,
    )
    with threadpool_limits(1):
        probabilities = theirs.fit(FEATURES, label(FEATURES, n_classes)).predict_proba(UNSEEN)
    logits = trees(torch.from_numpy(UNSEEN))
    assert logits.shape == (3000, 1, n_classes)
    np.testing.assert_allclose(torch.softmax(logits[:, 0], dim=1), probabilities, atol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_graph_answers_the_same(n_classes: int) -> None:
    trees = make_trees(n_classes)
    for features in (UNSEEN, FEATURES, UNSEEN[:1]):
        np.testing.assert_allclose(run_graph(trees, features), trees(torch.from_numpy(features)), atol=1e-5)


@pytest.mark.parametrize("base", [1.0, -1.0, 3e-5, 1e6])
def test_numbers_beside_a_threshold_are_on_the_same_side_in_the_graph(base: float) -> None:
    """Between two neighbours of single precision there is no third, so half of all thresholds round to the upper."""
    neighbours = [np.float32(base)]
    for _ in range(7):
        neighbours.append(np.nextafter(neighbours[-1], np.float32(np.inf)))
    features = np.array(neighbours, np.float32)[:, None]
    trees = BoostedTrees(BoostedTreesConfig(n_features=1, max_iter=5, min_samples_leaf=1))
    trees.fit(features, np.arange(8) % 2)
    logits = trees(torch.from_numpy(features))
    assert (logits[::2, 0, 1] < logits[1::2, 0, 1]).all()
    np.testing.assert_allclose(run_graph(trees, features), logits, atol=1e-6)


@given(st.lists(st.floats(-1e30, 1e30), min_size=1))
def test_rounding_down_keeps_every_single_precision_number_on_its_side(values: list[float]) -> None:
    exact = np.array(values)
    rounded = round_down(exact)
    assert (rounded <= exact).all()
    assert (np.nextafter(rounded, np.float32(np.inf)).astype(float) > exact).all()


def test_it_tells_what_no_line_tells() -> None:
    predicted = make_trees()(torch.from_numpy(UNSEEN)).argmax(dim=2)[:, 0].numpy()
    assert (predicted == label(UNSEEN, 2)).mean() > 0.95


def test_a_weight_is_so_many_windows() -> None:
    trees, repeated = (BoostedTrees(BoostedTreesConfig(n_features=4, max_iter=3)) for _ in range(2))
    labels = label(FEATURES, 2)
    trees.fit(FEATURES, labels, weights=1.0 + 9.0 * labels)
    repeated.fit(FEATURES, labels)
    assert trees(torch.from_numpy(UNSEEN))[:, 0, 1].mean() > repeated(torch.from_numpy(UNSEEN))[:, 0, 1].mean() + 0.5


def test_a_copy_is_a_copy_and_the_same_windows_give_the_same_trees() -> None:
    trees = make_trees()
    unseen = torch.from_numpy(UNSEEN)
    kept = copy.deepcopy(trees)
    assert torch.equal(make_trees()(unseen), trees(unseen))
    trees.fit(FEATURES, 1 - label(FEATURES, 2))
    assert not torch.allclose(kept(unseen), trees(unseen))


def test_before_they_are_fitted_there_is_no_graph() -> None:
    with pytest.raises(ParameterError, match="not fitted yet"):
        BoostedTrees(BoostedTreesConfig(n_features=4)).to_onnx()


@pytest.mark.parametrize("settings", [{"learning_rate": 0.0}, {"max_leaf_nodes": 1}, {"depth": 3}])
def test_settings_that_cannot_be_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings))):
        BoostedTreesConfig(n_features=4, **settings)
