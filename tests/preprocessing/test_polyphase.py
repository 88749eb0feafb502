"""Sampling-rate conversion against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal as ss

from ictal.core.errors import ParameterError
from ictal.preprocessing.polyphase import convert, design_taps, find_ratio, input_range, reach


@pytest.mark.parametrize(
    ("source", "target", "ratio"),
    [
        (512.0, 256.0, (1, 2)),
        (500.0, 256.0, (64, 125)),
        (200.0, 256.0, (32, 25)),
        (256.0, 256.0, (1, 1)),
        (1 / 0.003, 256.0, (96, 125)),
        (499.907, 256.0, None),
    ],
)
def test_ratio_is_exact(source: float, target: float, ratio: tuple[int, int] | None) -> None:
    up, down = find_ratio(source, target)
    assert ratio is None or (up, down) == ratio
    assert source * up / down == pytest.approx(target, rel=1e-9)


def test_impossible_ratio_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"resample: 1e-06 Hz to 256\.0 Hz"):
        find_ratio(1e-6, 256.0)


@pytest.mark.parametrize(("up", "down"), [(1, 2), (64, 125), (3, 2), (25, 32)])
def test_taps_are_those_of_scipy(up: int, down: int) -> None:
    length = 20 * max(up, down) + 1
    expected = up * ss.firwin(length, 1 / max(up, down), window=("kaiser", 5.0))
    np.testing.assert_allclose(design_taps(up, down), expected, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    up=st.integers(1, 150),
    down=st.integers(1, 150),
    n_samples=st.integers(1, 400),
    places=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_any_block_of_any_ratio_equals_resample_poly(up: int, down: int, n_samples: int, places: list[float]) -> None:
    divisor = np.gcd(up, down)
    up, down = int(up // divisor), int(down // divisor)
    x = np.random.default_rng(n_samples).standard_normal((2, n_samples)).astype(np.float32) + 50
    expected = ss.resample_poly(x.astype(np.float64), up, down, axis=1)
    first, last = (int(place * expected.shape[1]) for place in places)
    found = convert(x, up, down, first, last)
    np.testing.assert_allclose(found, expected[:, first:last], rtol=2.5e-7, atol=1e-6 * 60)


def test_a_part_of_the_input_is_enough() -> None:
    x = np.random.default_rng(0).standard_normal((1, 5000)).astype(np.float32)
    start, stop = input_range(32, 125, 600, 700)
    np.testing.assert_allclose(
        convert(x[:, start:stop], 32, 125, 600, 700, offset=start), convert(x, 32, 125, 600, 700), atol=1e-6
    )
    assert stop - start < 100 * 125 / 32 + 2 * reach(32, 125) + 5
