"""The size of pictures, and what their files do and do not hold."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from ictal.plots import style


@pytest.fixture
def figure() -> Figure:
    figure = style.new_figure(127.0, 50.8)
    axes = style.place_axes(figure, 25.4, 12.7, 50.8, 25.4)
    axes.plot([0.0, 1.0], [0.0, 1.0], color=style.DETECTED, linewidth=3.0)
    return figure


def open_png(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_millimetres_become_pixels(figure: Figure) -> None:
    assert open_png(style.encode_png(figure)).size == (5 * style.DOTS_PER_INCH, 2 * style.DOTS_PER_INCH)


def test_axes_stand_where_they_are_put(figure: Figure) -> None:
    box = figure.axes[0].get_position()
    assert (box.x0, box.y0, box.width, box.height) == pytest.approx((0.2, 0.25, 0.4, 0.5))


def test_png_holds_no_text_and_few_colours(figure: Figure) -> None:
    picture = open_png(style.encode_png(figure))
    assert picture.info.keys() <= {"transparency"}
    colours = {tuple(pixel) for pixel in np.asarray(picture.convert("RGB")).reshape(-1, 3)}
    assert len(colours) <= 16
    assert tuple(bytes.fromhex(style.DETECTED[1:])) in colours


def test_svg_is_xml_of_the_stated_size_without_date_or_links(figure: Figure) -> None:
    data = style.encode_svg(figure)
    root = ElementTree.fromstring(data)
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(360.0)
    text = data.decode()
    assert "<dc:date>" not in text
    assert "matplotlib.org" not in text
    assert "<text" not in text, "letters are shapes, so that a picture looks the same everywhere"


def test_pictures_are_the_same_each_time(figure: Figure) -> None:
    assert style.encode_svg(figure) == style.encode_svg(figure)
    assert style.encode_png(figure) == style.encode_png(figure)


def test_a_hatched_span_lies_where_it_should() -> None:
    axes = style.place_axes(style.new_figure(50.0, 50.0), 0.0, 0.0, 50.0, 50.0)
    style.hatch_span(axes, 2.0, 5.0, -1.0, 3.0)
    box = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert box.extents == pytest.approx([2.0, -1.0, 5.0, 3.0])
    assert axes.patches[0].get_hatch()


def test_shades_get_colours_of_their_own(figure: Figure) -> None:
    axes = figure.axes[0]
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    greens = ["#2e8b57", "#9fd8b4", "#4fb07a"]
    axes.bar([0.1, 0.4, 0.7], 1.0, width=0.2, align="edge", color=greens, linewidth=0)
    picture = np.asarray(open_png(style.encode_png(figure)).convert("RGB")).astype(int)
    assert (picture[0, 0] == 255).all(), "paper stays white"
    for green in greens:
        wanted = np.array(list(bytes.fromhex(green[1:])))
        assert (np.abs(picture - wanted).max(axis=2) <= 12).mean() > 0.02
