from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.data.schemes import PreictalScheme
from ictal.detection.detector import Detector
from ictal.detection.file import decode_detector
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.models.tcn import TCN, TCNConfig
from ictal.preprocessing.chain import Chain
from ictal.training.assemble import EachLead, assemble_detector, design_at, event_types, split_chain
from ictal.training.settings import DetectorDescription, TaskSettings, WindowSettings

STEPS: tuple[dict[str, Any], ...] = (
    {"step": "montage"},
    {"step": "resample", "sampling_rate": 256.0},
    {"step": "band-pass", "low": 1.0, "high": 40.0},
)


def network(n_channels: int) -> EEGWaveNet:
    torch.manual_seed(0)
    return EEGWaveNet(EEGWaveNetConfig(n_channels=n_channels)).eval()


def noise(n_channels: int, seconds: float = 20.0) -> Any:
    return np.random.default_rng(0).normal(0, 20, (n_channels, round(256 * seconds)))


def assembled(task: TaskSettings, steps: tuple[dict[str, Any], ...], model: nn.Module, n_channels: int) -> Detector:
    return assemble_detector(
        model, task, Chain(steps=steps), n_channels, card={"data": "noise"}, provenance={"seed": "0"}
    )


def test_a_detector_scores_as_its_network_does() -> None:
    model = network(18)
    task = TaskSettings(detector=DetectorDescription(name="mine", minimum=12))
    detector = assembled(task, STEPS, model, 18)
    recording = Recording.from_array(noise(19), 256.0, SCALP_19)
    signal = detector.prepare(recording)[1].read(0.0, 20.0)
    with torch.no_grad():
        expected = torch.softmax(model(torch.from_numpy(signal)[None]), dim=-1)[0].numpy()
    np.testing.assert_allclose(detector.analyse(recording).scores.values, expected, atol=1e-5)


def test_the_file_holds_all_that_the_detector_is() -> None:
    detector = assembled(TaskSettings(), STEPS, network(18), 18)
    parts = decode_detector(detector.encode(), "mine.ictal")
    assert parts.settings.leads.montage == "double-banana"
    assert parts.settings.card["use"].startswith("For research only")
    assert parts.settings.card["data"] == "noise"
    assert parts.weights is not None
    assert len(detector.encode()) < 1_000_000


def test_a_network_of_one_channel_takes_the_lead_that_speaks_most_for_a_seizure() -> None:
    model = network(1)
    task = TaskSettings(detector=DetectorDescription(each_lead=True))
    detector = assembled(task, STEPS[1:], model, 1)
    signal = noise(3)
    whole = detector.analyse(Recording.from_array(signal, 256.0, ["a", "b", "c"])).scores.seizure
    single = [detector.analyse(Recording.from_array(signal[[i]], 256.0, ["a"])).scores.seizure for i in range(3)]
    np.testing.assert_allclose(whole, np.max(single, axis=0), atol=1e-5)


@pytest.mark.parametrize(("length", "step"), [(4.0, 4.0), (6.0, 2.0)])
def test_a_network_of_frames_answers_with_the_middle_of_each_window(length: float, step: float) -> None:
    """At both ends of a recording all frames of a window count, and the last window ends with it."""
    torch.manual_seed(0)
    model = TCN(TCNConfig(n_channels=3, n_blocks=2)).eval()
    task = TaskSettings(windows=WindowSettings(length=length, step=step, n_frames=int(length)))
    detector = assembled(task, STEPS[1:], model, 3)
    recording = Recording.from_array(noise(3)[:, : 256 * 19], 256.0, ["a", "b", "c"])
    signal = torch.from_numpy(detector.prepare(recording)[1].read(0.0, 19.0))
    expected = np.full((19, 2), np.nan)
    before = int(length - step) // 2
    starts = [*range(0, 19 - int(length) + 1, int(step)), 19 - int(length)]
    for frames in (slice(None), slice(before, before + int(step))):
        for start in starts:
            with torch.no_grad():
                answer = torch.softmax(model(signal[None, :, 256 * start : 256 * (start + int(length))]), dim=-1)[0]
            expected[start : start + int(length)][frames] = answer[frames]
    np.testing.assert_allclose(detector.analyse(recording).scores.values, expected, atol=1e-5)


def test_frames_that_do_not_fit_the_windows_are_refused() -> None:
    model = TCN(TCNConfig(n_channels=3, n_blocks=2)).eval()
    task = TaskSettings(windows=WindowSettings(length=4.0, step=1.0, n_frames=4))
    with pytest.raises(ParameterError, match=r"step: 1 s is not allowed with 4 frames in 4 s"):
        assembled(task, STEPS[1:], model, 3)


def test_each_lead_needs_two_classes() -> None:
    with pytest.raises(ParameterError, match="needs a network of two classes"):
        EachLead(nn.Identity())


def test_a_chain_without_montage_takes_channels_as_they_are() -> None:
    leads, rest = split_chain(Chain(steps=STEPS[1:]), TaskSettings())
    assert (leads.montage, len(rest.steps)) == ("as-recorded", 2)


def test_filters_are_designed_for_the_rate_behind_the_last_resampling() -> None:
    early: dict[str, Any] = {"step": "low-pass", "cutoff": 50.0}
    designed = design_at(Chain(steps=[early, *STEPS[1:]]), 256.0)
    assert [getattr(step, "designed_for", None) for step in designed.steps] == [None, None, 256.0]


def test_classes_that_are_no_kinds_of_seizure_keep_their_names() -> None:
    assert event_types(PreictalScheme()) == ("interictal", "preictal", "ictal")
