"""The rhythms of wakefulness are where, when and how fast they are in people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations
from ictal.core.spans import Span, intersect_spans
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.states import States
from ictal.simulation.subject import Rhythms, Subject

RATE = 128.0
DAY = States(
    (
        ("wake", 0.0, 900.0),
        ("n1", 900.0, 1200.0),
        ("n2", 1200.0, 1500.0),
        ("n3", 1500.0, 1800.0),
        ("rem", 1800.0, 2100.0),
    ),
    closures=((300.0, 600.0), (780.0, 900.0)),
    movements=((650.0, 700.0),),
)
RHYTHMS = Rhythms(
    background_amplitude=20.0,
    background_exponent=2.0,
    background_knee=1.0,
    alpha_frequency=10.0,
    alpha_amplitude=20.0,
    beta_frequency=20.0,
    beta_amplitude=5.0,
    mu_frequency=9.5,
    mu_amplitude=10.0,
    theta_amplitude=10.0,
)
SUBJECT = replace(draw_subject(0), rhythms=RHYTHMS)
NARROW = ("alpha", "beta", "mu", "theta")


def only(part: str, subject: Subject = SUBJECT, seed: int = 0) -> SimulatedRecording:
    others = [name for name in PARTS if name != part]
    return simulate_recording(
        2100.0, seed=seed, subject=subject, seizures=0, states=DAY, sampling_rate=RATE, without=others
    )


def strength(course: np.ndarray, *names: str) -> float:
    """Return the root mean square over some electrodes."""
    return float(np.sqrt((course[[SCALP_19.index(name) for name in names]] ** 2).mean()))


def peak_frequency(course: np.ndarray, name: str) -> float:
    frequencies, power = signal.welch(course[SCALP_19.index(name)], RATE, nperseg=1024)
    return float(frequencies[power.argmax()])


def mean_frequency(course: np.ndarray, name: str) -> float:
    frequencies, power = signal.welch(course[SCALP_19.index(name)], RATE, nperseg=1024)
    return float((frequencies * power).sum() / power.sum())


def strongest(course: np.ndarray, count: int) -> set[str]:
    return {SCALP_19[number] for number in course.std(axis=1).argsort()[-count:]}


@pytest.mark.parametrize("part", ["background", *NARROW])
def test_same_seed_same_samples_however_read(part: str) -> None:
    course = only(part).read(240.0, 1260.0)
    assert course.any()
    again = only(part)
    pieces = [again.read(start, start + 60.0) for start in np.arange(1200.0, 239.0, -60.0)]
    np.testing.assert_array_equal(np.concatenate(pieces[::-1], axis=1), course)
    assert not np.array_equal(only(part, seed=1).read(240.0, 1260.0), course)


@pytest.mark.parametrize("part", NARROW)
def test_who_does_not_have_a_rhythm_does_not_have_it(part: str) -> None:
    without = replace(SUBJECT, rhythms=replace(RHYTHMS, **{f"{part}_amplitude": 0.0}))
    recording = only(part, without)
    assert not recording.read(240.0, 1260.0).any()
    assert len(recording.truth) == 0


@pytest.mark.parametrize("part", NARROW)
def test_a_rhythm_is_as_large_as_its_subject_has_it(part: str) -> None:
    larger = replace(
        SUBJECT, rhythms=replace(RHYTHMS, **{f"{part}_amplitude": 3 * getattr(RHYTHMS, f"{part}_amplitude")})
    )
    np.testing.assert_allclose(
        only(part, larger).read(300.0, 1000.0), 3 * only(part).read(300.0, 1000.0), rtol=1e-3, atol=1e-3
    )


def test_background_falls_with_frequency_and_is_as_large_as_it_should_be() -> None:
    course = only("background").read(0.0, 600.0)
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    fitted = (frequencies > 3) & (frequencies < 40)
    slope = np.polyfit(np.log(frequencies[fitted]), np.log(power.mean(axis=0)[fitted]), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.2)
    assert np.sqrt((course**2).mean()) == pytest.approx(20.0, rel=0.2)


def test_alpha_is_posterior_and_comes_with_closed_eyes() -> None:
    recording = only("alpha")
    opened, closed = recording.read(10.0, 290.0), recording.read(310.0, 590.0)
    assert strongest(closed, 2) == {"O1", "O2"}
    assert strength(closed, "O1", "O2") == pytest.approx(20.0, rel=0.15)
    assert strength(opened, "O1", "O2") < 0.3 * strength(closed, "O1", "O2")
    assert peak_frequency(closed, "O1") == pytest.approx(10.0, abs=0.5)
    assert strength(recording.read(1250.0, 1750.0), "O1", "O2") < 0.1


def test_alpha_waxes_and_wanes() -> None:
    [envelope] = np.abs(signal.hilbert(only("alpha").read(310.0, 590.0)[[SCALP_19.index("O1")]]))
    assert 0.3 < envelope.std() / envelope.mean() < 0.8


def test_alpha_stops_when_the_eyes_open() -> None:
    recording = only("alpha")
    steps = np.mean([strength(recording.read(at, at + 1.0), "O1", "O2") for at in (296.0, 298.0, 602.0, 604.0)])
    assert steps < 0.35 * strength(recording.read(310.0, 590.0), "O1", "O2")
    assert strength(recording.read(301.0, 311.0), "O1", "O2") > 8.0


def test_alpha_spreads_forwards_and_slows_in_drowsiness_then_goes() -> None:
    recording = only("alpha")
    awake, drowsy, asleep = recording.read(310.0, 590.0), recording.read(850.0, 900.0), recording.read(910.0, 1190.0)
    to_the_front = [strength(course, "F3", "F4", "Cz") / strength(course, "O1", "O2") for course in (awake, drowsy)]
    assert to_the_front[1] > 1.5 * to_the_front[0]
    assert mean_frequency(drowsy, "Cz") < mean_frequency(drowsy, "O1") - 0.15
    assert strength(asleep, "O1", "O2") < 0.4 * strength(awake, "O1", "O2")


def test_beta_is_frontocentral_of_either_side_and_most_in_n1() -> None:
    recording = only("beta")
    awake, drowsing, deep = recording.read(0.0, 800.0), recording.read(910.0, 1190.0), recording.read(1510.0, 1790.0)
    assert strongest(awake, 4) == {"F3", "F4", "C3", "C4"}
    assert strength(awake, "F3", "F4") == pytest.approx(5.0, rel=0.2)
    assert peak_frequency(awake, "F3") == pytest.approx(20.0, abs=2.5)
    assert abs(np.corrcoef(awake[[SCALP_19.index("F3"), SCALP_19.index("F4")]])[0, 1]) < 0.4
    assert strength(drowsing, "F3", "F4") > 1.3 * strength(awake, "F3", "F4")
    assert strength(deep, "F3", "F4") < 0.5 * strength(awake, "F3", "F4")


def test_theta_is_of_drowsiness_over_temples_and_vertex() -> None:
    recording = only("theta")
    assert not recording.read(0.0, 830.0).any()
    asleep = recording.read(910.0, 1190.0)
    assert strongest(asleep, 3) == {"T7", "T8", "Cz"}
    assert strength(asleep, "T7", "T8", "Cz") == pytest.approx(10.0, rel=0.25)
    assert 4.0 < peak_frequency(asleep, "Cz") < 7.5
    growing = [strength(recording.read(at, at + 2.0), "T7", "T8", "Cz") for at in (839.0, 842.0, 846.0, 860.0)]
    assert growing[0] < 2.0 < growing[-1]


def runs(truth: Annotations, electrode: str) -> list[Span]:
    return [event.span for event in truth if event.channels == (f"{electrode}-Avg",)]


def test_mu_is_over_either_hand_by_itself_and_in_its_events_alone() -> None:
    recording = only("mu")
    course = recording.read(0.0, 900.0)
    left, right = runs(recording.truth, "C3"), runs(recording.truth, "C4")
    assert {event.event_type for event in recording.truth} == {"mu"}
    assert len(left) + len(right) == len(recording.truth)
    assert min(len(left), len(right)) > 20
    shared = intersect_spans(left, right)
    assert sum(stop - start for start, stop in shared) < 0.5 * sum(stop - start for start, stop in left)
    assert strongest(course, 2) == {"C3", "C4"}
    start, stop = max(left, key=lambda span: span[1] - span[0])
    assert strength(recording.read(start + 0.3, stop - 0.3), "C3") == pytest.approx(10.0, rel=0.6)
    inside = np.zeros(course.shape[1], dtype=bool)
    for start, stop in [*left, *right]:
        inside[int(start * RATE) - 1 : int(stop * RATE) + 2] = True
    assert not course[:, ~inside].any()


def test_mu_is_of_rest_and_wakefulness_with_open_eyes_too() -> None:
    truth = only("mu").truth
    assert not intersect_spans(truth.spans, [*DAY.movements, (840.0, 2100.0)])
    assert intersect_spans(truth.spans, [(0.0, 300.0)])
    assert intersect_spans(truth.spans, [(300.0, 600.0)])


def test_mu_has_pointed_negative_arches_with_a_harmonic() -> None:
    recording = only("mu")
    course = recording.read(0.0, 900.0)[SCALP_19.index("C3")]
    pieces = [course[int(start * RATE) : int(stop * RATE)] for start, stop in runs(recording.truth, "C3")]
    joined = np.concatenate(pieces)
    frequencies, power = signal.welch(joined, RATE, nperseg=256)
    assert frequencies[power.argmax()] == pytest.approx(9.5, abs=0.5)
    harmonic = power[np.abs(frequencies - 19.0) < 1.0].max()
    assert harmonic > 3 * power[np.abs(frequencies - 14.0) < 1.0].max()
    assert 0.03 < harmonic / power.max() < 0.25
    assert ((joined / joined.std()) ** 3).mean() < -0.3
