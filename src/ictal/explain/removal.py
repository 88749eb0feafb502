"""Does the score fall when that which is said to have counted is taken away, and is it made by that alone?

What is taken away becomes nothing: zeros, as of a lead that is masked, with a raised cosine of :data:`EDGE` seconds at
every border so that no step is heard. Scores are told as shares of the way from the score of nothing, 0, to that of the
whole stretch, 1. A good explanation has a small area under deletion and a large one under insertion, in comparison with
orders drawn at random. To show cells in one order is to delete them in the reverse of it, so random orders have one
distribution of areas for both.

References
----------
Petsiuk, Das and Saenko, RISE: randomized input sampling for explanation of black-box models, BMVC 2018.
Samek et al., Evaluating the visualization of what a deep neural network has learned, IEEE Trans. Neural Netw. Learn.
Syst. 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.occlusion import Answer
from ictal.detection.stretch import Stretch
from ictal.explain.lead_seconds import gather_evidence, second_edges

Values = NDArray[np.float64]

EDGE = 0.1
"""Seconds over which the signal fades at the border of what is taken away."""

N_STEPS, N_ORDERS = 20, 20
LEVEL = 0.95

MOST_VALUES = 2**22
"""Values in the changed copies of a signal that are held at once."""


@dataclass(frozen=True, eq=False)
class RemovalCurves:
    """How the score falls by deletion and rises by insertion.

    Attributes
    ----------
    shares : ndarray, shape (n_steps + 1,)
        Of all cells: deleted, or shown.
    deletion, insertion : ndarray, shape (n_steps + 1,)
        Scores, the strongest cells first.
    chance : ndarray, shape (n_orders, n_steps + 1)
        Scores of deletion in random orders; from the right to the left those of insertion.
    """

    shares: Values
    deletion: Values
    insertion: Values
    chance: Values

    @property
    def whole(self) -> float:
        """The score of the stretch."""
        return float(self.deletion[0])

    @property
    def nothing(self) -> float:
        """The score of nothing."""
        return float(self.deletion[-1])

    @property
    def deletion_area(self) -> float:
        """The normalised area under deletion; NaN where the stretch scores no higher than nothing."""
        return float(self._area(self.deletion))

    @property
    def insertion_area(self) -> float:
        """The normalised area under insertion."""
        return float(self._area(self.insertion))

    @property
    def chance_areas(self) -> Values:
        """The normalised areas of random orders, of deletion as of insertion, shape (n_orders,)."""
        return self._area(self.chance)

    @property
    def chance_area(self) -> float:
        """Their mean."""
        return float(self.chance_areas.mean())

    @property
    def chance_band(self) -> tuple[float, float]:
        """Between which values the middle 95 % of them lie."""
        low, high = np.quantile(self.chance_areas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)

    @property
    def deletion_beats(self) -> float:
        """The share of random orders with a larger area under deletion."""
        return _share(self.chance_areas > self.deletion_area, self.deletion_area)

    @property
    def insertion_beats(self) -> float:
        """The share of random orders with a smaller area under insertion."""
        return _share(self.chance_areas < self.insertion_area, self.insertion_area)

    def _area(self, scores: Values) -> Values:
        height = self.whole - self.nothing
        normalised = (scores - self.nothing) / height if height > 0 else np.full(scores.shape, np.nan)
        return np.asarray(np.trapezoid(normalised, self.shares, axis=-1))


def draw_removal(
    answer: Answer,
    stretch: Stretch,
    attribution: Attribution,
    *,
    chance: Values | None = None,
    n_steps: int = N_STEPS,
    n_orders: int = N_ORDERS,
    seed: int = 0,
) -> RemovalCurves:
    """Return how an answer falls and rises with what an attribution says has counted.

    Parameters
    ----------
    answer : callable
        From signals, shape (n_signals, n_leads, n_samples), to one number for each.
    stretch : Stretch
    attribution : Attribution
        Of the stretch; cells are seconds of each lead, or of all leads together where it tells none apart.
    chance : ndarray, optional
        From :func:`draw_chance` with the same cells, so that several methods share it; made where not given.
    n_steps, n_orders : int
        1 or more.
    seed : int
        Of the random orders, and of the order of cells without evidence.

    Raises
    ------
    ParameterError
        If a number is below 1, or a score is not finite.

    Examples
    --------
    >>> power = lambda signals: (signals**2).mean(axis=(1, 2))
    >>> signal = np.ones((2, 2560)) * [[1.0], [0.1]]
    >>> stretch = Stretch(signal, 256.0, 0.0, ("F7-T7", "T7-P7"), 256, 256, 1, slice(0, 10), (0.0, 10.0))
    >>> found = draw_removal(power, stretch, Attribution(signal[:, None, ::256], 0.0, 1.0, stretch.leads))
    >>> found.deletion_beats, found.deletion_area < 0.3 < 0.7 < found.insertion_area
    (1.0, True)
    """
    cells = gather_evidence(attribution, stretch)
    rng = np.random.default_rng([seed, 1])
    order = np.lexsort((rng.permutation(cells.size), -cells.ravel()))
    if chance is None:
        chance = draw_chance(answer, stretch, len(cells), n_steps=n_steps, n_orders=n_orders, seed=seed)
    left = _delete(order, n_steps)
    deletion, insertion = _follow(answer, stretch, len(cells), np.array([left, ~left]))
    return RemovalCurves(_counts(cells.size, n_steps) / cells.size, deletion, insertion, chance)


def draw_chance(
    answer: Answer,
    stretch: Stretch,
    n_rows: int,
    *,
    n_steps: int = N_STEPS,
    n_orders: int = N_ORDERS,
    seed: int = 0,
) -> Values:
    """Return how an answer falls when cells are deleted in random orders.

    Parameters
    ----------
    answer, stretch, n_steps, n_orders, seed
        As of :func:`draw_removal`.
    n_rows : int
        Leads that are told apart, or 1.

    Returns
    -------
    ndarray, shape (n_orders, n_steps + 1)
    """
    for name, number in (("steps", n_steps), ("orders", n_orders)):
        if number < 1:
            raise ParameterError(f"number of {name}: {number!r} is not allowed; it must be 1 or more.")
    rng = np.random.default_rng([seed, 0])
    n_cells = n_rows * (len(second_edges(stretch)) - 1)
    left = np.array([_delete(rng.permutation(n_cells), n_steps) for _ in range(n_orders)])
    return _follow(answer, stretch, n_rows, left)


def keep_cells(stretch: Stretch, kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return copies of a stretch of which only some cells are left.

    Parameters
    ----------
    stretch : Stretch
    kept : ndarray of bool, shape (n_copies, n_leads, n_cells) or (n_copies, 1, n_cells)

    Returns
    -------
    ndarray, shape (n_copies, n_leads, n_samples)

    Examples
    --------
    >>> stretch = Stretch(np.ones((1, 512)), 256.0, 0.0, ("Fz-Cz",), 256, 256, 1, slice(0, 2), (0.0, 2.0))
    >>> [copy] = keep_cells(stretch, np.array([[[False, True]]]))
    >>> copy[0, [0, 200, 256, 300]].round(2)
    array([0. , 0. , 0.5, 1. ], dtype=float32)
    """
    edges = second_edges(stretch)
    samples = np.arange(stretch.signal.shape[1])
    own = np.searchsorted(edges, samples, side="right") - 1
    since, until = samples - edges[own], edges[own + 1] - samples
    beside = np.clip(np.where(since <= until, own - 1, own + 1), 0, len(edges) - 2)
    distance = np.minimum(since, until) / stretch.sampling_rate / EDGE
    weight = 0.5 - 0.5 * np.sin(np.pi * np.minimum(distance, 0.5))
    gain = kept[..., own] * (1.0 - weight) + kept[..., beside] * weight
    return np.asarray(stretch.signal * gain, dtype=np.float32)


