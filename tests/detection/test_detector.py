from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.signal import resample_poly

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.errors import IctalError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.detection import sweep
from ictal.detection.calibration import Calibration
from ictal.detection.detector import Detector, tell_unanalysed
from ictal.detection.file import DetectorParts
from ictal.detection.library import load_bundled
from ictal.detection.settings import DetectorSettings, Leads, Model, Windows
from ictal.io.edf_write import write_edf
from ictal.io.formats import read
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.simulation.parts import ARTEFACTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.rodent import SpikeTrain, simulate_animal
from ictal.simulation.seizure import Seizure

Clip = tuple[str, Recording, Annotations]
GraphMaker = Callable[[ArrayLike, int, int], bytes]

ONSET, STOP = 70.0, 115.0


def simulate(seed: int = 2, focus: str = "T8", sampling_rate: float = 256.0) -> Recording:
    seizure = Seizure(ONSET, STOP - ONSET, focus=focus, crossing=1.0)
    return simulate_recording(
        150.0, seed=seed, seizures=[seizure], difficulty=0.3, sampling_rate=sampling_rate, without=ARTEFACTS
    )


@pytest.fixture(scope="module")
def phantom() -> Recording:
    return simulate()


def like(recording: Recording, data: ArrayLike, **changes: Any) -> Recording:
    return Recording.from_array(data, recording.sampling_rate, recording.channels, **changes)


def spans(events: Annotations) -> list[tuple[float, float]]:
    return [(event.onset, event.stop) for event in events]


def hemisphere(lead: str) -> str:
    return Electrode(lead.split("-")[0]).hemisphere


@pytest.mark.parametrize("focus", ["T7", "F7", "T8", "F8"])
@pytest.mark.parametrize("seed", [2, 6])
def test_the_seizure_of_the_phantom_is_found_on_its_side(seed: int, focus: str) -> None:
    recording = simulate(seed, focus)
    (event,) = load_bundled("line-length").detect(recording)
    assert abs(event.onset - ONSET) < 8.0
    assert abs(event.stop - STOP) < 8.0
    assert event.confidence is not None
    assert event.confidence > 0.5
    assert event.channels
    sides = [hemisphere(lead) for lead in event.channels]
    assert sides[0] == Electrode(focus).hemisphere
    assert sides.count(sides[0]) > len(sides) / 2


@pytest.mark.parametrize("seed", range(4))
def test_the_seizure_of_an_animal_is_found(seed: int) -> None:
    recording = simulate_animal(200.0, seed=seed, seizures=[SpikeTrain(90.0, 40.0)])
    (event,) = load_bundled("spike-rate").detect(recording)
    assert abs(event.onset - 90.0) < 8.0
    assert 20.0 < event.duration < 45.0
    assert event.channels == ("EEG1",)


def test_real_seizures_outrank_their_background(clips: list[Clip]) -> None:
    detector = load_bundled("line-length")
    for name, recording, reference in clips:
        detection = detector.analyse(recording)
        (truth,) = reference.seizures
        middles = detection.scores.times + detection.scores.step / 2
        before = detection.scores.seizure[middles < truth.onset]
        inside = detection.scores.seizure[(middles >= truth.onset) & (middles < truth.stop)]
        assert inside.mean() > before.mean() + 0.2, name
        assert len(detection.events.overlap(reference)) >= 1, name
        assert all(event.stop > truth.onset for event in detection.events), name
        assert detection.montage == "double-banana"
        assert detection.leads == MONTAGES["double-banana"].labels
        assert (detection.missing_electrodes, detection.interpolated, detection.masked) == ((), (), ())


@pytest.mark.parametrize("rate", [100.0, 173.61, 200.0, 250.0, 500.0, 512.0])
def test_an_event_late_in_a_recording_is_where_it_is(rate: float) -> None:
    """Nothing drifts: neither the resampled axis nor the grid of windows."""
    n_samples = round(1800 * rate)
    signal = np.random.default_rng(0).normal(0, 15, (2, n_samples))
    time = np.arange(n_samples) / rate
    signal += np.where((time >= 1700) & (time < 1740), 150.0, 0.0) * np.sin(2 * np.pi * 9 * time)
    (event,) = load_bundled("line-length").detect(Recording.from_array(signal, rate, ["Fz-Cz", "Cz-Pz"]))
    assert event.onset == pytest.approx(1700.0, abs=3.0)
    assert event.stop == pytest.approx(1740.0, abs=5.0)


