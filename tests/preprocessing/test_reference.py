"""Other references."""

from __future__ import annotations

from pathlib import Path

import mne
import numpy as np
import pytest
from pydantic import ValidationError

from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.preprocessing.reference import Reference


def scalp(channels: list[str] | None = None) -> Recording:
    labels = channels or [f"EEG {name}-Ref" for name in SCALP_19]
    data = np.random.default_rng(0).standard_normal((len(labels), 200)) * 30
    return Recording.from_array(data, 100.0, labels)


def test_average_leaves_out_other_kinds() -> None:
    recording = scalp(["Fp1-Ref", "EMG", "F3-Ref", "Cz-Ref"])
    applied, data = Reference(to="average").apply(recording), recording.read()[[0, 2, 3]]
    assert applied.channels == ("Fp1-AVG", "F3-AVG", "Cz-AVG")
    np.testing.assert_allclose(applied.read(), data - data.mean(axis=0), atol=1e-4)


def test_bipolar_pairs_of_electrodes_and_of_channels() -> None:
    recording = scalp(["EEG T3-Ref", "EEG1", "EEG F7-Ref", "EEG2"])
    applied, data = Reference(to="bipolar", leads=("F7-T7", "EEG2-EEG1")).apply(recording), recording.read()
    assert applied.channels == ("F7-T7", "EEG2-EEG1")
    np.testing.assert_allclose(applied.read(), [data[2] - data[0], data[3] - data[1]], atol=1e-4)


def test_laplacian_is_that_of_mne() -> None:
    recording = scalp()
    raw = mne.io.RawArray(recording.read() * 1e-6, mne.create_info(list(SCALP_19), 100.0, "eeg"), verbose="error")
    places = {name: positions()[name] * 0.095 for name in SCALP_19}
    raw.set_montage(mne.channels.make_dig_montage(places), verbose="error")
    density = mne.preprocessing.compute_current_source_density(raw, sphere=(0.0, 0.0, 0.0, 0.095), verbose="error")
    microvolts_per_square_cm = density.get_data() * 1e6 / 1e4
    applied = Reference(to="laplacian").apply(recording)
    assert applied.channels == tuple(f"{name}-CSD" for name in SCALP_19)
    scale = np.abs(microvolts_per_square_cm).max()
    np.testing.assert_allclose(applied.read(), microvolts_per_square_cm, atol=1e-6 * scale)


@pytest.mark.parametrize(
    ("step", "channels", "message"),
    [
        (Reference(to="average"), ["Fp1-F7", "F7-T7"], "average reference needs two or more .* came"),
        (Reference(to="average"), ["Fp1-Ref"], "average reference needs two or more .* 1 came"),
        (Reference(to="laplacian"), ["Fp1-Ref", "F7-Ref"], "a Laplacian needs 4 or more electrodes .* 2 came"),
        (Reference(to="bipolar", leads=("Fp1-F7",)), ["Fp1-Ref"], "lead Fp1-F7 cannot be made from 'Fp1-Ref'"),
        (Reference(to="bipolar", leads=("x-y",)), ["Fp1-Ref"], "lead x-y cannot be made"),
    ],
)
def test_what_the_channels_do_not_allow_is_refused(step: Reference, channels: list[str], message: str) -> None:
    recording = scalp(channels)
    recording.source = Path("night.edf")
    with pytest.raises(RecordingError, match=f"night.edf: channels: .*{message}"):
        step.apply(recording)


@pytest.mark.parametrize("settings", [{"to": "bipolar"}, {"to": "average", "leads": ["Fp1-F7"]}])
def test_leads_go_with_bipolar_alone(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="leads go with to='bipolar'"):
        Reference.model_validate(settings)
