"""Spectrograms and scalograms of batches of windows, on one thread, beside the libraries that define them.

Set ``OMP_NUM_THREADS=1``, so that numpy, too, has one thread. Needs the extra ``bench``.
"""

from __future__ import annotations

import librosa
import numpy as np
import pywt
import torch
from numpy.typing import NDArray
from ratios import compare
from scipy import signal as scipy_signal

from ictal.features.scalograms import CwtFront, ScalogramConfig
from ictal.features.spectrograms import MelConfig, MelFront, SpectrogramConfig, StftFront
from ictal.features.stft import hann, power_of, stft
from ictal.features.wavelet import cwt_as_pywavelets

RATE, N_CHANNELS, N_WINDOWS = 256, 20, 64
LENGTH, HOP, N_BANDS = 256, 16, 32
NATIVE = {"n_channels": N_CHANNELS, "size": None, "scale": "power"}

Windows = NDArray[np.float32]


def make_windows(n_windows: int, seconds: int) -> Windows:
    """Noise of 30 µV, shape (n_windows, n_channels, n_samples)."""
    shape = (n_windows, N_CHANNELS, seconds * RATE)
    return np.random.default_rng(0).normal(0, 30, shape).astype(np.float32)


def scipy_power(signal: Windows) -> Windows:
    settings = {"nperseg": LENGTH, "noverlap": LENGTH - HOP, "boundary": None, "padded": False}
    _, _, spectra = scipy_signal.stft(signal, RATE, **settings)
    return np.abs(spectra) ** 2


def librosa_mel(signal: Windows) -> Windows:
    bands = {"n_mels": N_BANDS, "fmin": 0.5, "fmax": 50.0, "norm": None}
    return librosa.feature.melspectrogram(y=signal, sr=RATE, n_fft=LENGTH, hop_length=HOP, center=False, **bands)


@torch.no_grad()
def compare_stft(seconds: int) -> None:
    windows = make_windows(N_WINDOWS, seconds)
    signal = torch.from_numpy(windows)
    shown = StftFront(SpectrogramConfig(window=seconds, **NATIVE))
    whole = StftFront(SpectrogramConfig(window=seconds, low=0.0, high=RATE / 2, **NATIVE))
    np.testing.assert_allclose(whole(signal), scipy_power(windows), rtol=1e-3, atol=1e-2)
    compare(
        f"STFT, {N_WINDOWS} windows of {seconds} s × {N_CHANNELS} channels",
        {
            "ictal, 0.5-50 Hz": lambda: shown(signal),
            "ictal, 0-128 Hz": lambda: whole(signal),
            "ictal, function on numpy, 0-128 Hz": lambda: power_of(stft(windows, hann(LENGTH), HOP)),
            "scipy, whole batch": lambda: scipy_power(windows),
            "scipy, channel by channel": lambda: [scipy_power(row) for row in windows.reshape(-1, windows.shape[2])],
        },
    )


@torch.no_grad()
def compare_mel(seconds: int) -> None:
    windows = make_windows(N_WINDOWS, seconds)
    signal = torch.from_numpy(windows)
    front = MelFront(MelConfig(window=seconds, n_bands=N_BANDS, **NATIVE))
    ours, theirs = front(signal).numpy() * hann(LENGTH).sum() ** 2, librosa_mel(windows)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5 * theirs.max())
    compare(
        f"mel, {N_WINDOWS} windows of {seconds} s × {N_CHANNELS} channels",
        {
            "ictal": lambda: front(signal),
            "librosa, whole batch": lambda: librosa_mel(windows),
            "librosa, channel by channel": lambda: [librosa_mel(row) for row in windows.reshape(-1, windows.shape[2])],
        },
        repeats=5,
    )


@torch.no_grad()
def compare_cwt(seconds: int) -> None:
    windows = make_windows(2, seconds)
    signal = torch.from_numpy(windows)
    wavelet = "cmor1.5-1.0"
    morlet = CwtFront(ScalogramConfig(window=seconds, **NATIVE))
    theirs = CwtFront(ScalogramConfig(window=seconds, wavelet=wavelet, **NATIVE))
    frequencies = theirs.config.frequencies
    scales = RATE / frequencies

    def pywavelets(method: str, signal: NDArray[np.floating] = windows) -> NDArray[np.floating]:
        spectra, _ = pywt.cwt(signal, scales, wavelet, 1 / RATE, method=method, axis=-1)
        return np.moveaxis(np.abs(spectra[..., ::HOP]) ** 2, 0, 2)

    # In single precision PyWavelets reads its table in rounded steps, which is another wavelet at some frequencies.
    expected = pywavelets("fft", windows.astype(np.float64))
    np.testing.assert_allclose(theirs(signal), expected, rtol=0.0, atol=1e-4 * expected.max())
    compare(
        f"CWT, {len(frequencies)} frequencies, 2 windows of {seconds} s × {N_CHANNELS} channels",
        {
            "ictal, PyWavelets' wavelets": lambda: theirs(signal),
            "ictal, Morlet of 7 cycles": lambda: morlet(signal),
            "ictal, function on numpy": lambda: cwt_as_pywavelets(windows, RATE, frequencies, wavelet, hop=HOP),
            "PyWavelets, fft": lambda: pywavelets("fft"),
            "PyWavelets, default": lambda: pywavelets("conv"),
        },
        repeats=1,
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for length in (4, 10):
        compare_stft(length)
        compare_mel(length)
        compare_cwt(length)
