"""Attention rollout: what a network of attention looks at, followed through all of its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.cells import Cells
from ictal.explain.event_score import EventScore, split_front
from ictal.explain.maps import MAPS, find_layer, name_of, runs_each_lead
from ictal.explain.method import Method
from ictal.explain.overlap_add import overlap_add
from ictal.explain.picture_axes import carry_back, carry_columns, spread_cells
from ictal.explain.run_windows import place_asked, run_windows
from ictal.explain.spectrum import COLUMN
from ictal.models.transformer_cnn import GRID

NAME = "attention-rollout"

POOLING = "pooling"
"""The layer that weighs steps for their sum, and answers the sum and the weights."""


class Tokens(NamedTuple):
    """How the tokens of an architecture read.

    Attributes
    ----------
    axes : str
        ``columns`` of a picture; ``steps`` of a signal; ``regions`` of a picture, row by row; ``class+regions`` where a
        token for the class, which alone is classified, stands before them. Of the others the mean is classified.
    attention : str
        The layer that all attention is in.
    places : str
        Of regions the layer that makes them, rows and columns its last two axes.
    cells : callable
        From the settings to where regions lie along frequency and time, in pixels, or steps in samples.
    """

    axes: str
    attention: str = "encoder"
    places: str = ""
    cells: Callable[[Any], tuple[Cells, Cells]] = lambda _: (Cells(), Cells())


def _of_maps(name: str) -> Callable[[Any], tuple[Cells, Cells]]:
    """Return where the maps lie that Grad-CAM looks at: tokens of the same architecture lie there too."""
    (maps,) = MAPS[name]
    return lambda config: (maps.frequency(config), maps.time(config))


TOKENS: dict[str, Tokens] = {
    "inception-transformer": Tokens("regions", places="trunk", cells=_of_maps("inception-transformer")),
    "lstm-attention": Tokens("columns", attention=POOLING),
    "seizure-transformer": Tokens("steps", attention="attention", cells=_of_maps("seizure-transformer")),
    "transformer": Tokens("columns"),
    "transformer-cnn": Tokens(
        "regions",
        places="regions",
        cells=lambda config: (Cells(stride=config.height / GRID), Cells(stride=config.width / GRID)),
    ),
    "vit": Tokens("class+regions", places="embed", cells=_of_maps("vit")),
}
"""By the names of :data:`ictal.models.table.MODELS`. The attention of lstm-attention is the one layer that weighs its
columns for their sum: its weights are taken as they are."""

WITHOUT: dict[str, str] = {
    "eegtransformer": "its tokens are runs of numbers of a window, which have neither time nor frequency",
    "swin": "its attention stays within windows that shift and merge from block to block, so that no weights lead from "
    "all of its tokens to all others; grad-cam can be used",
}
"""Why other networks with attention are not looked at in this way."""


def attention_rollout(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return what the network looks at in a stretch.

    It is the same whichever class is asked about, and does not say whether what is looked at speaks for a seizure or
    against it. Each window that is asked about counts the same, and all of them together count 1.

    Parameters
    ----------
    score : EventScore
    stretch : Stretch
    seed : int
        Not used.

    Raises
    ------
    ParameterError
        If the network has no attention that can be followed; it says why.

    References
    ----------
    Abnar and Zuidema, Quantifying attention flow in transformers, ACL 2020: the residual is added, rows are brought to
    the sum 1 and layers are multiplied; of the heads the mean is taken.
    """
    missing = say_why_no_attention(score.network)
    front, model = split_front(score.network)
    if missing is not None:
        raise ParameterError(f"{NAME}: {type(model).__name__}: {missing}.")
    tokens = TOKENS[str(name_of(score.network))]
    with torch.no_grad(), keep_attention(model, tokens) as kept:
        looks = []
        for _ in run_windows(score, stretch):
            looks.append(_look(kept.weights, tokens, score, stretch, model))
            kept.weights.clear()
    placed = torch.as_tensor(place_asked(torch.cat(looks) / sum(map(len, looks)), score))
    rows, columns = tokens.cells(model.config)
    if tokens.axes == "steps":
        edges = columns.edges(placed.shape[1]) / stretch.sampling_rate
        return Attribution(overlap_add(placed, edges, stretch)[None, None], stretch.start, COLUMN, method=NAME)
    if tokens.axes == "columns":
        return carry_columns(front, placed, stretch, NAME)
    pictures = spread_cells(torch.unflatten(placed, 1, kept.places), front, rows, columns)
    return carry_back(front, pictures, stretch, NAME)


