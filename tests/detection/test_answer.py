from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ictal.core.electrodes import Electrode
from ictal.core.errors import ParameterError
from ictal.detection.answer import answer_event
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled
from ictal.detection.occlusion import occlude_leads
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure


def make_stretch(detector: Detector, start: float, stop: float) -> np.ndarray:
    whole = simulate_recording(150.0, seed=5, seizures=[Seizure(90.0, 35.0, focus="T8")], difficulty=0.2)
    _, prepared = detector.prepare(whole)
    return prepared.read(start, stop)


def test_answer_of_a_network_is_the_mean_log_odds_of_its_frames() -> None:
    detector = load_bundled("eegwavenet-scalp")
    signal = make_stretch(detector, 90.0, 102.0)
    probabilities = detector.scorer(18).push(signal)
    log_odds = np.log(probabilities[:, 1] / probabilities[:, 0])
    assert len(log_odds) == 9
    for frames in (slice(None), slice(2, 5)):
        found = answer_event(detector, 18, frames)(np.stack([signal, signal * 0]))
        assert found[0] == pytest.approx(log_odds[frames].mean(), abs=1e-3)
        assert found[1] < found[0]


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
def test_a_detector_misses_a_lead_of_the_hemisphere_of_the_seizure_most(name: str) -> None:
    detector = load_bundled(name)
    costs = occlude_leads(answer_event(detector, 18, slice(-10, None)), make_stretch(detector, 40.0, 115.0))
    leads = detector.prepare(simulate_recording(60.0, seed=5))[0].channels
    assert costs.shape == (18,)
    assert Electrode(leads[int(costs.argmax())].split("-")[0]).hemisphere == "right"


def test_one_call_after_another_gives_the_same() -> None:
    detector = load_bundled("line-length")
    answer, signal = answer_event(detector, 18), make_stretch(detector, 60.0, 110.0)
    assert_allclose(answer(signal[None]), answer(np.stack([signal[::-1], signal]))[1:])


def test_no_frame_is_no_answer() -> None:
    detector = load_bundled("line-length")
    with pytest.raises(ParameterError, match=r"^frames: slice\(900, None, None\) of \d+ is not allowed"):
        answer_event(detector, 18, slice(900, None))(make_stretch(detector, 60.0, 110.0)[None])
