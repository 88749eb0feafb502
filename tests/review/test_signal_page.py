"""A page of EEG against the whole recording."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.preprocessing.high_pass import HighPass
from ictal.preprocessing.low_pass import LowPass
from ictal.preprocessing.montage import MontageStep
from ictal.preprocessing.notch import Notch
from ictal.review.display_filter import Filters
from ictal.review.display_montages import choose_leads
from ictal.review.signal_page import NO_SIGNAL, SignalQuery, quantise, read_page, reduce_to_envelope

RATE = 128.0
N_SAMPLES = 60 * 128
SIGNAL = np.random.default_rng(0).standard_normal((19, N_SAMPLES)).cumsum(axis=1) + 100.0
FILTERS: dict[str, Any] = {"high_pass": 0.5, "low_pass": 35.0, "notch": 50.0}


def scalp(gaps: tuple[tuple[float, float], ...] = ()) -> Recording:
    return Recording.from_array(SIGNAL, RATE, [f"{name}-Ref" for name in SCALP_19], gaps=gaps)


def stepwise_whole(recording: Recording, montage: str) -> np.ndarray:
    """The whole recording through the steps, one after the other."""
    whole: Recording = MontageStep(to=montage, missing="mask").apply(recording)
    for step in (HighPass(cutoff=0.5, order=2), LowPass(cutoff=35.0, order=2), Notch(frequency=50.0)):
        whole = step.apply(whole)
    return whole.select(choose_leads(recording, montage).labels).read()


@pytest.mark.parametrize("montage", ["double-banana", "average", "laplacian", "as-recorded"])
@pytest.mark.parametrize("start", [0.0, 7.3, 25.0, 50.0])
def test_a_page_is_a_part_of_the_filtered_whole(montage: str, start: float) -> None:
    recording = scalp()
    whole = Filters(0.5, 35.0, 50.0).apply(choose_leads(recording, montage).apply(recording)).read()
    page = read_page(recording, SignalQuery(start, start + 10.0, montage, **FILTERS))
    first = round(start * RATE)
    expected = whole[:, first : first + 1280]
    assert page.header.kind == "samples"
    assert page.data.shape == expected.shape
    assert np.abs(page.microvolts - expected).max() < 1e-4 * np.ptp(expected)


@pytest.mark.parametrize("montage", ["double-banana", "laplacian"])
def test_a_page_is_as_the_steps_one_after_another_make_it(montage: str) -> None:
    recording = scalp()
    expected = stepwise_whole(recording, montage)[:, 20 * 128 : 30 * 128]
    page = read_page(recording, SignalQuery(20.0, 30.0, montage, **FILTERS))
    assert np.abs(page.microvolts - expected).max() < 1e-3 * np.ptp(expected)


def test_a_page_beside_a_gap_is_filtered_up_to_it() -> None:
    recording = scalp(gaps=((20.0, 23.0),))
    page = read_page(recording, SignalQuery(15.0, 25.0, "double-banana", **FILTERS))
    whole = choose_leads(recording, "double-banana").apply(recording)
    expected = Filters(0.5, 35.0, 50.0).apply(whole).read()[:, 15 * 128 : 25 * 128]
    np.testing.assert_array_equal(np.isnan(page.microvolts), np.isnan(expected))
    assert (page.data[:, 5 * 128 : 8 * 128] == NO_SIGNAL).all()
    assert np.nanmax(np.abs(page.microvolts - expected)) < 1e-4 * np.nanmax(np.abs(expected))
    assert page.header.gaps == ((20.0, 23.0),)


def test_without_filters_the_samples_are_those_of_the_file() -> None:
    page = read_page(scalp(), SignalQuery(3.0, 13.0, "as-recorded"))
    np.testing.assert_allclose(page.microvolts, SIGNAL[:, 384:1664], atol=np.abs(SIGNAL).max() / 60000)
    assert page.header.filters == Filters()
    assert page.header.leads[:2] == ("Fp1-Ref", "Fp2-Ref")
    assert page.header.hemispheres[:2] == ("left", "right")


def test_long_pages_are_envelopes() -> None:
    page = read_page(scalp(), SignalQuery(0.0, 60.0, "as-recorded", columns=500))
    assert (page.header.kind, page.header.n_columns, page.data.shape) == ("envelope", 500, (19, 500, 2))
    np.testing.assert_allclose(page.microvolts[..., 0].min(axis=1), SIGNAL.min(axis=1), atol=0.1)
    np.testing.assert_allclose(page.microvolts[..., 1].max(axis=1), SIGNAL.max(axis=1), atol=0.1)
    assert read_page(scalp(), SignalQuery(0.0, 60.0, "as-recorded", columns=3840)).header.kind == "samples"


def test_filters_that_the_rate_does_not_allow_are_told() -> None:
    slow = Recording.from_array(SIGNAL[:1, :640], 64.0, ["C3"])
    header = read_page(slow, SignalQuery(0.0, 10.0, "as-recorded", **FILTERS)).header
    assert header.filters == Filters(0.5, None, None)


def test_a_page_reaches_past_the_end() -> None:
    page = read_page(scalp(), SignalQuery(55.0, 65.0, "double-banana", **FILTERS))
    assert (page.header.start, page.header.stop, page.data.shape[1]) == (55.0, 65.0, 1280)
    assert (page.data[:, 640:] == NO_SIGNAL).all()
    assert (page.data[:, :640] != NO_SIGNAL).all()
    assert page.header.gaps == ()
    short = read_page(
        Recording.from_array([[1.0, 2.0]], RATE, ["C3"]), SignalQuery(0.0, 10.0, "as-recorded", **FILTERS)
    )
    assert (short.data[:, 2:] == NO_SIGNAL).all()


def test_leads_stand_in_the_order_of_the_montage() -> None:
    header = read_page(scalp(), SignalQuery(0.0, 1.0, "double-banana")).header
    assert header.leads == MONTAGES["double-banana"].labels
    assert set(header.hemispheres) == {"left", "right", "midline"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": -1.0}, "page: -1.0 to 10.0"),
        ({"stop": 0.0}, "page: 0.0 to 0.0"),
        ({"stop": 601.0}, "at most 600 s"),
        ({"stop": float("nan")}, "page: 0.0 to nan"),
        ({"start": float("nan")}, "page: nan"),
        ({"stop": float("inf")}, "page: 0.0 to inf"),
        ({"columns": 0}, "columns: 0 .* 1 to 8000"),
        ({"columns": 8001}, "columns: 8001"),
        ({"high_pass": 0.0}, "high-pass: 0.0 Hz"),
        ({"low_pass": float("inf")}, "low-pass: inf Hz"),
        ({"low_pass": float("nan")}, "low-pass: nan Hz"),
        ({"high_pass": 35.0, "low_pass": 35.0}, "below the 35 Hz of the low-pass"),
        ({"notch": 16.7}, "notch: 16.7 .* 50.0, 60.0"),
    ],
)
def test_a_query_that_is_not_allowed_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        SignalQuery(**{"start": 0.0, "stop": 10.0, "montage": "as-recorded", **change})


def test_a_page_behind_the_end_and_an_unknown_montage_are_refused() -> None:
    with pytest.raises(ParameterError, match="60 s long"):
        read_page(scalp(), SignalQuery(60.0, 70.0, "as-recorded"))
    with pytest.raises(ParameterError, match="'double-banana', 'as-recorded', 'average', 'laplacian'"):
        read_page(scalp(), SignalQuery(0.0, 10.0, "bananas"))


numbers = st.floats(-1e6, 1e6, width=32)


@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 60)), elements=numbers), st.data())
def test_every_sample_is_in_one_column(signal: np.ndarray, data: st.DataObject) -> None:
    n_columns = data.draw(st.integers(1, signal.shape[1]))
    envelope = reduce_to_envelope(signal, n_columns)
    parts = [signal[:, a:b] for a, b in _columns(signal.shape[1], n_columns)]
    assert sum(part.shape[1] for part in parts) == signal.shape[1]
    np.testing.assert_array_equal(envelope[..., 0], np.stack([part.min(axis=1) for part in parts], axis=1))
    np.testing.assert_array_equal(envelope[..., 1], np.stack([part.max(axis=1) for part in parts], axis=1))


def _columns(n_samples: int, n_columns: int) -> list[tuple[int, int]]:
    edges = [column * n_samples // n_columns for column in range(n_columns + 1)]
    return list(itertools.pairwise(edges))


def test_a_column_with_some_signal_shows_it() -> None:
    signal = np.array([[1.0, np.nan, np.nan, np.nan]], np.float32)
    np.testing.assert_array_equal(reduce_to_envelope(signal, 2), [[[1.0, 1.0], [np.nan, np.nan]]])


@given(hnp.arrays(np.float32, (2, 20), elements=st.one_of(numbers, st.just(float("nan")))))
def test_sixteen_bits_are_enough(signal: np.ndarray) -> None:
    units, scale = quantise(signal)
    gaps = np.isnan(signal)
    np.testing.assert_array_equal(units == NO_SIGNAL, gaps)
    largest = np.nan_to_num(np.abs(signal)).max(axis=1, keepdims=True)
    error = np.abs(np.where(gaps, 0.0, units * scale[:, None] - signal))
    assert (error <= largest / 60000 + 1e-10).all()
