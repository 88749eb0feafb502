from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.braincodec import BrainCodec, BrainCodecConfig, standardise
from ictal.models.braincodec_classifier import BrainCodecClassifier, BrainCodecClassifierConfig


def make_model(seed: int = 0, **settings: Any) -> BrainCodecClassifier:
    torch.manual_seed(seed)
    return BrainCodecClassifier(BrainCodecClassifierConfig(**{"n_channels": 3, **settings})).eval()


def make_signal(batch: int = 2, n_channels: int = 3, n_samples: int = 2048) -> Tensor:
    return 50 * torch.randn(batch, n_channels, n_samples)


def answer(model: BrainCodecClassifier, signal: Tensor) -> Tensor:
    with torch.no_grad():
        logits: Tensor = model(signal)
    return logits


def test_parameter_count_is_that_of_the_published_parts() -> None:
    model = make_model(n_channels=18)
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.named_children()}
    assert counts["encoder"] == 267_720
    assert counts["fusion"] == 64 * 64 * 18 + 64
    assert counts["classifier"] == (4096 * 128 + 128) + (128 * 128 + 128) + (128 * 8 + 8)


def test_each_second_of_a_window_has_its_logits() -> None:
    model = make_model(n_classes=3)
    assert answer(model, make_signal()).shape == (2, 4, 3)
    assert (model.kind, model.frame_rate, model.receptive_field) == ("frames", 1.0, 4.0)


@pytest.mark.parametrize(
    ("settings", "n_samples", "n_frames"),
    [({"sampling_rate": 256.0}, 1024, 4), ({"window": 10.0, "frame": 2.0}, 5120, 5), ({"frame": 0.5}, 2048, 8)],
)
def test_other_rates_windows_and_frames(settings: dict[str, float], n_samples: int, n_frames: int) -> None:
    assert answer(make_model(**settings), make_signal(n_samples=n_samples)).shape == (2, n_frames, 2)


def test_each_channel_is_encoded_by_itself() -> None:
    """What the encoder says of channel c of example b is at [b, c], whatever the others are."""
    model, signal = make_model(), make_signal()
    with torch.no_grad():
        latent = model.encode(signal)
        assert latent.shape == (2, 3, 64, 128)
        for b in range(2):
            for c in range(3):
                alone = model.encoder(standardise(signal[b, c].view(1, 1, -1)).signal)[0]
                torch.testing.assert_close(latent[b, c], alone, rtol=1e-5, atol=1e-5)


def test_fusion_weighs_channels_and_keeps_numbers_and_time() -> None:
    """Each number of a step is a sum over channels and numbers of that step; a reshape in place of a turn is not."""
    model = make_model()
    latent = torch.randn(2, 3, 64, 128)
    with torch.no_grad():
        expected = torch.einsum("ofc,bcft->bot", model.fusion.weight[..., 0], latent) + model.fusion.bias[:, None]
        torch.testing.assert_close(model.fuse(latent), expected, rtol=1e-4, atol=1e-4)
        scrambled = model.fusion(latent.reshape(2, 64, 3, 128)).squeeze(2)
        assert (scrambled - expected).abs().max() > 0.1


def test_a_channel_that_fusion_does_not_weigh_is_not_seen() -> None:
    model, signal = make_model(), make_signal()
    with torch.no_grad():
        model.fusion.weight[:, :, 1] = 0.0
    other = signal.clone()
    other[:, 1] = torch.randn(2, 2048)
    assert torch.equal(answer(model, signal), answer(model, other))
    other[:, 2] = torch.randn(2, 2048)
    assert not torch.allclose(answer(model, signal), answer(model, other))


def test_channels_may_be_turned_together_with_their_weights() -> None:
    model, signal, order = make_model(), make_signal(), [2, 0, 1]
    expected = answer(model, signal)
    with torch.no_grad():
        model.fusion.weight.copy_(model.fusion.weight[:, :, order])
    torch.testing.assert_close(answer(model, signal[:, order]), expected, rtol=1e-5, atol=1e-5)


def test_size_of_the_signal_is_seen_where_it_is_not_standardised() -> None:
    signal = make_signal()
    torch.testing.assert_close(answer(make_model(), 7 * signal + 300), answer(make_model(), signal), rtol=0, atol=1e-4)
    raw = make_model(standardised=False)
    assert not torch.allclose(answer(raw, signal / 50), answer(raw, signal / 25), atol=1e-3)


def test_encoder_of_a_codec_is_taken_and_frozen() -> None:
    torch.manual_seed(3)
    codec = BrainCodec(BrainCodecConfig(ratios=(2, 2, 2, 2)))
    model = make_model(frozen=True)
    model.load_encoder(codec.encoder.state_dict())
    model.train()(make_signal()).sum().backward()
    assert all(torch.equal(a, b) for a, b in zip(model.encoder.parameters(), codec.encoder.parameters(), strict=True))
    assert {name.split(".")[0] for name, p in model.named_parameters() if p.grad is None} == {"encoder"}
    assert {name.split(".")[0] for name, p in model.named_parameters() if p.requires_grad} == {"fusion", "classifier"}


def test_from_scratch_the_encoder_learns_too() -> None:
    model = make_model()
    model.train()(make_signal()).sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in model.encoder.parameters())


def test_another_encoder_is_refused_by_key() -> None:
    with pytest.raises(ParameterError, match=r"stages\.4") as refusal:
        make_model().load_encoder(BrainCodec(BrainCodecConfig()).encoder.state_dict())
    assert "\n" not in str(refusal.value)


def test_four_seconds_of_training_tell_seconds_apart() -> None:
    """A burst in one second of the window: the network learns to say in which."""
    torch.manual_seed(0)
    model = make_model(width=4, widest=8, n_channels=2, sampling_rate=64.0).train()
    second = torch.randint(0, 4, (32,))
    signal = torch.randn(32, 2, 256)
    for i, start in enumerate(second):
        signal[i, :, 64 * start : 64 * (start + 1)] *= 5
    labels = torch.nn.functional.one_hot(second, 4)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(signal).flatten(0, 1), labels.flatten())
        loss.backward()
        optimizer.step()
    assert (answer(model.eval(), signal).argmax(dim=-1) == labels).float().mean() > 0.95


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frame": 1.5}, "whole number of frames of 1.5 s"),
        ({"frame": 8.0}, "whole number of frames of 8 s"),
        ({"sampling_rate": 500.0, "window": 0.16}, "whole number of frames of 1 s"),
        ({"window": 4.1}, "whole number"),
        ({"sampling_rate": 500.0, "window": 2.96, "frame": 2.96}, "whole number of frames of 16"),
        ({"sampling_rate": 16.0, "window": 3.0}, "must be even"),
        ({"ratios": (2, 1)}, "from 2 up"),
        ({"layers": 3}, "layers"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BrainCodecClassifierConfig(**{"n_channels": 3, **changes})


def test_another_shape_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"shape \(2, 4, 2048\) came; allowed is \(batch, 3, 2048\)"):
        make_model()(make_signal(n_channels=4))
