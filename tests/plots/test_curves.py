"""Pictures of how good a detector is: what they show, and that nothing is cut off or overprinted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from matplotlib.text import Annotation
from numpy.testing import assert_allclose, assert_array_equal

from ictal.plots import style
from ictal.plots.curves import (
    WIDTH,
    choose_bins,
    draw_latencies,
    draw_learning,
    draw_operating,
    draw_precision_recall,
    draw_reliability,
    draw_roc,
)
from ictal.scoring.calibration import measure_reliability
from ictal.scoring.curves import precision_recall_curve, roc_curve

RNG = np.random.default_rng(0)
TRUTH = RNG.random(4000) < 0.1
VALUES = 1 / (1 + np.exp(-RNG.normal(2.0 * TRUTH - 1.0)))
RULE = "SzCORE event-based (timescoring 0.0.7)"
NOTE = "0.57 at 1, 0.80 at 5, 0.86 at 10; ● own threshold 0.60"
GRID = np.linspace(0.0, 1.0, 11)
LIMITS = np.geomspace(0.1, 300.0, 40)
RISING = np.linspace(0.2, 0.95, 40)

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "roc": lambda: draw_roc(roc_curve(VALUES, TRUTH), RULE, NOTE, (GRID, GRID * 0.9, GRID)),
    "precision-recall": lambda: draw_precision_recall(
        precision_recall_curve(VALUES, TRUTH), RULE, NOTE, prevalence=0.1
    ),
    "operating": lambda: draw_operating(LIMITS, RISING, RULE, NOTE, (RISING - 0.1, RISING + 0.05), chosen=(0.0, 0.4)),
    "reliability": lambda: draw_reliability(measure_reliability(VALUES, TRUTH), RULE, NOTE),
    "learning": lambda: draw_learning([1 / np.arange(1.0, 30.0), RISING], "loss", RULE, NOTE, best=[28, 39]),
    "latencies": lambda: draw_latencies(RNG.gamma(2.0, 8.0, 200) - 10.0, RULE, NOTE),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_all_that_is_written_is_inside_the_picture_and_apart(name: str) -> None:
    figure = DRAWINGS[name]()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(WIDTH)
    texts = [
        text
        for axes in figure.axes
        for text in [
            *(child for child in axes.get_children() if isinstance(child, Annotation)),
            *axes.get_xticklabels(),
            *axes.get_yticklabels(),
            axes.xaxis.label,
            axes.yaxis.label,
        ]
        if text.get_text() and text.get_visible()
    ]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts if text.get_window_extent().width > 0]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1
    for i, box in enumerate(boxes):
        assert not any(box.shrunk(0.9, 0.9).overlaps(other) for other in boxes[i + 1 :])


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_picture_names_its_rule_and_its_axes(name: str) -> None:
    figure = DRAWINGS[name]()
    written = [text.get_text() for text in figure.axes[0].texts]
    assert RULE in written
    assert NOTE in written
    assert figure.axes[-1].get_xlabel()
    assert all(axes.get_ylabel() for axes in figure.axes)
    assert min(text.get_fontsize() for text in figure.axes[0].texts) >= style.NOTE_POINTS
    assert style.encode_png(figure)[:4] == b"\x89PNG"
    assert b"<svg" in style.encode_svg(figure)


def line_of(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    line = next(line for line in figure.axes[0].lines if line.get_color() == style.DETECTED)
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def test_curves_are_drawn_as_they_came() -> None:
    roc, precision = roc_curve(VALUES, TRUTH), precision_recall_curve(VALUES, TRUTH)
    assert_array_equal(line_of(draw_roc(roc, RULE)), (roc.x, roc.y))
    assert_array_equal(line_of(draw_precision_recall(precision, RULE)), (precision.x[1:], precision.y[1:]))
    assert_array_equal(line_of(draw_operating(LIMITS, RISING, RULE)), (LIMITS, RISING))


def test_a_band_is_drawn_where_there_is_one() -> None:
    def bands(figure: Figure) -> int:
        return sum(isinstance(one, PolyCollection) for one in figure.axes[0].collections)

    assert bands(DRAWINGS["roc"]()) == bands(DRAWINGS["operating"]()) == 1
    assert bands(DRAWINGS["precision-recall"]()) == 0


def test_limits_are_numbered_on_a_logarithmic_axis() -> None:
    axes = DRAWINGS["operating"]().axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "1", "5", "10", "100"]
    assert axes.get_xscale() == "log"
    assert "24 h" in axes.get_xlabel()


@pytest.mark.parametrize(("alarms", "drawn"), [(0.0, 0.1), (7.0, 7.0), (900.0, 300.0)])
def test_the_own_threshold_is_drawn_at_the_end_of_the_axis_at_most(alarms: float, drawn: float) -> None:
    axes = draw_operating(LIMITS, RISING, RULE, chosen=(alarms, 0.5)).axes[0]
    dot = next(line for line in axes.lines if line.get_marker() == "o")
    assert_allclose(dot.get_xydata(), [[drawn, 0.5]])


def test_empty_bins_of_probability_have_no_point() -> None:
    figure = draw_reliability(measure_reliability([0.05, 0.95], [False, True]), RULE)
    assert_allclose(line_of(figure), ([0.05, 0.95], [0.0, 1.0]))
    bars = next(patch for patch in figure.axes[1].patches if isinstance(patch, StepPatch))
    assert bars.get_data().values.sum() == 2


def test_every_latency_is_in_a_bar_and_the_median_is_marked() -> None:
    latencies = [-7.0, 2.0, 2.5, 30.0, 31.0]
    axes = draw_latencies(latencies, RULE).axes[0]
    bars = next(patch for patch in axes.patches if isinstance(patch, StepPatch))
    assert bars.get_data().values.sum() == 5
    assert any(np.all(np.asarray(line.get_xdata()) == 2.5) for line in axes.lines)


@given(st.lists(st.floats(-1e4, 1e4), max_size=20))
def test_bins_hold_everything_and_nought(latencies: list[float]) -> None:
    edges = choose_bins(latencies)
    assert np.histogram(latencies, edges)[0].sum() == len(latencies)
    assert 2 <= len(edges) <= 34
    assert edges[0] <= 0 < edges[-1]
    assert_allclose(np.diff(edges), edges[1] - edges[0])


def test_nothing_to_show_is_no_error() -> None:
    for figure in (
        draw_roc(roc_curve([], []), RULE),
        draw_precision_recall(precision_recall_curve([], []), RULE),
        draw_reliability(measure_reliability([], []), RULE),
        draw_latencies([], RULE),
        draw_operating(LIMITS, np.full(40, np.nan), RULE, "", (np.full(40, np.nan), np.full(40, np.nan))),
    ):
        assert style.encode_png(figure)[:4] == b"\x89PNG"


def test_learning_curves_show_every_epoch_and_the_best() -> None:
    figure = draw_learning([[0.2, np.nan, 0.6], [0.3, 0.1]], "pr_auc", RULE, best=[2, 0], top=1.0)
    axes = figure.axes[0]
    first, second, *dots = axes.lines
    assert_array_equal(first.get_xdata(), [1, 2, 3])
    assert_allclose(np.asarray(first.get_ydata(), dtype=float), [0.2, np.nan, 0.6])
    assert_allclose(np.asarray(second.get_ydata(), dtype=float), [0.3, 0.1])
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [(3, 0.6), (1, 0.3)]  # type: ignore[index]
    assert axes.get_ylim() == (0.0, 1.0)


def test_learning_of_nothing_can_be_drawn() -> None:
    FigureCanvasAgg(draw_learning([[]], "loss", RULE)).draw()
    FigureCanvasAgg(draw_learning([[np.nan]], "loss", RULE, best=[0])).draw()


@pytest.mark.parametrize("threshold", [0.3, 0.7])
def test_the_threshold_in_use_is_a_dot_where_it_claims_what_it_claims(threshold: float) -> None:
    called = threshold <= VALUES
    recall, precision, false = called[TRUTH].mean(), TRUTH[called].mean(), called[~TRUTH].mean()
    roc = draw_roc(roc_curve(VALUES, TRUTH), RULE, threshold=threshold).axes[0].lines[-1]
    assert_allclose([roc.get_xdata()[0], roc.get_ydata()[0]], [false, recall])
    curve = precision_recall_curve(VALUES, TRUTH)
    dot = draw_precision_recall(curve, RULE, threshold=threshold).axes[0].lines[-1]
    assert_allclose([dot.get_xdata()[0], dot.get_ydata()[0]], [recall, precision])


def test_a_threshold_that_claims_nothing_has_no_precision_to_mark() -> None:
    figure = draw_precision_recall(precision_recall_curve([0.1, 0.4], [False, True]), RULE, threshold=0.9)
    assert len(figure.axes[0].lines) == 1


def test_intervals_of_reliability_are_bars_where_there_are_frames() -> None:
    table = measure_reliability([0.05, 0.95], [False, True])
    band = np.where(table.n_frames > 0, 0.2, np.nan), np.where(table.n_frames > 0, 0.8, np.nan)
    (bars,) = draw_reliability(table, RULE, band=band).axes[0].collections
    assert_allclose([segment[:, 1] for segment in bars.get_segments()], [[0.2, 0.8], [0.2, 0.8]])
