"""EEGCNN-PCA beside its public code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle

from ictal.models.eegcnn_pca import EEGCNNPCA, EEGCNNPCAConfig

PARTS = {f"conv{i}": f"blocks.{3 * (i - 1)}" for i in (1, 2, 3)} | {"fc1": "classifier.0", "fc2": "classifier.3"}


def rename(key: str) -> str:
    part, _, rest = key.partition(".")
    return f"{PARTS[part]}.{rest}"


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer(
    read_oracle: Callable[[str], Oracle], precision: torch.dtype, tolerance: float
) -> None:
    oracle = read_oracle("eegcnnpca1d")
    model = oracle.load(EEGCNNPCA(EEGCNNPCAConfig(n_features=1024)), rename)
    assert sum(parameter.numel() for parameter in model.parameters()) == oracle.parameters == 1_061_825
    with torch.no_grad():
        logits = model.to(precision)(torch.from_numpy(oracle.signal[:, 0]).to(precision))[:, 0]
    np.testing.assert_allclose(logits[:, 1:], oracle.outputs["logits"], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(logits[:1, 1:], oracle.outputs["logits_first_alone"], rtol=tolerance, atol=tolerance)
    assert not logits[:, 0].any()


@pytest.mark.parametrize("n_features", [8, 9, 15, 100])
def test_folds_of_few_windows_have_few_components(n_features: int) -> None:
    model = EEGCNNPCA(EEGCNNPCAConfig(n_features=n_features, n_classes=3)).eval()
    with torch.no_grad():
        assert model(torch.zeros(2, n_features)).shape == (2, 1, 3)


def test_fewer_than_eight_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"n_features 7 gives 7 columns.* at least 8"):
        EEGCNNPCAConfig(n_features=7)
