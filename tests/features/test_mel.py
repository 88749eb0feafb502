from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.features.decibels import power_to_decibels
from ictal.features.mel import gather_bands, hertz_to_mel, make_mel_bands, mel_to_hertz
from ictal.features.stft import hann, pad_centred, power_of, stft

KINDS = {"numpy": lambda values: values, "torch": torch.from_numpy}


@pytest.fixture(scope="module")
def oracle(test_data: Path) -> Mapping[str, NDArray[np.float64]]:
    with np.load(test_data / "oracles/features/mel.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def chirp(test_data: Path) -> NDArray[np.float64]:
    with np.load(test_data / "oracles/features/stft.npz") as arrays:
        x: NDArray[np.float64] = arrays["x"]
    return x


@pytest.mark.parametrize(
    ("name", "n_bands", "n_fft", "rate", "settings"),
    [
        ("a_slaney_32", 32, 256, 256.0, {}),
        ("b_slaney_32_nonorm_0p5_50", 32, 512, 256.0, {"low": 0.5, "high": 50.0, "normalised": False}),
        ("c_htk_32", 32, 256, 256.0, {"htk": True, "high": 128.0}),
        ("d_htk_20_nonorm", 20, 512, 256.0, {"htk": True, "low": 0.5, "high": 70.0, "normalised": False}),
        ("e_slaney_64_empty_filters", 64, 128, 256.0, {"high": 64.0}),
        ("f_slaney_22050_crosscheck", 40, 512, 22050.0, {}),
    ],
)
def test_bands_are_those_of_librosa(
    oracle: Mapping[str, NDArray[np.float64]], name: str, n_bands: int, n_fft: int, rate: float, settings: Any
) -> None:
    ours, expected = make_mel_bands(n_bands, n_fft, rate, **settings), oracle[name]
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=1e-6 * expected.max())
    assert ((ours.sum(axis=1) == 0) == (expected.sum(axis=1) == 0)).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "centred"), [("librosa_center", True), ("librosa_no_center", False)])
def test_power_and_decibels_of_a_chirp_are_those_of_librosa(
    oracle: Mapping[str, NDArray[np.float64]], chirp: NDArray[np.float64], kind: str, name: str, centred: bool
) -> None:
    signal = KINDS[kind](chirp)
    spectra = stft(pad_centred(signal, 256, 64) if centred else signal, hann(256), 64, scaling="none")
    power = gather_bands(power_of(spectra), make_mel_bands(32, 256, 256.0))
    decibels = power_to_decibels(power, reference=power.max(), span=80.0)
    largest = oracle[f"{name}_melpower_a"].max()
    np.testing.assert_allclose(power, oracle[f"{name}_melpower_a"], rtol=1e-5, atol=1e-7 * largest)
    np.testing.assert_allclose(decibels, oracle[f"{name}_meldb_a"], rtol=0.0, atol=1e-4)


@given(frequency=st.floats(0.0, 1e5), htk=st.booleans())
def test_mel_and_hertz_are_inverse(frequency: float, htk: bool) -> None:
    hertz = np.array([frequency])
    np.testing.assert_allclose(mel_to_hertz(hertz_to_mel(hertz, htk=htk), htk=htk), hertz, rtol=1e-9, atol=1e-9)


def test_normalised_triangles_have_the_area_one() -> None:
    bands = make_mel_bands(10, 4096, 256.0, low=2.0, high=60.0)
    np.testing.assert_allclose(bands.sum(axis=1) * 256.0 / 4096, 1.0, rtol=1e-3)


@pytest.mark.parametrize("settings", [{"n_bands": 0}, {"low": 60.0, "high": 50.0}, {"low": -1.0}])
def test_what_cannot_be_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="allowed is at least one band"):
        make_mel_bands(**{"n_bands": 4, "n_fft": 64, "sampling_rate": 256.0, **settings})
