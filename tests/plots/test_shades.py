"""Amounts and their colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose
from PIL import Image

from ictal.plots import shades, style


def grey(colour: str) -> float:
    """Return the lightness that is left of a colour in a copy without colours, 0 to 1."""
    return float(np.dot(to_rgb(colour), [0.299, 0.587, 0.114]))


@pytest.mark.parametrize("colours", [shades.FOR, shades.AGAINST, shades.ALONE])
def test_more_is_darker_in_grey_too(colours: tuple[str, ...]) -> None:
    lightness = [grey(colour) for colour in colours]
    assert (np.diff(lightness) < -0.03).all()


@pytest.mark.parametrize("colours", [shades.FOR, shades.AGAINST])
def test_ink_is_legible_on_every_shade(colours: tuple[str, ...]) -> None:
    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for colour in colours:
        assert (luminance(colour) + 0.05) / (luminance(style.INK) + 0.05) > 4.5, "WCAG 2.1, AA"


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=60))
def test_net_shares_add_up_to_what_speaks_for_less_what_speaks_against(values: list[float]) -> None:
    array = np.array(values).reshape(1, -1, 1)
    positive = array[array > 0].sum()
    wanted = array.sum() / positive if positive > 0 else 0.0
    assert_allclose(shades.sum_net(array).sum(), wanted, atol=1e-9)


def test_one_spike_does_not_pale_all_else() -> None:
    amounts = np.ones(1000)
    amounts[5] = 1e6
    assert shades.find_top(amounts) == 1.0


def test_boxes_fill_their_edges_and_nothing_else() -> None:
    figure = style.new_figure(25.4, 25.4)
    axes = style.place_axes(figure, 0.0, 0.0, 25.4, 25.4)
    axes.set(xlim=(0, 4), ylim=(0, 4), xticks=[], yticks=[])
    shades.add_boxes(axes, ([1.0], [2.0], [3.0], [4.0]), np.array([[1.0, 0.0, 0.0, 1.0]]), 1.0)
    pixels = np.asarray(Image.open(io.BytesIO(style.encode_png(figure))).convert("RGB")).astype(int)
    red = (pixels[..., 0] - pixels[..., 1]) > 100
    rows, columns = np.nonzero(red)
    side = pixels.shape[0]
    assert_allclose([rows.min() / side, (rows.max() + 1) / side], [0.0, 0.25], atol=0.02)
    assert_allclose([columns.min() / side, (columns.max() + 1) / side], [0.25, 0.5], atol=0.02)


def test_width_of_a_text_is_in_millimetres() -> None:
    figure = style.new_figure(100.0, 10.0)
    one, two = (shades.write_key(figure, (0.0, 2.0), "m" * count) for count in (10, 20))
    assert 10.0 < one < 25.0
    assert two == pytest.approx(2 * one, rel=0.1)
