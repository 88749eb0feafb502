"""The page of an explanation: it fits its paper, says what it shows, and leaves out what is not known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.core.scores import Scores
from ictal.plots import style
from ictal.plots.explained import ExplainedEvent
from ictal.plots.explanation import REMARK, choose_labels, draw_explanation, draw_methods

LEADS = MONTAGES["double-banana"].labels
HERTZ = (2.0, 6.0, 10.0, 20.0)
RATE = 64.0


def explain(
    labels: tuple[str, ...] = LEADS,
    seconds: float = 20.0,
    leads: tuple[str, ...] | None = None,
    hertz: tuple[float, ...] = HERTZ,
    scale: float = 1.0,
) -> ExplainedEvent:
    told = labels if leads is None else leads
    rng = np.random.default_rng(0)
    values = scale * rng.normal(size=(max(len(told), 1), max(len(hertz), 1), int(seconds * 4)))
    signal = rng.normal(0.0, 30.0, (len(labels), int(seconds * RATE)))
    return ExplainedEvent(
        Attribution(values, 100.0, 0.25, told, hertz, "occlusion"),
        signal,
        labels,
        RATE,
        100.0,
        (100.0 + seconds / 6, 100.0 + seconds / 2),
        scores=Scores(np.full((200, 2), 0.5), 0.0, 1.0),
        threshold=0.5,
        recording="sub-01",
        detector="eegwavenet-scalp",
        score=1.25,
    )


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize(
    "explained",
    [
        explain(),
        explain(("cortex",)),
        explain(tuple(f"EEG{number}" for number in range(64)), 3.0),
        explain(("C3-P3", "C4-P4", "Fz-Cz", "T7-P7", "T8-P8"), 60.0),
        explain(leads=()),
        explain(hertz=()),
        explain(leads=(), hertz=()),
        explain(scale=0.0),
    ],
    ids=["scalp", "mouse", "64 leads, 3 s", "few leads, 60 s", "no leads", "no frequencies", "times only", "nothing"],
)
def test_every_explanation_fits_the_paper(explained: ExplainedEvent) -> None:
    figure = draw_explanation(explained)
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(267.0)
    assert height <= 180.0 + 1e-6
    boxes = [axes.get_position() for axes in figure.axes]
    for one, other in itertools.combinations(boxes, 2):
        apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
        assert apart, "parts do not lie on each other"
    for box in boxes:
        assert 0.0 <= box.x0 < box.x1 <= 1.0
        assert 0.0 <= box.y0 < box.y1 <= 1.0
    assert REMARK in texts(figure)


def test_the_page_becomes_files() -> None:
    figure = draw_explanation(explain(seconds=8.0))
    assert len(style.encode_png(figure)) > 10_000
    assert style.encode_svg(figure).startswith(b"<?xml")


def test_the_title_says_what_is_explained() -> None:
    said = texts(draw_explanation(explain()))
    assert "sub-01 · event 0:01:43 to 0:01:50 (6.7 s)" in said
    assert "detector eegwavenet-scalp · method occlusion · target seizure · score 1.25 (mean log-odds)" in said


def test_what_is_not_told_is_left_out_and_named() -> None:
    everything = draw_explanation(explain())
    without = draw_explanation(explain(leads=(), hertz=()))
    assert "occlusion does not tell leads and frequencies apart." in texts(without)
    assert "apart" not in texts(everything)
    assert len(without.axes) < len(everything.axes)
    assert without.get_size_inches()[1] < everything.get_size_inches()[1]


def test_the_share_that_is_shown_is_counted() -> None:
    labels = tuple(f"EEG{number}" for number in range(64))
    values = np.r_[np.zeros(34), np.ones(30)][:, None, None] * np.ones((64, 1, 8))
    explained = ExplainedEvent(
        Attribution(values, 0.0, 0.25, labels), np.zeros((64, 256)), labels, 128.0, 0.0, (0.0, 2.0)
    )
    chosen = choose_labels(explained)
    assert len(chosen) == 24
    assert set(chosen) <= set(labels[34:]), "those that count"
    assert "80 % of the attribution is shown. 24 of 64 leads" in texts(draw_explanation(explained))


def find_boxes(figure: Figure) -> list[list[Path]]:
    """Return what is shaded on each of the axes."""
    shaded = [[one for one in axes.collections if isinstance(one, PolyCollection)] for axes in figure.axes]
    return [[path for one in found for path in one.get_paths()] for found in shaded]


def test_methods_stand_side_by_side_on_the_same_seconds_and_leads() -> None:
    values = np.zeros((len(LEADS), 1, 40))
    values[6, 0, 20:24] = 1.0
    told = Attribution(values, 10.0, 0.25, LEADS, method="saliency")
    backward = Attribution(values[::-1], 10.0, 0.25, LEADS[::-1], method="occlusion")
    times = Attribution(values.sum(axis=0, keepdims=True), 10.0, 0.25, method="attention-rollout")
    figure = draw_methods([told, backward, times, told], (12.0, 18.0))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "saliency",
        "occlusion",
        "attention-rollout",
        "saliency",
    ]
    first, second, third = (np.concatenate([path.vertices for path in paths]) for paths in find_boxes(figure)[:3])
    np.testing.assert_allclose(first, second)
    assert (first[:, 0].min(), first[:, 0].max()) == (15.0, 16.0)
    assert np.ptp(third[:, 1]) > 10 * np.ptp(first[:, 1])
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    with pytest.raises(ParameterError, match="none came"):
        draw_methods([], (0.0, 1.0))