@pytest.mark.parametrize(("up", "down", "rate"), [(25, 32, 200.0), (125, 128, 250.0), (125, 64, 500.0), (2, 1, 512.0)])
def test_the_sampling_rate_changes_nothing(phantom: Recording, up: int, down: int, rate: float) -> None:
    resampled = resample_poly(phantom.read().astype(np.float64), up, down, axis=1)
    expected = load_bundled("line-length").analyse(phantom)
    found = load_bundled("line-length").analyse(Recording.from_array(resampled, rate, phantom.channels))
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=5e-3)
    assert spans(found.events) == spans(expected.events)
    assert found.sampling_rate == rate


@pytest.mark.parametrize("gain", [0.5, 4.0, -1.0, 1.7])
def test_the_gain_changes_nothing(phantom: Recording, gain: float) -> None:
    expected = load_bundled("line-length").analyse(phantom)
    found = load_bundled("line-length").analyse(like(phantom, phantom.read() * gain))
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=1e-5)
    assert spans(found.events) == spans(expected.events)
    assert [event.channels for event in found.events] == [event.channels for event in expected.events]


@pytest.mark.parametrize("unit", ["mV", "V", "nV"])
def test_the_unit_changes_nothing(phantom: Recording, unit: str) -> None:
    factor = {"mV": 1e-3, "V": 1e-6, "nV": 1e3}[unit]
    scaled = like(phantom, phantom.read().astype(np.float64) * factor, unit=unit)
    assert load_bundled("line-length").detect(scaled) == load_bundled("line-length").detect(phantom)


def test_an_offset_of_the_amplifier_changes_nothing(phantom: Recording) -> None:
    offsets = np.linspace(-3000, 3000, 19)[:, None]
    expected = load_bundled("line-length").analyse(phantom)
    found = load_bundled("line-length").analyse(like(phantom, phantom.read() + offsets))
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=1e-3)
    assert spans(found.events) == spans(expected.events)


def test_the_same_recording_gives_the_same_events(phantom: Recording) -> None:
    first, second = (load_bundled("line-length").analyse(phantom) for _ in range(2))
    np.testing.assert_array_equal(first.scores.values, second.scores.values)
    assert first.events == second.events
    assert first.provenance == second.provenance


def make_bipolar(recording: Recording) -> Recording:
    """The double banana as a file would hold it, with old names and without the average reference."""
    potentials = dict(zip(SCALP_19, recording.read(), strict=True))
    leads = MONTAGES["double-banana"].leads
    old = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}
    labels = [f"{old.get(lead.anode, lead.anode)}-{old.get(lead.cathode, lead.cathode)}" for lead in leads]
    signal = [potentials[lead.anode] - potentials[lead.cathode] for lead in leads]
    return Recording.from_array(signal[::-1], recording.sampling_rate, labels[::-1])


@pytest.mark.parametrize("name", ["line-length", "eegwavenet-untrained"])
def test_referential_and_bipolar_files_give_the_same(phantom: Recording, name: str) -> None:
    expected, found = (load_bundled(name).analyse(each) for each in (phantom, make_bipolar(phantom)))
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=1e-4)
    assert spans(found.events) == spans(expected.events)
    assert found.leads == expected.leads
    assert [event.channels for event in found.events] == [event.channels for event in expected.events]


def test_a_file_gives_what_its_signal_gives(phantom: Recording, tmp_path: Path) -> None:
    write_edf(tmp_path / "night.edf", phantom)
    expected = load_bundled("line-length").analyse(phantom)
    found = load_bundled("line-length").analyse(read(tmp_path / "night.edf"))
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=0.02)
    assert spans(found.events) == spans(expected.events)


def test_odd_labels_give_the_same_with_a_mapping(phantom: Recording) -> None:
    odd = [f"Kanal {i}" for i in range(19)]
    renamed = Recording.from_array(phantom.read(), 256.0, odd)
    mapping = dict(zip(odd, SCALP_19, strict=True))
    assert load_bundled("line-length").detect(renamed, mapping) == load_bundled("line-length").detect(phantom)


