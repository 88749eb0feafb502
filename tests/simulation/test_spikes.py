"""Spikes are where the focus is, as often as they should be, and never a seizure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.core.spans import intersect_spans
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.seizure import Seizure
from ictal.simulation.spikes import FRAGMENTS, spike_and_wave_phases, spike_phases
from ictal.simulation.states import States

RATE = 256.0


def alone(
    duration: float, seed: int = 0, *, states: States | None = None, rate: float = RATE, **epilepsy: object
) -> SimulatedRecording:
    subject = draw_subject(0)
    changed = {"kind": "focal-temporal", "focus": "T8", "spike_rate": 6.0, "spike_amplitude": 100.0, **epilepsy}
    subject = replace(subject, epilepsy=replace(subject.epilepsy, **changed))
    awake = States((("wake", 0.0, duration),)) if states is None else states
    others = [name for name in PARTS if name != "spikes"]
    return simulate_recording(
        duration, seed=seed, subject=subject, seizures=0, states=awake, sampling_rate=rate, without=others
    )


def cut(recording: SimulatedRecording, event: Event) -> NDArray[np.float32]:
    return recording.read(event.onset, min(event.stop, recording.duration))


@pytest.mark.parametrize("focus", ["T8", "F3", "P7"])
def test_spikes_are_negative_at_the_focus(focus: str) -> None:
    recording = alone(300.0, focus=focus)
    events = recording.truth
    assert len(events) > 15
    assert {event.event_type for event in events} == {"spike"}
    lowest = [cut(recording, event).min(axis=1) for event in events]
    assert {SCALP_19[row.argmin()] for row in lowest} == {focus}
    heights = [-row.min() for row in lowest]
    assert np.median(heights) == pytest.approx(100.0, rel=0.25)
    assert np.std(np.log(heights)) == pytest.approx(0.32, abs=0.15)
    channels = {channel for event in events for channel in event.channels}
    assert recording.channels[SCALP_19.index(focus)] in channels
    assert len(channels) <= 5


@pytest.mark.parametrize("width", [0.03, 0.07, 0.18])
def test_a_spike_is_as_wide_as_asked_and_a_slow_wave_follows(width: float) -> None:
    rate = 1000.0
    recording = alone(120.0, spike_width=width, spike_rate=10.0, rate=rate)
    at_focus = [-cut(recording, event)[SCALP_19.index("T8")] for event in recording.truth]
    assert len(at_focus) > 10
    spread, slow = [], []
    for course in at_focus:
        peak = int(course.argmax())
        low = np.flatnonzero(course < 0.5 * course.max())
        spread.append((low[low > peak][0] - low[low < peak][-1]) / rate)
        slow.append(course[peak + int((0.08 + width) * rate) :].max() / course.max())
    # Half of the height is held for 0.47 of the time from base to base.
    assert np.median(spread) == pytest.approx(0.47 * width, rel=0.15)
    assert 0.25 < np.median(slow) < 0.8


def test_the_rate_is_the_subjects_and_rises_in_sleep() -> None:
    half = States((("wake", 0.0, 3600.0), ("n2", 3600.0, 7200.0), ("rem", 7200.0, 10800.0)))
    onsets = np.array([event.onset for event in alone(10800.0, states=half, spike_rate=3.0).truth])
    awake, asleep, dreaming = (((onsets >= start) & (onsets < start + 3600)).sum() for start in (0, 3600, 7200))
    assert awake == pytest.approx(180, abs=4 * np.sqrt(180))
    assert asleep > 1.8 * awake
    assert dreaming < 0.8 * awake


def test_a_second_focus_has_its_share() -> None:
    recording = alone(1200.0, spike_second_focus="F7")
    sides = [SCALP_19[cut(recording, event).min(axis=1).argmin()] for event in recording.truth]
    assert set(sides) == {"T8", "F7"}
    assert sides.count("F7") / len(sides) == pytest.approx(0.3, abs=0.15)


@pytest.mark.parametrize("kind", sorted(FRAGMENTS))
def test_generalised_spike_and_wave_comes_in_fragments(kind: str) -> None:
    recording = alone(1800.0, kind=kind, spike_rate=4.0)
    durations = np.array([event.duration for event in recording.truth])
    assert len(durations) > 40
    assert durations.max() < 2.0
    assert durations.max() > 1.4
    onsets = np.array([event.onset for event in recording.truth])
    assert (onsets[1:] - (onsets + durations)[:-1]).min() > 2.9
    longest = max(recording.truth, key=lambda event: event.duration)
    course = recording.read(longest.onset, longest.stop)
    assert SCALP_19[course.min(axis=1).argmin()] == "Fz"
    assert longest.channels == ()
    frequencies, power = signal.periodogram(course[SCALP_19.index("Fz")], RATE, nfft=2**14)
    slow = (frequencies > 1.0) & (frequencies < 4.5)
    low, high = FRAGMENTS[kind]
    assert 0.8 * low < frequencies[slow][power[slow].argmax()] < 1.2 * high


def test_spikes_keep_away_from_seizures_and_patterns() -> None:
    subject = draw_subject(4, "icu")
    subject = replace(subject, epilepsy=replace(subject.epilepsy, spike_rate=20.0))
    recording = simulate_recording(1200.0, seed=1, subject=subject, seizures=[Seizure(300.0, 60.0)])
    spikes = [event.span for event in recording.truth if event.event_type == "spike"]
    patterns = [event.span for event in recording.truth if event.event_type == subject.epilepsy.pattern]
    assert len(spikes) > 20
    assert patterns
    assert not intersect_spans(spikes, [(300.0, 360.0), *patterns])


def test_spikes_elsewhere_do_not_change_with_a_seizure() -> None:
    subject = draw_subject(4)
    with_and_without = [
        list(simulate_recording(900.0, seed=1, subject=subject, seizures=list(seizures)).truth)
        for seizures in ([Seizure(300.0, 60.0)], [])
    ]
    during, quiet = ([event for event in events if event.event_type == "spike"] for events in with_and_without)
    assert 0 < len(during) <= len(quiet)
    assert during == [event for event in quiet if not intersect_spans([event.span], [(300.0, 360.0)])]


def test_shapes_are_surface_negative_first() -> None:
    for phases in (spike_phases(0.07), spike_and_wave_phases(1 / 3)):
        main = phases.reshape(-1, 3)
        assert main[main[:, 0] == 0.0][0, 2] == main[:, 2].min() == -1.0
