"""All checks of one stretch, without torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch
from ictal.explain.check import SIMILAR, RandomisationTest, check_attributions
from ictal.explain.truth import Planted

LEADS = ("F7-T7", "T7-P7", "T8-P8")


def loudness(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.log((signals[:, 1, 1024:2048].astype(float) ** 2).mean(axis=1) + 1e-3)


def make_stretch() -> Stretch:
    signal = np.random.default_rng(0).normal(0, 1, (3, 3072)).astype(np.float32)
    return Stretch(signal, 256.0, 0.0, LEADS, 256, 256, 1, slice(0, 12), (0.0, 12.0))


def test_occlusion_of_a_rule_is_checked_without_a_network() -> None:
    stretch = make_stretch()
    noise = Attribution(np.random.default_rng(1).uniform(size=(3, 1, 48)), 0.0, 0.25, LEADS)
    found = check_attributions(
        loudness,
        stretch,
        {"occlusion": attribute_by_occlusion(loudness, stretch), "noise": noise},
        planted=Planted(("T7-P7",), (4.0, 8.0), (3.0, 6.0)),
        randomisations={"noise": RandomisationTest((1.0,), (1.0,), (1.0,))},
    )
    occlusion, random = found.methods
    assert occlusion.removal.deletion_beats == occlusion.removal.insertion_beats == 1.0
    assert random.removal.deletion_beats < 1.0
    np.testing.assert_array_equal(occlusion.removal.chance, random.removal.chance)
    assert occlusion.truth is not None
    assert occlusion.truth.leads is not None
    assert occlusion.truth.leads.found > 0.9
    assert occlusion.randomisation is None
    assert random.randomisation is not None
    assert not random.randomisation.passed
    assert found.agreement.methods == ("occlusion", "noise")
    assert found.span == (0.0, 12.0)


def test_the_rule_of_passing_is_as_stated() -> None:
    assert RandomisationTest((0.0, 1.0), (0.9, SIMILAR), (0.0, 0.0)).passed
    assert not RandomisationTest((0.0, 1.0), (0.1, SIMILAR + 0.01), (0.0, 0.0)).passed


def test_nothing_to_check_is_refused() -> None:
    with pytest.raises(ParameterError, match="one or more"):
        check_attributions(loudness, make_stretch(), {})


def test_it_does_without_torch() -> None:
    imported = "ictal.explain.check, ictal.explain.check_table, ictal.explain.planted"
    code = f"import sys, {imported}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
