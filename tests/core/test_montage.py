"""Montages as paths in a graph, against plain subtraction of known potentials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.channels import Derivation, parse_label
from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES, ElectrodeGraph, share_surround

BANANA = MONTAGES["double-banana"]
RNG = np.random.default_rng(0)
POTENTIAL = {name: RNG.normal(size=5) for name in [*SCALP_19, "A1", "A2", "REF", "REF?", "AVG", "CS2"]}


def channels_of(labels: list[str]) -> np.ndarray:
    leads = [parse_label(label) for label in labels]
    return np.stack([POTENTIAL[lead.anode] - POTENTIAL[lead.cathode] for lead in leads if lead is not None])


def assert_leads_are_right(labels: list[str]) -> None:
    graph, signal = ElectrodeGraph(labels), channels_of(labels)
    for lead in BANANA.leads:
        weights = graph.lead(lead)
        assert weights is not None, f"{lead} from {labels}"
        np.testing.assert_allclose(weights @ signal, POTENTIAL[lead.anode] - POTENTIAL[lead.cathode], atol=1e-12)


def test_the_double_banana_has_the_eighteen_leads_of_szcore() -> None:
    expected = (
        "Fp1-F3 F3-C3 C3-P3 P3-O1 Fp1-F7 F7-T7 T7-P7 P7-O1 Fz-Cz Cz-Pz "
        "Fp2-F4 F4-C4 C4-P4 P4-O2 Fp2-F8 F8-T8 T8-P8 P8-O2"
    )
    assert " ".join(BANANA.labels) == expected
    assert set(BANANA.electrodes) == set(SCALP_19)


@pytest.mark.parametrize("form", ["EEG {}-REF", "{}", "{}-Avg", "{}-CS2", "EEG {}-A1"])
def test_from_referential_files(form: str) -> None:
    assert_leads_are_right([form.format(name) for name in SCALP_19])


def test_from_bipolar_files_the_leads_are_taken_as_they_are() -> None:
    labels = [label.upper() for label in BANANA.labels]
    graph = ElectrodeGraph(labels)
    for row, lead in enumerate(BANANA.leads):
        weights = graph.lead(lead)
        assert weights is not None
        assert np.flatnonzero(weights).tolist() == [row]


def test_from_a_file_with_two_references_and_old_names() -> None:
    labels = [f"{name}-{'A1' if i % 2 else 'A2'}" for i, name in enumerate(SCALP_19)] + ["A1-A2"]
    assert_leads_are_right(labels)


@given(st.permutations([*BANANA.labels, *(f"{name}-REF" for name in SCALP_19)]))
def test_the_order_of_the_channels_does_not_matter(labels: list[str]) -> None:
    assert_leads_are_right(labels)


def test_a_reversed_lead_changes_its_sign() -> None:
    weights = ElectrodeGraph(["P7-T7"]).lead(Derivation("T7", "P7"))
    assert weights is not None
    assert weights.tolist() == [-1.0]


def test_the_first_of_two_equal_labels_is_used() -> None:
    weights = ElectrodeGraph(["T8-P8", "F8-T8", "T8-P8"]).lead(Derivation("T8", "P8"))
    assert weights is not None
    assert weights.tolist() == [1.0, 0.0, 0.0]


def test_leads_without_a_path_are_none() -> None:
    graph = ElectrodeGraph(["Fp1-A1", "F8-A2"])
    assert graph.lead(Derivation("Fp1", "F8")) is None
    assert graph.lead(Derivation("Cz", "Pz")) is None


def test_potentials_are_of_the_largest_joined_group() -> None:
    labels = ["Fp1-F7", "F7-T7", "T7-P7", "Fz-Cz"]
    potentials = ElectrodeGraph(labels).potentials()
    assert set(potentials) == {"Fp1", "F7", "T7", "P7"}
    signal = channels_of(labels)
    difference = (potentials["Fp1"] - potentials["P7"]) @ signal
    np.testing.assert_allclose(difference, POTENTIAL["Fp1"] - POTENTIAL["P7"])


def test_an_odd_label_is_named_by_a_mapping() -> None:
    graph = ElectrodeGraph(["Kanal 1", "F7"], {"Kanal 1": "Fp1"})
    assert graph.lead(Derivation("Fp1", "F7")) is not None


@pytest.mark.parametrize(
    ("mapping", "message"),
    [({"Kanal 9": "Fp1"}, "map: 'Kanal 9' is not allowed.*'Kanal 1'"), ({"Kanal 1": "frontal"}, "give an electrode")],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        ElectrodeGraph(["Kanal 1", "F7"], mapping)


def test_the_electrodes_around_each_are_those_that_a_technician_names() -> None:
    around = {name: set(share_surround(name, SCALP_19)) for name in SCALP_19}
    assert around["C3"] == {"F3", "P3", "T7", "Cz"}
    assert around["T7"] == {"F7", "P7", "C3"}
    assert around["O2"] == {"O1", "P4", "P8", "Pz"}
    assert all((a in around[b]) == (b in around[a]) for a in SCALP_19 for b in SCALP_19)


@given(st.sampled_from(SCALP_19), st.sets(st.sampled_from(SCALP_19)))
def test_the_electrodes_around_one_share_their_mean(electrode: str, others: set[str]) -> None:
    shares = share_surround(electrode, others)
    assert electrode not in shares
    assert set(shares) <= others
    assert not shares or sum(shares.values()) == pytest.approx(1.0)
    near = {name: float(positions()[electrode] @ positions()[name]) for name in shares}
    assert all(shares[a] > shares[b] for a in shares for b in shares if near[a] > near[b] + 1e-9)
