"""Pictures of several detectors: every subject is a dot, every interval a line."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from ictal.plots import style
from ictal.plots.forest import N_COLUMNS, DotPanel, ForestRow, draw_dots, draw_forest

VALUES = np.array([[0.2, 0.4, np.nan], [0.5, 0.9, 1.0]])
PANEL = DotPanel("F1", VALUES, [0.3, 0.8], [0.2, 0.5], [0.4, 1.0])
ROWS = [
    ForestRow("event F1", "new", 0.1, -0.1, 0.3, "+0.100 [−0.100, +0.300]  p 0.250"),
    ForestRow("", "a name that is far too long to stand there", -0.2, np.nan, np.nan, "−0.200  p 1.000"),
]


def lines(figure: Figure, marker: str, axes: int = 0) -> list[np.ndarray]:
    return [np.asarray(line.get_xdata()) for line in figure.axes[axes].lines if line.get_marker() == marker]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts] + [one.get_text() for one in figure.texts]


def test_every_subject_is_a_dot_for_each_detector() -> None:
    figure = draw_dots(["old", "new"], [PANEL])
    assert_allclose(lines(figure, "o"), VALUES.T)
    assert_allclose(lines(figure, "D"), [[0.3], [0.8]])
    assert figure.axes[0].get_title(loc="left") == "F1"


def test_the_first_detector_is_on_top() -> None:
    figure = draw_dots(["old", "new"], [PANEL])
    low, high = figure.axes[0].get_ylim()
    assert low > high
    assert list(figure.axes[0].get_yticks()) == [0.0, 1.0]


def test_names_stand_left_of_the_first_column_only() -> None:
    figure = draw_dots(["old", "new"], [PANEL] * (N_COLUMNS + 1))
    named = [[tick.get_text() for tick in axes.get_yticklabels()] for axes in figure.axes]
    assert named == [["old", "new"], ["", ""], ["", ""], ["old", "new"]]


def test_rates_have_room_for_all() -> None:
    rates = DotPanel("false alarms", np.array([[0.0, 280.0]]), [140.0], [0.0], [280.0], is_share=False)
    assert draw_dots(["old"], [rates]).axes[0].get_xlim()[1] > 280.0
    nothing = DotPanel("false alarms", np.array([[0.0, 0.0]]), [0.0], [np.nan], [np.nan], is_share=False)
    assert draw_dots(["old"], [nothing]).axes[0].get_xlim() == (0.0, 1.0)


def test_panels_stay_on_the_page_and_apart() -> None:
    figure = draw_dots(["a", "b", "c"], [PANEL.__class__("F1", np.ones((3, 2)), [1.0] * 3, [1.0] * 3, [1.0] * 3)] * 7)
    boxes = [axes.get_position() for axes in figure.axes]
    assert all(0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1 for box in boxes)
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_a_difference_is_a_line_with_its_numbers() -> None:
    figure = draw_forest(ROWS, [], "right is better")
    assert_allclose(lines(figure, "D"), [[0.1], [-0.2]])
    assert "+0.100 [−0.100, +0.300]  p 0.250" in texts(figure)
    assert "right is better" in texts(figure)
    assert any(text.startswith("…") and text.endswith("long to stand there") for text in texts(figure))


def test_nothing_and_zero_lie_in_the_middle() -> None:
    for rows in (ROWS, [ForestRow("F1", "", 0.0, 0.0, 0.0, "0")], [ForestRow("F1", "", 0.0, np.nan, np.nan, "0")]):
        low, high = draw_forest(rows, []).axes[0].get_xlim()
        assert low == -high < 0


def test_rates_have_an_axis_of_their_own() -> None:
    figure = draw_forest(ROWS, [ForestRow("false alarms", "new", 96.0, 40.0, 152.0, "+96")])
    assert [axes.get_xlabel() for axes in figure.axes] == ["difference of shares", "difference in 24 h"]
    assert figure.axes[0].get_xlim()[1] < 1 < figure.axes[1].get_xlim()[1]


@pytest.mark.parametrize("n_rows", [1, 8, 60])
def test_it_grows_with_its_rows(n_rows: int) -> None:
    figure = draw_forest(ROWS[:1] * n_rows, ROWS[:1])
    assert all(0 <= axes.get_position().y0 < axes.get_position().y1 <= 1 for axes in figure.axes)
    assert b"<svg" in style.encode_svg(figure)