def test_frames_that_touch_a_gap_are_not_analysed(phantom: Recording) -> None:
    gap = (85.3, 97.0)
    detection = load_bundled("line-length").analyse(like(phantom, phantom.read(), gaps=[gap]))
    windows = np.arange(149.0)
    touching = (windows < gap[1]) & (windows + 2.0 > gap[0])
    np.testing.assert_array_equal(detection.scores.analysed, ~touching)
    assert detection.gaps == (gap,)
    assert len(detection.events) == 2
    assert not detection.events.overlap(Annotations([Event(86.0, 10.0)], 150.0))
    assert f"{touching.sum()} s were not analysed" in detection.notes[-1]


def test_time_before_a_gap_is_as_if_there_were_none(phantom: Recording) -> None:
    """Filters stop at the gap: what follows it cannot reach back, but for the padding of the filter."""
    whole = load_bundled("line-length").analyse(phantom).scores
    cut = load_bundled("line-length").analyse(like(phantom, phantom.read(), gaps=[(120.0, 130.0)])).scores
    np.testing.assert_allclose(cut.seizure[:100], whole.seizure[:100], atol=1e-4)


@pytest.mark.parametrize(("name", "length"), [("line-length", 2), ("spike-rate", 5), ("eegwavenet-untrained", 4)])
def test_a_recording_shorter_than_a_window_is_refused(tmp_path: Path, name: str, length: int) -> None:
    def make(seconds: float, gaps: tuple[tuple[float, float], ...] = ()) -> Recording:
        noise = np.random.default_rng(0).normal(0, 10, (19, round(256 * seconds)))
        return Recording.from_array(noise, 256.0, SCALP_19, gaps=gaps)

    assert len(load_bundled(name).analyse(make(length)).scores) == 1
    write_edf(tmp_path / "short.edf", make(length - 1))
    with pytest.raises(RecordingError, match=rf"short\.edf: duration: has no {length} s without a gap") as caught:
        load_bundled(name).detect(read(tmp_path / "short.edf"))
    assert f"one window of {name}; the recording is {length - 1} s long" in str(caught.value)
    with pytest.raises(RecordingError, match="without a gap"):
        load_bundled(name).detect(make(length + 1, gaps=((1.0, 1.5),)))


def test_an_empty_recording_is_refused() -> None:
    with pytest.raises(RecordingError, match="the recording is 0 s long"):
        load_bundled("spike-rate").detect(Recording.from_array(np.empty((1, 0)), 256.0))


@pytest.mark.parametrize("name", ["line-length", "spike-rate", "eegwavenet-untrained"])
def test_a_constant_recording_has_no_event_and_says_why(name: str) -> None:
    flat = Recording.from_array(np.full((19, 256 * 40), 37.0), 256.0, SCALP_19)
    detection = load_bundled(name).analyse(flat)
    assert len(detection.events) == 0
    assert not detection.scores.analysed.any()
    assert detection.notes[-1].startswith("nothing was analysed")
    assert {artefact.kind for artefact in detection.artefacts} == {"flat"}


def test_a_note_says_how_much_was_left_out() -> None:
    values = np.full((10, 2), 0.5)
    assert tell_unanalysed(Scores(values, 0.0, 0.5)) == ()
    values[2:5] = np.nan
    assert tell_unanalysed(Scores(values, 0.0, 0.5))[0].startswith("1.5 s were not analysed")
    assert tell_unanalysed(Scores(values[2:5], 0.0, 0.5))[0].startswith("nothing was analysed")


def without(electrode: str, recording: Recording) -> Recording:
    """The recording as if one electrode had not been there."""
    keep = [i for i, name in enumerate(SCALP_19) if name != electrode]
    return Recording.from_array(recording.read()[keep], 256.0, [recording.channels[i] for i in keep])


def test_missing_electrodes_are_told_and_their_leads_drive_nothing(phantom: Recording) -> None:
    detection = load_bundled("line-length").with_settings({"leads.missing": "mask"}).analyse(without("Fp2", phantom))
    assert detection.missing_electrodes == ("Fp2",)
    assert (set(detection.masked), detection.interpolated) == ({"Fp2-F4", "Fp2-F8"}, ())
    assert any("masked" in note and "(missing: Fp2)" in note for note in detection.notes)
    (event,) = detection.events
    assert event.channels
    assert not set(event.channels) & set(detection.masked)