def roll_out(weights: Sequence[Tensor]) -> Tensor:
    """Return how much each token at the end is made of each at the beginning.

    Parameters
    ----------
    weights : sequence of Tensor, shape (B, n_tokens, n_tokens)
        Of each layer, first to last: how much each token looks at each.

    Returns
    -------
    Tensor, shape (B, n_tokens, n_tokens)
        Each row adds up to 1.

    Examples
    --------
    >>> roll_out([torch.tensor([[[0.0, 1.0], [0.0, 1.0]]])] * 2)
    tensor([[[0.2500, 0.7500],
             [0.0000, 1.0000]]])
    """
    rollout = torch.eye(weights[0].shape[-1], dtype=weights[0].dtype).expand_as(weights[0])
    for layer in weights:
        mixed = layer + torch.eye(layer.shape[-1], dtype=layer.dtype)
        rollout = mixed / mixed.sum(dim=-1, keepdim=True) @ rollout
    return rollout


class Kept:
    """What was seen while a network ran.

    Attributes
    ----------
    weights : list of Tensor, shape (B, n_tokens, n_tokens)
        Of the layers of attention that ran, the mean of their heads.
    places : (int, int)
        Rows and columns of the regions.
    """

    def __init__(self) -> None:
        self.weights: list[Tensor] = []
        self.places = (1, 1)

    def keep_weights(self, _: nn.Module, __: Any, answer: tuple[Tensor, Tensor]) -> None:
        """Keep what a layer answers beside its tokens."""
        self.weights.append(answer[1])

    def keep_places(self, _: nn.Module, __: Any, maps: Tensor) -> None:
        """Keep how many rows and columns there are."""
        self.places = (maps.shape[-2], maps.shape[-1])


@contextmanager
def keep_attention(model: nn.Module, tokens: Tokens) -> Iterator[Kept]:
    """Keep the weights of all attention in a network; what it answers stays the same."""
    kept, within = Kept(), find_layer(model, tokens.attention)
    layers = [layer for layer in within.modules() if isinstance(layer, nn.MultiheadAttention)]
    hooks = [layer.register_forward_pre_hook(_ask_for_weights, with_kwargs=True) for layer in layers]
    answering = [within] if tokens.attention == POOLING else layers
    hooks += [layer.register_forward_hook(kept.keep_weights) for layer in answering]
    if tokens.places:
        hooks.append(find_layer(model, tokens.places).register_forward_hook(kept.keep_places))
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield kept
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for hook in hooks:
            hook.remove()


def say_why_no_attention(network: nn.Module) -> str | None:
    """Return why the attention of a network cannot be followed; ``None`` where it can.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> say_why_no_attention(TCN(TCNConfig(n_channels=2)))
    'it has no attention'
    """
    name = name_of(network)
    if name in TOKENS and runs_each_lead(network):
        return "it is run on each lead by itself, and attention does not say which lead counted"
    return None if name in TOKENS else WITHOUT.get(str(name), "it has no attention")


def _look(weights: Sequence[Tensor], tokens: Tokens, score: EventScore, stretch: Stretch, model: nn.Module) -> Tensor:
    """Return how much is made of each token of each window, shape (n_windows, n_tokens); a window adds up to 1."""
    if tokens.attention == POOLING:
        return weights[0].mean(dim=1)
    rollout = roll_out(weights)
    if tokens.axes == "class+regions":
        patches = rollout[:, 0, 1:]
        return patches / patches.sum(dim=1, keepdim=True)
    if tokens.axes == "steps" and not score.one_frame:
        edges = tokens.cells(model.config)[1].edges(rollout.shape[1]) / stretch.sampling_rate + stretch.start
        middles = (edges[1:] + edges[:-1]) / 2
        inside = (middles >= stretch.span[0]) & (middles < stretch.span[1])
        nearest = np.abs(middles - sum(stretch.span) / 2).argmin()
        rollout = rollout[:, np.flatnonzero(inside) if inside.any() else [nearest]]
    return rollout.mean(dim=1)


def _ask_for_weights(_: nn.Module, inputs: Any, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return what a layer of attention is called with, its weights asked for."""
    return inputs, {**settings, "need_weights": True}


ATTENTION_ROLLOUT = Method(say_why_no_attention, attention_rollout)
