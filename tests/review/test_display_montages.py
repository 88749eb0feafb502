"""Which montages a recording has, and their leads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.review.display_montages import choose_leads, list_montages

BANANA = MONTAGES["double-banana"].labels


def recording_of(labels: list[str]) -> Recording:
    return Recording.from_array(np.random.default_rng(0).standard_normal((len(labels), 20)), 10.0, labels)


SCALP = [f"EEG {name}-Ref" for name in SCALP_19]


@pytest.mark.parametrize(
    ("labels", "montages"),
    [
        (SCALP, ("double-banana", "as-recorded", "average", "laplacian")),
        (list(BANANA), ("double-banana", "as-recorded")),
        (["left cortex", "right cortex", "EMG"], ("as-recorded",)),
        (["BTEleft SD", "CROSStop SD"], ("as-recorded",)),
        (SCALP[:4], ("as-recorded",)),
        ([f"{letter}{number}" for letter in "ABCDEFGH" for number in range(1, 9)], ("as-recorded",)),
    ],
)
def test_montages_need_electrodes(labels: list[str], montages: tuple[str, ...]) -> None:
    assert list_montages(recording_of(labels)) == montages


def test_leads_that_cannot_be_made_are_left_out_and_never_interpolated() -> None:
    recording = recording_of([label for label in SCALP if "F7" not in label])
    leads = choose_leads(recording, "double-banana")
    assert leads.labels == tuple(label for label in BANANA if "F7" not in label)
    assert (np.abs(leads.weights).sum(axis=1) == 2).all()


def test_as_recorded_is_as_recorded() -> None:
    recording = recording_of(["EMG", *SCALP, "ECG", "DC1"])
    leads = choose_leads(recording, "as-recorded")
    assert leads.labels == recording.channels
    np.testing.assert_array_equal(leads.apply(recording).read(), recording.read())


def test_eyes_heart_and_muscles_stand_below_the_eeg() -> None:
    recording = recording_of(["EMG chin", *SCALP, "ECG", "DC1", "EOG left"])
    leads = choose_leads(recording, "average")
    assert leads.labels[-3:] == ("EOG left", "ECG", "EMG chin")
    assert leads.kinds[-3:] == ("eog", "ecg", "emg")
    seen = leads.apply(recording).read()
    np.testing.assert_array_equal(seen[-1], recording.read()[0])
    np.testing.assert_allclose(seen[:19].mean(axis=0), 0.0, atol=1e-6)


@pytest.mark.parametrize("montage", ["double-banana", "average", "laplacian"])
def test_leads_stand_from_left_to_right(montage: str) -> None:
    sides = choose_leads(recording_of(SCALP), montage).hemispheres
    assert [side for side, _ in itertools.groupby(sides)] == ["left", "midline", "right"]


def test_hemispheres_are_those_of_the_electrodes() -> None:
    leads = choose_leads(recording_of([*SCALP, "C3-C4", "A1", "C3-A2", "mouse 4"]), "as-recorded")
    side = dict(zip(leads.labels, leads.hemispheres, strict=True))
    assert (side["EEG F7-Ref"], side["EEG P8-Ref"], side["EEG Cz-Ref"]) == ("left", "right", "midline")
    assert (side["C3-C4"], side["A1"], side["C3-A2"], side["mouse 4"]) == ("", "left", "left", "")


def test_numbered_electrodes_have_no_side() -> None:
    numbered = [f"{letter}{number}" for letter in "ABCD" for number in range(1, 9)]
    assert set(choose_leads(recording_of(numbered), "as-recorded").hemispheres) == {""}


def test_an_odd_label_can_be_mapped_and_other_files_do_not_mind() -> None:
    recording = recording_of(["Kanal 1", *SCALP[1:]])
    mapping = {"Kanal 1": "Fp1-Ref", "Kanal 99": "Fp2"}
    assert "Fp1-AVG" in choose_leads(recording, "average", mapping).labels
    assert choose_leads(recording, "as-recorded", mapping).hemispheres[0] == "left"
    assert "Fp1-AVG" not in choose_leads(recording, "average").labels


def test_a_bad_channel_spoils_the_leads_that_it_makes_up() -> None:
    recording = recording_of(SCALP)
    t7 = recording.channels.index("EEG T7-Ref")

    def spoiled(montage: str) -> set[str]:
        leads = choose_leads(recording, montage)
        return {label for label, feels in zip(leads.labels, leads.feels[:, t7], strict=True) if feels}

    assert spoiled("double-banana") == {"F7-T7", "T7-P7"}
    assert spoiled("average") == {"T7-AVG"}
    assert spoiled("laplacian") == {f"{name}-LAP" for name in ("T7", "F7", "P7", "C3")}


@pytest.mark.parametrize("montage", ["laplacian", "bananas", ""])
def test_a_montage_that_cannot_be_is_refused_with_those_that_can(montage: str) -> None:
    with pytest.raises(ParameterError, match="allowed are 'as-recorded'"):
        choose_leads(recording_of(["left cortex"]), montage)
