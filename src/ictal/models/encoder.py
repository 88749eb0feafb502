"""The transformer encoder that several networks read their tokens with."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator
from torch import nn

from ictal.models.network import NetworkConfig


class EncoderConfig(NetworkConfig):
    """Settings of a network whose tokens go through an encoder.

    Attributes
    ----------
    hidden : int
        Numbers of a token, a multiple of the heads.
    n_layers, n_heads : int
        Encoder layers, and heads of attention in each.
    feedforward : int
        Numbers between the two linear layers that follow the attention.
    dropout : float
        How likely a number inside is left out.

    Examples
    --------
    >>> EncoderConfig(n_heads=8).hidden
    256
    """

    hidden: int = Field(default=256, gt=0)
    n_layers: int = Field(default=2, gt=0)
    n_heads: int = Field(default=4, gt=0)
    feedforward: int = Field(default=2048, gt=0)
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)

    @model_validator(mode="after")
    def _heads_share_a_token(self) -> Self:
        require_equal_heads("hidden", self.hidden, self.n_heads)
        return self


def make_encoder(
    width: int,
    n_heads: int,
    n_layers: int,
    *,
    feedforward: int = 2048,
    dropout: float = 0.1,
    activation: Literal["relu", "gelu"] = "relu",
    norm_first: bool = False,
) -> nn.Sequential:
    """Return encoder layers that follow one another.

    Each starts with weights of its own, where `torch.nn.TransformerEncoder` copies the first layer's.

    Parameters
    ----------
    width : int
        Numbers of a token, a multiple of `n_heads`.
    n_heads, n_layers : int
        Heads of attention in a layer, and layers.
    feedforward : int
        Numbers between the two linear layers that follow the attention.
    dropout : float
        How likely a number inside is left out, attention weights among them.
    activation : {"relu", "gelu"}
        Between those two linear layers.
    norm_first : bool
        Whether layers normalise what they read, with one norm more after the last, and not what they add up to.

    Returns
    -------
    Sequential of TransformerEncoderLayer
        From tokens (B, n_tokens, width) to tokens of the same shape.

    References
    ----------
    Vaswani et al., Attention is all you need, NeurIPS 2017; `norm_first`: Xiong et al., On layer normalization in the
    transformer architecture, ICML 2020.

    Examples
    --------
    >>> import torch
    >>> encoder = make_encoder(width=16, n_heads=4, n_layers=2, feedforward=32)
    >>> encoder(torch.zeros(3, 10, 16)).shape
    torch.Size([3, 10, 16])
    """
    layers = (
        nn.TransformerEncoderLayer(
            width, n_heads, feedforward, dropout, activation, batch_first=True, norm_first=norm_first
        )
        for _ in range(n_layers)
    )
    return nn.Sequential(*layers, *([nn.LayerNorm(width)] if norm_first else []))


def require_equal_heads(name: str, width: int, n_heads: int) -> None:
    """Refuse a token that heads cannot share equally.

    Raises
    ------
    ValueError
        For pydantic, which names the settings.

    Examples
    --------
    >>> require_equal_heads("hidden", 100, 8)
    Traceback (most recent call last):
    ...
    ValueError: hidden 100 came with 8 heads; it must be a multiple of them
    """
    if width % n_heads:
        raise ValueError(f"{name} {width} came with {n_heads} heads; it must be a multiple of them")
