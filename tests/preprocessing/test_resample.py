"""Resampling against the reference numbers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as ss

from ictal.core.recording import Recording
from ictal.preprocessing.resample import Resample

CASES = [(512, 1, 2, 2048), (500, 64, 125, 2000), (250, 128, 125, 1000), (200, 32, 25, 800), (1000, 32, 125, 4000)]


@pytest.mark.parametrize(("rate", "up", "down", "n_samples"), CASES)
def test_reference_numbers(
    oracle: dict[str, NDArray[np.float64]],
    formula: Callable[..., NDArray[np.float64]],
    assert_close: Callable[..., None],
    rate: int,
    up: int,
    down: int,
    n_samples: int,
) -> None:
    x = formula(rate, n_samples, 3_000_000 + rate)
    found = Resample(sampling_rate=256.0).apply(Recording.from_array(x, rate))
    assert found.sampling_rate == 256.0
    assert_close(found.read(), oracle[f"resample_poly_{rate}_up{up}_down{down}"])


def test_reference_numbers_from_256_to_200_hz(
    oracle: dict[str, NDArray[np.float64]], formula: Callable[..., Any], assert_close: Callable[..., None]
) -> None:
    x = formula(256, 1024, 3_000_256)
    found = Resample(sampling_rate=200.0).apply(Recording.from_array(x, 256.0))
    assert_close(found.read(), oracle["resample_poly_256_up25_down32"])


def test_the_formula_is_the_one_of_the_reference(
    oracle: dict[str, NDArray[np.float64]], formula: Callable[..., NDArray[np.float64]]
) -> None:
    np.testing.assert_allclose(formula(512, 2048, 3_000_512), oracle["resample_poly_512_in"], atol=1e-9)


def test_a_fitting_rate_is_left_alone() -> None:
    recording = Recording.from_array(np.zeros((2, 100)), 256.0)
    assert Resample(sampling_rate=256.0).apply(recording) is recording


def test_odd_rates_of_real_files_are_converted() -> None:
    x = np.random.default_rng(0).standard_normal((1, 5000))
    found = Resample(sampling_rate=256.0).apply(Recording.from_array(x, 499.907))
    assert found.n_samples == pytest.approx(5000 * 256 / 499.907, abs=1)
    assert found.duration == pytest.approx(5000 / 499.907, abs=1 / 256)
    close = ss.resample_poly(x, 64, 125, axis=1)
    assert np.corrcoef(found.read(0, 0.5)[0], close[0, :128])[0, 1] > 0.99


def test_needs_no_scipy() -> None:
    lines = [
        "import sys, numpy as np",
        "from ictal.core.recording import Recording",
        "from ictal.preprocessing.resample import Resample",
        "Resample(sampling_rate=256.0).apply(Recording.from_array(np.zeros(1000), 250.0)).read()",
        "print('scipy' in sys.modules)",
    ]
    output = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "False"
