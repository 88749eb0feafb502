"""From any channels to a target montage, with a report of how."""

from __future__ import annotations

from pathlib import Path

import mne
import numpy as np
import pytest
from pydantic import ValidationError

from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import ParameterError, RecordingError
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.preprocessing.low_pass import LowPass
from ictal.preprocessing.montage import MontageStep, find_montage_report

BANANA = MONTAGES["double-banana"]
POTENTIALS = dict(zip(SCALP_19, np.random.default_rng(0).standard_normal((19, 100)) * 50, strict=True))
EXPECTED = np.array([POTENTIALS[lead.anode] - POTENTIALS[lead.cathode] for lead in BANANA.leads])


def referential(names: tuple[str, ...], spelling: str = "EEG {}-REF", common: float = 17.0) -> Recording:
    data = np.array([POTENTIALS[name] + common for name in names])
    return Recording.from_array(data, 10.0, [spelling.format(name.upper()) for name in names])


@pytest.mark.parametrize("spelling", ["EEG {}-REF", "{}", "{}-Avg", "EEG {}-LE"])
def test_referential_files_give_the_double_banana(spelling: str) -> None:
    applied = MontageStep().apply(referential(SCALP_19, spelling))
    assert applied.channels == BANANA.labels
    np.testing.assert_allclose(applied.read(), EXPECTED, atol=1e-4)
    report = find_montage_report(applied)
    assert report is not None
    assert report.computed == BANANA.labels
    assert (report.direct, report.interpolated, report.masked, report.missing_electrodes) == ((), (), (), ())
    assert applied.notes == ()


def test_bipolar_files_give_their_channels_in_order() -> None:
    backwards = Recording.from_array(EXPECTED[::-1], 10.0, [label.upper() for label in BANANA.labels[::-1]])
    applied = MontageStep().apply(backwards)
    np.testing.assert_array_equal(applied.read(), EXPECTED.astype(np.float32))
    report = find_montage_report(applied)
    assert report is not None
    assert report.direct == BANANA.labels


def test_a_channel_the_wrong_way_round_is_turned() -> None:
    turned = Recording.from_array(-EXPECTED[:1], 10.0, ["F3-FP1"])
    applied = MontageStep().apply(turned)
    np.testing.assert_array_equal(applied.read()[0], EXPECTED[0].astype(np.float32))
    report = find_montage_report(applied)
    assert report is not None
    assert (report.direct, report.computed) == ((), ("Fp1-F3",))


def test_missing_electrodes_are_interpolated_as_by_mne_and_reported() -> None:
    missing = ("F7", "Pz")
    present = tuple(name for name in SCALP_19 if name not in missing)
    applied = LowPass(cutoff=4.0).apply(MontageStep().apply(referential(present)))
    report = find_montage_report(applied)
    assert report is not None
    assert report.interpolated == ("Fp1-F7", "F7-T7", "Cz-Pz")
    assert report.missing_electrodes == missing
    assert applied.notes == ("montage: interpolated: Fp1-F7, F7-T7, Cz-Pz (missing: F7, Pz)",)

    info = mne.create_info(list(SCALP_19), 10.0, "eeg")
    raw = mne.io.RawArray(np.array([POTENTIALS[name] for name in SCALP_19]) * 1e-6, info, verbose="error")
    places = {name: positions()[name] * 0.095 for name in SCALP_19}
    raw.set_montage(mne.channels.make_dig_montage(places), on_missing="ignore", verbose="error")
    raw.info["bads"] = list(missing)
    raw.interpolate_bads(origin=(0.0, 0.0, 0.0), verbose="error")
    filled = dict(zip(SCALP_19, raw.get_data() * 1e6, strict=True))
    expected = np.array([filled[lead.anode] - filled[lead.cathode] for lead in BANANA.leads])
    found = MontageStep().apply(referential(present)).read()
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.ptp(expected))


def test_missing_electrodes_are_masked_by_choice() -> None:
    present = tuple(name for name in SCALP_19 if name != "O2")
    applied = MontageStep(missing="mask").apply(referential(present))
    report = find_montage_report(applied)
    assert report is not None
    assert report.masked == ("P4-O2", "P8-O2")
    rows = [BANANA.labels.index(lead) for lead in report.masked]
    np.testing.assert_array_equal(applied.read()[rows], 0.0)
    assert applied.notes == ("montage: masked, held at 0: P4-O2, P8-O2 (missing: O2)",)


def test_three_electrodes_are_too_few_to_interpolate() -> None:
    report = find_montage_report(MontageStep().apply(referential(("Fp1", "F3", "C3"))))
    assert report is not None
    assert report.computed == ("Fp1-F3", "F3-C3")
    assert report.interpolated == ()
    assert len(report.masked) == 16


def test_average_is_taken_over_all_electrodes() -> None:
    everything = np.array(list(POTENTIALS.values()))
    applied = MontageStep(to="average").apply(referential(SCALP_19))
    np.testing.assert_allclose(applied.read(), everything - everything.mean(axis=0), atol=1e-4)


