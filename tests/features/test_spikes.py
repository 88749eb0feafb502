"""Spikes that were put there are the spikes that are counted."""

from __future__ import annotations

import numpy as np

from ictal.features.spikes import arc_and_spikes, peak_heights

RATE = 256.0


def spike_train(rate: float, seconds: int, height: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    phase = (t * rate) % 1.0
    return height * np.exp(-(((phase - 0.5) / rate) ** 2) / (2 * 0.01**2))[None]


def test_every_planted_spike_is_one_peak() -> None:
    for rate in (1.0, 3.0, 5.0, 7.0):
        heights = peak_heights(spike_train(rate, 20, 300.0), bin_length=16)
        assert (heights > 150.0).sum() == round(rate * 20)


def test_both_polarities_count() -> None:
    heights = peak_heights(-spike_train(2.0, 10, 300.0), bin_length=16)
    assert (heights > 150.0).sum() == 20


def test_windows_hold_arc_length_size_and_peaks() -> None:
    signal = spike_train(4.0, 10, 200.0).astype(np.float32)
    features = arc_and_spikes(signal, RATE, window=512, hop=256)
    assert features.shape == (1, 9, 2 + 32)
    np.testing.assert_allclose(features[0, :, 0], 4 * 2 * 200.0, rtol=0.02)
    np.testing.assert_allclose(features[0, :, 1], np.abs(signal).mean(), rtol=0.02)
    assert ((features[0, :, 2:] > 100.0).sum(axis=1) == 8).all()


def test_a_window_is_the_same_in_any_block() -> None:
    signal = np.random.default_rng(0).normal(size=(2, 2560)).astype(np.float32)
    whole = arc_and_spikes(signal, RATE, window=512, hop=256)
    part = arc_and_spikes(signal[:, 768 : 768 + 1024], RATE, window=512, hop=256)
    np.testing.assert_allclose(part, whole[:, 3:6], rtol=1e-6)


def test_no_whole_window_gives_no_rows() -> None:
    assert arc_and_spikes(np.zeros((1, 100)), RATE, window=512, hop=256).shape == (1, 0, 34)
