"""Windows in an array become a detector, or the message says what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.core.errors import IctalWarning, ParameterError
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.settings import Model
from ictal.training.arrays import History, chain_of, check_arrays, choose_hop, choose_sides, fit
from ictal.training.restore import restore_network

RATE, LENGTH = 128.0, 512
QUICK = {"epochs": 4, "batch_size": 16, "accelerator": "cpu", "optimizer": {"optimizer": "adam", "lr": 3e-3}}


def make(n: int = 60, n_channels: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows that are louder where they are seizure, of three persons."""
    draws = np.random.default_rng(seed)
    labels = draws.permutation(np.arange(n) % 2)
    signal = draws.normal(0.0, 20.0, (n, n_channels, LENGTH)) * (1 + 3 * labels[:, None, None])
    return signal, labels, np.resize(["anna", "ben", "carla"], n)


@pytest.fixture(scope="module")
def fitted() -> tuple[Detector, History]:
    return fit(*make(), sampling_rate=RATE, settings=QUICK)


class TestDetector:
    def test_it_hears_what_it_was_trained_on(self, fitted: tuple[Detector, History]) -> None:
        detector, history = fitted
        assert max(row["validation/pr_auc"] for row in history) > 0.95
        signal = np.random.default_rng(9).normal(0.0, 20.0, (2, round(60 * RATE)))
        signal[:, round(30 * RATE) :] *= 4.0
        seizure = detector.analyse(Recording.from_array(signal, RATE, ["C3", "C4"])).scores.seizure
        assert seizure[40:55].min() > seizure[5:20].max()

    def test_recordings_of_another_rate_are_resampled(self, fitted: tuple[Detector, History]) -> None:
        noise = np.random.default_rng(1).normal(0.0, 20.0, (2, 250 * 20))
        assert len(fitted[0].analyse(Recording.from_array(noise, 250.0, ["C3", "C4"])).scores) == 17

    def test_it_can_be_kept_and_trained_further(self, fitted: tuple[Detector, History], tmp_path: Path) -> None:
        detector = fitted[0]
        (tmp_path / "mine.ictal").write_bytes(detector.encode())
        again = Detector.read(tmp_path / "mine.ictal")
        assert again.fingerprint == detector.fingerprint
        assert restore_network(again).config.n_channels == 2
        assert again.settings.card["data"] == "arrays of 3 persons; windows: 16 bckg, 24 sz"

    def test_the_same_seed_gives_the_same_bits(self, fitted: tuple[Detector, History]) -> None:
        again, _ = fit(*make(), sampling_rate=RATE, settings=QUICK)
        assert again.parts.weights == fitted[0].parts.weights


def test_channels_of_a_montage_are_made_of_any_recording() -> None:
    leads = tuple(str(lead) for lead in MONTAGES["double-banana"].leads)
    assert [step.step for step in chain_of(leads, 256.0).steps] == ["montage", "resample"]
    assert [step.step for step in chain_of(leads[:5], 256.0).steps] == ["resample"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two axes": ({"X": np.zeros((4, 9))}, r"X: shape \(4, 9\) came; allowed is \(n_windows, n_channels, n_samples\)"),
    "no numbers": ({"X": np.full((60, 2, LENGTH), "a")}, "X: numbers of type <U1 came; allowed are floats"),
    "nothing": ({"X": np.zeros((0, 2, LENGTH))}, r"X: shape \(0, 2, 512\) came"),
    "labels of floats": ({"y": np.linspace(0, 1, 60)}, r"y: shape \(60,\) of type float64 came; .* of integers"),
    "too few labels": ({"y": np.arange(59) % 2}, r"y: shape \(59,\) .* allowed is \(60,\)"),
    "one class": ({"y": np.zeros(60, int)}, "y: 0 came; allowed are 0 and 1, and both must occur"),
    "three classes": ({"y": np.arange(60) % 3}, "y: 0, 1, 2 came; allowed are 0 and 1"),
    "no groups": ({"groups": None}, "groups: none came; give one for each window, the person it is of"),
    "too few groups": ({"groups": ["anna"] * 3}, r"groups: shape \(3,\) came; allowed is \(60,\)"),
    "a rule": ({"model": "line-length"}, "model: 'line-length' is not allowed; allowed are .*'eegwavenet'"),
    "a model of frames": ({"model": "tcn"}, "model: 'tcn' is not allowed"),
    "too few names": ({"channels": ["C3"]}, "channels: 1 came; allowed are 2 names, all different"),
    "the same name twice": ({"channels": ["C3", "C3"]}, "channels: 2 came; allowed are 2 names, all different"),
    "no rate": ({"sampling_rate": 0.0}, "sampling_rate"),
    "an unknown setting": ({"settings": {"epoch": 3}}, "settings: 'epoch' is not allowed.*Did you mean 'epochs'"),
    "figures of events": ({"settings": {"monitor": "event_f1"}}, "settings.monitor: 'event_f1' is not allowed"),
    "too much to watch": ({"validation": 0.9}, "validation: 0.9 is not allowed; it must be from 0 to 0.5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said(case: str) -> None:
    signal, labels, groups = make()
    changes, message = REFUSED[case]
    arguments = {"X": signal, "y": labels, "groups": groups, "sampling_rate": RATE, **changes}
    with pytest.raises(ParameterError, match=message):
        fit(**arguments)


def test_the_window_with_what_is_no_number_is_named() -> None:
    signal, labels, groups = make()
    signal[37, 1, 5] = np.nan
    with pytest.raises(ParameterError, match="X: window 37 holds NaN or infinity"):
        check_arrays(signal, labels, groups)


def test_windows_that_no_long_signal_can_be_answered_with_are_refused_before_any_training() -> None:
    facts = {"n_channels": 1, "n_classes": 2, "sampling_rate": 250.0, "window": 4.0}
    with pytest.raises(ParameterError, match=r"X: windows of 1000 samples: eegwavenet: .*multiples of 64"):
        choose_hop(Model(name="eegwavenet"), facts)


def test_sides_share_no_person_and_both_have_seizures() -> None:
    persons = np.repeat([*"abcde"], 10)
    labels = np.tile([0] * 9 + [1], 5).astype(np.int8)
    for seed in range(5):
        rows, watched = choose_sides(persons.tolist(), labels, 0.2, seed)
        assert not set(persons[rows]) & set(persons[watched])
        assert len(watched) == 10
        assert labels[watched].any()


def test_a_class_that_one_person_alone_has_is_trained_on() -> None:
    persons = np.repeat([*"abcde"], 10)
    labels = (np.arange(50) < 5).astype(np.int8)
    rows, watched = choose_sides(persons.tolist(), labels, 0.2, 0)
    assert labels[rows].any()
    assert not labels[watched].any()


def test_seizures_at_the_end_of_the_only_person_cannot_be_trained_on() -> None:
    labels = (np.arange(50) >= 45).astype(np.int8)
    with (
        pytest.warns(IctalWarning, match="there is one; the last 20 % of its windows are watched"),
        pytest.raises(ParameterError, match=r"all windows of class 1 \(sz\) are of the group that is watched"),
    ):
        choose_sides(["anna"] * 50, labels, 0.2, 0)
