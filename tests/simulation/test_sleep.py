"""The graphoelements of sleep are in their stage, at their place, of their shape and rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.core.spans import intersect_spans
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.sleep import spaced_onsets, spindle
from ictal.simulation.states import States
from ictal.simulation.subject import Sleep, Subject

RATE = 128.0
DURATION = 7200.0
NIGHT = States(
    (
        *(("wake", 0.0, 600.0), ("n1", 600.0, 1800.0), ("n2", 1800.0, 4200.0)),
        *(("n3", 4200.0, 5400.0), ("rem", 5400.0, 7200.0)),
    )
)
SLEEP = Sleep(
    tiredness=0.4,
    spindle_frequency=13.0,
    spindle_amplitude=30.0,
    spindle_rate=5.0,
    k_amplitude=150.0,
    k_rate=1.5,
    slow_wave_amplitude=45.0,
    vertex_amplitude=100.0,
    vertex_rate=4.0,
    sawtooth_amplitude=50.0,
)
SUBJECT = replace(draw_subject(0), sleep=SLEEP)
AMPLITUDES = {
    "slow-waves": "slow_wave_amplitude",
    "spindles": "spindle_amplitude",
    "k-complexes": "k_amplitude",
    "vertex-waves": "vertex_amplitude",
    "sawtooth-waves": "sawtooth_amplitude",
}
STAGES_OF = {
    "slow-waves": ("n2", "n3"),
    "spindles": ("n2", "n3"),
    "k-complexes": ("n2",),
    "vertex-waves": ("n1", "n2"),
    "sawtooth-waves": ("rem",),
}


def only(part: str, subject: Subject = SUBJECT, seed: int = 0) -> SimulatedRecording:
    others = [name for name in PARTS if name != part]
    return simulate_recording(
        DURATION, seed=seed, subject=subject, seizures=0, states=NIGHT, sampling_rate=RATE, without=others
    )


def events_of(recording: SimulatedRecording, kind: str, stage: str) -> list[Event]:
    [(start, stop)] = NIGHT.spans(stage)
    return [event for event in recording.truth if event.event_type == kind and start <= event.onset < stop]


def per_minute(events: list[Event], stage: str) -> float:
    [(start, stop)] = NIGHT.spans(stage)
    return 60 * len(events) / (stop - start)


def mean_wave(recording: SimulatedRecording, events: list[Event], seconds: float) -> np.ndarray:
    """Return the average over events from their onset on, shape (19, n_samples)."""
    return np.mean(
        [recording.read(event.onset, event.onset + seconds)[:, : int(seconds * RATE)] for event in events], axis=0
    )


def at(course: np.ndarray, name: str) -> np.ndarray:
    return course[SCALP_19.index(name)]


@pytest.mark.parametrize("part", AMPLITUDES)
def test_same_seed_same_samples_however_read(part: str) -> None:
    course = only(part).read()
    again = only(part)
    pieces = [again.read(start, start + 240.0) for start in np.arange(DURATION - 240.0, -1.0, -240.0)]
    np.testing.assert_array_equal(np.concatenate(pieces[::-1], axis=1), course)
    assert not np.array_equal(only(part, seed=1).read(), course)


@pytest.mark.parametrize("part", AMPLITUDES)
def test_each_is_in_its_stages_alone(part: str) -> None:
    recording = only(part)
    for stage in ("wake", "n1", "n2", "n3", "rem"):
        [(start, stop)] = NIGHT.spans(stage)
        ramp = 41.0
        assert bool(recording.read(start + ramp, stop).any()) == (stage in STAGES_OF[part])
    assert all(
        intersect_spans([event.span], NIGHT.spans(*STAGES_OF[part])) == (event.span,) for event in recording.truth
    )


@pytest.mark.parametrize("part", AMPLITUDES)
def test_who_does_not_have_it_does_not_have_it(part: str) -> None:
    without = replace(SUBJECT, sleep=replace(SLEEP, **{AMPLITUDES[part]: 0.0}))
    recording = only(part, without)
    assert not recording.read().any()
    assert len(recording.truth) == 0


def test_stages_are_events_and_no_signal() -> None:
    recording = only("stages")
    assert [event.event_type for event in recording.truth] == ["sleep-n1", "sleep-n2", "sleep-n3", "sleep-rem"]
    assert [event.span for event in recording.truth] == [stage[1:] for stage in NIGHT.stages[1:]]
    assert not recording.read().any()


def test_slow_waves_of_n3_are_slow_frontal_and_high() -> None:
    course = only("slow-waves").read(4300.0, 5400.0)
    assert SCALP_19[course.std(axis=1).argmax()] == "Fz"
    assert at(course, "Fz").std() == pytest.approx(45.0, rel=0.3)
    frequencies, power = signal.welch(at(course, "Fz"), RATE, nperseg=2048)
    inside = (frequencies >= 0.5) & (frequencies <= 1.5)
    assert power[inside].sum() > 0.9 * power.sum()
    seconds = at(course, "Fz")[: 1000 * int(RATE)].reshape(-1, 2 * int(RATE))
    assert (np.ptp(seconds, axis=1) >= 75).mean() > 0.6


def test_slow_waves_grow_from_n2_to_n3_within_a_minute() -> None:
    recording = only("slow-waves")
    in_n2, in_n3 = (at(recording.read(*span), "Fz").std() for span in ((2000.0, 4200.0), (4300.0, 5400.0)))
    assert 0.15 < in_n2 / in_n3 < 0.4


def test_spindles_have_their_rate_length_and_frequency() -> None:
    recording = only("spindles")
    events = events_of(recording, "spindle", "n2")
    assert per_minute(events, "n2") == pytest.approx(5.0, rel=0.2)
    assert per_minute(events_of(recording, "spindle", "n3"), "n3") == pytest.approx(2.0, rel=0.4)
    assert all(0.5 <= event.duration <= 2.0 for event in events)
    assert np.diff([event.onset for event in events]).min() >= 3.0
    frontal = [event for event in events if "Fz-Avg" in event.channels and "Pz-Avg" not in event.channels]
    parietal = [event for event in events if "Pz-Avg" in event.channels]
    assert len(frontal) + len(parietal) == len(events)
    for kind, electrode, expected in ((frontal, "Fz", 12.0), (parietal, "Pz", 13.6)):
        waves = np.concatenate([at(recording.read(*event.span), electrode) for event in kind])
        frequencies, power = signal.welch(waves, RATE, nperseg=256)
        assert frequencies[power.argmax()] == pytest.approx(expected, abs=0.6)


def test_spindles_are_as_high_as_the_subject_has_them() -> None:
    recording = only("spindles")
    heights = [np.abs(recording.read(*event.span)).max() for event in events_of(recording, "spindle", "n2")]
    assert np.median(heights) == pytest.approx(30.0, rel=0.15)


@given(st.integers(64, 512), st.floats(11.0, 16.0), st.floats(0.0, 1.0))
def test_a_spindle_waxes_and_wanes(length: int, frequency: float, phase: float) -> None:
    [wave] = np.abs(spindle(np.ones(1), length, 256.0, frequency, phase))
    assert wave.max() <= 1.0
    assert wave[[0, -1]].max() < 0.01
    middle = wave[length // 4 : -length // 4].max()
    assert middle > wave[: length // 10].max() and middle > wave[-length // 10 :].max()


def test_k_complexes_are_negative_then_positive_at_the_midline() -> None:
    recording = only("k-complexes", replace(SUBJECT, sleep=replace(SLEEP, spindle_amplitude=0.0)))
    events = events_of(recording, "k-complex", "n2")
    assert per_minute(events, "n2") == pytest.approx(1.5, rel=0.3)
    assert min(event.duration for event in events) >= 0.5
    heights = []
    for event in events:
        wave = recording.read(event.onset, event.stop)
        trough, crest = at(wave, "Cz").argmin(), at(wave, "Cz").argmax()
        assert trough < crest
        assert np.abs(wave[:, trough]).argmax() in {SCALP_19.index("Cz"), SCALP_19.index("Fz")}
        heights.append(np.ptp(at(wave, "Cz")))
    assert np.median(heights) == pytest.approx(150.0, rel=0.2)


def test_some_k_complexes_are_followed_by_a_spindle() -> None:
    recording = only("k-complexes")
    followed = events_of(recording, "spindle", "n2")
    onsets = np.array([event.onset for event in events_of(recording, "k-complex", "n2")])
    assert 0.1 < len(followed) / len(onsets) < 0.7
    for event in followed:
        assert 0.0 < event.onset - onsets[onsets < event.onset].max() < 1.3


def test_vertex_waves_are_sharp_and_negative_at_cz() -> None:
    recording = only("vertex-waves")
    events = events_of(recording, "vertex-wave", "n1")
    assert per_minute(events, "n1") == pytest.approx(4.0, rel=0.3)
    assert per_minute(events_of(recording, "vertex-wave", "n2"), "n2") < 1.2
    assert np.median([event.duration for event in events]) < 0.5
    wave = mean_wave(recording, events, 0.5)
    trough = at(wave, "Cz").argmin()
    assert SCALP_19[np.abs(wave[:, trough]).argmax()] == "Cz"
    assert at(wave, "Cz")[trough] == pytest.approx(-100.0, rel=0.3)
    assert (at(wave, "Cz") < 0.5 * at(wave, "Cz")[trough]).mean() * 0.5 < 0.15


def test_sawtooth_waves_of_rem_are_theta_at_the_midline() -> None:
    recording = only("sawtooth-waves")
    events = events_of(recording, "sawtooth-waves", "rem")
    assert 5 < len(events) < 40
    for event in events:
        run = recording.read(*event.span)
        assert SCALP_19[run.std(axis=1).argmax()] in {"Cz", "Fz"}
        frequencies, power = signal.periodogram(at(run, "Cz"), RATE)
        assert 1.8 < frequencies[power.argmax()] < 5.5


@given(
    st.lists(st.tuples(st.floats(0.0, 900.0), st.floats(0.0, 300.0)), max_size=3),
    st.floats(0.0, 30.0),
    st.floats(0.5, 10.0),
    st.floats(0.0, 5.0),
    st.integers(0, 99),
)
def test_spaced_onsets_keep_apart_and_leave_room(
    gaps: list[tuple[float, float]], per_minute: float, apart: float, room: float, seed: int
) -> None:
    spans, position = [], 0.0
    for length, gap in gaps:
        spans.append((position, position + length))
        position += length + gap
    onsets = spaced_onsets(spans, per_minute, apart, room, np.random.default_rng(seed))
    for start, stop in spans:
        inside = [onset for onset in onsets if start <= onset < stop]
        assert all(onset + room <= stop for onset in inside)
    assert (np.diff(onsets) > 0).all()
    if len(spans) == 1 and len(onsets) > 1:
        assert np.diff(onsets).min() >= apart * (1 - 1e-9)


def test_spaced_onsets_have_their_rate() -> None:
    onsets = spaced_onsets([(0.0, 36000.0)], 6.0, 3.0, 2.0, np.random.default_rng(0))
    assert len(onsets) / 600 == pytest.approx(6.0, rel=0.05)
