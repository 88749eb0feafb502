"""Bars as long as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba

from ictal.core.attribution import BANDS
from ictal.plots import shades, style
from ictal.plots.band_bars import draw_band_bars, measure_bands


@pytest.mark.parametrize(("hertz", "band"), [(2.0, "delta"), (6.0, "theta"), (10.0, "alpha"), (20.0, "beta")])
def test_a_wave_lies_in_its_band(hertz: float, band: str) -> None:
    wave = 30.0 * np.sin(2 * np.pi * hertz * np.arange(2560) / 256.0)
    shares = measure_bands(np.stack([wave, 5 * wave]), 256.0)
    assert shares[band] > 0.95
    assert sum(shares.values()) == pytest.approx(1.0)
    assert list(shares) == list(BANDS)


def test_leads_with_gaps_and_short_signals_are_left_out() -> None:
    noise = np.random.default_rng(0).normal(size=(2, 2560))
    noise[1, 5] = np.nan
    assert measure_bands(noise, 256.0) == measure_bands(noise[:1], 256.0)
    assert measure_bands(noise[1:], 256.0) == {}
    assert measure_bands(noise[:, :100], 256.0) == {}
    assert measure_bands(noise[:1], 32.0)["gamma"] == 0.0


@settings(max_examples=15)
@given(st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5))
def test_bars_have_the_length_of_their_shares(amounts: list[float]) -> None:
    shares = dict(zip(BANDS, np.array(amounts) / sum(amounts), strict=True))
    axes = draw_band_bars(shares).axes[0]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(list(shares.values()))
    written = [int(text.get_text().split()[0]) for text in axes.texts]
    assert written == [round(100 * share) for share in shares.values()]


def test_power_stands_beside_in_grey_and_what_is_in_no_band_has_a_row() -> None:
    axes = draw_band_bars({"delta": 0.3, "theta": 0.5}, {"delta": 0.9, "theta": 0.1}).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["delta", "theta", "other"]
    grey = [bar.get_width() for bar in axes.patches if bar.get_facecolor() == to_rgba(style.UNSEEN)]
    warm = [bar.get_width() for bar in axes.patches if bar.get_facecolor() == to_rgba(shades.BAR)]
    assert grey == pytest.approx([0.9, 0.1])
    assert warm == pytest.approx([0.3, 0.5, 0.2])


def test_nothing_is_drawn_as_nothing() -> None:
    axes = draw_band_bars(dict.fromkeys(BANDS, 0.0)).axes[0]
    assert len(axes.get_yticklabels()) == 5
    assert all(bar.get_width() == 0 for bar in axes.patches)