def test_interpolated_leads_are_told_and_seen(phantom: Recording) -> None:
    """The electrode in the middle of the seizure is missing, and still it is found where it is."""
    changes = {"leads.missing": "interpolate"}
    detection = load_bundled("line-length").with_settings(changes).analyse(without("T8", phantom))
    assert (set(detection.interpolated), detection.masked) == ({"F8-T8", "T8-P8"}, ())
    assert any("interpolated" in note and "(missing: T8)" in note for note in detection.notes)
    (event,) = detection.events
    assert event.onset < STOP
    assert event.stop > ONSET


def test_a_rule_does_not_see_masked_leads(phantom: Recording) -> None:
    """It scores as if the sixteen other leads were all there is."""
    bipolar = make_bipolar(phantom)
    rows = [i for i, label in enumerate(bipolar.channels) if "F8" not in label]
    sixteen = Recording.from_array(bipolar.read()[rows], 256.0, [f"lead {i}" for i in rows])
    expected = load_bundled("line-length").with_settings({"leads.montage": "as-recorded"}).analyse(sixteen)
    masking = load_bundled("line-length").with_settings({"leads.missing": "mask"})
    found = masking.analyse(without("F8", phantom))
    assert np.ptp(found.scores.seizure) > 0.1
    np.testing.assert_allclose(found.scores.values, expected.scores.values, atol=1e-4)


def test_a_network_needs_its_leads(phantom: Recording) -> None:
    four = Recording.from_array(phantom.read()[:4], 256.0, phantom.channels[:4])
    with pytest.raises(RecordingError, match=r"channels: only \d of the 18 leads .* needs 12"):
        load_bundled("eegwavenet-untrained").detect(four)


def test_detection_says_what_was_run(phantom: Recording) -> None:
    detector = load_bundled("line-length").with_settings({"postprocessing.threshold": "0.6"})
    detection = detector.analyse(phantom)
    assert (detection.detector, detection.threshold) == ("line-length", 0.6)
    assert (detection.duration, detection.sampling_rate, detection.start_time) == (150.0, 256.0, None)
    assert detection.settings["postprocessing"]["threshold"] == 0.6
    assert detection.provenance["detector"] == f"line-length {detector.fingerprint}"
    assert detection.events.duration == 150.0
    assert detection.notes == phantom.notes
    assert detection.scores.start == 0.5
    assert len(detection.scores) == 149


def test_detection_tells_nobody_who_it_was(tmp_path: Path, phantom: Recording) -> None:
    signals = [
        edfio.EdfSignal(row, 256.0, label=label, physical_dimension="uV", physical_range=(-3000, 3000))
        for row, label in zip(phantom.read().astype(np.float64), phantom.channels, strict=True)
    ]
    patient = edfio.Patient(code="MCH-0234567", sex="F", birthdate=date(1951, 5, 2), name="Haagse_Harry")
    trail = edfio.Recording(
        startdate=date(2002, 3, 2), hospital_administration_code="EMG561", investigator_technician_code="BK-JOP"
    )
    edfio.Edf(signals, patient=patient, recording=trail).write(tmp_path / "night.edf")
    recording = read(tmp_path / "night.edf")
    assert recording.start_time is not None
    detection = load_bundled("line-length").analyse(recording)
    assert detection.start_time == recording.start_time  # for the one who may keep it
    assert len(detection.events) == 1
    told = [detection.notes, detection.provenance, detection.settings, detection.leads, detection.artefacts]
    text = json.dumps([*told, [dataclasses.asdict(event) for event in detection.events]])
    for secret in ("0234567", "Harry", "1951", "02-MAY", "EMG561", "JOP", "2002", "night"):
        assert secret not in text


def test_progress_reaches_the_end(phantom: Recording) -> None:
    told: list[float] = []
    load_bundled("line-length").analyse(phantom, progress=told.append)
    assert told == sorted(told)
    assert told[-1] > 0.98


