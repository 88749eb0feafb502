"""Bars of subjects: their lengths, their names, and what is undefined."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ictal.plots import style
from ictal.plots.bars import Column, draw_bars


def lengths(figure: Figure, column: int) -> list[float]:
    return [bar.get_width() for bar in figure.axes[column].patches]  # type: ignore[attr-defined]


def test_bars_are_as_long_as_the_values_and_undefined_ones_are_dashes() -> None:
    figure = draw_bars(["anna", "bert", "carl"], [Column("AUROC", [0.9, np.nan, 0.7], mean=0.8, top=1.0)])
    assert lengths(figure, 0) == [0.9, 0.7]
    (dash,) = figure.axes[0].texts
    assert (dash.get_text(), dash.xy[1]) == ("–", 1)  # type: ignore[attr-defined]
    assert figure.axes[0].lines[0].get_xdata()[0] == 0.8  # type: ignore[index]
    assert figure.axes[0].get_xlim() == (0.0, 1.0)


def test_the_first_subject_is_on_top_and_names_stand_once() -> None:
    columns = [Column("sensitivity", [0.1, 0.2]), Column("false alarms", [10.0, 20.0], colour=style.FALSE_ALARM)]
    figure = draw_bars(["anna", "bert"], columns)
    assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["anna", "bert"]
    assert not figure.axes[1].get_yticklabels()
    assert figure.axes[1].get_xlim()[1] >= 20.0


def test_nothing_but_undefined_can_be_drawn() -> None:
    figure = draw_bars(["anna"], [Column("AUROC", [np.nan])])
    FigureCanvasAgg(figure).draw()
    assert lengths(figure, 0) == []


@pytest.mark.parametrize("n_subjects", [1, 24, 300])
def test_the_picture_keeps_to_the_page_however_many_there_are(n_subjects: int) -> None:
    names = [f"a rather long name of subject {number}" for number in range(n_subjects)]
    figure = draw_bars(names, [Column("AUROC", np.linspace(0, 1, n_subjects)), Column("F1", np.zeros(n_subjects))])
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(style.PAGE_WIDTH)
    assert height < 260
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    frame = figure.bbox
    for axes in figure.axes:
        box = axes.get_tightbbox(canvas.get_renderer())
        assert box is not None
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1 + 1


def test_numbers_of_24_subjects_stand_behind_their_bars_and_apart() -> None:
    names = [f"sub-{number:02d}" for number in range(24)]
    texts = [f"{number} of 24" for number in range(24)]
    columns = [
        Column("F1", np.linspace(0, 1, 24), top=1.0, texts=texts),
        Column("AUROC", np.linspace(0, 1, 24), top=1.0),
    ]
    figure = draw_bars(names, columns)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer, (first, second) = canvas.get_renderer(), figure.axes
    boxes = [text.get_window_extent(renderer) for text in first.texts]
    assert [text.get_text() for text in first.texts] == texts
    assert all(first.get_window_extent().x1 < box.x0 and box.x1 < second.get_window_extent().x0 for box in boxes)
    assert all(below.y1 <= above.y0 for above, below in itertools.pairwise(boxes))


def test_rows_without_room_have_no_numbers() -> None:
    figure = draw_bars([str(i) for i in range(200)], [Column("F1", np.zeros(200), texts=["0.000"] * 200)])
    assert all(text.get_text() != "0.000" for text in figure.axes[0].texts)
