"""Head maps against the geometry of a sphere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.plots import style
from ictal.plots.headmap import draw_headmap, draw_headmaps, project_flat, spread_flat, spread_weights

PLACES = np.stack([positions()[name] for name in SCALP_19])


def test_the_projection_keeps_angle_from_the_vertex_and_direction() -> None:
    flat = project_flat(PLACES)
    angles = np.arccos(np.clip(PLACES @ [0.0, 0.0, 1.0], -1.0, 1.0))
    assert_allclose(np.hypot(*flat.T), angles / (np.pi / 2), atol=1e-12)
    off_centre = angles > 1e-9
    directions = np.arctan2(PLACES[:, 1], PLACES[:, 0])
    assert_allclose(np.arctan2(flat[:, 1], flat[:, 0])[off_centre], directions[off_centre])


@given(st.lists(st.floats(min_value=0.0, max_value=1.0), min_size=19, max_size=19), st.integers(0, 2**32 - 1))
def test_a_map_never_leaves_the_range_of_its_weights(values: list[float], seed: int) -> None:
    targets = np.random.default_rng(seed).normal(size=(20, 3))
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    field = spread_weights(PLACES, values, targets)
    assert field.min() >= min(values) - 1e-12
    assert field.max() <= max(values) + 1e-12


@pytest.mark.parametrize("name", ["T7", "T8", "Fz", "Pz", "F8"])
def test_on_the_flat_map_an_electrode_is_where_the_projection_puts_it(name: str) -> None:
    values = [float(name == other) for other in SCALP_19]
    line = np.linspace(-1.0, 1.0, 41)
    right, front = project_flat([positions()[name]])[0]
    field = spread_flat(PLACES, values, 41)
    inside = np.hypot(*np.meshgrid(line, line)) <= 1.0
    row, column = np.unravel_index(np.where(inside, field, 0.0).argmax(), field.shape)
    assert_allclose([line[column], line[row]], [right, front], atol=0.1)


def test_a_map_is_highest_at_the_electrode_that_drives() -> None:
    for number in range(len(SCALP_19)):
        values = np.eye(len(SCALP_19))[number]
        assert spread_weights(PLACES, values, PLACES).argmax() == number


def test_electrodes_of_carrying_leads_are_named_and_their_leads_coloured() -> None:
    weights = {lead: 0.8 if lead in {"F7-T7", "T7-P7"} else 0.3 for lead in MONTAGES["double-banana"].labels}
    axes = draw_headmap(weights).axes[0]
    assert {text.get_text() for text in axes.texts} == {"F7", "T7", "P7"}
    lines = [line for line in axes.lines if line.get_color() == style.DETECTED and len(line.get_xdata()) == 2]
    assert len(lines) == 2
    assert all(x < 0 for line in lines for x in line.get_xdata()), "left is on the left"


def test_referential_leads_need_no_line() -> None:
    axes = draw_headmap({"C3-AVG": 1.0, "C4-AVG": 0.0}).axes[0]
    assert {text.get_text() for text in axes.texts} == {"C3"}


def test_labels_without_a_place_are_refused() -> None:
    with pytest.raises(ParameterError, match="left cortex"):
        draw_headmap({"left cortex": 1.0})


def test_small_heads_stand_side_by_side_with_their_words() -> None:
    maps = {words: {"F7-T7": height, "F8-T8": 0.1} for words, height in (("0 s", 0.2), ("5 s", 0.6), ("10 s", 1.0))}
    axes = draw_headmaps(maps).axes
    assert [one.get_title() for one in axes] == ["0 s", "5 s", "10 s"]
    lefts = [one.get_position().x0 for one in axes]
    assert_allclose(np.diff(lefts), 1 / 3)
    ranges = {one.images[0].get_clim() for one in axes}
    assert len(ranges) == 1, "all on one scale"
    highest = [float(one.images[0].get_array().max()) for one in axes]
    assert highest == sorted(highest)


def test_no_small_head_and_one_without_a_place_are_refused() -> None:
    with pytest.raises(ParameterError, match="maps: none came"):
        draw_headmaps({})
    with pytest.raises(ParameterError, match="left cortex"):
        draw_headmaps({"0 s": {"left cortex": 1.0}})
