"""Colours of amounts: warm speaks for a score, cool against it, and both grow darker with the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

FOR = (style.PAPER, "#fde7cf", "#f9c795", "#f0a05a")
"""Light enough for ink on it."""

AGAINST = (style.PAPER, "#dbe8f5", "#a8c7e6", "#6c9ccf")
ALONE = (*FOR, "#d46d3d", style.DETECTED, "#7c2d12")
AGAINST_ALONE = (*AGAINST, style.REFERENCE, style.MISSED)
"""Where nothing is drawn on it."""

BAR = ALONE[4]
"""Of bars, whose length says it all."""

SWATCH = 12.0
"""Millimetres of a scale of colours."""

Boxes = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]


def make_ramp(colours: tuple[str, ...]) -> LinearSegmentedColormap:
    """Return a scale of colours from 0 to 1, the first being that of nothing.

    Examples
    --------
    >>> make_ramp(FOR)(0.0)[:3] == (1.0, 1.0, 1.0)
    True
    """
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("attribution", list(colours))


def find_top(values: ArrayLike) -> float:
    """Return the amount at which the darkest colour is reached: what one in fifty of the amounts above 0 exceeds.

    Of few amounts it is the largest; of none, 1.

    Examples
    --------
    >>> find_top([0.0, 3.0, 1.0]), find_top([0.0])
    (3.0, 1.0)
    """
    amounts = np.asarray(values, dtype=np.float64)
    above = amounts[amounts > 0]
    if above.size == 0:
        return 1.0
    return float(np.quantile(above, 0.98) if above.size >= 100 else above.max())


def sum_net(values: ArrayLike) -> NDArray[np.float64]:
    """Return what each lead and column comes to, as a share of all that speaks for the score.

    Parameters
    ----------
    values : array-like, shape (n_leads, n_frequencies, n_times)
        Of an attribution.

    Returns
    -------
    ndarray, shape (n_leads, n_times)
        Negative where more speaks against the score than for it; all 0 where nothing speaks for it.

    Examples
    --------
    >>> sum_net([[[3.0, -1.0], [1.0, 0.0]]]).tolist()
    [[1.0, -0.25]]
    """
    known = np.nan_to_num(np.asarray(values, dtype=np.float64))
    total = np.maximum(known, 0.0).sum()
    return np.asarray(known.sum(axis=1) / total if total > 0 else np.zeros((known.shape[0], known.shape[2])))


def add_boxes(axes: Axes, boxes: Boxes, colours: NDArray[np.float64], zorder: float) -> None:
    """Fill boxes, one colour each, without seams between them; `boxes` are left, right, low and high, shape (n,)."""
    from matplotlib.collections import PolyCollection

    left, right, low, high = (np.asarray(edge, dtype=np.float64) for edge in boxes)
    corners = [np.stack(corner, -1) for corner in ((left, low), (right, low), (right, high), (left, high))]
    look: dict[str, Any] = {"linewidths": 0, "antialiaseds": False, "zorder": zorder}
    axes.add_collection(PolyCollection(list(np.stack(corners, 1)), facecolors=colours, **look), autolim=False)


def draw_swatch(
    figure: Figure, place: tuple[float, float], colours: tuple[str, ...], share: float = 1.0, n_steps: int = 24
) -> None:
    """Draw a scale of colours, from nothing to most, 12 mm wide and filling a share of its height."""
    axes = style.place_axes(figure, *place, SWATCH, 2.4)
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0), xticks=[], yticks=[])
    edges = np.linspace(0.0, 1.0, n_steps + 1)
    add_boxes(axes, (edges[:-1], edges[1:], 0 * edges[1:], 0 * edges[1:] + share), make_ramp(colours)(edges[1:]), 0.5)


def write_key(figure: Figure, place: tuple[float, float], text: str) -> float:
    """Write a small text beside a swatch at these millimetres of the figure; return its width."""
    from matplotlib.textpath import TextPath

    width, height = figure.get_size_inches() * 25.4
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.MUTED, "va": "center"}
    figure.text(place[0] / width, (place[1] + 1.2) / height, text, **words)
    return float(TextPath((0, 0), text, size=style.NOTE_POINTS).get_extents().width) * 25.4 / 72
