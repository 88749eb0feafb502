from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalError, ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.detection.leads import take_leads
from ictal.detection.settings import Leads
from ictal.io.edf_write import write_edf
from ictal.io.formats import read

DOUBLE_BANANA = (
    *("Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fz-Cz", "Cz-Pz"),
    *("Fp2-F4", "F4-C4", "C4-P4", "P4-O2", "Fp2-F8", "F8-T8", "T8-P8", "P8-O2"),
)
ANY = Leads()


def make_potentials(n_samples: int = 512) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(0, 30, n_samples).astype(np.float32) for name in SCALP_19}


def referential(names: Sequence[str] = SCALP_19, form: str = "EEG {}-REF") -> Recording:
    potentials = make_potentials()
    return Recording.from_array([potentials[name] for name in names], 256.0, [form.format(name) for name in names])


def bipolar(leads: Sequence[str]) -> Recording:
    potentials = make_potentials()
    pairs = [lead.split("-") for lead in leads]
    return Recording.from_array([potentials[a] - potentials[b] for a, b in pairs], 256.0, leads)


def expected_lead(lead: str) -> np.ndarray:
    potentials, (anode, cathode) = make_potentials(), lead.split("-")
    return potentials[anode] - potentials[cathode]


@pytest.mark.parametrize(
    "recording",
    [referential(), referential(form="{}"), referential(SCALP_19[::-1]), bipolar(DOUBLE_BANANA[::-1])],
    ids=["EEG x-REF", "bare", "backwards", "bipolar"],
)
def test_any_file_gives_the_same_double_banana(recording: Recording) -> None:
    leads = take_leads(recording, ANY, {})
    assert leads.channels == DOUBLE_BANANA
    assert leads.report.montage == "double-banana"
    assert not leads.report.missing_electrodes
    np.testing.assert_allclose(leads.read(), [expected_lead(lead) for lead in DOUBLE_BANANA], atol=1e-3)


def test_a_missing_electrode_is_interpolated_or_masked_and_told() -> None:
    names = [name for name in SCALP_19 if name != "T7"]
    filled = take_leads(referential(names), Leads(missing="interpolate"), {})
    assert set(filled.report.interpolated) == {"F7-T7", "T7-P7"}
    assert filled.report.missing_electrodes == ("T7",)
    assert any("interpolated: F7-T7, T7-P7 (missing: T7)" in note for note in filled.notes)
    masked = take_leads(referential(names), Leads(missing="mask"), {})
    assert set(masked.report.masked) == {"F7-T7", "T7-P7"}
    rows = [masked.channels.index(lead) for lead in ("F7-T7", "T7-P7")]
    assert not masked.read()[rows].any()
    assert np.abs(filled.read()[rows]).max() > 1.0
    others = [i for i in range(18) if i not in rows]
    np.testing.assert_allclose(masked.read()[others], filled.read()[others], atol=1e-3)


def test_fewer_leads_than_needed_take_the_other_montage() -> None:
    wanted = Leads(minimum=4, otherwise="as-recorded")
    few = take_leads(bipolar(["Fp1-F7", "F7-T7", "T7-P7"]), wanted, {})
    assert few.report.montage == "as-recorded"
    assert few.channels == ("Fp1-F7", "F7-T7", "T7-P7")
    enough = take_leads(bipolar(["Fp1-F7", "F7-T7", "T7-P7", "P7-O1"]), wanted, {})
    assert enough.report.montage == "double-banana"
    assert len(enough.channels) == 18


def test_interpolated_leads_do_not_count_as_being_there() -> None:
    """Six electrodes of one side give five leads; splines fill up the rest."""
    names = ["Fp1", "F3", "C3", "P3", "O1", "F7"]
    recording = referential(names)
    assert take_leads(recording, Leads(minimum=5), {}).report.interpolated
    with pytest.raises(RecordingError, match=r"only 5 of the 18 leads of double-banana are there and .* needs 6"):
        take_leads(recording, Leads(minimum=6), {})


def test_without_any_lead_the_other_montage_is_taken() -> None:
    recording = Recording.from_array(np.ones((3, 256)), 256.0, ["left cortex", "EMG", "right cortex"])
    leads = take_leads(recording, Leads(otherwise="as-recorded"), {})
    assert leads.channels == ("left cortex", "right cortex")
    with pytest.raises(RecordingError, match=r"no lead of double-banana .*--map"):
        take_leads(recording, ANY, {})


