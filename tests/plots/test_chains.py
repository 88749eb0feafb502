"""How leads are put together on the page."""

from __future__ import annotations

import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.montage import MONTAGES
from ictal.plots.chains import group_leads, name_chain

DOUBLE_BANANA = {
    "left parasagittal": ["Fp1-F3", "F3-C3", "C3-P3", "P3-O1"],
    "left temporal": ["Fp1-F7", "F7-T7", "T7-P7", "P7-O1"],
    "midline": ["Fz-Cz", "Cz-Pz"],
    "right parasagittal": ["Fp2-F4", "F4-C4", "C4-P4", "P4-O2"],
    "right temporal": ["Fp2-F8", "F8-T8", "T8-P8", "P8-O2"],
}


def test_the_double_banana_has_its_five_chains_by_hemisphere() -> None:
    labels = MONTAGES["double-banana"].labels
    chains = {chain.name: [labels[row] for row in chain.rows] for chain in group_leads(labels)}
    assert chains == DOUBLE_BANANA
    assert list(chains) == list(DOUBLE_BANANA)


def test_shuffled_leads_come_into_the_same_chains_in_their_own_order() -> None:
    labels = MONTAGES["double-banana"].labels[::-1]
    chains = {chain.name: [labels[row] for row in chain.rows] for chain in group_leads(labels)}
    assert chains == {name: leads[::-1] for name, leads in DOUBLE_BANANA.items()}


def test_every_lead_is_drawn_once() -> None:
    labels = [*SCALP_19, "EEG1", "left cortex", "C3-C4", "Fp1-F7", "X9"]
    rows = [row for chain in group_leads(labels) for row in chain.rows]
    assert sorted(rows) == list(range(len(labels)))


@pytest.mark.parametrize(
    ("label", "chain"),
    [
        ("EEG C3-A2", "left parasagittal"),
        ("C4-M1", "right parasagittal"),
        ("T3-REF", "left temporal"),
        ("Fz-Fp1", "left parasagittal"),
        ("Oz", "midline"),
        ("F3-F4", "across"),
        ("mouse 4", ""),
    ],
)
def test_a_lead_belongs_to_the_side_its_electrodes_are_on(label: str, chain: str) -> None:
    assert name_chain(label) == chain
