"""Hertz and seconds of what counted, over those of the signal."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.plots.explained import ExplainedEvent
from ictal.plots.explained_spectra import (
    choose_top,
    draw_explained_spectra,
    find_edges,
    find_level,
    measure_spectrogram,
)

RATE = 128.0
LEADS = ("F7-T7", "T7-P7", "Fz-Cz")
HERTZ = tuple(float(hertz) for hertz in range(1, 41))


def explain(values: np.ndarray, leads: tuple[str, ...] = LEADS) -> ExplainedEvent:
    signal = np.random.default_rng(1).normal(size=(3, int(20 * RATE)))
    return ExplainedEvent(Attribution(values, 60.0, 0.25, leads, HERTZ), signal, LEADS, RATE, 60.0, (62.0, 75.0))


@functools.lru_cache(maxsize=1)
def render(figure: Figure) -> np.ndarray:
    figure.set_dpi(100)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def is_warm(figure: Figure, number: int, second: float, hertz: float) -> bool:
    pixels = render(figure)
    x, y = figure.axes[number].transData.transform((second, hertz))
    pixel = pixels[int(len(pixels) - y), int(x)]
    return bool(pixel[0] - pixel[2] > 60)


def test_the_cell_that_counted_is_warm_on_its_lead() -> None:
    values = np.zeros((3, 40, 80))
    values[1, 9:12, 40:44], values[0, 4:7, 20:24] = 1.0, 0.9
    figure = draw_explained_spectra(explain(values), most=2)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["T7-P7, 53 % of all", "F7-T7, 47 % of all"]
    assert is_warm(figure, 0, 70.4, 11.0)
    assert is_warm(figure, 1, 65.4, 6.0)
    assert not is_warm(figure, 0, 65.4, 6.0)
    assert not is_warm(figure, 0, 70.4, 15.0)
    assert not is_warm(figure, 0, 72.4, 11.0)


def test_without_leads_there_is_one_panel_of_their_mean() -> None:
    values = np.zeros((1, 40, 80))
    values[0, 9:12, 40:44] = 1.0
    figure = draw_explained_spectra(explain(values, ()))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["mean of all leads"]
    assert is_warm(figure, 0, 70.4, 11.0)


def test_a_tone_is_at_its_hertz_and_its_seconds() -> None:
    times = np.arange(int(8 * RATE)) / RATE
    tone = 10.0 * np.sin(2 * np.pi * 12 * times) * (times > 4.0)
    decibels, hertz = measure_spectrogram(tone[None], RATE)
    assert hertz[decibels[:, 48].argmax()] == 12.0
    row = decibels[np.flatnonzero(hertz == 12.0)[0]]
    assert row[40:60].min() > row[:26].max() + 20


def test_gaps_have_no_power() -> None:
    signal = np.random.default_rng(0).normal(size=(1, 1024))
    signal[0, 300:700] = np.nan
    decibels, _ = measure_spectrogram(signal, RATE)
    assert np.isfinite(decibels).all()
    assert decibels[:, 31].max() < -40


def test_the_axis_holds_what_counted() -> None:
    shares = np.zeros((1, 40, 1))
    shares[0, 5], shares[0, 36] = 1.0, 1.0
    assert choose_top(Attribution(shares, 0.0, 1.0, frequencies=HERTZ), 256.0) == 45.0
    assert choose_top(Attribution(shares, 0.0, 1.0, frequencies=HERTZ), 64.0) == 32.0
    assert choose_top(Attribution(0 * shares, 0.0, 1.0, frequencies=HERTZ), 256.0) == 30.0


@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=40), st.floats(0.1, 0.9))
def test_what_is_at_the_level_or_above_holds_the_share(amounts: list[float], share: float) -> None:
    values = np.array(amounts)
    level = find_level(values, share)
    assert values[values >= level].sum() >= share * values.sum() - 1e-9
    assert values[values > level].sum() <= share * values.sum() + 1e-9


@given(st.lists(st.floats(0.1, 100.0), min_size=1, max_size=20, unique=True))
def test_edges_lie_between_frequencies(hertz: list[float]) -> None:
    rising = np.sort(hertz)
    edges = find_edges(rising)
    assert (edges[:-1] <= rising).all()
    assert (edges[1:] >= rising).all()


def test_frequencies_that_are_not_told_apart_are_refused() -> None:
    attribution = Attribution(np.ones((1, 1, 80)), 60.0, 0.25, method="occlusion")
    with pytest.raises(ParameterError, match="occlusion does not tell frequencies apart"):
        draw_explained_spectra(ExplainedEvent(attribution, np.zeros((1, 2560)), ("a",), RATE, 60.0, (62.0, 75.0)))
