"""The rule of arc length and spike count: both or nothing."""

from __future__ import annotations

import numpy as np

from ictal.models.spike_rate import SpikeRateConfig, SpikeRateRule

SECONDS = 200


def features() -> np.ndarray:
    """Arc length, mean size and peaks of calm windows of 5 s, shape (1, n, 2 + 80)."""
    rng = np.random.default_rng(0)
    calm = np.zeros((1, SECONDS, 82))
    calm[:, :, 0] = 1000.0 * 2.0 ** rng.normal(0, 0.15, (1, SECONDS))
    calm[:, :, 1] = 20.0
    calm[:, :, 2:40] = rng.uniform(20, 60, (1, SECONDS, 38))
    return calm


def probabilities(windows: np.ndarray) -> np.ndarray:
    rule = SpikeRateRule(SpikeRateConfig(), len(windows), window=5.0, step=1.0)
    return rule.combine(np.concatenate([rule.push(windows), rule.finish()], axis=1))


def test_calm_stays_low() -> None:
    assert probabilities(features()).max() < 0.1


def test_spikes_with_a_long_arc_are_a_seizure() -> None:
    windows = features()
    windows[:, 100:130, 0] *= 4.0
    windows[:, 100:130, 2:22] = 300.0
    assert probabilities(windows)[100:130].min() > 0.9


def test_movement_without_spikes_is_none() -> None:
    windows = features()
    windows[:, 100:130, 0] *= 4.0
    assert probabilities(windows).max() < 0.1


def test_interictal_spikes_without_the_arc_are_none() -> None:
    windows = features()
    windows[:, 100:130, 2:22] = 300.0
    assert probabilities(windows).max() < 0.4


def test_one_channel_of_two_is_enough() -> None:
    windows = np.concatenate([features(), features()])
    windows[1, 100:130, 0] *= 4.0
    windows[1, 100:130, 2:22] = 300.0
    assert probabilities(windows)[100:130].min() > 0.9
