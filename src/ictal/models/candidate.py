"""Candidates by arc length and spike count: the simple algorithm that the networks of the mouse study replace."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from ictal.models.estimator import Estimator
from ictal.models.network import TableConfig

N_QUANTILES = 101


class CandidateRuleConfig(TableConfig):
    """What the rule looks at.

    Attributes
    ----------
    n_features : int
        Always 2: the arc length and the spike count of one channel, in this order, as the features ``numbers`` give
        them with the quantities ``line-length`` and ``spike-rate``.
    n_classes : int
        Always 2.

    Examples
    --------
    >>> CandidateRuleConfig().n_features
    2
    """

    n_features: int = Field(default=2, ge=2, le=2)
    n_classes: int = Field(default=2, ge=2, le=2)


class CandidateRule(Estimator):
    """A window is a candidate where both its arc length and its spike count exceed their thresholds.

    The thresholds are the pair with the highest of Youden's indices, sensitivity + specificity - 1, on the windows of
    training. The index does not depend on how rare seizures are, so resampling hardly moves the thresholds; and as a
    candidate is looked at again, a missed one weighs more than a false one. Of equals, the lower thresholds are taken.

    Parameters
    ----------
    config : CandidateRuleConfig

    Attributes
    ----------
    thresholds : Tensor, shape (2,)
        In the units of the features.
    scales : Tensor, shape (2,)
        Standard deviations of the features in training. The logit of a seizure is how many of them a feature is above
        its threshold: the one that is so the least.

    References
    ----------
    White et al., Efficient unsupervised algorithms for the detection of seizures in continuous EEG recordings from
    rats after brain injury, J. Neurosci. Methods 2006: the two numbers. Youden, Index for rating diagnostic tests,
    Cancer 1950. How the thresholds are found is ours.

    Examples
    --------
    >>> rule = CandidateRule(CandidateRuleConfig())
    >>> rule.fit([[300.0, 0.0], [900.0, 0.0], [300.0, 9.0], [800.0, 6.0]], [0, 0, 0, 1])
    >>> rule.thresholds
    tensor([550.,   3.])
    >>> rule(torch.tensor([[900.0, 2.0], [900.0, 4.0]])).argmax(dim=2).flatten()
    tensor([0, 1])
    """

    Config: ClassVar[type[CandidateRuleConfig]] = CandidateRuleConfig
    config: CandidateRuleConfig
    thresholds: Tensor
    scales: Tensor

    def __init__(self, config: CandidateRuleConfig) -> None:
        super().__init__(config)
        self.register_buffer("thresholds", torch.zeros(2))
        self.register_buffer("scales", torch.ones(2))

    def learn(self, features: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        """Find the thresholds."""
        scales = np.maximum(features.std(axis=0, dtype=np.float64), 1e-6)
        arcs, spikes = (propose_thresholds(features[:, i], labels, float(scales[i])) for i in range(2))
        background, seizure = (
            share_above(features[labels == label], arcs, spikes, weights[labels == label]) for label in (0, 1)
        )
        best = np.unravel_index(np.argmax(seizure - background), seizure.shape)
        self.thresholds.copy_(torch.tensor([arcs[best[0]], spikes[best[1]]]))
        self.scales.copy_(torch.from_numpy(scales))

    def answer(self, features: Tensor) -> Tensor:
        """Return logits (B, 2), equal at the thresholds."""
        distance = ((features - self.thresholds) / self.scales).amin(dim=1)
        return torch.stack([-distance / 2, distance / 2], dim=1)

    def get_extra_state(self) -> Tensor:
        """Return whether it is fitted, to be saved with the thresholds."""
        return torch.tensor(self.is_fitted)

    def set_extra_state(self, state: Tensor) -> None:
        """Take from a file whether it is fitted."""
        self.is_fitted = bool(state)


def propose_thresholds(values: NDArray[np.float32], labels: NDArray[np.int64], scale: float) -> NDArray[np.float32]:
    """Return the thresholds that are tried, rising: between neighbouring quantiles, and one that all exceed.

    Quantiles are those of the background and those of seizures, which a percent of all windows would not tell apart.

    Examples
    --------
    >>> propose_thresholds(np.array([1.0, 2.0, 4.0], np.float32), np.array([0, 0, 1]), scale=1.0)
    array([0. , 1.5, 3. ], dtype=float32)
    """
    levels = np.linspace(0.0, 1.0, N_QUANTILES)
    quantiles = [np.quantile(values[labels == label], levels, method="nearest") for label in (0, 1)]
    steps = np.unique(np.concatenate(quantiles))
    return np.concatenate([steps[:1] - scale, (steps[:-1] + steps[1:]) / 2]).astype(np.float32)


def share_above(
    features: NDArray[np.float32], arcs: NDArray[np.float32], spikes: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of windows that exceed both of every pair of thresholds, shape (n_arcs, n_spikes).

    Examples
    --------
    >>> windows = np.array([[1.0, 1.0], [3.0, 1.0]], np.float32)
    >>> share_above(windows, np.float32([0, 2]), np.float32([0, 2]), np.ones(2))
    array([[1. , 0. ],
           [0.5, 0. ]])
    """
    shape = len(arcs) + 1, len(spikes) + 1
    n_exceeded = np.searchsorted(arcs, features[:, 0]), np.searchsorted(spikes, features[:, 1])
    cells = np.bincount(np.ravel_multi_index(n_exceeded, shape), weights, minlength=shape[0] * shape[1]).reshape(shape)
    totals = cells[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1]
    shares: NDArray[np.float64] = totals[1:, 1:] / weights.sum()
    return shares
