"""A score a few windows at a time, so that what is remembered on the way fits into the memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore

AT_ONCE = 8
"""Windows."""


def run_windows(score: EventScore, stretch: Stretch) -> Iterator[Tensor]:
    """Run the network over the windows that are asked about, and yield the terms that its score is the sum of.

    A network that answers all of a stretch at once is run once.

    Examples
    --------
    >>> from ictal.models.resnet1d import ResNet1D, ResNet1DConfig
    >>> signal = np.random.default_rng(0).normal(size=(2, 2560)).astype(np.float32)
    >>> stretch = Stretch(signal, 256.0, 0.0, ("F7-T7", "T7-P7"), 256, 256, 1, slice(0, 10), (0.0, 10.0))
    >>> score = EventScore(ResNet1D(ResNet1DConfig(n_channels=2, window=1.0, widths=(4,))), stretch)
    >>> terms = list(run_windows(score, stretch))
    >>> len(terms), bool(torch.isclose(sum(terms), score(torch.as_tensor(signal)[None])[0]))
    (2, True)
    """
    signal = torch.as_tensor(stretch.signal)[None]
    if score.whole or not score.one_frame:
        yield score(signal).sum()
        return
    asked = score.cut(signal)[0][score.asked]
    for windows in torch.split(asked, AT_ONCE):
        yield score.judge(score.network(windows)).sum() / len(asked)


def place_asked(values: ArrayLike, score: EventScore) -> NDArray[np.float64]:
    """Return what counted in each window of a stretch, from what did in those that are asked about.

    Parameters
    ----------
    values : array-like, shape (n_asked, ...)
        Or (1, ...), where all of the stretch is looked at as one.
    score : EventScore

    Returns
    -------
    ndarray, shape (n_windows, ...)
        Zero in the others; as it came, where all of the stretch is looked at as one.
    """
    array = np.asarray(values, dtype=np.float64)
    if score.whole or not score.one_frame:
        return array
    placed = np.zeros((score.n_windows, *array.shape[1:]))
    placed[score.asked] = array
    return placed