@pytest.mark.parametrize("name", ["line-length", "eegwavenet-scalp"])
def test_events_are_told_as_they_come(phantom: Recording, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BLOCK_SECONDS", 30.0)
    twice = like(phantom, np.tile(phantom.read(), 2), gaps=[(8.0, 10.5)])
    detector = load_bundled(name)
    told: list[Annotations] = []
    asked, unasked = detector.analyse(twice, found=told.append), detector.analyse(twice)
    assert asked.scores.values.tobytes() == unasked.scores.values.tobytes()
    assert told[-1] == asked.events == unasked.events
    assert len(asked.events) >= 2
    counts = [len(events) for events in told]
    assert counts == sorted(counts)
    assert 0 < counts.index(1) < len(told) - 3, "the first event is told long before the end"
    for events in told:
        assert spans(events) == spans(asked.events)[: len(events)]


def test_a_lower_threshold_finds_no_less(phantom: Recording) -> None:
    detector = load_bundled("line-length")
    times = [
        detector.with_settings({"postprocessing.threshold": str(level)}).detect(phantom).total_time
        for level in (0.95, 0.8, 0.5, 0.2, 0.05)
    ]
    assert times == sorted(times)
    assert times[0] < times[-1]


def test_calibration_moves_scores_and_confidence(phantom: Recording) -> None:
    detector = load_bundled("line-length")
    plain = detector.analyse(phantom).scores.seizure
    changes = {"calibration": '{"kind": "platt", "slope": 0.5, "intercept": -0.3}'}
    calibrated = detector.with_settings(changes).analyse(phantom).scores.seizure
    logit = 0.5 * np.log(plain / (1 - plain)) - 0.3
    np.testing.assert_allclose(calibrated, 1 / (1 + np.exp(-logit)), atol=1e-6)


def make_network(make_graph: GraphMaker, weights: ArrayLike, **changes: Any) -> Detector:
    settings = DetectorSettings(
        name="mean",
        summary="mean absolute value",
        model=Model(name="eegwavenet"),
        leads=Leads(montage="as-recorded"),
        sampling_rate=64.0,
        chain=Chain(),
        windows=Windows(length=2.0, step=1.0),
        postprocessing=PostProcessing(threshold=0.9),
        calibration=Calibration(),
        **changes,
    )
    return Detector(DetectorParts(settings, make_graph(weights, 128, 64)))


def test_a_graph_with_one_lead_that_matters_names_it(make_graph: GraphMaker) -> None:
    detector = make_network(make_graph, [[0.0, 0.0], [0.0, 0.0], [4.0, 8.0], [0.0, 0.0]])
    signal = np.zeros((4, 60 * 64), np.float32) + np.resize([0.3, 0.3, -0.3, -0.3], 60 * 64)
    signal[:, 20 * 64 : 40 * 64] *= 8
    detection = detector.analyse(Recording.from_array(signal, 64.0, ["a", "b", "c", "d"]))
    # Half a window of the larger signal is enough: the logit is then 4 * 1.35.
    assert [(event.onset, event.stop, event.channels) for event in detection.events] == [(19.5, 40.5, ("c",))]
    logits = 4.0 * np.array([0.3, 2.4])
    np.testing.assert_allclose(detection.scores.seizure[[5, 30]], 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_each_event_has_the_leads_that_drove_it_and_no_other(make_graph: GraphMaker) -> None:
    detector = make_network(make_graph, [[0.0, 0.4], [0.0, 0.4], [0.0, 0.4]])
    signal = np.zeros((3, 60 * 64)) + np.resize([0.3, 0.3, -0.3, -0.3], 60 * 64)
    signal[0, 10 * 64 : 20 * 64] *= 40
    signal[2, 40 * 64 : 50 * 64] *= 40
    events = detector.detect(Recording.from_array(signal, 64.0, ["a", "b", "c"]))
    assert [event.channels for event in events] == [("a",), ("c",)]


def test_what_the_chain_has_to_say_is_told() -> None:
    hum = 30 * np.sin(2 * np.pi * 60 * np.arange(256 * 60) / 256)
    noisy = np.random.default_rng(0).normal(0, 10, (2, 256 * 60)) + hum
    detector = load_bundled("line-length").with_settings({"chain.steps.1": '{"step": "notch"}'})
    detection = detector.analyse(Recording.from_array(noisy, 256.0, ["Fz-Cz", "Cz-Pz"]))
    assert any("60 Hz" in note for note in detection.notes)


def test_three_classes_are_scored_and_any_seizure_counts(make_graph: GraphMaker) -> None:
    classes = ("bckg", "sz_foc", "sz_gen")
    detector = make_network(make_graph, [[0.0, 1.0, 2.0]], classes=classes)
    signal = np.resize([1.0, -1.0], (1, 10 * 64)) * 1.5
    scores = detector.analyse(Recording.from_array(signal, 64.0, ["a"])).scores
    powers = np.exp([0.0, 1.5, 3.0])
    np.testing.assert_allclose(scores.values, np.tile(powers / powers.sum(), (9, 1)), atol=1e-6)
    assert scores.classes == classes
    np.testing.assert_allclose(scores.seizure, powers[1:].sum() / powers.sum(), atol=1e-6)


@pytest.mark.parametrize(("key", "value"), [("windows.length", "4.5"), ("windows.step", "2")])
def test_windows_that_the_network_was_not_made_for_are_refused_by_name(key: str, value: str) -> None:
    detector = load_bundled("eegwavenet-untrained").with_settings({key: value})
    with pytest.raises(ParameterError, match=rf"{key}: {float(value)} s is not allowed; the network was made for"):
        detector.detect(simulate_recording(70.0, seed=0, seizures=0))


def test_a_graph_for_other_windows_is_refused(make_graph: GraphMaker) -> None:
    detector = make_network(make_graph, [[0.0, 1.0]]).with_settings({"windows.length": "4", "windows.step": "2"})
    with pytest.raises(ParameterError, match=r"windows\.length, windows\.step and windows\.frames must be those"):
        detector.detect(Recording.from_array(np.ones((1, 640)), 64.0, ["a"]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"windows.step": "0.75"}, r"windows\.length: 2\.0 s is not allowed; a rule needs a multiple of windows\.step"),
        ({"model.config": '{"n_tops": 3}'}, r"model\.config\.n_tops: .*; allowed are .*n_top"),
        ({"model.config.n_top": "0"}, r"model\.config\.n_top: .*greater than or equal to 1"),
        ({"model.name": "eegwavenet"}, r"model\.name: 'eegwavenet' is a network, and .* no model\.onnx"),
        ({"model.name": "line-lenght"}, "model: 'line-lenght' is not allowed; .*Did you mean 'line-length'"),
        ({"chain.steps.0.sampling_rate": "128"}, "sampling_rate: the chain ends at 128 Hz, the model is for 256 Hz"),
        ({"leads.otherwise": "null", "leads.minimum": "20"}, "only 18 of the 18 leads of double-banana"),
    ],
)
def test_settings_that_do_not_fit_are_refused(phantom: Recording, changes: dict[str, str], message: str) -> None:
    with pytest.raises(IctalError, match=message) as caught:
        load_bundled("line-length").with_settings(changes).detect(phantom)
    assert "\n" not in str(caught.value)


