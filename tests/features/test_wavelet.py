from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from ictal.core.errors import ParameterError
from ictal.features.wavelet import (
    convolve_kept,
    cwt,
    cwt_as_pywavelets,
    find_fast_length,
    make_morlet,
    make_tabulated,
    trim_wavelet,
)

KINDS = {"numpy": lambda values: values, "torch": torch.from_numpy}
MNE_FREQUENCIES = [4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0]
PYWT_FREQUENCIES = [2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0]


@pytest.fixture(scope="module")
def oracle(test_data: Path) -> Mapping[str, NDArray[Any]]:
    with np.load(test_data / "oracles/features/wavelet.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def chirp(test_data: Path) -> NDArray[np.float64]:
    with np.load(test_data / "oracles/features/stft.npz") as arrays:
        x: NDArray[np.float64] = arrays["x"]
    return x


def assert_close(ours: Any, expected: NDArray[Any], tolerance: float = 1e-10) -> None:
    """Refuse what differs by more than a fraction of the largest value."""
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hop", [1, 7, 16])
@pytest.mark.parametrize(
    ("name", "n_cycles", "zero_mean"),
    [
        ("mne_cycles7", 7.0, True),
        ("mne_cycles7_nozeromean", 7.0, False),
        ("mne_cycles_f_over_2", [f / 2 for f in MNE_FREQUENCIES], True),
    ],
)
def test_morlet_transform_is_that_of_mne(
    oracle: Mapping[str, NDArray[Any]],
    chirp: NDArray[np.float64],
    kind: str,
    hop: int,
    name: str,
    n_cycles: Any,
    zero_mean: bool,
) -> None:
    ours = cwt(KINDS[kind](chirp), 256.0, MNE_FREQUENCIES, n_cycles=n_cycles, zero_mean=zero_mean, hop=hop)
    assert_close(ours, oracle[name][:, ::hop])


@settings(max_examples=15, deadline=None)
@given(frequency=st.floats(5.0, 90.0), n_cycles=st.floats(2.0, 9.0), hop=st.integers(1, 40))
def test_any_frequency_and_cycles_are_those_of_mne(frequency: float, n_cycles: float, hop: int) -> None:
    signal = np.random.default_rng(0).normal(size=(2, 3, 700))
    expected = mne.time_frequency.tfr_array_morlet(
        signal, 200.0, [frequency], n_cycles=n_cycles, output="complex", decim=hop, verbose="error"
    )
    assert_close(cwt(signal, 200.0, [frequency], n_cycles=n_cycles, hop=hop), expected)


def test_morlet_wavelets_are_those_of_mne(oracle: Mapping[str, NDArray[Any]]) -> None:
    assert_close(make_morlet(8.0, 256.0, zero_mean=False), oracle["mne_wavelet_8hz_cycles7"])
    assert_close(make_morlet(8.0, 256.0), oracle["mne_wavelet_8hz_cycles7_zero_mean"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hop", [1, 16])
@pytest.mark.parametrize("wavelet", ["morl", "cmor1.5-1.0", "cmor3.0-1.0", "mexh"])
def test_tabulated_transform_is_that_of_pywavelets(
    oracle: Mapping[str, NDArray[Any]], chirp: NDArray[np.float64], kind: str, hop: int, wavelet: str
) -> None:
    ours = cwt_as_pywavelets(KINDS[kind](chirp), 256.0, PYWT_FREQUENCIES, wavelet, hop=hop)
    assert_close(ours, oracle[f"pywt_{wavelet}"][:, ::hop])


@given(n_samples=st.integers(1, 40), reach=st.integers(0, 60), hop=st.integers(1, 50), seed=st.integers(0, 99))
def test_what_is_kept_is_the_convolution(n_samples: int, reach: int, hop: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    signal = random.normal(size=n_samples)
    wavelet = random.normal(size=2 * reach + 1) + 1j * random.normal(size=2 * reach + 1)
    whole = np.convolve(signal, wavelet)[reach : reach + n_samples]
    np.testing.assert_allclose(convolve_kept(signal, [wavelet], hop)[0], whole[::hop], atol=1e-10)


@given(n_samples=st.integers(1, 3000))
def test_fast_lengths_are_those_of_scipy(n_samples: int) -> None:
    assert find_fast_length(n_samples) == next_fast_len(n_samples, real=True)


def test_single_precision_stays_and_is_near() -> None:
    signal = 50 * np.random.default_rng(0).normal(size=(2, 512))
    single = cwt(signal.astype(np.float32), 256.0, [2.0, 10.0], hop=16)
    assert single.dtype == np.complex64
    assert_close(single, cwt(signal, 256.0, [2.0, 10.0], hop=16), 1e-5)


def test_gradient_reaches_the_signal() -> None:
    signal = torch.randn(1, 40, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: cwt(x, 64.0, [8.0], hop=10).abs(), signal)


def test_a_wavelet_is_cut_around_its_middle() -> None:
    assert trim_wavelet(np.arange(5), 9).tolist() == [0, 1, 2, 3, 4]
    assert trim_wavelet(np.arange(5), 0).tolist() == [2]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="0 came; it must be at least 1 sample"):
        cwt(np.zeros(9), 256.0, [8.0], hop=0)
    with pytest.raises(ParameterError, match="7 cycles of 0 Hz came"):
        make_morlet(0.0, 256.0)
    with pytest.raises(ParameterError, match="-2 Hz came"):
        make_tabulated("morl", -2.0, 256.0)
    with pytest.raises(ParameterError, match="even length"):
        convolve_kept(np.zeros(9), [np.ones(2)])
    for name in ("haar", "cmor", "cmor0-1.0"):
        with pytest.raises(ParameterError, match="allowed are 'morl', 'mexh'"):
            cwt_as_pywavelets(np.zeros(9), 256.0, [8.0], name)
