from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalError, ParameterError
from ictal.core.recording import Recording
from ictal.detection import library
from ictal.detection.detector import Detector
from ictal.detection.library import BUNDLED, DefaultDetector, describe_detectors, load_bundled, load_detector

FOLDER = Path(library.__file__).parent / "bundled"
NAMED = "labels name 10-20 electrodes: scalp EEG"
TOO_FEW = ", too few leads for eegwavenet-scalp"
ANIMAL = "no EEG channel names a 10-20 electrode: taken for an animal's"


def recording_of(*labels: str, seconds: int = 60) -> Recording:
    noise = np.random.default_rng(0).normal(0, 20, (len(labels), 256 * seconds))
    return Recording.from_array(noise, 256.0, labels)


def test_every_file_of_the_package_has_a_name() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.suffix == ".ictal"} == set(BUNDLED.values())


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_detector_is_loaded_by_its_name(name: str) -> None:
    by_name = load_detector(name)
    assert isinstance(by_name, Detector)
    assert by_name.name == name
    by_path = load_detector(FOLDER / BUNDLED[name])
    assert isinstance(by_path, Detector)
    assert by_path.fingerprint == by_name.fingerprint
    assert by_name.settings.summary
    assert "research" in by_name.settings.card["use"]


def test_descriptions_are_those_of_the_files() -> None:
    assert describe_detectors() == tuple((name, load_bundled(name).settings.summary) for name in BUNDLED)


@pytest.mark.parametrize(
    ("labels", "name", "reason"),
    [
        (list(SCALP_19), "eegwavenet-scalp", NAMED),
        ([*(f"EEG {lead}-REF" for lead in SCALP_19), "EMG"], "eegwavenet-scalp", NAMED),
        (["EEG Fp1-REF", "EMG"], "line-length", NAMED + TOO_FEW),
        (["T3", "left", "right"], "line-length", NAMED + TOO_FEW),
        ([f"EEG{i}" for i in range(9)], "line-length", f"more than 8 EEG channels: scalp EEG{TOO_FEW}"),
        ([f"EEG{i}" for i in range(8)], "eegwavenet-rodent", ANIMAL),
        (["EEG1"], "eegwavenet-rodent", ANIMAL),
        (["left cortex", "EMG", "ECG"], "eegwavenet-rodent", ANIMAL),
        ([*(f"EEG{i}" for i in range(8)), "EMG", "EOG left"], "eegwavenet-rodent", ANIMAL),
    ],
)
def test_the_default_follows_its_stated_rule(labels: list[str], name: str, reason: str) -> None:
    detector, told = load_detector().choose(recording_of(*labels, seconds=5))
    assert detector.name == name
    assert told == reason


def test_the_rule_sees_what_the_mapping_says() -> None:
    labels = [f"Kanal {number}" for number in range(len(SCALP_19))]
    recording = recording_of(*labels[:8], seconds=5)
    assert load_detector().choose(recording)[0].name == "eegwavenet-rodent"
    detector, told = load_detector().choose(recording, {"Kanal 0": "Fp1", "Kanal 1": "F7"})
    assert (detector.name, told) == ("line-length", NAMED + TOO_FEW)
    recording = recording_of(*labels, seconds=5)
    detector, told = load_detector().choose(recording, dict(zip(labels, SCALP_19, strict=True)))
    assert (detector.name, told) == ("eegwavenet-scalp", NAMED)


@pytest.mark.parametrize(
    ("labels", "name"),
    [(SCALP_19, "eegwavenet-scalp"), (SCALP_19[:2], "line-length"), (["cortex"], "eegwavenet-rodent")],
)
def test_the_default_detects_as_the_one_it_chooses(labels: tuple[str, ...], name: str) -> None:
    recording = recording_of(*labels)
    told: list[float] = []
    detection = load_detector().analyse(recording, progress=told.append)
    assert detection.detector == name
    assert told
    np.testing.assert_array_equal(detection.scores.values, load_bundled(name).analyse(recording).scores.values)
    assert load_detector().detect(recording) == detection.events


def test_changes_reach_whichever_is_chosen() -> None:
    default = load_detector()
    assert isinstance(default, DefaultDetector)
    changed = default.with_settings({"postprocessing.threshold": "0.9"}).with_settings(
        {"postprocessing.release": "0.8"}
    )
    for labels in (SCALP_19, SCALP_19[:2], ["cortex"]):
        rules = changed.choose(recording_of(*labels, seconds=5))[0].settings.postprocessing
        assert (rules.threshold, rules.release) == (0.9, 0.8)
    kept = default.choose(recording_of("cortex", seconds=5))[0].settings
    assert kept == load_bundled("eegwavenet-rodent").settings


def test_a_named_detector_runs_because_it_was_asked_for() -> None:
    detector = load_detector("spike-rate")
    assert detector.choose(recording_of(*SCALP_19, seconds=5)) == (detector, "as asked")


@pytest.mark.parametrize("name", ["line-lenght", "Line-Length", "something"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(
        ParameterError, match=f"detector: '{name}' is not allowed; allowed are 'eegwavenet-scalp', 'eeg"
    ) as e:
        load_detector(name)
    assert str(e.value).endswith("Did you mean 'line-length'?") == name.lower().startswith("line")


def test_a_file_is_loaded_from_any_place_and_by_any_name(tmp_path: Path) -> None:
    detector = load_bundled("line-length").with_settings({"name": "mine", "postprocessing.threshold": "0.6"})
    for file in (tmp_path / "mine.ictal", tmp_path / "mine"):
        file.write_bytes(detector.encode())
        for path in (file, str(file)):
            loaded = load_detector(path)
            assert isinstance(loaded, Detector)
            assert loaded.settings == detector.settings
            assert loaded.fingerprint == detector.fingerprint


def test_a_bundled_name_is_never_a_file_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "line-length").write_bytes(b"something else")
    monkeypatch.chdir(tmp_path)
    assert load_detector("line-length").name == "line-length"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"^detector: .*gone\.ictal: there is no such file\.$"):
        load_detector(tmp_path / "gone.ictal")


@pytest.mark.parametrize("name", ["folder", "folder.ictal"])
def test_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(ParameterError, match=rf"^detector: .*{name}: is a folder; give a \.ictal file\.$"):
        load_detector(tmp_path / name)


@pytest.mark.parametrize("name", ["empty.ictal", "empty.txt"])
def test_a_file_that_is_no_detector_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(IctalError, match=rf"{name}: is not a detector; a \.ictal file is a zip with detector\.json"):
        load_detector(tmp_path / name)


def test_a_recording_that_is_too_short_for_the_network_gets_the_rule() -> None:
    detector, told = load_detector().choose(recording_of(*SCALP_19, seconds=3))
    assert (detector.name, told) == (
        "line-length",
        "labels name 10-20 electrodes: scalp EEG, too short for eegwavenet-scalp",
    )