def test_a_network_without_its_graph_is_refused_without_torch_too(
    phantom: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "ictal.models.eegwavenet", raising=False)
    with pytest.raises(ParameterError, match="'eegwavenet' is a network, and the detector holds no model"):
        load_bundled("line-length").with_settings({"model.name": "eegwavenet"}).detect(phantom)


def test_a_setting_of_the_rule_is_heard(phantom: Recording) -> None:
    deaf = load_bundled("line-length").with_settings({"model.config.rise": "9"})
    assert len(deaf.detect(phantom)) == 0


@pytest.mark.parametrize("name", ["line-length", "eegwavenet-untrained"])
def test_a_detector_that_was_written_is_the_same(phantom: Recording, tmp_path: Path, name: str) -> None:
    detector = load_bundled(name).with_settings({"postprocessing.merge_gap": "5"})
    (tmp_path / "mine.ictal").write_bytes(detector.encode())
    again = Detector.read(tmp_path / "mine.ictal")
    assert again.fingerprint == detector.fingerprint
    assert again.encode() == detector.encode()
    np.testing.assert_array_equal(again.analyse(phantom).scores.values, detector.analyse(phantom).scores.values)


def test_changed_settings_change_the_fingerprint() -> None:
    detector = load_bundled("line-length")
    assert detector.with_settings({}) is detector
    assert detector.with_settings({"postprocessing.merge_gap": "11"}).fingerprint != detector.fingerprint
    assert detector.with_settings({"postprocessing.merge_gap": "10"}).fingerprint == detector.fingerprint


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, problem in ((tmp_path / "gone.ictal", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(RecordingError, match=rf"{path.name}: cannot be read: {problem}"):
            Detector.read(path)
