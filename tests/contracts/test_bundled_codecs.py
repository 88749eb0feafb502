"""The weights of codecs that come with ictal: small, of the stated sizes, and better than chance at their work."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

import ictal
from ictal.evaluation.distortion import measure_distortion
from ictal.experiments.coding import encode_recording, restore_recording
from ictal.models.braincodec import standardise
from ictal.models.codec_file import BUNDLED, load_codec
from ictal.training.codec_figures import describe_codec


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_both_together_are_at_most_five_megabytes() -> None:
    sizes = [len(files("ictal.models").joinpath("weights", name).read_bytes()) for name in BUNDLED.values()]
    assert sum(sizes) <= 5_000_000


def test_the_codec_has_the_published_rate_and_the_encoder_the_published_size() -> None:
    codec, small = load_codec("braincodec"), load_codec("braincodec-encoder")
    assert codec.config.bit_rate == 256.0
    assert sum(weights.numel() for weights in codec.encoder.parameters()) == 1_055_432
    assert small.config.hop == 16
    assert sum(weights.numel() for weights in small.encoder.parameters()) == 267_720


def test_rhythms_of_eeg_come_back() -> None:
    time = torch.arange(2048) / 512.0
    drawn = torch.Generator().manual_seed(0)
    segments = []
    for alpha in (0.2, 0.5, 1.0):
        noise = torch.fft.rfft(torch.randn(2048, generator=drawn)) / torch.arange(1, 1026) ** 0.75
        background = torch.fft.irfft(noise)
        segments.append(background / background.std() + alpha * torch.sin(2 * torch.pi * 9.5 * time))
    figures = describe_codec(load_codec(), standardise(torch.stack(segments)[:, None]).signal)
    assert figures["snr"] > 10.0
    assert figures["bands"]["alpha"]["snr"] > 6.0


def test_latents_of_the_small_encoder_tell_a_slow_wave_from_a_rhythm() -> None:
    encoder, time = load_codec("braincodec-encoder").encoder, torch.arange(2048) / 512.0
    phases = torch.linspace(0, 6.0, 8)[:, None, None]
    waves = [2**0.5 * torch.sin(2 * torch.pi * rate * time + phases) for rate in (2.0, 10.0)]
    with torch.no_grad():
        slow, fast = (encoder(one).abs().mean(dim=2) for one in waves)
    apart = (slow.mean(dim=0) - fast.mean(dim=0)).norm()
    assert apart > 2.0 * max(slow.std(dim=0).norm(), fast.std(dim=0).norm())


@pytest.mark.filterwarnings("ignore::ictal.core.errors.IctalWarning")
def test_of_a_real_seizure_a_twentieth_of_the_energy_is_wrong_at_most(test_data: Path) -> None:
    recording = ictal.read(test_data / "real/chbmit-clips/chb01_04_clip_eeg.edf")
    codec = load_codec()
    signal = recording.read(0.0, 20.0)
    part = ictal.Recording.from_array(signal, recording.sampling_rate, recording.channels)
    restored = restore_recording(encode_recording(part, codec), codec).read()
    found = measure_distortion(signal, restored, recording.sampling_rate)
    assert found.snr() > 13.0
    assert found.ratio().max() < 0.5
    assert np.isfinite(restored).all()
