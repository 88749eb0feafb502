"""Simulated animals: background, movement, and trains of spikes at known times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.channels import channel_kind
from ictal.core.errors import ParameterError
from ictal.simulation.rodent import SpikeTrain, SpikeWave, simulate_animal

RATE = 500.0
TRAIN = SpikeTrain(onset=30.0, duration=40.0, start_rate=8.0, stop_rate=2.0, height=6.0)


def test_spikes_stand_out_from_the_background() -> None:
    quiet, ictal = (
        simulate_animal(120.0, seed=2, seizures=seizures, line_frequency=60.0).read()[0] for seizures in (0, [TRAIN])
    )
    spikes = (ictal - quiet)[round(45 * RATE) : round(70 * RATE)]
    background = np.median(np.abs(signal.hilbert(quiet)))
    assert 3.0 < -spikes.min() / background < 7.5


def test_truth_is_exact_to_the_sample() -> None:
    quiet, ictal = (simulate_animal(120.0, seed=2, seizures=seizures).read()[0] for seizures in (0, [TRAIN]))
    differs = np.flatnonzero(quiet != ictal)
    assert differs[0] == pytest.approx(30 * RATE, abs=2)
    [event] = simulate_animal(120.0, seed=2, seizures=[TRAIN]).annotations
    assert (event.onset, event.stop, event.event_type) == (30.0, 70.0, "sz")


def test_eeg_is_flat_after_a_seizure() -> None:
    ratios = []
    for seed in range(5):
        quiet, ictal = (simulate_animal(80.0, seed=seed, seizures=seizures) for seizures in (0, [TRAIN]))
        ratios.append(ictal.read(70.0, 78.0).std() / quiet.read(70.0, 78.0).std())
    # 40 % at the stop, 56 % eight seconds on; movement of the animal is not weakened.
    assert np.median(ratios) == pytest.approx(0.48, abs=0.08)


def test_spike_wave_discharges_are_theta_with_harmonics_and_leave_nothing_behind() -> None:
    discharge = SpikeWave(onset=30.0, duration=12.0, start_rate=9.0, stop_rate=8.0, height=5.0)
    quiet, ictal = (simulate_animal(80.0, seed=4, seizures=seizures).read()[0] for seizures in (0, [discharge]))
    added = ictal - quiet
    np.testing.assert_array_equal(np.flatnonzero(np.abs(added) > 1e-3)[[0, -1]] // RATE, [30.0, 41.0])
    frequencies, power = signal.welch(added[round(31 * RATE) : round(41 * RATE)], RATE, nperseg=2000)
    assert 7.8 < frequencies[power.argmax()] < 9.2
    harmonic = (
        power[(frequencies > 15) & (frequencies < 19)].sum() / power[(frequencies > 7) & (frequencies < 10)].sum()
    )
    assert 0.1 < harmonic < 1.0


def test_kind_decides_what_is_placed() -> None:
    recording = simulate_animal(600.0, seed=7, seizures=8, kind="spike-wave")
    assert [event.event_type for event in recording.annotations] == 8 * ["sz_gen_nm"]
    assert all(2.0 <= event.duration <= 20.0 for event in recording.annotations)


def test_background_has_theta() -> None:
    course = simulate_animal(600.0, seed=1, seizures=0).read()[0]
    frequencies, power = signal.welch(course, RATE, nperseg=2000)
    theta = power[(frequencies > 5.5) & (frequencies < 9)].max()
    assert theta > 2 * power[(frequencies > 10) & (frequencies < 12)].mean()
    assert theta > 1.3 * power[(frequencies > 3.5) & (frequencies < 4.5)].mean()
    assert 20.0 < course.std() < 250.0


def test_channels_of_one_animal_share_most() -> None:
    recording = simulate_animal(60.0, seed=3, n_channels=3, seizures=0)
    assert recording.channels == ("EEG1", "EEG2", "EEG3")
    assert {channel_kind(label) for label in recording.channels} == {"eeg"}
    correlation = np.corrcoef(recording.read())
    assert 0.5 < correlation[np.triu_indices(3, 1)].min() < 0.95
    assert recording.notes[0].startswith("simulated EEG")


def test_same_seed_same_samples() -> None:
    first, second = (simulate_animal(130.0, seed=7, seizures=2) for _ in range(2))
    np.testing.assert_array_equal(first.read(), second.read())
    assert first.annotations == second.annotations
    assert len(first.annotations) == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "absence"}, "kind of seizures: 'absence' is not allowed; allowed are 'tonic-clonic', 'spike-wave'"),
        ({"n_channels": 0}, "n_channels: 0 .* 1 or more"),
        ({"seed": -2}, "seed: -2"),
        ({"seizures": 5}, "seizures: 5 in 100 s"),
        ({"seizures": [SpikeTrain(95.0, 10.0)]}, "95 to 105 s"),
    ],
)
def test_values_out_of_range_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        simulate_animal(**{"duration": 100.0, "seed": 0, **changed})