def test_average_without_an_electrode() -> None:
    present = SCALP_19[:-1]
    masked = MontageStep(to="average", missing="mask").apply(referential(present))
    rest = np.array([POTENTIALS[name] for name in present])
    np.testing.assert_allclose(masked.read()[:-1], rest - rest.mean(axis=0), atol=1e-4)
    np.testing.assert_array_equal(masked.read()[-1], 0.0)
    report = find_montage_report(MontageStep(to="average").apply(referential(present)))
    assert report is not None
    assert report.interpolated == ("O2-AVG",)


def test_a_laplacian_sees_what_is_under_one_electrode_and_not_what_all_share() -> None:
    everywhere = np.sin(np.arange(50.0))
    local = np.cos(np.arange(50.0))
    data = [everywhere + (local if name == "C3" else 0.0) for name in SCALP_19]
    applied = MontageStep(to="laplacian").apply(Recording.from_array(data, 10.0, [f"{name}-A1" for name in SCALP_19]))
    seen = dict(zip(applied.channels, applied.read(), strict=True))
    np.testing.assert_allclose(seen["C3-LAP"], local, atol=1e-6)
    np.testing.assert_allclose(seen["O2-LAP"], 0.0, atol=1e-6)
    assert -1 / 3 < np.dot(seen["T7-LAP"], local) / np.dot(local, local) < -1 / 5


def test_a_laplacian_without_an_electrode_uses_the_others_around_or_says_so() -> None:
    present = tuple(name for name in SCALP_19 if name != "C3")
    masked = find_montage_report(MontageStep(to="laplacian", missing="mask").apply(referential(present)))
    assert masked is not None
    assert masked.masked == ("C3-LAP",)
    assert masked.missing_electrodes == ("C3",)
    interpolated = find_montage_report(MontageStep(to="laplacian").apply(referential(present)))
    assert interpolated is not None
    assert set(interpolated.interpolated) == {f"{name}-LAP" for name in ("F3", "T7", "C3", "Cz", "P3")}


def test_single_channel_animals_pass_as_recorded() -> None:
    mouse = Recording.from_array(np.arange(20.0), 10.0, ["left cortex"])
    applied = MontageStep(to="as-recorded").apply(mouse)
    assert applied.channels == ("left cortex",)
    np.testing.assert_array_equal(applied.read(), mouse.read())


def test_an_odd_label_can_be_mapped() -> None:
    odd = Recording.from_array(EXPECTED[:2], 10.0, ["Kanal 1", "Kanal 2"])
    applied = MontageStep(mapping={"Kanal 1": "Fp1-F3", "Kanal 2": "F3-C3"}).apply(odd)
    np.testing.assert_array_equal(applied.read()[:2], EXPECTED[:2].astype(np.float32))
    kept = MontageStep(to="as-recorded", mapping={"Kanal 2": "EKG"}).apply(odd)
    assert kept.channels == ("Kanal 1",)


def test_a_mapping_of_a_channel_that_is_not_there_is_refused() -> None:
    for to in ("double-banana", "as-recorded"):
        with pytest.raises(ParameterError, match="map: 'Kanal 9' is not allowed"):
            MontageStep(to=to, mapping={"Kanal 9": "Fp1"}).apply(referential(SCALP_19))


@pytest.mark.parametrize(("to", "labels"), [("double-banana", ["mouse 1", "mouse 2"]), ("as-recorded", ["EKG", "EMG"])])
def test_not_a_single_lead_is_an_error_that_helps(to: str, labels: list[str]) -> None:
    recording = Recording.from_array(np.zeros((2, 10)), 10.0, labels)
    recording.source = Path("night.edf")
    with pytest.raises(RecordingError) as caught:
        MontageStep(to=to).apply(recording)
    message = str(caught.value)
    assert message.startswith("night.edf: channels: no lead of")
    assert all(repr(label) in message for label in labels)
    assert "--map" in message
    with pytest.raises(RecordingError, match="no lead of"):
        MontageStep(to=to).stream(tuple(labels), 10.0)


def test_an_unknown_montage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="'double-banana', 'average', 'laplacian', 'as-recorded'"):
        MontageStep(to="banana")


def test_masked_rows_are_nan_in_gaps_as_all_others() -> None:
    data = np.array([POTENTIALS[name] for name in ("Fp1", "F3")])
    recording = Recording.from_array(data, 10.0, ["Fp1", "F3"], gaps=[(2.0, 3.0)])
    applied = MontageStep().apply(recording).read()
    assert np.isnan(applied[:, 20:30]).all()
    assert np.isfinite(applied[:, 30:]).all()


def test_recordings_without_a_montage_have_no_report() -> None:
    assert find_montage_report(referential(SCALP_19)) is None


def test_a_file_of_unknown_labels_is_refused_in_a_line_that_can_be_read() -> None:
    """A BioSemi cap has 128 of them."""
    labels = [f"A{number}" for number in range(1, 129)]
    with pytest.raises(RecordingError, match=r"can be made from 'A1', .*, 'A8' and 120 more; .* 'Fp1-F7=Kanal 1'"):
        MontageStep().derive(labels)
