"""Every subject is someone else, and plausible."""

from __future__ import annotations

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.simulation.subject import draw_subject


def test_subjects_differ_and_are_reproducible() -> None:
    crowd = [draw_subject(seed) for seed in range(200)]
    assert crowd == [draw_subject(seed) for seed in range(200)]
    assert len(set(crowd)) == 200


def test_physiology_stays_in_the_human_range() -> None:
    crowd = [draw_subject(seed) for seed in range(500)]
    alpha = np.array([person.alpha_frequency for person in crowd])
    amplitude = np.array([person.background_amplitude for person in crowd])
    assert 8.0 <= alpha.min() < 9.0 < 11.0 < alpha.max() <= 13.0
    assert 10.0 <= amplitude.min() < np.median(amplitude) < amplitude.max() <= 100.0
    temporal = np.mean([person.focus in {"T7", "T8", "F7", "F8"} for person in crowd])
    assert 0.5 < temporal < 0.7
    assert {person.focus for person in crowd} <= set(SCALP_19)
