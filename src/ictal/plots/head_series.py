"""Where on the head, slice by slice of an event."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.electrodes import positions
from ictal.core.errors import ParameterError
from ictal.core.localisation import weigh_electrodes
from ictal.core.spans import Span
from ictal.plots import shades, style
from ictal.plots.clock import tick_step
from ictal.plots.headmap import project_flat, spread_weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAPTION = 6.0
"""Millimetres below each head."""

_HEAD, _GAP, _KEY = 26.0, 2.0, 5.0
_GRID = 61
_STEPS = 8
_NAMED = 0.7


def cut_slices(span: Span, most: int = 7) -> tuple[Span, ...]:
    """Cut a span into slices of a round number of seconds, the last of which may be shorter.

    Examples
    --------
    >>> cut_slices((100.0, 125.0))
    ((100.0, 105.0), (105.0, 110.0), (110.0, 115.0), (115.0, 120.0), (120.0, 125.0))
    """
    start, stop = span
    step = tick_step(stop - start, most)
    edges = [start, *np.arange(start + step, stop - 0.5 * step, step).tolist(), stop]
    return tuple(itertools.pairwise(edges))


def weigh_slices(attribution: Attribution, slices: Sequence[Span]) -> list[dict[str, float]]:
    """Return what each lead counted in each slice, as a share of all a second; columns count by their middle.

    Examples
    --------
    >>> weigh_slices(Attribution([[[3.0, 1.0]]], 0.0, 1.0, ("F7-T7",)), [(0.0, 1.0), (0.0, 2.0)])
    [{'F7-T7': 0.75}, {'F7-T7': 0.5}]
    """
    middles = attribution.times + attribution.step / 2
    of_leads = attribution.evidence.sum(axis=1)
    found = []
    for first, last in slices:
        inside = (middles >= first) & (middles < last)
        weights = of_leads[:, inside].sum(axis=1) / (last - first)
        found.append(dict(zip(attribution.leads, weights.tolist(), strict=True)))
    return found


def can_place(labels: Sequence[str]) -> bool:
    """Tell whether leads have places on the head: more than one electrode of the 10-20 system is named.

    Examples
    --------
    >>> can_place(["F7-T7"]), can_place(["left cortex"])
    (True, False)
    """
    return len(weigh_electrodes(dict.fromkeys(labels, 0.0))) > 1


def draw_head_series(attribution: Attribution, span: Span) -> Figure:
    """Draw a head for each slice of an event, seen from above, nose up, all on one scale.

    Parameters
    ----------
    attribution : Attribution
        Of leads that name electrodes.
    span : (float, float)
        Onset and end of the event; what the attribution does not tell about is left out.

    Raises
    ------
    ParameterError
        If the leads have no place on the head, or the attribution tells about nothing of the event.

    Examples
    --------
    >>> attribution = Attribution(np.ones((2, 1, 40)), 0.0, 0.25, ("F7-T7", "T7-P7"))
    >>> figure = draw_head_series(attribution, (2.0, 6.0))
    >>> len(figure.axes)  # four heads and the key
    5
    """
    seen = clip_span(attribution, span)
    if not can_place(attribution.leads) or seen[1] <= seen[0]:
        raise ParameterError(
            f"attribution: heads are drawn for {span[0]:g} to {span[1]:g} s; it tells about {attribution.start:g} to "
            f"{attribution.stop:g} s of the leads {', '.join(attribution.leads) or 'all together'}."
        )
    slices = cut_slices(seen)
    width = len(slices) * (_HEAD + _GAP) + _GAP
    figure = style.new_figure(width, _HEAD + CAPTION + _KEY)
    top = place_head_series(figure, attribution, span, (_GAP, _KEY), width - 2 * _GAP)
    draw_head_key(figure, top, (_GAP, 1.5))
    return figure


def clip_span(attribution: Attribution, span: Span) -> Span:
    """Return what of a span an attribution tells about.

    Examples
    --------
    >>> clip_span(Attribution([[[1.0]]], 2.0, 4.0), (1.0, 5.0))
    (2.0, 5.0)
    """
    return max(span[0], attribution.start), min(span[1], attribution.stop)


def place_head_series(
    figure: Figure,
    attribution: Attribution,
    span: Span,
    place: tuple[float, float],
    width: float,
    tallest: float = _HEAD,
) -> float:
    """Put a row of heads on a figure, its lower left corner at these millimetres; a head is at most `tallest` high.

    Returns
    -------
    float
        What the darkest colour stands for.
    """
    slices = cut_slices(clip_span(attribution, span))
    weights = weigh_slices(attribution, slices)
    electrodes = [weigh_electrodes(found) for found in weights]
    top = max(max(found.values()) for found in electrodes)
    side = min(tallest, width / len(slices) - _GAP)
    for number, ((first, last), found) in enumerate(zip(slices, electrodes, strict=True)):
        left = place[0] + number * (side + _GAP)
        axes = style.place_axes(figure, left, place[1] + CAPTION, side, side)
        fill_head(axes, found, top)
        share = 100 * sum(weights[number].values()) * (last - first)
        caption = f"{_number(first - span[0])} to {_number(last - span[0])} s"
        words: dict[str, Any] = {"ha": "center", "va": "top", "textcoords": "offset points"}
        words |= {"xycoords": "axes fraction", "fontsize": style.NOTE_POINTS}
        axes.annotate(caption, (0.5, 0.0), xytext=(0, -1), color=style.INK, **words)
        axes.annotate(f"{share:.0f} %", (0.5, 0.0), xytext=(0, -8.5), color=style.MUTED, **words)
    return top


def draw_head_key(figure: Figure, top: float, place: tuple[float, float], each: str = "a second") -> None:
    """Say what the colours of heads mean, at these millimetres of the figure."""
    shades.draw_swatch(figure, place, shades.ALONE, n_steps=_STEPS)
    shades.write_key(figure, (place[0] + shades.SWATCH + 1.5, place[1]), f"0 to {100 * top:.2g} % {each}, each lead")


def fill_head(axes: Axes, electrodes: Mapping[str, float], top: float) -> None:
    """Draw a head filled by how much its electrodes count, `top` being the darkest; name those that count most."""
    from matplotlib.patheffects import withStroke

    axes.set_axis_off()
    axes.set(xlim=(-1.2, 1.2), ylim=(-1.12, 1.28))
    places = np.stack([positions()[name] for name in electrodes])
    values = np.array(list(electrodes.values()))
    if top > 0:
        _fill(axes, places, values / top)
    _outline(axes)
    for name, (x, y), value in zip(electrodes, project_flat(places), values, strict=True):
        axes.plot(x, y, "o", color=style.MUTED, markersize=0.9, zorder=4)
        if top > 0 and value >= _NAMED * top:
            words: dict[str, Any] = {"fontsize": 4.6, "color": style.INK, "ha": "center", "va": "center", "zorder": 5}
            glow = withStroke(linewidth=1.2, foreground=style.PAPER)
            axes.text(0.84 * x, 0.84 * y + 0.05, name, path_effects=[glow], **words)


def _fill(axes: Axes, places: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    from matplotlib.patches import Circle

    line = np.linspace(-1.0, 1.0, _GRID)
    right, front = np.meshgrid(line, line)
    radius = np.hypot(right, front)
    flat = np.where(radius > 1e-12, np.sin(radius * np.pi / 2) / np.maximum(radius, 1e-12), 0.0)
    targets = np.stack([right * flat, front * flat, np.cos(radius * np.pi / 2)], axis=-1).reshape(-1, 3)
    field = spread_weights(places, values, targets).reshape(_GRID, _GRID)
    levels = np.linspace(0.0, 1.0, _STEPS + 1)
    middles = (levels[:-1] + levels[1:]) / 2
    colours = [style.PAPER, *shades.make_ramp(shades.ALONE)(middles[1:])]
    filled = axes.contourf(right, front, np.clip(field, 0.0, 1.0), levels=levels, colors=colours, zorder=1)
    filled.set_clip_path(Circle((0, 0), 1.0, transform=axes.transData))


def _outline(axes: Axes) -> None:
    from matplotlib.patches import Circle, Ellipse

    look: dict[str, Any] = {"edgecolor": style.MUTED, "facecolor": "none", "linewidth": 0.6}
    axes.add_patch(Circle((0, 0), 1.0, zorder=3, **look))
    axes.plot([-0.13, 0.0, 0.13], [0.99, 1.16, 0.99], color=style.MUTED, linewidth=0.6, solid_joinstyle="round")
    for side in (-1, 1):
        axes.add_patch(Ellipse((side * 1.05, 0.0), 0.09, 0.34, **look))


def _number(seconds: float) -> str:
    return f"{seconds:.0f}" if abs(seconds - round(seconds)) < 0.05 else f"{seconds:.1f}"