def _follow(answer: Answer, stretch: Stretch, n_rows: int, kept: NDArray[np.bool_]) -> Values:
    """Return the scores, shape (n_curves, n_steps + 1), of what is kept, (n_curves, n_steps + 1, n_cells)."""
    masks = kept.reshape(kept.shape[0] * kept.shape[1], n_rows, -1)
    at_once = max(MOST_VALUES // stretch.signal.size, 1)
    scores = [
        np.asarray(answer(keep_cells(stretch, masks[first : first + at_once])), dtype=np.float64)
        for first in range(0, len(masks), at_once)
    ]
    found = np.concatenate(scores).reshape(kept.shape[:2])
    if not np.isfinite(found).all():
        raise ParameterError("score: it is not finite where parts of the stretch are zero; it cannot be checked so.")
    return np.asarray(found)


def _delete(order: NDArray[np.intp], n_steps: int) -> NDArray[np.bool_]:
    """Return which cells are left at each step, shape (n_steps + 1, n_cells)."""
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return np.asarray(rank >= _counts(len(order), n_steps)[:, None])


def _counts(n_cells: int, n_steps: int) -> NDArray[np.int64]:
    return np.round(np.linspace(0, n_cells, n_steps + 1)).astype(np.int64)


def _share(better: NDArray[np.bool_], area: float) -> float:
    return float(better.mean()) if np.isfinite(area) else float("nan")
