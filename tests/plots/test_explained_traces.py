"""What counted lies behind the right lead at the right seconds, and the trace stays on top."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ictal.core.attribution import Attribution
from ictal.core.montage import MONTAGES
from ictal.plots import style
from ictal.plots.chains import group_leads
from ictal.plots.explained import ExplainedEvent
from ictal.plots.explained_traces import draw_explained_traces
from ictal.plots.trace_rows import place_rows

LEADS = MONTAGES["double-banana"].labels
RATE = 128.0
START = 600.0


def explain(attribution: Attribution, labels: tuple[str, ...] = LEADS, level: float = 0.0) -> ExplainedEvent:
    signal = np.full((len(labels), int(20 * RATE)), level)
    return ExplainedEvent(attribution, signal, labels, RATE, START, (604.0, 616.0), ((605.0, 614.0),))


@functools.lru_cache(maxsize=1)
def render(figure: Figure) -> np.ndarray:
    figure.set_dpi(100)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def colour_at(figure: Figure, second: float, height: float) -> tuple[int, int, int]:
    pixels = render(figure)
    x, y = figure.axes[0].transData.transform((second, height))
    red, green, blue = (int(part) for part in pixels[int(len(pixels) - y), int(x), :3])
    return red, green, blue


def is_warm(colour: tuple[int, int, int]) -> bool:
    return colour[0] - colour[2] > 20


def is_cool(colour: tuple[int, int, int]) -> bool:
    return colour[2] - colour[0] > 20


@pytest.mark.parametrize("lead", ["Fp1-F7", "T7-P7", "Cz-Pz", "P8-O2"])
def test_the_cell_that_counted_is_warm_and_its_neighbours_are_not(lead: str) -> None:
    values = np.zeros((len(LEADS), 3, 80))
    values[LEADS.index(lead), 1, 40] = 1.0
    figure = draw_explained_traces(explain(Attribution(values, START, 0.25, LEADS, (2.0, 6.0, 10.0)), level=1e-9))
    heights, _, spacing = place_rows(group_leads(LEADS))
    above = heights[LEADS.index(lead)] + 0.3 * spacing
    assert is_warm(colour_at(figure, 610.125, above))
    for second, height in ((609.87, above), (610.38, above), (610.125, above + spacing), (610.125, above - spacing)):
        assert not is_warm(colour_at(figure, second, height))


def test_what_speaks_against_is_cool_and_keeps_to_the_lower_third() -> None:
    values = np.zeros((len(LEADS), 1, 20))
    values[3, 0, 4], values[3, 0, 10] = 1.0, -1.0
    figure = draw_explained_traces(explain(Attribution(values, START, 1.0, LEADS)))
    heights, _, spacing = place_rows(group_leads(LEADS))
    low, high = heights[3] - 0.4 * spacing, heights[3] + 0.4 * spacing
    assert is_warm(colour_at(figure, 604.6, low))
    assert is_warm(colour_at(figure, 604.6, high))
    assert is_cool(colour_at(figure, 610.6, low))
    assert not is_cool(colour_at(figure, 610.6, high))


def test_leads_stand_as_on_the_page_whatever_their_order_in_the_attribution() -> None:
    backward = LEADS[::-1]
    values = np.zeros((len(LEADS), 1, 20))
    values[backward.index("F7-T7"), 0, 10] = 1.0
    figure = draw_explained_traces(explain(Attribution(values, START, 1.0, backward)))
    heights, _, spacing = place_rows(group_leads(LEADS))
    assert is_warm(colour_at(figure, 610.6, heights[LEADS.index("F7-T7")] + 0.3 * spacing))


def test_traces_are_ink_on_top_of_the_shade_even_on_leading_leads() -> None:
    values = np.zeros((len(LEADS), 1, 20))
    values[5] = 1.0
    figure = draw_explained_traces(explain(Attribution(values, START, 1.0, LEADS)))
    heights, _, _ = place_rows(group_leads(LEADS))
    darkest = min((colour_at(figure, 610.6, heights[5] + 0.04 * step) for step in range(-3, 4)), key=sum)
    assert sum(darkest) < 330, "ink, not the shade, which is above 480"
    written = {text.get_text(): text for text in figure.axes[0].texts}
    assert written[LEADS[5]].get_fontweight() == "bold"
    assert written[LEADS[4]].get_fontweight() == "normal"
    assert written["100 %"].get_position()[1] == heights[5]


def test_without_leads_whole_columns_are_shaded() -> None:
    values = np.zeros((1, 1, 20))
    values[0, 0, 10] = 1.0
    figure = draw_explained_traces(explain(Attribution(values, START, 1.0)))
    heights, _, spacing = place_rows(group_leads(LEADS))
    for row in range(len(LEADS)):
        assert is_warm(colour_at(figure, 610.6, heights[row] + 0.3 * spacing))
        assert not is_warm(colour_at(figure, 611.6, heights[row] + 0.3 * spacing))


def test_what_the_attribution_does_not_tell_about_is_veiled() -> None:
    figure = draw_explained_traces(explain(Attribution(np.ones((1, 1, 10)), 605.0, 1.0)))
    heights, _, spacing = place_rows(group_leads(LEADS))
    between = heights[2] + 0.5 * spacing
    veil = tuple(bytes.fromhex(style.VEIL[1:]))
    assert colour_at(figure, 602.6, between) == veil
    assert colour_at(figure, 617.6, between) == veil
    assert is_warm(colour_at(figure, 610.6, between))


def test_an_attribution_of_nothing_says_so() -> None:
    figure = draw_explained_traces(explain(Attribution(np.zeros((1, 1, 20)), START, 1.0, method="saliency")))
    assert "nothing speaks for the score (saliency)" in [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("n_leads", [1, 64])
def test_any_number_of_leads_fits_a_page(n_leads: int) -> None:
    labels = tuple(f"EEG{number}" for number in range(n_leads))
    figure = draw_explained_traces(explain(Attribution(np.ones((n_leads, 1, 80)), START, 0.25, labels), labels))
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(180.0)
    assert height < 267.0
    assert len(style.encode_png(figure)) > 1000
