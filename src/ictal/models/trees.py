"""Gradient-boosted trees on numbers of a window."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from ictal.models.estimator import Estimator
from ictal.models.network import TableConfig

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

OPSET = 20
"""Of the operators, in which torch exports what stands before the trees."""

TREE_OPSET = 3
IR_VERSION = 10
VALUES_PER_THREAD = 500_000


class BoostedTreesConfig(TableConfig):
    """What boosted trees are grown with; the names are those of scikit-learn.

    Attributes
    ----------
    n_features, n_classes : int
    learning_rate : float
        What each tree counts.
    max_iter : int
        Trees; with more than two classes, of each class.
    max_leaf_nodes, min_samples_leaf : int
        Leaves of a tree, and windows of training in a leaf.
    l2_regularization : float
    seed : int

    Examples
    --------
    >>> BoostedTreesConfig(n_features=24).max_iter
    100
    """

    learning_rate: float = Field(default=0.1, gt=0.0)
    max_iter: int = Field(default=100, gt=0)
    max_leaf_nodes: int = Field(default=31, gt=1)
    min_samples_leaf: int = Field(default=20, gt=0)
    l2_regularization: float = Field(default=0.0, ge=0.0)
    seed: int = Field(default=0, ge=0)


class BoostedTrees(Estimator):
    """scikit-learn's gradient-boosted trees as a model like the others.

    It computes on the CPU, whatever the device of the features, and has no gradient. All windows of training are
    fitted: no part of them is held back to stop early, which would mix the windows of one person. What was fitted is
    not among the weights of a state dict; the graph carries it.

    Parameters
    ----------
    config : BoostedTreesConfig

    References
    ----------
    Friedman, Greedy function approximation: a gradient boosting machine, Annals of Statistics 2001; Ke et al.,
    LightGBM: a highly efficient gradient boosting decision tree, NeurIPS 2017, whose histograms scikit-learn follows.

    Examples
    --------
    >>> trees = BoostedTrees(BoostedTreesConfig(n_features=1, max_iter=10, min_samples_leaf=1))
    >>> trees.fit([[1.0], [2.0], [7.0], [8.0]], [0, 0, 1, 1])
    >>> trees(torch.tensor([[1.5], [9.0]])).argmax(dim=2)
    tensor([[0],
            [1]])
    """

    Config: ClassVar[type[BoostedTreesConfig]] = BoostedTreesConfig
    config: BoostedTreesConfig

    def __init__(self, config: BoostedTreesConfig) -> None:
        super().__init__(config)
        self.classifier: Any = None

    def learn(self, features: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        """Grow the trees."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        config = self.config
        classifier = HistGradientBoostingClassifier(
            learning_rate=config.learning_rate,
            max_iter=config.max_iter,
            max_leaf_nodes=config.max_leaf_nodes,
            min_samples_leaf=config.min_samples_leaf,
            l2_regularization=config.l2_regularization,
            early_stopping=False,
            random_state=config.seed,
        )
        with _few_threads(features.size):
            self.classifier = classifier.fit(features, labels, sample_weight=weights)

    def answer(self, features: Tensor) -> Tensor:
        """Return logits (B, n_classes): their softmax is scikit-learn's probability."""
        numbers = features.detach().cpu().float().numpy()
        with _few_threads(numbers.size):
            raw = torch.from_numpy(self.classifier.decision_function(numbers)).to(features.device, torch.float32)
        return torch.stack([-raw / 2, raw / 2], dim=1) if raw.ndim == 1 else raw

    def to_onnx(self) -> ModelProto:
        """Return the trees as a graph from ``features`` (B, n_features) to ``logits`` (B, 1, n_classes), both float32.

        Logits equal those of :meth:`forward` to 1e-5 of the sum of what the leaves add. Thresholds are rounded down to
        single precision: a number of that precision is on the same side of both.

        Raises
        ------
        ParameterError
            If there are no trees yet.
        """
        from onnx import TensorProto, checker, helper

        self.require_fitted()
        nodes = [
            self._make_ensemble(),
            helper.make_node("Unsqueeze", ["raw", "frame"], ["rows"]),
            helper.make_node("Mul", ["rows", "sides"], ["logits"]),
        ]
        sides = [-0.5, 0.5] if self.n_classes == 2 else [1.0] * self.n_classes
        constants = [
            helper.make_tensor("frame", TensorProto.INT64, [1], [1]),
            helper.make_tensor("sides", TensorProto.FLOAT, [len(sides)], sides),
        ]
        read = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", self.config.n_features])
        answered = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1, self.n_classes])
        graph = helper.make_graph(nodes, "boosted-trees", [read], [answered], constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", TREE_OPSET)]
        model: ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        checker.check_model(model)
        return model

    def _make_ensemble(self) -> NodeProto:
        """Return all trees as one node from ``features`` to ``raw``, (B, 1) for two classes, else (B, n_classes)."""
        from onnx import helper

        # scikit-learn has no public way to read its trees; what reads them elsewhere goes the same way.
        trees = [(target, tree.nodes) for turn in self.classifier._predictors for target, tree in enumerate(turn)]
        numbers = np.repeat(np.arange(len(trees)), [len(nodes) for _, nodes in trees])
        targets = np.repeat([target for target, _ in trees], [len(nodes) for _, nodes in trees])
        places = np.concatenate([np.arange(len(nodes)) for _, nodes in trees])
        nodes = np.concatenate([nodes for _, nodes in trees])
        leaf = nodes["is_leaf"].astype(bool)
        baseline = self.classifier._baseline_prediction.ravel()
        return helper.make_node(
            "TreeEnsembleRegressor",
            ["features"],
            ["raw"],
            domain="ai.onnx.ml",
            n_targets=len(baseline),
            base_values=baseline.tolist(),
            nodes_treeids=numbers.tolist(),
            nodes_nodeids=places.tolist(),
            nodes_featureids=np.where(leaf, 0, nodes["feature_idx"]).tolist(),
            nodes_modes=np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
            nodes_values=round_down(np.where(leaf, 0.0, nodes["num_threshold"])).tolist(),
            nodes_truenodeids=np.where(leaf, 0, nodes["left"]).tolist(),
            nodes_falsenodeids=np.where(leaf, 0, nodes["right"]).tolist(),
            nodes_missing_value_tracks_true=np.where(leaf, 0, nodes["missing_go_to_left"]).astype(int).tolist(),
            target_treeids=numbers[leaf].tolist(),
            target_nodeids=places[leaf].tolist(),
            target_ids=targets[leaf].tolist(),
            target_weights=nodes["value"][leaf].tolist(),
        )


def _few_threads(n_values: int) -> AbstractContextManager[Any]:
    """Let trees use as many threads as torch may, and one on small tables, where threads mostly wait for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(
        min(torch.get_num_threads(), 1 + n_values // VALUES_PER_THREAD), user_api="openmp"
    )
    return limits


def round_down(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the nearest numbers of single precision that are not larger.

    Examples
    --------
    >>> round_down(np.array([1.0, 1.0 - 1e-12])) <= np.array([1.0, 1.0 - 1e-12])
    array([ True,  True])
    """
    rounded = values.astype(np.float32)
    return np.where(rounded > values, np.nextafter(rounded, np.float32(-np.inf)), rounded)
