"""Neonates have discontinuous quiet sleep, continuous active sleep, delta brushes, and no rhythms of adults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.spans import complement_spans, intersect_spans
from ictal.simulation.neonatal_sleep import brush, burst_spans
from ictal.simulation.parts import ARTEFACTS, EPILEPSY, PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.scene import Scene
from ictal.simulation.states import States
from ictal.simulation.subject import Subject

RATE = 128.0
NAP = States((("rem", 0.0, 900.0), ("n2", 900.0, 2100.0), ("wake", 2100.0, 2400.0)))


def newborn() -> Subject:
    subject = draw_subject(1, "neonate")
    sleep = replace(
        subject.sleep,
        architecture="neonate",
        burst_amplitude=35.0,
        pause_seconds=6.5,
        brush_amplitude=100.0,
        brush_rate=3.0,
        vertex_amplitude=0.0,
        sawtooth_amplitude=0.0,
    )
    return replace(subject, rhythms=replace(subject.rhythms, background_amplitude=15.0), sleep=sleep)


def recorded(*parts: str, subject: Subject | None = None, seed: int = 0) -> SimulatedRecording:
    return simulate_recording(
        NAP.duration,
        seed=seed,
        subject=newborn() if subject is None else subject,
        seizures=0,
        states=NAP,
        sampling_rate=RATE,
        without=[name for name in PARTS if name not in parts],
    )


def bursts() -> tuple[tuple[float, float], ...]:
    return burst_spans(Scene(newborn(), NAP, (), round(NAP.duration * RATE), RATE, 50.0, 0.5, 0))


def size_inside(recording: SimulatedRecording, spans: list[tuple[float, float]]) -> float:
    return float(np.sqrt(np.mean(np.concatenate([recording.read(*span).ravel() for span in spans]) ** 2)))


def test_neonates_have_no_rhythms_of_adults() -> None:
    others = [name for name in PARTS if name not in {*ARTEFACTS, *EPILEPSY}]
    own = {"background", "trace-alternant", "delta-brushes"}
    assert not recorded(*(set(others) - own)).read().any()


@pytest.mark.parametrize("part", ["trace-alternant", "delta-brushes"])
def test_adults_have_nothing_of_neonates(part: str) -> None:
    recording = recorded(part, "background", subject=draw_subject(1))
    np.testing.assert_array_equal(recording.read(), recorded("background", subject=draw_subject(1)).read())
    assert len(recording.truth) == 0


@pytest.mark.parametrize("part", ["trace-alternant", "delta-brushes"])
def test_same_seed_same_samples_however_read(part: str) -> None:
    course = recorded(part).read()
    again = recorded(part)
    pieces = [again.read(start, start + 60.0) for start in np.arange(NAP.duration - 60.0, -1.0, -60.0)]
    np.testing.assert_array_equal(np.concatenate(pieces[::-1], axis=1), course)
    assert not np.array_equal(recorded(part, seed=1).read(), course)


def test_bursts_and_pauses_are_as_long_as_they_should_be() -> None:
    lengths = np.array([stop - start for start, stop in bursts()])
    pauses = np.array([stop - start for start, stop in complement_spans(bursts(), *bursts()[0][:1], bursts()[-1][1])])
    assert intersect_spans(bursts(), NAP.spans("n2")) == bursts()
    assert 3.0 <= lengths[:-1].min() < 4.0 < 7.0 < lengths.max() <= 8.0
    assert 4.0 <= pauses.min() < 5.0 < 9.0 < pauses.max() <= 10.0


def test_quiet_sleep_alternates_between_high_and_low_voltage() -> None:
    recording = recorded("background", "trace-alternant")
    high = [(start + 1.0, stop - 0.5) for start, stop in bursts()]
    low = [(start + 1.0, stop) for start, stop in complement_spans(bursts(), 950.0, 2090.0) if stop - start > 3.0]
    active = size_inside(recording, [(10.0, 890.0)])
    assert size_inside(recording, high) > 1.5 * active
    assert size_inside(recording, low) < 0.75 * active
    assert [(event.event_type, event.span) for event in recording.truth] == [("trace-alternant", (900.0, 2100.0))]


def test_active_sleep_is_continuous() -> None:
    course = recorded("background", "trace-alternant").read(10.0, 890.0)
    sizes = course[:, : 880 * int(RATE)].reshape(19, -1, 2 * int(RATE)).std(axis=2).mean(axis=0)
    assert np.percentile(sizes, 5) > 0.5 * np.median(sizes)


def test_bursts_are_slow_waves() -> None:
    course = np.concatenate([recorded("trace-alternant").read(*span) for span in bursts()[:20]], axis=1)
    frequencies, power = signal.welch(course, RATE, nperseg=512)
    mean = power.mean(axis=0)
    assert 0.9 < frequencies[mean.argmax()] < 3.1
    assert mean[(frequencies > 0.8) & (frequencies < 4)].sum() > 0.7 * mean.sum()
    assert np.sqrt((course**2).mean(axis=1).max()) == pytest.approx(35.0, rel=0.3)


def test_brushes_are_local_in_sleep_and_in_bursts_when_it_is_quiet() -> None:
    recording = recorded("delta-brushes")
    brushes = list(recording.truth)
    assert {event.event_type for event in brushes} == {"delta-brush"}
    active = [event for event in brushes if event.onset < 900.0]
    assert len(active) / 15 == pytest.approx(3.0, rel=0.35)
    for event in brushes:
        assert intersect_spans([(event.onset, event.onset + 0.1)], [*NAP.spans("rem"), *bursts()])
        assert len(event.channels) <= 4
    places = {event.channels[0] for event in brushes}
    assert len(places) >= 3
    assert max(event.stop for event in brushes) <= NAP.duration


def test_a_brush_is_fast_waves_on_a_slow_one() -> None:
    field = np.eye(19)[SCALP_19.index("C3")] * 100.0
    wave = brush(field, 512, 256.0, 14.0, seed=0)[SCALP_19.index("C3")]
    frequencies, power = signal.periodogram(wave, 256.0)
    slow, fast = (frequencies > 0) & (frequencies <= 1.5), (frequencies > 8) & (frequencies < 20)
    assert power[fast].argmax() + np.flatnonzero(fast)[0] == pytest.approx(14.0 * 2, abs=6)
    assert power[slow].sum() > power[fast].sum() > 0.05 * power[slow].sum()
    assert 80.0 < np.ptp(wave) < 220.0
    assert np.abs(wave[[0, -1]]).max() < 2.0
