from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.evaluation.distortion import BANDS, FRAME, measure_distortion

RATE = 256.0


def make_noise(seed: int = 0, seconds: float = 20.0, n_channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 30.0, (n_channels, round(seconds * RATE)))


def test_what_is_not_changed_has_no_error() -> None:
    found = measure_distortion(make_noise(), make_noise(), RATE)
    assert found.bands == ("all", *BANDS)
    assert all(found.prd(band) == 0.0 and found.snr(band) == np.inf for band in found.bands)


@pytest.mark.parametrize("share", [0.01, 0.5, 2.0])
def test_an_error_of_known_size_is_found_in_every_band(share: float) -> None:
    found = measure_distortion(make_noise(), make_noise() * (1 + share), RATE)
    for band in found.bands:
        assert found.prd(band) == pytest.approx(100 * share, rel=1e-3)
        assert found.snr(band) == pytest.approx(-20 * np.log10(share), abs=0.01)


@pytest.mark.parametrize(("band", "frequency"), [("delta", 2.0), ("theta", 6.0), ("alpha", 10.0), ("gamma", 50.0)])
def test_a_lost_rhythm_is_missed_in_its_band_alone(band: str, frequency: float) -> None:
    rhythm = 300.0 * np.sin(2 * np.pi * frequency * np.arange(20 * 256) / RATE)
    found = measure_distortion(make_noise() + rhythm, make_noise(), RATE)
    assert found.prd(band) > 95.0
    assert all(found.prd(other) < 5.0 for other in BANDS if other != band)


def test_an_offset_flatters_nothing_and_an_offset_of_the_error_counts() -> None:
    signal, noise = make_noise(1), make_noise(2)
    plain = measure_distortion(signal, signal + noise, RATE)
    raised = measure_distortion(signal + 5e3, signal + 5e3 + noise, RATE)
    assert raised.prd() == pytest.approx(plain.prd())
    shifted = measure_distortion(signal, signal + 30.0, RATE)
    assert shifted.prd() == pytest.approx(100.0, rel=0.05)
    assert shifted.prd("alpha") == pytest.approx(0.0, abs=1e-6)


def test_stretches_add_up() -> None:
    signal, noise = make_noise(3, 40.0), make_noise(4, 40.0)
    signal -= signal.mean(axis=1, keepdims=True)
    signal[:, :5120] -= signal[:, :5120].mean(axis=1, keepdims=True)
    signal[:, 5120:] -= signal[:, 5120:].mean(axis=1, keepdims=True)
    whole = measure_distortion(signal, signal + noise, RATE)
    both = measure_distortion(signal[:, :5120], (signal + noise)[:, :5120], RATE) + measure_distortion(
        signal[:, 5120:], (signal + noise)[:, 5120:], RATE
    )
    assert both.prd() == pytest.approx(whole.prd())
    assert both.prd("beta") == pytest.approx(whole.prd("beta"), rel=0.1)


def test_one_loud_channel_does_not_decide() -> None:
    signal = make_noise()
    spoilt = signal.copy()
    spoilt[0] *= 1e3
    found = measure_distortion(spoilt, spoilt * np.array([[2.0], [1.1], [1.1]]), RATE)
    assert found.prd() == pytest.approx(10.0, rel=1e-3)
    assert np.allclose(found.ratio(), [1.0, 0.01, 0.01], rtol=1e-3)


def test_flat_channels_are_left_out() -> None:
    signal = make_noise()
    signal[0] = 7.0
    found = measure_distortion(signal, signal * 1.1, RATE)
    assert found.prd() == pytest.approx(10.0, rel=1e-3)
    assert np.isnan(measure_distortion(np.ones((2, 512)), np.zeros((2, 512)), RATE).prd())


@settings(deadline=None, max_examples=30)
@given(n_samples=st.integers(1, 3 * round(FRAME * 100)))
def test_any_length_is_measured(n_samples: int) -> None:
    signal = np.random.default_rng(n_samples).normal(size=(2, n_samples))
    found = measure_distortion(signal, 1.5 * signal, 100.0)
    assert found.bands == ("all", "delta", "theta", "alpha", "beta", "gamma")
    if n_samples > 8:
        assert found.prd() > 49.9


@pytest.mark.parametrize(
    ("reconstruction", "message"),
    [(np.zeros((2, 511)), r"shape \(2, 511\) came"), (np.full((2, 512), np.nan), "not a number")],
)
def test_what_does_not_compare_is_refused(reconstruction: np.ndarray, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        measure_distortion(np.zeros((2, 512)), reconstruction, RATE)


def test_other_rates_do_not_add() -> None:
    one, other = np.ones((1, 400)), np.ones((1, 100))
    with pytest.raises(ParameterError, match="one sampling rate"):
        measure_distortion(one, one, 400.0) + measure_distortion(other, other, 100.0)
