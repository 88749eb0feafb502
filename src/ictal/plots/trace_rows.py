"""Where the leads of a page of EEG stand, and which samples of them a page can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.plots.chains import Chain

Array = NDArray[np.floating[Any]]

CHAIN_GAP = 0.55
"""Rows between two chains."""

_EDGE = 0.4


def row_spacing(n_leads: int) -> float:
    """Return the millimetres between the baselines of neighbouring leads.

    Examples
    --------
    >>> [round(row_spacing(n), 4) for n in (1, 18, 64)]
    [24.0, 4.1111, 3.2]
    """
    return float(np.clip(74.0 / n_leads, 3.2, 24.0))


def place_rows(chains: Sequence[Chain], tallest: float = np.inf) -> tuple[dict[int, float], float, float]:
    """Return the baseline of every lead, the depth of the whole and the space between rows, in millimetres.

    Baselines lie below the top; rows stand as :func:`row_spacing` says, or closer, where the whole must not be taller
    than `tallest`.

    Examples
    --------
    >>> heights, depth, spacing = place_rows([Chain("", (0,))])
    >>> round(heights[0], 3), round(depth, 3), spacing
    (-21.6, 43.2, 24.0)
    """
    n_leads = sum(len(chain.rows) for chain in chains)
    n_rows = n_leads + CHAIN_GAP * (len(chains) - 1) + 2 * _EDGE
    spacing = min(row_spacing(n_leads), tallest / n_rows)
    heights: dict[int, float] = {}
    depth = _EDGE * spacing
    for number, chain in enumerate(chains):
        depth += CHAIN_GAP * spacing if number else 0.0
        for row in chain.rows:
            heights[row] = -(depth + spacing / 2)
            depth += spacing
    return heights, depth + _EDGE * spacing, spacing


def thin_out(values: Array, n_bins: int) -> tuple[NDArray[np.intp], Array]:
    """Keep the lowest and the highest value of each bin, so that a line drawn through them looks the same.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
        NaN is passed over.
    n_bins : int
        How many bins; with fewer than four samples a bin nothing is left out.

    Returns
    -------
    indices : ndarray of int
        Which samples the kept values stand at.
    values : ndarray

    Examples
    --------
    >>> indices, kept = thin_out(np.array([0, 9, 0, 0, 0, 0, -7, 0.0]), 2)
    >>> kept.tolist()
    [0.0, 9.0, -7.0, 0.0]
    """
    if len(values) < 4 * n_bins:
        return np.arange(len(values)), values
    edges = np.linspace(0, len(values), n_bins, endpoint=False).astype(np.intp)
    low, high = np.fmin.reduceat(values, edges), np.fmax.reduceat(values, edges)
    second = np.append(edges[1:], len(values)) - 1
    return np.column_stack([edges, second]).ravel(), np.column_stack([low, high]).ravel()
