from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.electrodes import Electrode
from ictal.core.errors import ParameterError
from ictal.core.localisation import Focus, Localisation, find_focus, weigh_electrodes

LEFT = ("Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1")
RIGHT = ("Fp2-F8", "F8-T8", "T8-P8", "P8-O2", "Fp2-F4", "F4-C4", "C4-P4", "P4-O2")
LEADS = (*LEFT, "Fz-Cz", "Cz-Pz", *RIGHT)


def test_electrodes_get_the_mean_of_their_leads_and_labels_without_a_place_nothing() -> None:
    found = weigh_electrodes({"F7-T7": 1.0, "T7-P7": 0.5, "C3-AVG": 0.2, "left cortex": 9.0})
    assert found == {"F7": 1.0, "T7": 0.75, "P7": 0.5, "C3": 0.2}


@pytest.mark.parametrize("electrode", sorted({name for lead in LEADS for name in lead.split("-")} - {"Fz", "Pz"}))
def test_the_electrode_of_a_phase_reversal_is_the_focus(electrode: str) -> None:
    weights = {lead: 1.0 if electrode in lead.split("-") else 0.1 for lead in LEADS}
    expected = Electrode(electrode)
    assert find_focus(weights) == Focus(expected.hemisphere, expected.lobe, electrode)


def test_the_side_is_that_of_more_not_that_of_the_highest() -> None:
    weights = dict.fromkeys(LEADS, 0.0) | {"F7-T7": 0.8, "T7-P7": 0.8, "P7-O1": 0.8, "F8-T8": 0.9, "T8-P8": 0.9}
    found = find_focus(weights)
    assert found is not None
    assert (found.hemisphere, found.lobe) == ("left", "temporal")


@given(st.lists(st.floats(0.0, 1.0), min_size=18, max_size=18))
def test_a_head_turned_round_has_its_focus_on_the_other_side(values: list[float]) -> None:
    mirrored = dict(zip((*RIGHT, "Fz-Cz", "Cz-Pz", *LEFT), values, strict=True))
    here, there = find_focus(dict(zip(LEADS, values, strict=True))), find_focus(mirrored)
    sums = [sum(values[:8]), sum(values[10:])]
    if here is None or abs(sums[0] - sums[1]) < 1e-9 or here.hemisphere == "midline":
        return
    assert there is not None
    assert {here.hemisphere, there.hemisphere} == {"left", "right"}
    assert here.lobe == there.lobe


@pytest.mark.parametrize(("right", "side"), [(0.4, "midline"), (0.5, "midline"), (0.9, "right")])
def test_what_is_highest_on_the_midline_has_the_side_of_a_hemisphere_with_clearly_more(right: float, side: str) -> None:
    weights = dict.fromkeys(LEFT, 0.4) | {"Fz-Cz": 1.0, "Cz-Pz": 0.5} | dict.fromkeys(RIGHT, right)
    assert find_focus(weights) == Focus(side, "frontal", "Fz")


def test_nothing_has_no_focus() -> None:
    assert find_focus(dict.fromkeys(LEADS, 0.0)) is None
    assert find_focus({}) is None


def test_carrying_leads_are_those_worth_half_of_the_most_important() -> None:
    found = Localisation(("a", "b", "c", "d"), [0.2, 0.5, 1.0, 0.49], (), np.zeros((0, 4)))
    assert found.carrying == ("c", "b")
    assert Localisation(("a",), [0.0], ((0.0, 5.0),), [[0.0]]).carrying == ()


def test_weights_of_another_number_of_leads_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"shapes \(2,\) and \(1, 1\) came; allowed are \(1,\) and \(1, 1\)"):
        Localisation(("a",), [0.0, 1.0], ((0.0, 5.0),), [[0.0]])
