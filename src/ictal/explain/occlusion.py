"""Occlusion of a network: what its score loses with each lead, second and band."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ictal.core.attribution import Attribution
from ictal.detection.occlusion import Answer
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore
from ictal.explain.method import Method

MOST_VALUES = 2**22
"""Values of the signal in the windows that are run at once."""


def occlude(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return what the score loses with each part; see :func:`ictal.detection.reasons.attribute_by_occlusion`.

    Parameters
    ----------
    score : EventScore
    stretch : Stretch
    seed : int
        Not used.
    """
    return attribute_by_occlusion(make_answer(score), stretch)


def make_answer(score: EventScore) -> Answer:
    """Return the score as a function of arrays, one signal at a time where a network is large.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> signal = np.zeros((2, 512), np.float32)
    >>> stretch = Stretch(signal, 256.0, 0.0, ("F7-T7", "T7-P7"), 512, 256, 2, slice(0, 1), (0.0, 1.0))
    >>> make_answer(EventScore(TCN(TCNConfig(n_channels=2)), stretch))(signal[None]).shape
    (1,)
    """

    def answer(signals: NDArray[Any]) -> NDArray[Any]:
        size = max(MOST_VALUES // (score.n_windows * score.window * signals.shape[1]), 1)
        batches = (signals[i : i + size] for i in range(0, len(signals), size))
        with torch.no_grad():
            return np.concatenate([score(torch.as_tensor(batch, dtype=torch.float32)).numpy() for batch in batches])

    return answer


def _suits_all(network: nn.Module) -> None:
    return None


OCCLUSION = Method(_suits_all, occlude)
