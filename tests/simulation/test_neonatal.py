"""Seizures of neonates: stereotyped sharp waves at one place, that may move."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.neonatal import neonatal, neonatal_regions
from ictal.simulation.seizure import Seizure

RATE = 256.0
STAYS = Seizure(0.0, 90.0, "neonatal", "C3", crossing=1.0)
MOVES = Seizure(0.0, 90.0, "neonatal", "C3", crossing=0.5)


def discharge(seizure: Seizure) -> np.ndarray:
    return neonatal(seizure).discharge(RATE, np.random.default_rng(0))


def row(name: str) -> int:
    return SCALP_19.index(name)


def test_it_stays_small() -> None:
    assert neonatal_regions(STAYS)[0].electrode == "C3"
    assert len(neonatal_regions(STAYS)) <= 4
    size = discharge(STAYS)[:, 30 * 256 :].std(axis=1)
    assert SCALP_19[size.argmax()] == "C3"
    assert np.sum(size > 0.5 * size.max()) <= 5


def test_it_is_slow_and_slows() -> None:
    peaks, _ = signal.find_peaks(-discharge(STAYS)[row("C3")], prominence=0.8, distance=60)
    rates = RATE / np.diff(peaks)
    assert 1.2 < np.median(rates[5:20]) < 2.0
    assert np.median(rates[-15:]) == pytest.approx(0.95, abs=0.15)


def test_waves_are_much_alike() -> None:
    course = discharge(STAYS)[row("C3")]
    peaks, _ = signal.find_peaks(-course, prominence=0.8, distance=60)
    waves = [course[peak - 40 : peak + 40] for peak in peaks if 40 * 256 < peak < 85 * 256]
    likeness = np.corrcoef(waves)[np.triu_indices(len(waves), 1)]
    assert np.median(likeness) > 0.8


def test_it_moves_to_the_other_side() -> None:
    seen = discharge(MOVES)
    first, last = seen[:, 10 * 256 : 40 * 256].std(axis=1), seen[:, 60 * 256 : 85 * 256].std(axis=1)
    assert SCALP_19[first.argmax()] == "C3"
    assert SCALP_19[last.argmax()] == "C4"
    assert last[row("C3")] < 0.5 * last[row("C4")]


def test_background_is_hardly_weakened() -> None:
    assert 0.5 < neonatal(STAYS).background.values.min() < 0.9
