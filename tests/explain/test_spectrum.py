from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.explain.spectrum import COLUMN, count_columns, gather_columns, share_among_waves, size_of_waves


@given(st.sampled_from([100.0, 199.7, 250.0, 256.0, 512.0]), st.integers(20, 1500), st.integers(0, 9))
def test_nothing_is_lost_and_nothing_is_added(rate: float, n_samples: int, seed: int) -> None:
    signal, gradient = np.random.default_rng(seed).normal(size=(2, 3, n_samples))
    shares, hertz = share_among_waves(signal, gradient, rate)
    np.testing.assert_allclose(shares.sum(axis=(1, 2)), (signal * gradient).sum(axis=1), atol=1e-9)
    assert shares.shape == (3, len(hertz), count_columns(n_samples, rate))
    np.testing.assert_allclose(gather_columns(signal, rate).sum(axis=1), signal.sum(axis=1), atol=1e-9)


@pytest.mark.parametrize("rate", [128.0, 250.0])
def test_a_burst_lies_at_its_second_and_its_frequency(rate: float) -> None:
    seconds = np.arange(int(10 * rate)) / rate
    burst = (np.sin(2 * np.pi * 11.0 * seconds) * ((seconds >= 4.0) & (seconds < 6.0)))[None]
    for values, hertz in (share_among_waves(burst, burst, rate), size_of_waves(burst, rate)):
        times = (np.arange(values.shape[2]) + 0.5) * COLUMN
        weights = values[0] / values.sum()
        assert weights.sum(axis=0) @ times == pytest.approx(5.0, abs=0.05)
        assert weights[:, (times > 3.4) & (times < 6.6)].sum() > 0.99
        assert hertz[weights.sum(axis=1).argmax()] == pytest.approx(11.0, abs=0.6)
