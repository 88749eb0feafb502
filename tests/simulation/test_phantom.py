"""The phantom is reproducible, its truth is exact, and its EEG measures like real EEG."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import edfio
import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES, ElectrodeGraph
from ictal.simulation.phantom import ictal_decibels, place_seizures, simulate_recording
from ictal.simulation.seizure import Seizure
from ictal.simulation.subject import draw_subject

LEADS = MONTAGES["double-banana"].leads
ONE = [Seizure(onset=50.0, duration=30.0, focus="T8")]


def double_banana(channels: tuple[str, ...], course: np.ndarray) -> np.ndarray:
    graph = ElectrodeGraph(channels)
    weights = [graph.lead(lead) for lead in LEADS]
    assert all(row is not None for row in weights)
    return np.array(weights) @ course


def filtered(course: np.ndarray, rate: float) -> np.ndarray:
    return signal.sosfiltfilt(signal.butter(4, [0.5, 40.0], "bandpass", fs=rate, output="sos"), course)


def measure(course: np.ndarray, rate: float) -> dict[str, float]:
    """Return the median over leads of what EEG is usually described by; µV, and shares of the 0.5–40 Hz power."""
    frequencies, power = signal.welch(course, rate, nperseg=int(2 * rate))
    fitted = (frequencies >= 2) & (frequencies <= 30)
    slopes = [np.polyfit(np.log(frequencies[fitted]), np.log(row[fitted]), 1)[0] for row in power]
    total = power[:, (frequencies >= 0.5) & (frequencies < 40)].sum(axis=1)
    measured = {
        "amplitude": np.median(course.std(axis=1)),
        "steepness": -np.median(slopes),
        "line length": np.median(np.abs(np.diff(course)).mean(axis=1)) * rate,
    }
    for name, low, high in (("delta", 0.5, 4), ("theta", 4, 8), ("alpha", 8, 13), ("beta", 13, 30)):
        inside = (frequencies >= low) & (frequencies < high)
        measured[name] = np.median(power[:, inside].sum(axis=1) / total)
    return measured


def seizure_ratios(seizure: np.ndarray, background: np.ndarray) -> dict[str, float]:
    """Return seizure over background, median over leads."""
    lengths = [np.abs(np.diff(course)).mean(axis=1) for course in (seizure, background)]
    return {
        "amplitude ratio": np.median(seizure.std(axis=1) / background.std(axis=1)),
        "line length ratio": np.median(lengths[0] / lengths[1]),
    }


def real_clip(file: Path) -> tuple[np.ndarray, float]:
    signals = edfio.read_edf(file).signals
    wanted = [one for one in signals if one.physical_dimension == "uV"]
    course = np.array([one.data for one in wanted])
    rate = float(wanted[0].sampling_frequency)
    return filtered(double_banana(tuple(one.label for one in wanted), course), rate), rate


def chb_clips(test_data: Path) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Yield the 10 s before the onset, and the seizure, of each clip."""
    files = sorted((test_data / "real" / "chbmit-clips").glob("*.edf"))
    assert len(files) == 4
    for file in files:
        course, rate = real_clip(file)
        onset = round(10 * rate)
        yield course[:, :onset], course[:, onset:], rate


@pytest.fixture(scope="module")
def simulated() -> list[tuple[np.ndarray, np.ndarray, float]]:
    """The 10 s before the onset, and the seizure, of 16 subjects."""
    stretches = []
    for seed in range(16):
        recording = simulate_recording(150.0, seed=seed)
        rate, [truth] = recording.sampling_rate, recording.annotations
        course = filtered(double_banana(recording.channels, recording.read()), rate)
        onset, stop = round(truth.onset * rate), round(truth.stop * rate)
        stretches.append((course[:, onset - round(10 * rate) : onset], course[:, onset:stop], rate))
    return stretches


def assert_within(real: dict[str, float], simulations: list[dict[str, float]], factors: dict[str, float]) -> None:
    """Each real figure lies in the range of the simulated ones, widened by a factor at either end."""
    for name, factor in factors.items():
        figures = [one[name] for one in simulations]
        assert min(figures) / factor <= real[name] <= max(figures) * factor, (name, real[name], sorted(figures))


def test_same_seed_same_samples_however_read() -> None:
    first, second = (simulate_recording(70.0, seed=5) for _ in range(2))
    whole = first.read()
    np.testing.assert_array_equal(whole, second.read())
    pieces = [second.read(start, start + 7.0) for start in np.arange(0.0, 70.0, 7.0)]
    np.testing.assert_array_equal(whole, np.concatenate(pieces, axis=1))
    assert first.annotations == second.annotations
    assert not np.array_equal(whole, simulate_recording(70.0, seed=6).read())


def test_form() -> None:
    recording = simulate_recording(90.0, seed=0, seizures=ONE, sampling_rate=200.0)
    course = recording.read()
    assert course.shape == (19, 18_000)
    assert course.dtype == np.float32
    np.testing.assert_allclose(course.mean(axis=0), 0.0, atol=1e-3)
    assert recording.notes[0].startswith("simulated EEG")
    assert recording.start_time is None


