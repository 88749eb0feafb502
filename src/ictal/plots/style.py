"""One look for every picture: sizes in millimetres, colours with one meaning each, and how a picture becomes bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE_WIDTH = 180.0
"""Millimetres: an A4 page between margins of 15 mm, so that a printed picture has its stated scale."""

DOTS_PER_INCH = 200

INK = "#1c2733"
MUTED = "#5b6875"
RULE = "#c3cbd4"
FAINT_RULE = "#e8ebef"
PAPER = "#ffffff"
VEIL = "#eef0f3"
DETECTED = "#c2410c"
DETECTED_SHADE = "#fdf0e3"
BAND = "#f6d9c3"
FALSE_ALARM = "#7b3fa0"
REFERENCE = "#3b74b9"
MISSED = "#1d4f91"
NIGHT_SHADE = "#dfe6f2"
UNSEEN = "#9aa5b1"

LABEL_POINTS = 6.5
NOTE_POINTS = 5.8
_PNG_PALETTE = (
    *(PAPER, VEIL, RULE, UNSEEN, MUTED, "#3b4754", INK),
    *(DETECTED_SHADE, "#f3d0b8", "#e59a73", "#d46d3d", DETECTED),
    *("#a5b9d3", MISSED, REFERENCE, FALSE_ALARM),
)
"""Lines on white need few colours: sixteen, with steps between for soft edges, make a file half the size."""

_VISIBLE, _MOST_LOST = 16, 0.002
"""By how much of 255 a plain area may be off its colour, and how much of a picture may be off by more."""

_HATCH = "//////"
_HATCH_WIDTH = 0.5

_MILLIMETRES_PER_INCH = 25.4


def new_figure(width: float, height: float) -> Figure:
    """Return an empty white figure of `width` by `height` millimetres.

    Examples
    --------
    >>> figure = new_figure(254.0, 25.4)
    >>> [round(float(side), 6) for side in figure.get_size_inches()]
    [10.0, 1.0]
    """
    from matplotlib.figure import Figure

    size = (width / _MILLIMETRES_PER_INCH, height / _MILLIMETRES_PER_INCH)
    return Figure(figsize=size, dpi=DOTS_PER_INCH, facecolor=PAPER)


def place_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add bare axes whose inner frame lies at these millimetres of the figure."""
    figure_width, figure_height = figure.get_size_inches() * _MILLIMETRES_PER_INCH
    axes = figure.add_axes(
        (left / figure_width, bottom / figure_height, width / figure_width, height / figure_height), facecolor=PAPER
    )
    for side in axes.spines.values():
        side.set_color(RULE)
        side.set_linewidth(0.5)
    axes.tick_params(
        labelsize=NOTE_POINTS,
        labelcolor=MUTED,
        color=RULE,
        width=0.5,
        length=2.0,
        pad=1.5,
        labelfontfamily="DejaVu Sans",
    )
    return axes


def write_above(axes: Axes, rule: str, note: str = "") -> None:
    """Write what is counted, and below it what it comes to, above the axes."""
    for text, lift, colour, points in ((rule, 11.0, INK, LABEL_POINTS), (note, 3.0, MUTED, NOTE_POINTS)):
        axes.annotate(
            text,
            (0.0, 1.0),
            xytext=(0.0, lift),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=points,
            color=colour,
            ha="left",
            va="bottom",
        )


def hatch_span(axes: Axes, start: float, stop: float, low: float, high: float) -> None:
    """Hatch a stretch of time between two heights of the axes: nothing was seen there."""
    import matplotlib
    from matplotlib.patches import Rectangle

    with matplotlib.rc_context({"hatch.linewidth": _HATCH_WIDTH}):
        box = Rectangle((start, low), stop - start, high - low, facecolor=VEIL, edgecolor=UNSEEN, linewidth=0.0)
        box.set_hatch(_HATCH)
    box.set_zorder(1.5)
    axes.add_patch(box)


def encode_png(figure: Figure) -> bytes:
    """Return the figure as a PNG file of few colours, without the name or date of its maker.

    Lines on paper get the colours of the house; where shades would become steps, a picture has 256 of its own.

    Examples
    --------
    >>> encode_png(new_figure(10.0, 10.0))[:4]
    b'\\x89PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.frombytes("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()))
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(bytes.fromhex(colour[1:]) for colour in _PNG_PALETTE))
    buffer = io.BytesIO()
    whole = picture.convert("RGB")
    few = whole.quantize(palette=palette, dither=Image.Dither.NONE)
    if _lose_shades(np.asarray(whole), np.asarray(few.convert("RGB"))):
        few = whole.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        # An octree makes white a little darker.
        levels = np.asarray(few.getpalette(), dtype=np.uint8)
        few.putpalette(np.where(levels >= 254, np.uint8(255), levels).tobytes())
    few.save(buffer, format="png", compress_level=6)
    return buffer.getvalue()


def _lose_shades(whole: NDArray[np.uint8], few: NDArray[np.uint8]) -> bool:
    """Tell whether plain areas, not the soft edges of lines, change their colours; pictures are (height, width, 3)."""
    plain = (whole[1:, 1:] == whole[:-1, :-1]).all(axis=2)
    off = np.abs(few[1:, 1:].astype(np.int16) - whole[1:, 1:]).max(axis=2) > _VISIBLE
    return bool((plain & off).mean() > _MOST_LOST)


def encode_svg(figure: Figure) -> bytes:
    """Return the figure as an SVG file, without the name or date of its maker.

    Examples
    --------
    >>> b"<svg" in encode_svg(new_figure(10.0, 10.0))
    True
    """
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "ictal"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return buffer.getvalue()
