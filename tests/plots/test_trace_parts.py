"""What stands on a page of EEG, each where its seconds and millimetres are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ictal.core.events import Event
from ictal.core.montage import MONTAGES
from ictal.core.scores import Scores
from ictal.plots import style
from ictal.plots.trace_parts import (
    LANE,
    LEFT,
    Page,
    draw_leads,
    draw_probability_lane,
    draw_scale,
    lay_out_page,
    mark_events,
    measure_page,
    write_labels,
)

LEADS = MONTAGES["double-banana"].labels


@pytest.fixture
def page() -> Page:
    return lay_out_page(style.new_figure(180.0, 120.0), LEADS, (100.0, 120.0), (LEFT, 10.0), 140.0, 1)


def test_a_unit_upward_is_a_millimetre_and_the_page_as_high_as_measured(page: Page) -> None:
    low, high = page.axes.get_ylim()
    box = page.axes.get_position()
    assert high - low == pytest.approx(measure_page(LEADS, 1))
    assert box.height * 120.0 == pytest.approx(high - low)
    assert box.width * 180.0 == pytest.approx(page.width)
    assert high == LANE


def test_negative_is_up_on_each_lead(page: Page) -> None:
    draw_leads(page, np.full((len(LEADS), 2000), -20.0), 100.0, 10.0, masked=("Fz-Cz",))
    lines = [line for line in page.axes.lines if line.get_color() == style.INK]
    drawn = [row for row, label in enumerate(LEADS) if label != "Fz-Cz"]
    for row, line in zip(drawn, lines, strict=True):
        assert_allclose(line.get_ydata(), page.heights[row] + 2.0)


def test_each_name_stands_at_its_lead(page: Page) -> None:
    write_labels(page, driving=("T7-P7",))
    for row, label in enumerate(LEADS):
        name = next(text for text in page.axes.texts if text.get_text() == label)
        assert name.xy[1] == page.heights[row]
        assert (name.get_color() == style.DETECTED) == (label == "T7-P7")


def test_events_are_cut_to_the_page_and_shaded_only_when_asked(page: Page) -> None:
    before = len(page.axes.patches)
    mark_events(page, [("detected", [Event(110.0, 50.0)])], shaded=False)
    bar = next(c for c in page.axes.collections if c.get_zorder() == 6).get_paths()[0].get_extents()
    assert (bar.x0, bar.x1) == (110.0, 120.0)
    assert len(page.axes.patches) == before + 1, "nothing but the paper behind the bars"


def test_the_scale_moves_to_the_right_by_millimetres(page: Page) -> None:
    draw_scale(page, 10.0)
    draw_scale(page, 10.0, right=7.0)
    first, second = (line.get_xdata()[0] for line in page.axes.lines)
    assert (second - first) * page.width / 20.0 == pytest.approx(7.0)


def test_the_probability_of_a_frame_stands_over_its_seconds() -> None:
    axes = style.place_axes(style.new_figure(100.0, 20.0), 5.0, 5.0, 90.0, 10.0)
    draw_probability_lane(axes, (10.0, 20.0), Scores(np.column_stack([np.ones(60), np.arange(60.0) / 60]), 0.0, 1.0))
    steps = axes.patches[0].get_data()
    assert_allclose(steps.values, np.floor(steps.edges[:-1]) / 60)
