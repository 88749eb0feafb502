"""A transformer that reads the last maps of Inception v3 as tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.encoder import EncoderConfig, make_encoder
from ictal.models.inception_v3 import N_MAPS, SMALLEST, InceptionTrunk, load_published
from ictal.models.network import PictureConfig, PictureNetwork


class InceptionTransformerConfig(PictureConfig, EncoderConfig):
    """What the Inception transformer is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Pictures of a window and columns of the logits.
    height, width : int
        Rows and columns of a picture.
    resize_to : int or None
        Pixels that both sides of a picture are resized to, at least 75; None leaves it as it is, both sides at least
        75. A picture of 100 × 100 as it is leaves one token only, so that there is nothing to attend to.
    hidden, n_layers, n_heads, feedforward, dropout
        Of the encoder.

    Examples
    --------
    >>> InceptionTransformerConfig(n_channels=20, resize_to=299).hidden
    768
    """

    resize_to: int | None = Field(default=224, ge=SMALLEST)
    hidden: int = Field(default=768, gt=0)
    n_heads: int = Field(default=8, gt=0)

    @model_validator(mode="after")
    def _something_is_left(self) -> Self:
        if self.resize_to is None and min(self.height, self.width) < SMALLEST:
            raise ValueError(
                f"height {self.height} and width {self.width} came with nothing to resize to; "
                f"both must be at least {SMALLEST}"
            )
        return self


class InceptionTransformer(PictureNetwork):
    """Inception v3 up to its 2048 maps, whose places are the tokens of an encoder; the mean of these is classified.

    Pictures of another number than three are mixed to the three that the trunk reads, by a learned map of each pixel.
    Tokens know their place by learned positions.

    Parameters
    ----------
    config : InceptionTransformerConfig

    References
    ----------
    The hybrid of a public study of spectrograms, on Szegedy et al. 2016 and Vaswani et al. 2017; it resized pictures
    to 224 × 224. There the maps were cut into runs of 768 numbers whatever place and map they came from; here each
    place is one token, projected to 768. The positions and the mixing are ours.

    Examples
    --------
    >>> config = InceptionTransformerConfig(n_channels=20, resize_to=None, hidden=16, feedforward=32)
    >>> InceptionTransformer(config).eval()(torch.zeros(2, 20, 100, 100)).shape
    torch.Size([2, 1, 2])
    """

    Config: ClassVar[type[InceptionTransformerConfig]] = InceptionTransformerConfig

    def __init__(self, config: InceptionTransformerConfig) -> None:
        super().__init__(config)
        sides = (config.height, config.width) if config.resize_to is None else (config.resize_to, config.resize_to)
        rows, columns = map(_count_places, sides)
        self.resize = nn.Upsample(sides, mode="bilinear") if sides != (config.height, config.width) else nn.Identity()
        self.mix = nn.Conv2d(config.n_channels, 3, 1) if config.n_channels != 3 else nn.Identity()
        self.trunk = InceptionTrunk()
        self.project = nn.Linear(N_MAPS, config.hidden)
        self.positions = nn.Parameter(0.02 * torch.randn(rows * columns, config.hidden))
        self.encoder = make_encoder(
            config.hidden,
            config.n_heads,
            config.n_layers,
            feedforward=config.feedforward,
            dropout=config.dropout,
        )
        self.classifier = nn.Linear(config.hidden, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits, shape (B, n_classes), of pictures (B, C, height, width)."""
        maps = self.trunk(self.mix(self.resize(examples)))
        tokens = self.project(maps.flatten(2).transpose(1, 2)) + self.positions
        logits: Tensor = self.classifier(self.encoder(tokens).mean(dim=1))
        return logits


def load_imagenet(network: InceptionTransformer, state_dict: Mapping[str, Tensor]) -> None:
    """Give the trunk of a network published weights, learned from photographs.

    Parameters
    ----------
    network : InceptionTransformer
        Everything but its trunk is left as it is.
    state_dict : mapping of str to Tensor
        With the keys of torchvision's `inception_v3`; its two classifiers are passed over. The weights were learned
        from pictures of values from -1 to 1.

    Raises
    ------
    ParameterError
        If a key or a shape is not that of Inception v3.
    """
    network.trunk.load_state_dict(load_published(state_dict).state_dict())


def _count_places(side: int) -> int:
    """Return the pixels that are left of a side on the last maps."""
    for kernel, stride in ((3, 2), (3, 1), (3, 2), (3, 1), (3, 2), (3, 2), (3, 2)):
        side = (side - kernel) // stride + 1
    return side