def test_truth_is_exact_to_the_sample() -> None:
    quiet = simulate_recording(120.0, seed=3, seizures=0)
    ictal = simulate_recording(120.0, seed=3, seizures=ONE)
    assert len(quiet.annotations) == 0
    [event] = ictal.annotations
    assert (event.onset, event.duration, event.event_type) == (50.0, 30.0, "sz")
    assert event.channels == ("F8-Avg", "T8-Avg", "P8-Avg")
    differs = (quiet.read() != ictal.read()).any(axis=0)
    assert np.flatnonzero(differs)[0] == pytest.approx(50 * 256, abs=2)
    early = (ictal.read(50.0, 56.0) - quiet.read(50.0, 56.0)).std(axis=1)
    assert SCALP_19[early.argmax()] == "T8"


def test_drawn_seizures_belong_to_the_subject() -> None:
    recording = simulate_recording(900.0, seed=8, seizures=3)
    focus = draw_subject(8).focus
    assert len(recording.annotations) == 3
    assert all(f"{focus}-Avg" in event.channels for event in recording.annotations)
    again = place_seizures(3, 900.0, draw_subject(8), np.random.default_rng(0))
    assert {seizure.focus for seizure in again} == {focus}
    assert all(seizure.stop_frequency < 0.5 * seizure.start_frequency for seizure in again)


def test_one_subject_has_many_recordings() -> None:
    subject = draw_subject(2)
    first, second = (simulate_recording(60.0, seed=seed, subject=subject, seizures=0).read() for seed in (0, 1))
    assert not np.array_equal(first, second)
    assert first.std() == pytest.approx(second.std(), rel=0.4)


def test_difficulty_is_the_height_of_the_seizure() -> None:
    quiet, easy, hard = (
        simulate_recording(100.0, seed=4, seizures=seizures, difficulty=difficulty).read(50.0, 55.0)
        for seizures, difficulty in ((0, 0.0), (ONE, 0.0), (ONE, 1.0))
    )
    # Over the first seconds the background is hardly weakened yet, so the difference is the seizure.
    decibels = 20 * np.log10((easy - quiet).std() / (hard - quiet).std())
    assert decibels == pytest.approx(ictal_decibels(0.0) - ictal_decibels(1.0), abs=0.5)


def test_alpha_is_posterior_and_symmetric() -> None:
    course = simulate_recording(300.0, seed=9, seizures=0).read()
    subject = draw_subject(9)
    frequencies, power = signal.welch(course, 256.0, nperseg=1024)
    peak = np.abs(frequencies - subject.alpha_frequency) < 1.0
    aside = (np.abs(frequencies - subject.alpha_frequency) > 2.0) & (np.abs(frequencies - 10) < 5.0)
    prominence = power[:, peak].mean(axis=1) / power[:, aside].mean(axis=1)
    o1, o2, fz = (prominence[SCALP_19.index(name)] for name in ("O1", "O2", "Fz"))
    assert min(o1, o2) > 2 * fz
    assert o1 == pytest.approx(o2, rel=0.3)


def test_line_frequency_is_that_of_the_grid() -> None:
    course = simulate_recording(60.0, seed=1, seizures=0, line_frequency=60.0).read()
    frequencies, power = signal.welch(course, 256.0, nperseg=1024)
    around = (frequencies > 45) & (frequencies < 70)
    assert frequencies[around][power[:, around].mean(axis=0).argmax()] == pytest.approx(60.0, abs=0.3)


def test_memory_stays_near_the_size_of_the_signal() -> None:
    tracemalloc.start()
    try:
        recording = simulate_recording(1200.0, seed=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # For one hour of 70 MB this is 350 MB.
    assert peak < 5 * recording.read().nbytes


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"duration": -1.0}, "duration: -1.0"),
        ({"seed": -1}, "seed: -1"),
        ({"sampling_rate": 50.0}, "sampling_rate: 50.0 Hz .* at least 100"),
        ({"difficulty": 1.2}, "difficulty: 1.2 .* 0 to 1"),
        ({"seizures": 2}, "seizures: 2 in 100 s"),
        ({"seizures": [Seizure(90.0, 20.0)]}, "90 to 110 s is not allowed"),
    ],
)
def test_values_out_of_range_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        simulate_recording(**{"duration": 100.0, "seed": 0, **changed})


def test_background_measures_like_real_background(test_data: Path, simulated: list) -> None:
    # Real: one child, ten seconds before each of four seizures. Simulated: 16 adults, hence less tall at their most.
    simulations = [measure(background, rate) for background, _, rate in simulated]
    factors = {**dict.fromkeys(simulations[0], 1.25), "amplitude": 1.4}
    for background, _, rate in chb_clips(test_data):
        assert_within(measure(background, rate), simulations, factors)


def test_seizures_measure_like_real_seizures(test_data: Path, simulated: list) -> None:
    # One of the real ones is mostly muscle and fast activity: its beta is 2.5 times the most of ours.
    simulations = [measure(seizure, rate) for _, seizure, rate in simulated]
    factors = {**dict.fromkeys(simulations[0], 1.25), "beta": 3.0}
    real = [measure(seizure, rate) for _, seizure, rate in chb_clips(test_data)]
    for number in (1, 2, 3):
        course, rate = real_clip(test_data / "real" / "iiic" / f"iiic_SZ_sample{number}_eeg.edf")
        real.append(measure(course[:, round(20 * rate) : round(30 * rate)], rate))
    for one in real:
        assert_within(one, simulations, factors)


def test_seizures_rise_over_their_background_as_real_ones_do(test_data: Path, simulated: list) -> None:
    simulations = [seizure_ratios(seizure, background) for background, seizure, _ in simulated]
    for background, seizure, _ in chb_clips(test_data):
        assert_within(seizure_ratios(seizure, background), simulations, dict.fromkeys(simulations[0], 1.1))
