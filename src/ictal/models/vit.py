"""The vision transformer: a picture cut into patches, and a token that asks all of them."""

from __future__ import annotations

from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.encoder import EncoderConfig, make_encoder
from ictal.models.network import PictureConfig, PictureNetwork


class ViTConfig(EncoderConfig, PictureConfig):
    """What a vision transformer is built from.

    Attributes
    ----------
    n_patches : int
        Patches along each side of the picture; height and width are multiples of it.

    Examples
    --------
    >>> ViTConfig(n_channels=20, width=200).patch
    (10, 20)
    """

    n_patches: int = Field(default=10, gt=0)

    @property
    def patch(self) -> tuple[int, int]:
        """Rows and columns of a patch."""
        return self.height // self.n_patches, self.width // self.n_patches

    @model_validator(mode="after")
    def _patches_cover_the_picture(self) -> Self:
        for side, size in (("height", self.height), ("width", self.width)):
            if size % self.n_patches:
                raise ValueError(f"{side} {size} came with n_patches {self.n_patches}; it must be a multiple of it")
        return self


class ViT(PictureNetwork):
    """Patches through a linear layer, a class token before them, learned positions, encoder layers, a linear layer.

    Parameters
    ----------
    config : ViTConfig
        Sizes.

    References
    ----------
    Dosovitskiy et al., An image is worth 16×16 words, ICLR 2021, with the sizes and the layers, normalised after they
    are added up, of a study of spectrograms of the EEG. That token and positions start small is the paper's.

    Examples
    --------
    >>> model = ViT(ViTConfig(n_channels=3, hidden=16)).eval()
    >>> model(torch.zeros(2, 3, 100, 100)).shape
    torch.Size([2, 1, 2])
    """

    Config: ClassVar[type[ViTConfig]] = ViTConfig

    def __init__(self, config: ViTConfig) -> None:
        super().__init__(config)
        # A convolution whose stride is its size is the linear layer of every patch.
        self.embed = nn.Conv2d(config.n_channels, config.hidden, config.patch, stride=config.patch)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, config.hidden))
        self.positions = nn.Parameter(0.02 * torch.randn(1, config.n_patches**2 + 1, config.hidden))
        self.encoder = make_encoder(
            config.hidden, config.n_heads, config.n_layers, feedforward=config.feedforward, dropout=config.dropout
        )
        self.classifier = nn.Linear(config.hidden, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) from pictures (B, C, F, T')."""
        patches = self.embed(examples).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(patches.shape[0], -1, -1), patches], dim=1) + self.positions
        logits: Tensor = self.classifier(self.encoder(tokens)[:, 0])
        return logits
