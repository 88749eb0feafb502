"""Spherical splines and the surface Laplacian against mne, given the same positions."""

from __future__ import annotations

from typing import Any

import mne
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import ParameterError
from ictal.preprocessing.interpolation import interpolation_weights, laplacian_weights, spline_kernel

RADIUS = 0.095
BAD = ("F7", "Cz", "O2")


@pytest.fixture(scope="module")
def raw() -> Any:
    """Noise at the nineteen electrodes, on a sphere of 9.5 cm around the origin."""
    info = mne.create_info(list(SCALP_19), 256.0, "eeg")
    noise = np.random.default_rng(0).standard_normal((19, 500)) * 1e-5
    raw = mne.io.RawArray(noise, info, verbose="error")
    places = {name: positions()[name] * RADIUS for name in SCALP_19}
    montage = mne.channels.make_dig_montage(places, nasion=[0, RADIUS, 0], lpa=[-RADIUS, 0, 0], rpa=[RADIUS, 0, 0])
    return raw.set_montage(montage, verbose="error")


def test_interpolation_is_that_of_mne(raw: Any) -> None:
    raw = raw.copy()
    before = raw.get_data()
    raw.info["bads"] = list(BAD)
    raw.interpolate_bads(origin=(0.0, 0.0, 0.0), verbose="error")
    known = [name for name in SCALP_19 if name not in BAD]
    weights = interpolation_weights([positions()[name] for name in known], [positions()[name] for name in BAD])
    found = weights @ before[[SCALP_19.index(name) for name in known]]
    expected = raw.get_data(picks=list(BAD))
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_laplacian_is_that_of_mne(raw: Any) -> None:
    expected = mne.preprocessing.compute_current_source_density(raw, sphere=(0.0, 0.0, 0.0, RADIUS), verbose="error")
    weights = laplacian_weights([positions()[name] for name in SCALP_19], RADIUS)
    found = weights @ raw.get_data()
    np.testing.assert_allclose(found, expected.get_data(), atol=1e-6 * np.abs(expected.get_data()).max())


def test_the_reference_does_not_matter() -> None:
    places = [positions()[name] for name in SCALP_19]
    np.testing.assert_allclose(interpolation_weights(places[:16], places[16:]).sum(axis=1), 1.0, rtol=1e-9)
    np.testing.assert_allclose(laplacian_weights(places).sum(axis=1), 0.0, atol=1e-9)


def test_kernel_of_one_less_is_minus_the_laplacian() -> None:
    """On the sphere the Laplacian of f(x), x the cosine, is d/dx (1 - x²) f'(x)."""
    x, step = np.linspace(-0.9, 0.9, 7), 1e-4
    slope = [
        (1 - (x + side) ** 2) * (spline_kernel(x + side + step) - spline_kernel(x + side - step)) / (2 * step)
        for side in (step, -step)
    ]
    np.testing.assert_allclose((slope[0] - slope[1]) / (2 * step), -spline_kernel(x, 3), atol=1e-5)


@pytest.mark.parametrize("places", [[[0.0, 0.0, 0.0]], [[1.0, 2.0]]])
def test_places_without_direction_are_refused(places: list[list[float]]) -> None:
    with pytest.raises(ParameterError, match="positions: an array of shape"):
        interpolation_weights(places, places)
