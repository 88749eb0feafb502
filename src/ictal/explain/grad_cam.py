"""Grad-CAM: where in a stretch the maps are strong that speak for the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ictal.core.attribution import Attribution
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore, split_front
from ictal.explain.maps import Maps, find_layer, find_maps, runs_each_lead, say_why_no_maps, take_lead
from ictal.explain.method import Method
from ictal.explain.overlap_add import overlap_add
from ictal.explain.picture_axes import carry_back, spread_cells
from ictal.explain.run_windows import place_asked, run_windows
from ictal.explain.spectrum import COLUMN


def grad_cam(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return where the maps of a layer that speak for the score are strong, each weighed by its mean gradient.

    Each window and, where leads are kept apart, each lead has weights of its own. Windows that overlap and layers that
    are read side by side are added up first; what is negative then is left out.

    Parameters
    ----------
    score : EventScore
    stretch : Stretch
    seed : int
        Not used.

    Raises
    ------
    ParameterError
        If the network has no maps; see :data:`ictal.explain.maps.WITHOUT`.

    References
    ----------
    Selvaraju et al., Grad-CAM: visual explanations from deep networks via gradient-based localization, ICCV 2017. A
    cell of a coarse map is shared evenly among what it covers, where the paper interpolates.
    """
    chosen = find_maps(score.network)
    front, model = split_front(take_lead(score.network))
    each_lead = runs_each_lead(score.network)
    found = weigh_maps(score, stretch, model, chosen)
    if each_lead or chosen[0].axes.startswith("window·lead"):
        found = [torch.unflatten(cam, 0, (-1, len(stretch.leads))) for cam in found]
    if front is not None:
        (maps,), (cam,) = chosen, found
        placed = torch.as_tensor(place_asked(cam, score))
        pictures = spread_cells(placed, front, maps.frequency(model.config), maps.time(model.config))
        attribution = carry_back(front, pictures, stretch, "grad-cam")
        return replace(attribution, values=np.maximum(attribution.values, 0.0))
    values = sum(
        overlap_add(
            place_asked(cam, score),
            maps.time(model.config).edges(cam.shape[-1]) / stretch.sampling_rate,
            stretch,
        )
        for maps, cam in zip(chosen, found, strict=True)
    )
    told = np.ndim(values) == 2
    positive = np.maximum(np.reshape(values, (len(stretch.leads) if told else 1, 1, -1)), 0.0)
    return Attribution(positive, stretch.start, COLUMN, leads=stretch.leads if told else (), method="grad-cam")


def weigh_maps(score: EventScore, stretch: Stretch, model: nn.Module, chosen: Sequence[Maps]) -> list[Tensor]:
    """Return of each layer the sum of its maps, each weighed by its mean gradient.

    Returns
    -------
    list of Tensor, shape (n_examples, n_times) or (n_examples, n_frequencies, n_times)
        Examples are windows, or all leads of one window after those of another.
    """
    layers = [maps.layer for maps in chosen]
    parts: list[list[Tensor]] = []
    with torch.enable_grad(), keep_maps(model, layers) as kept:
        for term in run_windows(score, stretch):
            gradients = torch.autograd.grad(term, [kept[layer] for layer in layers])
            parts.append(
                [
                    weigh(kept[maps.layer].detach(), gradient, maps.axes)
                    for maps, gradient in zip(chosen, gradients, strict=True)
                ]
            )
    return [torch.cat(part) for part in zip(*parts, strict=True)]


def weigh(maps: Tensor, gradient: Tensor, axes: str) -> Tensor:
    """Return the sum of maps, each weighed by the mean of its gradient over all places.

    Parameters
    ----------
    maps, gradient : Tensor
    axes : str
        What their axes are, as in :mod:`ictal.explain.maps`.

    Examples
    --------
    >>> maps = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    >>> weigh(maps, torch.tensor([[[1.0, 1.0], [0.0, -2.0]]]), "window map time")
    tensor([[-2., -2.]])
    """
    names = axes.split()
    if "class+patches" in names:
        (place,) = (i for i, name in enumerate(names) if name == "class+patches")
        maps, gradient = (_fold_patches(tokens, place) for tokens in (maps, gradient))
        names[place : place + 1] = ["frequency", "time"]
    places = [i for i, name in enumerate(names) if name in ("frequency", "time", ".")]
    weighed = gradient.mean(dim=places, keepdim=True) * maps
    return weighed.sum(dim=[i for i, name in enumerate(names) if name in ("map", ".")])


@contextmanager
def keep_maps(model: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Keep what layers answer, or read where they are named with "before", and let gradients begin there."""
    kept: dict[str, Tensor] = {}

    def keep(layer: str, maps: Tensor) -> Tensor:
        kept[layer] = maps.detach().requires_grad_()
        return kept[layer]

    def watch(layer: str) -> Any:
        module = find_layer(model, layer.removeprefix("before "))
        if layer.startswith("before "):
            return module.register_forward_pre_hook(lambda _, inputs: (keep(layer, inputs[0]), *inputs[1:]))
        return module.register_forward_hook(lambda _, inputs, maps: keep(layer, maps))

    hooks = [watch(layer) for layer in layers]
    try:
        yield kept
    finally:
        for hook in hooks:
            hook.remove()


def _fold_patches(tokens: Tensor, axis: int) -> Tensor:
    """Leave the token of the class out, and lay those of patches in rows and columns."""
    patches = tokens.narrow(axis, 1, tokens.shape[axis] - 1)
    side = isqrt(patches.shape[axis])
    folded: Tensor = torch.unflatten(patches, axis, (side, side))
    return folded


GRAD_CAM = Method(say_why_no_maps, grad_cam)
