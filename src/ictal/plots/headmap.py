"""Where on the head: small maps of the leads that carry an event, at its onset and as it spreads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.electrodes import positions
from ictal.core.errors import ParameterError
from ictal.core.localisation import CARRYING_SHARE, place_leads, weigh_electrodes
from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_SIDE = 34.0
_GRID = 81
_SMALL_SIDE, _WORDS, _SMALL_GRID = 22.0, 4.0, 41
_REACH = 0.25


def project_flat(places: ArrayLike) -> Array:
    """Return points of the unit sphere as seen from above, with the ring Fpz–T7–Oz–T8 as the unit circle.

    Parameters
    ----------
    places : array-like, shape (n, 3)
        Right, front, up.

    Returns
    -------
    ndarray, shape (n, 2)
        Right and front; distances from Cz are kept (azimuthal equidistant).

    Examples
    --------
    >>> project_flat([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    points = np.asarray(places, dtype=np.float64)
    radius = np.arccos(np.clip(points[:, 2], -1.0, 1.0)) / (np.pi / 2)
    across = np.hypot(points[:, 0], points[:, 1])
    scale = np.divide(radius, across, out=np.zeros_like(radius), where=across > 1e-12)
    return np.asarray(points[:, :2] * scale[:, None])


def spread_weights(places: ArrayLike, values: ArrayLike, targets: ArrayLike) -> Array:
    """Interpolate on the sphere by inverse distance to the fourth, so that no value lies outside those given.

    Parameters
    ----------
    places : array-like, shape (n, 3)
        Where the values are known, on the unit sphere.
    values : array-like, shape (n,)
    targets : array-like, shape (m, 3)

    Returns
    -------
    ndarray, shape (m,)

    References
    ----------
    Shepard, A two-dimensional interpolation function for irregularly-spaced data, ACM 1968. A spline would ring
    below zero and above one, which a weight between them must not.

    Examples
    --------
    >>> spread_weights([[1, 0, 0], [-1, 0, 0]], [1.0, 0.0], [[0, 0, 1], [1, 0, 0]]).round(3).tolist()
    [0.5, 1.0]
    """
    known, wanted = np.asarray(places, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    squared = ((wanted[:, None, :] - known[None, :, :]) ** 2).sum(axis=2)
    # The reach keeps the map smooth at the electrodes themselves.
    share = 1.0 / (squared + _REACH**2) ** 2
    return np.asarray((share @ np.asarray(values, dtype=np.float64)) / share.sum(axis=1))


def spread_flat(places: ArrayLike, values: ArrayLike, size: int) -> Array:
    """Interpolate over the head as :func:`project_flat` shows it, by :func:`spread_weights`.

    Parameters
    ----------
    places : array-like, shape (n, 3)
    values : array-like, shape (n,)
    size : int
        Points along each side of the square around the unit circle.

    Returns
    -------
    ndarray, shape (size, size)
        Rows from the back to the front, columns from left to right; the corners are below the ring.

    Examples
    --------
    >>> left, right = spread_flat([[-1, 0, 0], [1, 0, 0]], [0.0, 1.0], 3)[1, [0, 2]]
    >>> bool(left < 0.01), bool(right > 0.99)
    (True, True)
    """
    line = np.linspace(-1.0, 1.0, size)
    right, front = np.meshgrid(line, line)
    radius = np.hypot(right, front)
    angle = radius * np.pi / 2
    flat = np.where(radius > 1e-12, np.sin(angle) / np.maximum(radius, 1e-12), 0.0)
    targets = np.stack([right * flat, front * flat, np.cos(angle)], axis=-1).reshape(-1, 3)
    return spread_weights(places, values, targets).reshape(size, size)


def draw_headmap(weights: Mapping[str, float]) -> Figure:
    """Draw a head seen from above, nose up, left on the left, with the leads that carry an event.

    Leads with at least half of the highest weight are drawn as strong lines, and their electrodes named.

    Parameters
    ----------
    weights : mapping of str to float
        Every lead analysed, and how much it carries the event, 0 to 1.

    Raises
    ------
    ParameterError
        If no label names an electrode.

    Examples
    --------
    >>> figure = draw_headmap({"Fp1-F7": 1.0, "F7-T7": 0.5, "Fp2-F8": 0.0})
    >>> len(figure.axes)
    1
    """
    figure = style.new_figure(_SIDE, _SIDE)
    axes = style.place_axes(figure, 0.0, 0.0, _SIDE, _SIDE)
    known = _draw_head(axes, weights, _GRID)
    _draw_placed(axes, weights, known)
    return figure


def draw_headmaps(maps: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw small heads side by side, as for :func:`draw_headmap`, with what each is of below it; all on one scale.

    Parameters
    ----------
    maps : mapping of str to mapping
        The words below a head, and the weights of its leads.

    Raises
    ------
    ParameterError
        If there is no head, or one whose labels name no electrode.

    Examples
    --------
    >>> figure = draw_headmaps({"0 s": {"F7-T7": 1.0, "F8-T8": 0.0}, "5 s": {"F7-T7": 1.0, "F8-T8": 0.7}})
    >>> [axes.get_title() for axes in figure.axes]
    ['0 s', '5 s']
    """
    if not maps:
        raise ParameterError("maps: none came; one head or more is needed.")
    figure = style.new_figure(len(maps) * _SMALL_SIDE, _SMALL_SIDE + _WORDS)
    for number, (words, weights) in enumerate(maps.items()):
        axes = style.place_axes(figure, number * _SMALL_SIDE, _WORDS, _SMALL_SIDE, _SMALL_SIDE)
        known = _draw_head(axes, weights, _SMALL_GRID)
        axes.plot(*np.array(list(known.values())).T, "o", color=style.MUTED, markersize=0.9, zorder=4)
        axes.set_title(words, fontsize=style.LABEL_POINTS, color=style.INK, y=-0.1, va="center", pad=0.0)
    return figure


def _draw_head(axes: Axes, weights: Mapping[str, float], grid: int) -> dict[str, Array]:
    """Draw the field and the outline of a head; return where its electrodes are, seen from above."""
    known = weigh_electrodes(weights)
    if not known:
        raise ParameterError(f"weights: the labels {', '.join(weights)} name no electrode of the 10-20 system.")
    axes.set_axis_off()
    places = np.stack([positions()[name] for name in known])
    _draw_field(axes, places, np.array(list(known.values())), grid)
    axes.set(xlim=(-1.28, 1.28), ylim=(-1.22, 1.34))
    _draw_outline(axes)
    return dict(zip(known, project_flat(places), strict=True))


def _draw_field(axes: Axes, places: Array, values: Array, grid: int) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Circle

    field = spread_flat(places, values, grid)
    colours = LinearSegmentedColormap.from_list("drive", [style.PAPER, style.DETECTED_SHADE, "#f2a56b", style.DETECTED])
    picture = axes.imshow(
        field, extent=(-1, 1, -1, 1), origin="lower", cmap=colours, vmin=0, vmax=1.2, interpolation="bilinear"
    )
    picture.set_clip_path(Circle((0, 0), 1.0, transform=axes.transData))


def _draw_outline(axes: Axes) -> None:
    from matplotlib.patches import Circle, Ellipse

    look: dict[str, Any] = {"edgecolor": style.MUTED, "facecolor": "none", "linewidth": 0.8}
    axes.add_patch(Circle((0, 0), 1.0, **look))
    axes.plot([-0.13, 0.0, 0.13], [0.99, 1.16, 0.99], color=style.MUTED, linewidth=0.8, solid_joinstyle="round")
    for side in (-1, 1):
        axes.add_patch(Ellipse((side * 1.05, 0.0), 0.09, 0.34, **look))


def _draw_placed(axes: Axes, weights: Mapping[str, float], flat: Mapping[str, Array]) -> None:
    """Draw leads as lines, electrodes as dots, and name the electrodes of the leads that carry the event."""
    named: set[str] = set()
    least = CARRYING_SHARE * max(weights.values())
    for lead, weight in place_leads(weights).items():
        ends = [name for name in (lead.anode, lead.cathode) if name in flat]
        carries = weight > 0 and weight >= least
        named |= set(ends) if carries else set()
        if len(ends) == 2:
            width, colour = (0.6 + 1.6 * weight, style.DETECTED) if carries else (0.5, style.RULE)
            axes.plot(*np.stack([flat[name] for name in ends]).T, color=colour, linewidth=width, zorder=2 + weight)
    for name, (x, y) in flat.items():
        drives = name in named
        axes.plot(
            x, y, "o", color=style.DETECTED if drives else style.UNSEEN, markersize=2.6 if drives else 1.8, zorder=4
        )
        if drives:
            # Names of the outer ring stand inside it, where no lead and no ear is.
            place = (0.83 * x, 0.83 * y) if np.hypot(x, y) > 0.8 else (x, y + 0.1)
            axes.text(*place, name, fontsize=5.0, color=style.INK, ha="center", va="center", zorder=5)
