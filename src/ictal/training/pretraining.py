"""A codec in training: its discriminators, optimizers and balancer, a step at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.braincodec_discriminator import STFTDiscriminators
from ictal.models.residual_quantizer import Quantized
from ictal.training.codec_losses import (
    discriminator_loss,
    feature_loss,
    generator_loss,
    line_length_loss,
    stft_loss,
)
from ictal.training.gradient_balancer import GradientBalancer
from ictal.training.pretrain_settings import PretrainSettings
from ictal.training.schedules import Cosine

BETAS = (0.8, 0.99)
"""Of AdamW: shorter memories than usual, since what the discriminators want changes."""


class Pretraining:
    """Everything of a pretraining that changes with its steps.

    Parameters
    ----------
    settings : PretrainSettings
    config : BrainCodecConfig
    device : str
        Where it computes, as torch names it.

    Attributes
    ----------
    codec : BrainCodec
    done : int
        Steps.
    """

    def __init__(self, settings: PretrainSettings, config: BrainCodecConfig, device: str = "cpu") -> None:
        self.settings = settings
        self.done = 0
        self.codec = BrainCodec(config).to(device)
        self.judges = STFTDiscriminators(settings.discriminator).to(device)
        self.balancer = GradientBalancer(settings.weights.model_dump())
        self._device = torch.device(device)
        decay = settings.weight_decay
        self._teacher = torch.optim.AdamW(self.codec.parameters(), betas=BETAS, weight_decay=decay)
        self._critic = torch.optim.AdamW(self.judges.parameters(), betas=BETAS, weight_decay=decay)

    @property
    def rate(self) -> float:
        """The share of the highest learning rate that the next step has."""
        settings = self.settings
        if self.done < settings.warm_up:
            return (self.done + 1) / (settings.warm_up + 1)
        progress = (self.done - settings.warm_up) / (settings.steps - settings.warm_up)
        return Cosine(floor=settings.floor).share(progress)

    @property
    def is_quantised(self) -> bool:
        """Whether the quantiser stands between encoder and decoder in the next step."""
        return self.done >= self.settings.quantised_from

    @property
    def is_judged(self) -> bool:
        """Whether discriminators take part in the next step."""
        start = self.settings.adversarial_from
        return start is not None and self.done >= start

    def start_quantiser(self, segments: Tensor) -> None:
        """Start the entries of the quantiser from what the encoder says of some segments.

        Parameters
        ----------
        segments : Tensor, shape (N, 1, T)
            More than a batch; entries are as easily moved afterwards as if they came from one batch.
        """
        codec, n = self.codec, self.settings.batch_size
        parts = (segments[first : first + n] for first in range(0, len(segments), n))
        with torch.no_grad(), self._precision():
            latent = torch.cat([codec.encoder(part.to(self._device)).float() for part in parts])
        codec.train()
        codec.quantizer(latent)
        for codebook in codec.quantizer.books:
            codebook.start_from(codebook.entries.clone(), codebook.uses * (n / len(segments)))

    def step(self, segments: Tensor) -> dict[str, float]:
        """Update the codec, and the discriminators where they take part, by one batch.

        Parameters
        ----------
        segments : Tensor, shape (N, 1, T)
            Standardised.

        Returns
        -------
        dict of str to float
            The losses, before the update.
        """
        signal = segments.to(self._device)
        self.codec.train()
        copy, quantized = self._copy(signal)
        losses = {
            "l1": l1_loss(copy, signal),
            "line_length": line_length_loss(copy, signal),
            "stft": stft_loss(copy, signal),
        }
        told: dict[str, float] = {}
        if self.is_judged:
            told["discriminator"] = self._update_judges(copy.detach(), signal)
            judged = self.judges(copy)
            with torch.no_grad():
                meant = self.judges(signal)
            losses["feature"] = feature_loss(judged, meant)
            losses["adversarial"] = generator_loss(judged)
        self._update_codec(losses, copy, quantized)
        told |= {name: float(loss.detach()) for name, loss in losses.items()}
        if quantized is not None:
            told["commitment"] = float(quantized.commitment.detach())
        self.done += 1
        return told

    def _copy(self, signal: Tensor) -> tuple[Tensor, Quantized | None]:
        quantized = None
        with self._precision():
            latent = self.codec.encoder(signal)
        latent = latent.float()
        if self.is_quantised:
            quantized = self.codec.quantizer(latent)
            latent = quantized.quantised
        with self._precision():
            copy = self.codec.decoder(latent)
        return copy.float()[..., : signal.shape[-1]], quantized

    def _update_codec(self, losses: Mapping[str, Tensor], copy: Tensor, quantized: Quantized | None) -> None:
        gradient = self.balancer.combine(losses, copy)
        if quantized is None:
            torch.autograd.backward(copy, gradient)
        else:
            torch.autograd.backward([copy, self.settings.commitment * quantized.commitment], [gradient, None])
        nn.utils.clip_grad_norm_(self.codec.parameters(), self.settings.clip)
        self._advance(self._teacher, self.settings.lr)

    def _update_judges(self, copy: Tensor, signal: Tensor) -> float:
        loss = discriminator_loss(self.judges(copy), self.judges(signal))
        torch.autograd.backward(loss)
        self._advance(self._critic, self.settings.discriminator_lr)
        return float(loss.detach())

    def _advance(self, optimizer: torch.optim.Optimizer, lr: float) -> None:
        for group in optimizer.param_groups:
            group["lr"] = self.rate * lr
        optimizer.step()
        optimizer.zero_grad()

    def encode(self) -> dict[str, Any]:
        """Return where it stands, as plain values and tensors."""
        return {
            "done": self.done,
            "balancer": self.balancer.encode(),
            **{name: part.state_dict() for name, part in self._parts().items()},
        }

    def restore(self, standing: Mapping[str, Any]) -> None:
        """Go on from what :meth:`encode` returned."""
        self.done = standing["done"]
        self.balancer.restore(standing["balancer"])
        for name, part in self._parts().items():
            part.load_state_dict(standing[name])

    def _parts(self) -> dict[str, Any]:
        return {
            "codec": self.codec,
            "judges": self.judges,
            "teacher": self._teacher,
            "critic": self._critic,
        }

    @contextmanager
    def _precision(self) -> Iterator[None]:
        enabled = self.settings.precision == "bf16-mixed"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=enabled):
            yield
