"""What the electrodes see of cortex, eyes and muscles."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.channels import parse_label
from ictal.core.electrodes import SCALP_19, Electrode
from ictal.simulation.head import (
    CHANNELS,
    alpha_mixing,
    background_mixing,
    below,
    cortex,
    cortex_strengths,
    radial_fields,
)
from ictal.simulation.leadfield import SHELL_RADII, leadfield

MIRROR = [
    np.linalg.norm(np.array([Electrode(other).position for other in SCALP_19]) - [-x, y, z], axis=1).argmin()
    for x, y, z in (Electrode(name).position for name in SCALP_19)
]
"""Where each electrode's opposite is."""


def at(field: np.ndarray, *names: str) -> list[float]:
    return [float(field[SCALP_19.index(name)]) for name in names]


def test_channels_are_read_as_electrodes_against_the_average() -> None:
    derivations = [parse_label(label) for label in CHANNELS]
    assert [derivation.anode for derivation in derivations if derivation] == list(SCALP_19)
    assert {derivation.cathode for derivation in derivations if derivation} == {"AVG"}


def test_cortex_is_even_and_inside_the_brain() -> None:
    points = cortex()
    assert np.linalg.norm(points, axis=1).max() < SHELL_RADII[0]
    distances = np.linalg.norm(points[:, np.newaxis] - points, axis=-1) + np.eye(len(points))
    nearest = distances.min(axis=1)
    assert nearest.max() < 1.5 * nearest.min()


@pytest.mark.parametrize("name", ["C3", "T8", "Pz", "F7"])
def test_outward_dipole_is_most_positive_above_itself(name: str) -> None:
    point = np.linalg.norm(cortex() - below(name), axis=1).argmin()
    assert SCALP_19[radial_fields()[:, point].argmax()] == name


def test_background_has_the_covariance_of_all_its_dipoles() -> None:
    electrodes = np.array([Electrode(name).position for name in SCALP_19])
    covariance = np.zeros((19, 19))
    for point in cortex():
        field = leadfield(electrodes, point)[:, 0]
        field = field - field.mean(axis=0)
        radial = field @ point / np.linalg.norm(point)
        covariance += 0.5 * np.outer(radial, radial) + 0.5 * field @ field.T
    covariance *= 19 / np.trace(covariance)
    np.testing.assert_allclose(background_mixing() @ background_mixing().T, covariance, atol=1e-9)


def test_alpha_is_posterior_and_symmetric() -> None:
    power = np.sqrt((alpha_mixing() ** 2).sum(axis=1))
    assert {SCALP_19[index] for index in power.argsort()[-2:]} == {"O1", "O2"}
    np.testing.assert_allclose(power, power[MIRROR], rtol=1e-9)
    occipital, central = at(power, "O1", "C3")
    assert occipital == pytest.approx(1.0)
    assert central < 0.5 * occipital


def test_patchy_cortex_is_seen_unevenly_and_as_high_on_average() -> None:
    for topography in range(5):
        even, uneven = (np.sqrt((background_mixing(spread, topography) ** 2).sum(axis=1)) for spread in (0.0, 1.0))
        assert np.sqrt((uneven**2).mean()) == pytest.approx(1.0)
        assert uneven.max() / np.median(uneven) > even.max() / np.median(even)
    assert not np.allclose(background_mixing(1.0, 0), background_mixing(1.0, 1))
    np.testing.assert_allclose(cortex_strengths(0.0, 3), 1.0)
