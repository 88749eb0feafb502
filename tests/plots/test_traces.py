"""EEG on paper: where each microvolt and each second lands."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from ictal.core.artefacts import Artefact
from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.core.montage import MONTAGES
from ictal.core.scores import Scores
from ictal.plots import style
from ictal.plots.chains import group_leads
from ictal.plots.trace_rows import place_rows, row_spacing
from ictal.plots.traces import TraceMarks, choose_sensitivity, draw_traces

LEADS = MONTAGES["double-banana"].labels
RATE = 100.0


def constant(level: float, n_leads: int = len(LEADS), seconds: float = 20.0) -> np.ndarray:
    return np.full((n_leads, int(seconds * RATE)), level)


def texts(figure: Figure) -> list[str]:
    axes_texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    return [*axes_texts, *(text.get_text() for text in figure.texts)]


def traces(figure: Figure, colour: str) -> list[Any]:
    return [line for line in figure.axes[0].lines if line.get_color() == colour and len(line.get_xdata()) > 3]


def test_negative_is_up_and_the_sensitivity_is_true_to_the_millimetre() -> None:
    figure = draw_traces(constant(-30.0), LEADS, RATE, sensitivity=10.0)
    heights, _, _ = place_rows(group_leads(LEADS))
    for row, line in enumerate(traces(figure, style.INK)):
        assert_allclose(line.get_ydata(), heights[row] + 3.0)
    frame = figure.axes[0].get_position()
    low, high = figure.axes[0].get_ylim()
    assert frame.height * figure.get_size_inches()[1] * 25.4 == pytest.approx(high - low), "one unit is one millimetre"


def test_samples_stand_at_their_seconds() -> None:
    figure = draw_traces(constant(0.0, 1, 8.0), ["left cortex"], RATE, 3600.0)
    times = traces(figure, style.INK)[0].get_xdata()
    assert_allclose(times, 3600.0 + np.arange(800) / RATE)
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels[0] == "1:00:00"


def test_the_time_of_day_is_shown_only_when_asked() -> None:
    figure = draw_traces(constant(0.0, 1), ["EEG1"], RATE, clock_start=datetime(2000, 1, 1, 22, 0))
    assert figure.axes[0].get_xticklabels()[0].get_text() == "22:00:00"


def test_scale_bar_is_as_long_as_it_says() -> None:
    figure = draw_traces(constant(0.0), LEADS, RATE, sensitivity=7.0)
    bar = next(line for line in figure.axes[0].lines if not line.get_clip_on())
    x, y = bar.get_xdata(), bar.get_ydata()
    microvolts = float(next(text for text in texts(figure) if text.endswith("µV")).split()[0])
    assert (y[0] - y[1]) * 7.0 == pytest.approx(microvolts)
    assert x[2] - x[1] == pytest.approx(1.0)
    assert "1 s" in texts(figure)


def test_chains_stand_apart() -> None:
    chains = group_leads(LEADS)
    heights, depth, _ = place_rows(chains)
    spacing = row_spacing(len(LEADS))
    for chain in chains:
        assert_allclose(np.diff([heights[row] for row in chain.rows]), -spacing)
    between = [heights[a.rows[-1]] - heights[b.rows[0]] for a, b in itertools.pairwise(chains)]
    assert min(between) > 1.4 * spacing
    assert -depth < min(heights.values())
    assert {chain.name for chain in chains} < set(texts(draw_traces(constant(0.0), LEADS, RATE)))


@pytest.mark.parametrize("n_leads", [1, 2, 3, 8, 18, 32, 64])
def test_any_number_of_leads_is_drawn_and_fits_a_page(n_leads: int) -> None:
    labels = [f"EEG{i + 1}" for i in range(n_leads)]
    noise = np.random.default_rng(n_leads).normal(0.0, 30.0, (n_leads, 2000))
    figure = draw_traces(noise, labels, RATE)
    assert len(traces(figure, style.INK)) == n_leads
    assert set(labels) <= set(texts(figure))
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(180.0)
    assert height < 267.0
    assert len(style.encode_png(figure)) > 1000


def test_driving_masked_and_interpolated_leads_are_told_apart() -> None:
    marks = TraceMarks(driving=("F7-T7", "T7-P7"), masked=("P8-O2",), interpolated=("Fz-Cz",))
    figure = draw_traces(constant(5.0), LEADS, RATE, marks=marks)
    assert len(traces(figure, style.DETECTED)) == 2
    assert len(traces(figure, style.INK)) == len(LEADS) - 3
    written = texts(figure)
    assert written.count("masked, not analysed") == 1
    assert written.count("interp.") == 1
    assert "interpolated from neighbouring electrodes" in written[-1]


def test_a_colour_that_all_leads_would_have_is_left_out() -> None:
    figure = draw_traces(constant(5.0, 1), ["cortex"], RATE, marks=TraceMarks(driving=("cortex",)))
    assert traces(figure, style.DETECTED) == []
    assert len(traces(figure, style.INK)) == 1


def test_events_and_references_have_a_lane_each_and_are_cut_to_the_stretch() -> None:
    marks = TraceMarks(events=[Event(5.0, 100.0)], references=[Event(8.0, 4.0)])
    figure = draw_traces(constant(0.0), LEADS, RATE, marks=marks)
    written = texts(figure)
    assert written.count("detected") == 1
    assert written.count("reference") == 1
    bars = [c.get_paths()[0].get_extents() for c in figure.axes[0].collections if c.get_zorder() == 6]
    assert [(bar.x0, bar.x1) for bar in bars] == [(5.0, 20.0), (8.0, 12.0)]


def test_gaps_are_hatched_and_named() -> None:
    data = constant(5.0)
    data[:, 500:900] = np.nan
    figure = draw_traces(data, LEADS, RATE, marks=TraceMarks(gaps=((5.0, 9.0),)))
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert [(patch.get_x(), patch.get_width()) for patch in hatched] == [(5.0, 4.0)]
    assert "no signal" in texts(figure)


def test_an_artefact_is_grey_where_it_is() -> None:
    marks = TraceMarks(artefacts=[Artefact(2.0, 4.0, "F3-C3", "flat"), Artefact(0.0, 9.0, "elsewhere", "flat")])
    grey = traces(draw_traces(constant(5.0), LEADS, RATE, marks=marks), style.UNSEEN)
    assert len(grey) == 1
    shown = grey[0].get_xdata()[np.isfinite(grey[0].get_ydata())]
    assert (shown[0], shown[-1]) == pytest.approx((2.0, 3.99))


def test_probability_is_drawn_below_on_the_same_seconds() -> None:
    scores = Scores([[0.75, 0.25]] * 1000, start=1.5, step=1.0)
    figure = draw_traces(constant(0.0), LEADS, RATE, 100.0, scores=scores)
    lane = figure.axes[1]
    assert lane.get_xlim() == figure.axes[0].get_xlim() == (100.0, 120.0)
    steps = lane.patches[0].get_data()
    assert_allclose(steps.values, 0.25)
    assert steps.edges[0] <= 100.0
    assert steps.edges[-1] >= 120.0
    assert len(steps.values) < 25, "only the frames of the stretch are drawn"


def test_a_stretch_outside_the_scores_has_an_empty_lane() -> None:
    scores = Scores([[0.5, 0.5]] * 3, start=0.0, step=1.0)
    assert len(style.encode_png(draw_traces(constant(0.0), LEADS, RATE, 100.0, scores=scores))) > 1000


def test_pens_stop_before_they_cover_the_page() -> None:
    figure = draw_traces(constant(1e6), LEADS, RATE, sensitivity=10.0)
    heights, _, _ = place_rows(group_leads(LEADS))
    line = traces(figure, style.INK)[0]
    assert heights[0] - line.get_ydata().min() <= 2.0 * row_spacing(len(LEADS)) + 1e-9


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"\(3, 2000\) came for 2 labels"):
        draw_traces(constant(0.0, 3), ["a", "b"], RATE)
    with pytest.raises(ParameterError, match="signal"):
        draw_traces(np.zeros((1, 0)), ["a"], RATE)


@given(st.floats(min_value=1e-3, max_value=1e6))
def test_sensitivity_is_a_usual_step_and_follows_the_amplitude(amplitude: float) -> None:
    wave = amplitude * np.sin(np.linspace(0.0, 200.0, 4000))
    chosen = choose_sensitivity(np.tile(wave, (18, 1)), LEADS)
    mantissa = chosen / 10.0 ** np.floor(np.log10(chosen) + 1e-9)
    assert min(abs(mantissa - step) for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)) < 1e-6
    # Peak to peak such a wave takes between a half and one and a half of its row.
    assert 0.5 <= 2 * amplitude / chosen / row_spacing(18) <= 1.5


def test_masked_and_empty_leads_do_not_set_the_sensitivity() -> None:
    wave = 50.0 * np.sin(np.linspace(0.0, 200.0, 4000))
    data = np.stack([wave, wave * 1e4, np.full_like(wave, np.nan)])
    alone = choose_sensitivity(data[:1].repeat(3, axis=0), ["a", "b", "c"])
    assert choose_sensitivity(data, ["a", "b", "c"], masked=["b"]) == alone
    assert choose_sensitivity(np.zeros((2, 10)), ["a", "b"]) == 10.0
