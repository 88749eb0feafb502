"""Shares of evidence where a seizure is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.truth import Planted, Share, compare_with_truth, row_edges, signal_power

LEADS = ("F7-T7", "T7-P7", "T8-P8", "P8-O2")
HERTZ = tuple(float(hertz) for hertz in range(20))


@given(st.floats(0.0, 20.0), st.floats(0.5, 30.0), st.floats(0.0, 10.0), st.floats(0.5, 9.0))
def test_even_evidence_has_the_share_of_chance(onset: float, lasts: float, low: float, wide: float) -> None:
    attribution = Attribution(np.ones((4, 20, 80)), 0.0, 0.25, LEADS, HERTZ)
    planted = Planted(LEADS[:2], (onset, onset + lasts), (low, low + wide))
    found = compare_with_truth(attribution, planted)
    for share in (found.leads, found.seconds, found.band):
        assert share is not None
        assert share.found == pytest.approx(share.chance)


def test_evidence_in_the_right_place_is_found() -> None:
    values = np.zeros((4, 20, 80))
    values[1, 4:8, 40:60] = 1.0
    found = compare_with_truth(
        Attribution(values, 0.0, 0.25, LEADS, HERTZ), Planted(("T7-P7",), (10.0, 15.0), (3.5, 7.5))
    )
    assert found.leads == Share(pytest.approx(1.0), 0.25)
    assert found.seconds == Share(pytest.approx(1.0), 0.25)
    assert found.band == Share(pytest.approx(1.0), 0.2)
    assert found.band.ratio == pytest.approx(5.0)


def test_evidence_in_the_wrong_place_is_not() -> None:
    values = np.zeros((4, 20, 80))
    values[2, 12, 3] = 1.0
    found = compare_with_truth(
        Attribution(values, 0.0, 0.25, LEADS, HERTZ), Planted(("T7-P7",), (10.0, 15.0), (3.5, 7.5))
    )
    assert [share.found for share in (found.leads, found.seconds, found.band) if share] == [0.0, 0.0, 0.0]


def test_what_is_not_told_has_no_share() -> None:
    planted = Planted(LEADS[:1], (0.0, 1.0), (2.0, 5.0))
    found = compare_with_truth(Attribution([[[1.0]]], 0.0, 10.0), planted)
    assert (found.leads, found.seconds, found.band) == (None, None, None)
    nowhere = compare_with_truth(Attribution(np.ones((4, 1, 2)), 0.0, 1.0, LEADS), Planted((), (0.0, 1.0), (2.0, 5.0)))
    assert nowhere.leads is None


def test_seconds_outside_have_no_ratio() -> None:
    found = compare_with_truth(Attribution([[[1.0, 1.0]]], 0.0, 1.0), Planted((), (50.0, 60.0), (2.0, 5.0)))
    assert found.seconds is not None
    assert np.isnan(found.seconds.ratio)


def test_rows_of_any_spacing_have_borders_between_them() -> None:
    hertz = [1.0, 2.0, 4.0, 8.0]
    edges = row_edges(hertz)
    assert (np.diff(edges) > 0).all()
    assert all(low < middle < high for low, middle, high in zip(edges, hertz, edges[1:], strict=False))


def test_power_of_the_signal_is_where_the_waves_are() -> None:
    signal = np.random.default_rng(0).normal(0, 0.01, (4, 2560)).astype(np.float32)
    signal[1, 1280:] += np.sin(2 * np.pi * 6 * np.arange(1280) / 256)
    stretch = Stretch(signal, 256.0, 30.0, LEADS, 256, 256, 1, slice(0, 10), (30.0, 40.0))
    found = compare_with_truth(signal_power(stretch), Planted(("T7-P7",), (35.0, 40.0), (4.0, 8.0)))
    assert all(share is not None and share.found > 0.95 for share in (found.leads, found.seconds, found.band))


@pytest.mark.parametrize("wrong", [{"span": (2.0, 2.0)}, {"band": (5.0, 3.0)}])
def test_what_does_not_rise_is_refused(wrong: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(ParameterError, match="it must rise"):
        Planted((), **{"span": (0.0, 1.0), "band": (2.0, 4.0), **wrong})


def test_chance_in_a_band_is_that_of_its_hertz() -> None:
    attribution = Attribution(np.ones((1, 3, 4)), 0.0, 1.0, frequencies=(1.0, 3.0, 9.0))
    found = compare_with_truth(attribution, Planted((), (0.0, 1.0), (0.0, 6.0)))
    assert found.band == Share(pytest.approx(2 / 3), pytest.approx(0.5))
