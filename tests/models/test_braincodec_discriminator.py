"""Discriminators see a spectrogram of each window, and can learn to tell a signal from its copy."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from ictal.core.errors import ParameterError
from ictal.models.braincodec_discriminator import DiscriminatorConfig, STFTDiscriminator, STFTDiscriminators
from ictal.training.codec_losses import discriminator_loss

SMALL = DiscriminatorConfig(windows=(64, 32), width=4)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_each_window_has_its_logits_and_the_maps_of_its_layers() -> None:
    judged = STFTDiscriminators(SMALL)(torch.randn(2, 1, 256))
    assert [one.logits.shape for one in judged] == [(2, 1, 13, 5), (2, 1, 29, 3)]
    for one in judged:
        assert [tensor.shape[1] for tensor in one.maps] == [4] * 5
        assert [tensor.shape[2] for tensor in one.maps] == [one.logits.shape[2]] * 5


def test_it_sees_real_and_imaginary_parts_of_unit_power() -> None:
    judge = STFTDiscriminator(64, SMALL)
    seen: list[torch.Tensor] = []
    judge.layers[0].register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    judge(torch.randn(4, 1, 20_000))
    assert seen[0].shape[1] == 2
    inner = seen[0][..., 1:-1]  # at both ends there is no imaginary part
    assert torch.allclose(inner.square().sum(dim=1).mean(), torch.tensor(1.0), rtol=0.05)
    assert inner[:, 0].var() == pytest.approx(float(inner[:, 1].var()), rel=0.1)


def test_they_learn_to_tell_a_rhythm_from_noise_of_the_same_power() -> None:
    judges = STFTDiscriminators(DiscriminatorConfig(windows=(32,), width=4))
    optimizer = torch.optim.Adam(judges.parameters(), lr=1e-2)
    time = torch.arange(128) / 128.0
    losses = []
    for _ in range(25):
        rhythm = 2.0**0.5 * torch.sin(2.0 * torch.pi * (10.0 * time + torch.rand(4, 1, 1)))
        loss = discriminator_loss(judges(torch.randn(4, 1, 128)), judges(rhythm))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 1.8
    assert losses[-1] < 0.6


@pytest.mark.parametrize("shape", [(2, 256), (2, 2, 256), (2, 1, 63)])
def test_what_is_no_single_channel_of_enough_samples_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"allowed is \(n, 1, samples\) of at least 64 samples"):
        STFTDiscriminators(SMALL)(torch.zeros(shape))


@pytest.mark.parametrize("windows", [(8,), (64, 66), ()])
def test_windows_are_of_whole_quarters(windows: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        DiscriminatorConfig(windows=windows)
