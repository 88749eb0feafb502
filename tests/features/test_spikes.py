"""Spikes that were put there are the spikes that are counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ictal.features.spikes import arc_and_spikes, peak_heights, spike_rate

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


def test_torch_and_further_axes_give_the_same() -> None:
    signal = np.random.default_rng(1).normal(size=(2, 3, 1280))
    features = arc_and_spikes(signal, RATE, window=512, hop=256)
    assert features.shape == (2, 3, 4, 34)
    np.testing.assert_array_equal(features[1], arc_and_spikes(signal[1], RATE, window=512, hop=256))
    np.testing.assert_allclose(arc_and_spikes(torch.from_numpy(signal), RATE, window=512, hop=256), features)


@pytest.mark.parametrize("rate", [1.0, 3.0, 5.0, 7.0])
@pytest.mark.parametrize("unit", [1e-3, 1.0, -1.0])
def test_spikes_are_counted_over_noise_in_any_unit(rate: float, unit: float) -> None:
    noise = np.random.default_rng(0).normal(0.0, 10.0, (1, 20 * 256))
    signal = unit * (spike_train(rate, 20, 300.0) + noise)
    assert spike_rate(signal, RATE) == pytest.approx(rate, abs=0.3)
    np.testing.assert_allclose(spike_rate(torch.from_numpy(signal), RATE), spike_rate(signal, RATE))


def test_neither_a_sine_nor_noise_nor_a_flat_line_has_spikes() -> None:
    t = np.arange(2560) / RATE
    signals = np.stack([np.sin(2 * np.pi * 3 * t), np.random.default_rng(3).uniform(-1, 1, 2560), np.zeros(2560)])
    assert spike_rate(signals, RATE).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("n_samples", [255, 256])
def test_a_deflection_is_a_spike_from_the_height_on(n_samples: int) -> None:
    signal = np.where(np.arange(n_samples) % 2, 0.6745, -0.6745)
    signal[100] = 5.01
    assert spike_rate(signal, RATE, height=5.0) == RATE / n_samples
    assert spike_rate(signal, RATE, height=5.02) == 0.0
