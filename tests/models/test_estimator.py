"""What every estimator refuses, whatever it fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.estimator import Estimator
from ictal.models.network import TableConfig


class Nearest(Estimator):
    """The class whose mean is nearest."""

    def learn(self, features: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        of_class = [labels == label for label in range(self.n_classes)]
        self.means = torch.from_numpy(np.stack([np.average(features[i], 0, weights[i]) for i in of_class]))

    def answer(self, features: Tensor) -> Tensor:
        return -(features[:, None] - self.means).square().sum(dim=2)


FEATURES = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 9.0], [9.0, 0.0]])


def test_it_answers_one_frame_for_a_window() -> None:
    model = Nearest(TableConfig(n_features=2, n_classes=3))
    model.fit(FEATURES, [0, 0, 1, 2])
    logits = model(torch.tensor([[1.0, 8.0], [7.0, 1.0]]))
    assert logits.shape == (2, 1, 3)
    assert logits.argmax(dim=2).tolist() == [[1], [2]]
    assert model.to_onnx() is None


def test_a_weight_is_so_many_windows_and_what_was_fitted_before_is_forgotten() -> None:
    model = Nearest(TableConfig(n_features=2))
    model.fit(FEATURES, [0, 0, 1, 1], weights=[3, 1, 1, 1])
    weighted = model.means
    model.fit(FEATURES[[0, 0, 0, 1, 2, 3]], [0, 0, 0, 0, 1, 1])
    torch.testing.assert_close(weighted, model.means)
    model.fit(FEATURES, [1, 1, 0, 0])
    assert model.means.tolist() == [[4.5, 4.5], [1.0, 0.0]]


def test_it_refuses_to_answer_before_it_is_fitted() -> None:
    with pytest.raises(ParameterError, match="not fitted yet"):
        Nearest(TableConfig(n_features=2))(torch.zeros(1, 2))


def test_other_features_are_refused() -> None:
    model = Nearest(TableConfig(n_features=2))
    model.fit(FEATURES, [0, 0, 1, 1])
    with pytest.raises(ParameterError, match=r"shape \(4, 3\) came; allowed is \(batch, 2\)"):
        model(torch.zeros(4, 3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": np.zeros((4, 3))}, r"features: shape \(4, 3\) came; allowed is \(windows, 2\)"),
        ({"features": np.full((4, 2), np.nan)}, "all finite"),
        ({"labels": [0, 1]}, r"labels: shape \(2,\) came; allowed is \(4,\)"),
        ({"labels": [0, 0, 0, 0]}, r"classes \[0\] came; all from 0 to 1"),
        ({"labels": [0, 1, 2, 2]}, r"classes \[0, 1, 2\] came"),
        ({"weights": [1, 1, 1]}, r"weights: shape \(3,\) came"),
        ({"weights": [1, 1, 1, -1]}, "weights: negative"),
        ({"weights": [1, 1, 0, 0]}, r"classes \[0\] came"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    model = Nearest(TableConfig(n_features=2))
    with pytest.raises(ParameterError, match=message):
        model.fit(**{"features": FEATURES, "labels": [0, 0, 1, 1], **change})
    assert not model.is_fitted
