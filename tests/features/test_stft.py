from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal as scipy_signal

from ictal.core.errors import ParameterError
from ictal.features.stft import cut_segments, find_frequencies, hann, pad_centred, power_of, stft

KINDS = {"numpy": lambda values: values, "torch": torch.from_numpy}


@pytest.fixture(scope="module")
def oracle(test_data: Path) -> Mapping[str, NDArray[np.float64]]:
    with np.load(test_data / "oracles/features/stft.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "length", "hop", "settings", "centred"),
    [
        ("a_hann128_hop64_defaults", 128, 64, {}, True),
        ("b_hann128_hop64_no_pad", 128, 64, {}, False),
        ("c_hann256_hop32_nfft512_no_pad", 256, 32, {"n_fft": 512}, False),
        ("d_hann256_hop64_psd", 256, 64, {"scaling": "density", "sampling_rate": 256.0}, False),
        ("e_constant_detrend", 100, 50, {"remove_mean": True}, True),
    ],
)
def test_magnitudes_are_those_of_scipy(
    oracle: Mapping[str, NDArray[np.float64]],
    kind: str,
    name: str,
    length: int,
    hop: int,
    settings: dict[str, Any],
    centred: bool,
) -> None:
    signal = KINDS[kind](oracle["x"])
    spectra = stft(pad_centred(signal, length, hop) if centred else signal, hann(length), hop, **settings)
    expected = oracle[f"{name}_mag"]
    np.testing.assert_allclose(abs(spectra), expected, rtol=0.0, atol=1e-12 * expected.max())
    np.testing.assert_allclose(power_of(spectra), expected**2, rtol=0.0, atol=1e-12 * expected.max() ** 2)
    frequencies = find_frequencies(settings.get("n_fft", length), 256.0)
    np.testing.assert_allclose(frequencies, oracle[f"{name}_freqs"])


@given(length=st.integers(2, 40), hop=st.integers(1, 50), filling=st.integers(0, 20), seed=st.integers(0, 99))
def test_any_window_hop_and_transform_is_that_of_scipy(length: int, hop: int, filling: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    signal, window = random.normal(size=(2, 3, 60)), random.uniform(0.1, 1.0, length)
    hop = min(hop, length)
    _, _, expected = scipy_signal.stft(
        signal, window=window, nperseg=length, noverlap=length - hop, nfft=length + filling
    )
    ours = stft(pad_centred(signal, length, hop), window, hop, n_fft=length + filling)
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("make", [np.float32, np.float64])
def test_precision_is_that_of_the_signal(make: Callable[[Any], Any]) -> None:
    spectra = stft(make(np.random.default_rng(0).normal(size=300)), hann(64), 16)
    assert spectra.real.dtype == make


def test_whole_numbers_are_not_lost() -> None:
    counts = np.random.default_rng(0).integers(-900, 900, 300)
    np.testing.assert_allclose(stft(counts, hann(64), 16), stft(counts.astype(float), hann(64), 16))


def test_gradient_reaches_the_signal() -> None:
    signal = torch.randn(1, 30, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: power_of(stft(x, hann(16), 10)), signal)


def test_segments_are_a_view() -> None:
    signal = np.arange(10.0)
    assert np.shares_memory(cut_segments(signal, 4, 2), signal)
    assert torch.equal(
        cut_segments(torch.from_numpy(signal), 4, 2), torch.from_numpy(cut_segments(signal, 4, 2).copy())
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hop": 0}, "hop 0 came"),
        ({"n_fft": 63}, "63 points came for a window of 64"),
        ({"scaling": "psd"}, "allowed are 'spectrum'"),
        ({"signal": np.zeros(63)}, "63 samples came"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        stft(**{"signal": np.zeros(100), "window": hann(64), "hop": 16, **change})
