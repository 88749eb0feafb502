"""Whole recordings at a glance."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from numpy.testing import assert_allclose, assert_array_equal

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores
from ictal.core.spans import total_time
from ictal.plots import style
from ictal.plots.strips import (
    Lane,
    draw_days,
    draw_probability,
    pixel_envelope,
    second_of_day,
    split_days,
    unanalysed_spans,
)


def make_scores(seizure: np.ndarray, start: float = 0.0, step: float = 1.0) -> Scores:
    return Scores(np.column_stack([1 - seizure, seizure]), start, step)


probabilities = st.lists(st.one_of(st.floats(min_value=0.0, max_value=1.0), st.just(float("nan"))), max_size=60)


@given(probabilities, st.integers(min_value=1, max_value=80), st.sampled_from([0.25, 1.0, 3.0]))
def test_each_pixel_is_the_highest_frame_that_overlaps_it(values: list[float], n_pixels: int, step: float) -> None:
    scores = make_scores(np.array(values), start=0.5, step=step)
    duration = 1.0 + len(values) * step
    envelope = pixel_envelope(scores, duration, n_pixels)
    edges = np.arange(n_pixels + 1) / n_pixels * duration
    for pixel in range(n_pixels):
        inside = [
            value
            for i, value in enumerate(values)
            if 0.5 + i * step < edges[pixel + 1] - 1e-6
            and 0.5 + (i + 1) * step > edges[pixel] + 1e-6
            and not np.isnan(value)
        ]
        assert_allclose(envelope[pixel], max(inside, default=np.nan))


def test_one_frame_of_a_day_is_not_lost() -> None:
    seizure = np.zeros(86400)
    seizure[51234] = 0.97
    figure = draw_probability(make_scores(seizure), 86400.0, 0.5)
    curve = next(patch for patch in figure.axes[0].patches if isinstance(patch, StepPatch))
    assert curve.get_data().values.max() == 0.97


def test_what_was_not_analysed_is_the_frames_that_are_nan_and_the_edges() -> None:
    seizure = np.zeros(10)
    seizure[[3, 4, 8]] = np.nan
    assert unanalysed_spans(make_scores(seizure, start=1.5), 13.0) == (
        (0.0, 1.5),
        (4.5, 6.5),
        (9.5, 10.5),
        (11.5, 13.0),
    )
    assert unanalysed_spans(make_scores(np.zeros(0)), 13.0) == ((0.0, 13.0),)


def hatched(figure: Figure) -> list[tuple[float, float]]:
    boxes = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    return [(box.get_x(), box.get_x() + box.get_width()) for box in boxes]


def test_gaps_and_unanalysed_time_are_hatched_together() -> None:
    seizure = np.zeros(100)
    seizure[40:50] = np.nan
    figure = draw_probability(make_scores(seizure), 100.0, 0.5, gaps=[(45.0, 60.0)])
    assert hatched(figure) == [(40.0, 60.0)]


@pytest.mark.parametrize("threshold", [0.02, 0.5, 0.97])
def test_threshold_and_lanes_are_named(threshold: float) -> None:
    lanes = [Lane("detected", [(10.0, 20.0)]), Lane("reference", [(12.0, 30.0)], style.REFERENCE)]
    axes = draw_probability(make_scores(np.zeros(100)), 100.0, threshold, lanes).axes[0]
    assert [text.get_text() for text in axes.texts] == ["detected", "reference"]
    heights = dict(zip([label.get_text() for label in axes.get_yticklabels()], axes.get_yticks(), strict=True))
    assert heights[f"threshold {threshold:g}"] == threshold
    apart = np.diff(sorted(heights.values()))
    assert apart.min() > 0.1, "labels do not overprint each other"


def test_short_events_are_wide_enough_to_be_seen() -> None:
    axes = draw_probability(make_scores(np.zeros(86400)), 86400.0, 0.5, [Lane("detected", [(43200.0, 43201.0)])]).axes[
        0
    ]
    bar = next(c for c in axes.collections if c.get_paths()).get_paths()[0].get_extents()
    assert bar.x1 - bar.x0 > 86400.0 / 180 * 0.3
    assert (bar.x0 + bar.x1) / 2 == pytest.approx(43200.5)


@given(
    st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 400_000)), max_size=5),
    st.integers(min_value=0, max_value=86399),
)
def test_cutting_at_midnight_keeps_every_second(pairs: list[tuple[int, int]], offset: int) -> None:
    spans = [(float(min(pair)), float(max(pair))) for pair in pairs]
    pieces = split_days(spans, float(offset))
    assert all(0.0 <= start < stop <= 86400.0 for _, start, stop in pieces)
    assert sum(stop - start for _, start, stop in pieces) == sum(stop - start for start, stop in spans)
    back = [(day * 86400.0 + start - offset, day * 86400.0 + stop - offset) for day, start, stop in pieces]
    assert total_time(back) == total_time(spans)


def test_days_run_from_midnight_to_midnight_when_the_start_is_known() -> None:
    figure = draw_days([Lane("detected", [(7200.0, 7260.0)])], 86400.0, datetime(2001, 5, 6, 23, 0))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["day 1", "day 2"]
    assert "22:00 to 06:00" in axes.get_xlabel()
    bar = next(c for c in axes.collections if c.get_zorder() == 3).get_paths()[0].get_extents()
    assert (bar.x0 + bar.x1) / 2 == pytest.approx(3630.0), "23:00 + 2 h is 1:00 of the second day"
    assert 1.0 < bar.y0 < bar.y1 < 2.0


def test_without_a_start_hours_count_from_it_and_no_night_is_shaded() -> None:
    figure = draw_days([], 90000.0)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["day 1", "day 2"]
    assert "from the start" in axes.get_xlabel()
    colours = {style.NIGHT_SHADE}
    assert not any(_hex(c.get_facecolor()[0]) in colours for c in axes.collections if len(c.get_facecolor()))


def _hex(colour: np.ndarray) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def test_dates_are_shown_only_when_asked() -> None:
    start = datetime(2001, 5, 6, 12, 0)
    named = draw_days([], 86400.0, start, show_dates=True).axes[0].get_yticklabels()
    assert [label.get_text() for label in named] == ["2001-05-06", "2001-05-07"]
    plain = draw_days([], 86400.0, start).axes[0].get_yticklabels()
    assert not any("2001" in label.get_text() for label in plain)


def test_a_hundred_days_fit_one_page() -> None:
    assert draw_days([], 100 * 86400.0).get_size_inches()[1] * 25.4 < 267.0


def test_seconds_of_the_day() -> None:
    assert_array_equal(
        [second_of_day(datetime(2000, 1, 1)), second_of_day(datetime(2000, 1, 1, 23, 59, 59))], [0, 86399]
    )


def test_a_recording_of_no_length_is_refused() -> None:
    with pytest.raises(ParameterError, match="duration"):
        draw_days([], 0.0)
