"""How far methods agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.agreement import measure_agreement, overlap_of_top, spearman

LEADS = ("F7-T7", "T7-P7")


def make_stretch() -> Stretch:
    signal = np.zeros((2, 2560), np.float32)
    return Stretch(signal, 256.0, 0.0, LEADS, 256, 256, 1, slice(0, 10), (0.0, 10.0))


def make_map(seed: int, leads: tuple[str, ...] = LEADS) -> Attribution:
    values = np.random.default_rng(seed).uniform(size=(max(len(leads), 1), 1, 40))
    return Attribution(values, 0.0, 0.25, leads)


def test_a_method_agrees_with_itself_and_both_ways() -> None:
    found = measure_agreement({"one": make_map(0), "same": make_map(0), "other": make_map(1)}, make_stretch())
    assert found.methods == ("one", "same", "other")
    assert found.correlation[0, 1] == found.overlap[0, 1] == pytest.approx(1.0)
    np.testing.assert_array_equal(found.correlation, found.correlation.T)
    assert abs(found.correlation[0, 2]) < 0.7


def test_methods_without_leads_are_compared_by_seconds() -> None:
    with_leads = make_map(3)
    without = Attribution(with_leads.values.sum(axis=0, keepdims=True), 0.0, 0.25)
    found = measure_agreement({"with": with_leads, "without": without}, make_stretch())
    assert found.correlation[0, 1] == found.overlap[0, 1] == pytest.approx(1.0)


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=30), st.integers(0, 100))
def test_spearman_is_that_of_scipy(values: list[int], seed: int) -> None:
    other = np.random.default_rng(seed).integers(0, 4, len(values))
    if len(set(values)) == 1 or len(set(other.tolist())) == 1:
        assert spearman(values, other) == 0.0
    else:
        assert spearman(values, other) == pytest.approx(float(spearmanr(values, other).statistic))


def test_maps_that_say_nothing_overlap_by_chance_only() -> None:
    nothing = np.zeros(100)
    assert overlap_of_top(nothing, nothing) == pytest.approx(0.1)
    assert overlap_of_top(nothing, np.arange(100.0)) == pytest.approx(0.1)


def test_unrelated_maps_overlap_by_chance() -> None:
    rng = np.random.default_rng(0)
    assert np.mean([overlap_of_top(*rng.uniform(size=(2, 200))) for _ in range(200)]) == pytest.approx(0.1, abs=0.02)


def test_shapes_must_be_the_same() -> None:
    with pytest.raises(ParameterError, match="must be the same"):
        spearman(np.zeros(3), np.zeros(4))