def test_a_refusal_names_file_field_and_mend(tmp_path: Path) -> None:
    write_edf(tmp_path / "night.edf", referential(["Fp1", "F3", "C3", "P3"]))
    with pytest.raises(RecordingError) as caught:
        take_leads(read(tmp_path / "night.edf"), Leads(minimum=12), {})
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'night.edf'}: channels: only 3 of the 18 leads of double-banana")
    assert "--map NAME=LABEL" in message
    assert "O1, F7, T7" in message
    assert "\n" not in message


def test_odd_labels_are_what_the_mapping_says() -> None:
    potentials = make_potentials()
    odd = Recording.from_array([potentials["Fp1"], potentials["F7"]], 256.0, ["Kanal 1", "Kanal 2"])
    leads = take_leads(odd, Leads(missing="mask"), {"Kanal 1": "Fp1", "Kanal 2": "F7"})
    assert leads.report.computed == ("Fp1-F7",)
    row = leads.channels.index("Fp1-F7")
    np.testing.assert_allclose(leads.read()[row], expected_lead("Fp1-F7"), atol=1e-3)


@pytest.mark.parametrize("otherwise", [None, "as-recorded"])
def test_a_mapping_of_a_channel_that_is_not_there_is_refused(otherwise: str | None) -> None:
    with pytest.raises(ParameterError, match=r"map: 'Kanal 3' is not allowed; allowed are 'EEG Fp1-REF'"):
        take_leads(referential(), Leads(otherwise=otherwise), {"Kanal 3": "Fp1"})


def test_no_eeg_at_all_is_refused() -> None:
    recording = Recording.from_array(np.ones((2, 256)), 256.0, ["EMG", "ECG"])
    with pytest.raises(IctalError, match=r"channels: no lead of as-recorded .*'EMG', 'ECG'"):
        take_leads(recording, Leads(otherwise="as-recorded"), {})


def test_only_the_channels_that_leads_are_made_of_are_read(watched: Any) -> None:
    potentials = make_potentials()
    names = ["EMG", *SCALP_19, "FC5", "ECG"]
    data = [potentials.get(name, np.full(512, 7.0)) for name in names]
    source = watched(Recording.from_array(data, 256.0, names))
    leads = take_leads(source, ANY, {})
    assert source.selections == [SCALP_19]
    assert source.reads == []
    np.testing.assert_allclose(leads.read(), [expected_lead(lead) for lead in DOUBLE_BANANA], atol=1e-3)
    assert source.reads == [(0, 512)]
    assert leads.watch.channels == SCALP_19


def test_channels_of_one_name_are_told_apart_by_their_place() -> None:
    """As in files that hold T8-P8 twice: the first is meant."""
    potentials = make_potentials()
    first, second = potentials["Fp1"], potentials["F7"]
    data = [first, second, first + 99.0, potentials["T7"]]
    recording = Recording.from_array(data, 256.0, ["Fp1", "F7", "Fp1", "T7"])
    leads = take_leads(recording, Leads(missing="mask"), {})
    np.testing.assert_allclose(leads.read()[leads.channels.index("Fp1-F7")], first - second, atol=1e-3)


def test_an_edf_gives_the_leads_that_mne_gives(clips: list[tuple[str, Recording, Annotations]]) -> None:
    """The real clip is bipolar already; of the channels that no lead needs none is converted."""
    _, recording, _ = clips[0]
    leads = take_leads(recording, ANY, {})
    assert leads.channels == DOUBLE_BANANA
    assert len(recording.channels) == 23
    assert len(leads.watch.channels) == 18
    raw = mne.io.read_raw_edf(recording.source, preload=True, verbose="error")
    old = {"T7": "T7", "Fp1": "FP1", "Fp2": "FP2", "Fz": "FZ", "Cz": "CZ", "Pz": "PZ"}
    signal = []
    for lead in DOUBLE_BANANA:
        wanted = "-".join(old.get(end, end) for end in lead.split("-"))
        label = next(name for name in raw.ch_names if name in (wanted, f"{wanted}-0"))
        signal.append(raw.get_data(label)[0] * 1e6)
    np.testing.assert_allclose(leads.read(), signal, atol=1e-2)
