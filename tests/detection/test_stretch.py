from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.detection.settings import Windows
from ictal.detection.stretch import LONGEST, cut_stretch

ELECTRODES = [
    *("Fp1", "F7", "T7", "P7", "O1", "F3", "C3", "P3"),
    "Fz",
    "Cz",
    "Pz",
    *("Fp2", "F8", "T8", "P8", "O2", "F4", "C4", "P4"),
]


@pytest.fixture(scope="module")
def recording() -> Recording:
    signal = np.random.default_rng(0).normal(0, 20, (19, 256 * 150))
    return Recording.from_array(signal, 256.0, ELECTRODES)


@pytest.fixture(scope="module")
def detector() -> Detector:
    found = load_detector("eegwavenet-scalp")
    assert isinstance(found, Detector)
    return found


def test_its_frames_are_those_whose_middle_lies_in_the_event(recording: Recording, detector: Detector) -> None:
    stretch = cut_stretch(detector, recording, (40.0, 70.0))
    scores = detector.analyse(recording).scores
    middles = scores.times + scores.step / 2
    inside = np.flatnonzero((middles >= 40.0) & (middles < 70.0))
    assert stretch.span == (scores.times[inside[0]], scores.times[inside[-1]] + scores.step)
    assert stretch.asked == slice(0, len(inside))
    assert stretch.n_windows == len(inside)
    assert stretch.start == pytest.approx(stretch.span[0] - 1.5)
    assert stretch.stop == pytest.approx(stretch.span[1] + 1.5)


def test_its_signal_is_what_the_model_sees(recording: Recording, detector: Detector) -> None:
    stretch = cut_stretch(detector, recording, (40.0, 50.0))
    leads, prepared = detector.prepare(recording)
    assert stretch.leads == leads.channels
    np.testing.assert_array_equal(stretch.signal, prepared.read(stretch.start, stretch.stop))


def test_of_a_long_event_the_first_minute_is_explained(recording: Recording, detector: Detector) -> None:
    stretch = cut_stretch(detector, recording, (10.0, 140.0))
    assert stretch.span[1] - stretch.span[0] == LONGEST


def test_an_event_where_no_window_fits_is_refused(recording: Recording, detector: Detector) -> None:
    with pytest.raises(ParameterError, match="no frame of eegwavenet-scalp"):
        cut_stretch(detector, recording, (149.0, 149.5))


def test_windows_beside_a_gap_are_left_out(detector: Detector) -> None:
    signal = np.random.default_rng(0).normal(0, 20, (19, 256 * 60))
    signal[:, 256 * 30 : 256 * 33] = np.nan
    gapped = Recording.from_array(signal, 256.0, ELECTRODES, gaps=[(30.0, 33.0)])
    stretch = cut_stretch(detector, gapped, (25.0, 45.0))
    assert stretch.start >= 33.0
    assert stretch.span[1] == 44.5 or stretch.span[1] == 45.5
    assert np.isfinite(stretch.signal).all()


@pytest.mark.parametrize(("span", "begin"), [((40.0, 50.0), 29.0), ((2.0, 6.0), 0.0), ((140.0, 149.0), 118.0)])
def test_of_frames_the_one_window_with_the_event_in_its_middle(
    recording: Recording, detector: Detector, span: tuple[float, float], begin: float
) -> None:
    windows = Windows(length=32.0, step=16.0, frames=32)
    framed = Detector(type(detector.parts)(detector.settings.model_copy(update={"windows": windows}), None, None))
    stretch = cut_stretch(framed, recording, span)
    assert (stretch.start, stretch.signal.shape[1]) == (begin, 32 * 256)
    assert stretch.span == span
    assert stretch.start + stretch.asked.start == span[0]
    assert stretch.n_windows == 1
