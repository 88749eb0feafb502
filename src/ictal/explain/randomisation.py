"""Does an explanation change when what the network has learned is destroyed?

The layers of a copy are randomised from the last one down. A map that stays as it was depends on the signal and on the
architecture, as that of an edge detector does, and explains nothing that was learned.

References
----------
Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.explain.agreement import spearman
from ictal.explain.check import RandomisationTest

Explain = Callable[[nn.Module], Attribution]
"""What a method says of a network."""

DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the layers that are randomised, from the last down: the last one alone, and up to all."""


def check_randomisation(
    explain: Explain,
    network: nn.Module,
    original: Attribution,
    *,
    depths: Sequence[float] = DEPTHS,
    n_draws: int = 1,
    seed: int = 0,
) -> RandomisationTest:
    """Return how like the map of a network those of its randomised copies are.

    Parameters
    ----------
    explain : callable
        From a network to the attribution.
    network : Module
        It is left as it is.
    original : Attribution
        What `explain` says of it.
    depths : sequence of float
        Rising shares of the layers; 0 is the last layer alone.
    n_draws : int
        Copies for each depth, over whose similarities the mean is taken.
    seed : int
        Of the weights.

    Raises
    ------
    ParameterError
        If depths are none, or a share is not in 0 to 1.
    """
    if not depths or n_draws < 1 or list(depths) != sorted(depths):
        raise ParameterError(
            f"depths: {list(depths)!r} with {n_draws!r} draws came; allowed are rising shares, 1 draw."
        )
    values = np.nan_to_num(original.values)
    similarities, signed = [], []
    for depth in depths:
        maps = [explain(randomise_weights(network, depth, seed + draw)) for draw in range(n_draws)]
        found = [np.nan_to_num(one.values) for one in maps]
        similarities.append(float(np.mean([spearman(np.abs(values), np.abs(one)) for one in found])))
        signed.append(float(np.mean([spearman(values, one) for one in found])))
    return RandomisationTest(tuple(depths), tuple(similarities), tuple(signed))


def randomise_weights(network: nn.Module, depth: float, seed: int = 0) -> nn.Module:
    """Return a copy of a network whose last layers have lost what they learned.

    The values of each tensor of weights are shuffled within it, and each changes its sign or not by the toss of a coin:
    what they say is gone, their size is that of the trained network. So signals neither blow up behind norms that go on
    as they were, nor die out, as they do behind rectifiers when weights that are mostly negative are only shuffled: of
    a network that answers nothing any more every method has an empty map. A layer is a module with weights of its own,
    in the order in which the network lists them.

    Parameters
    ----------
    network : Module
    depth : float
        The share of layers, 0 to 1; at least the last one.
    seed : int

    Raises
    ------
    ParameterError
        If the share is not in 0 to 1, or the network has no weights.

    Examples
    --------
    >>> network = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    >>> other = randomise_weights(network, 0.5)
    >>> [torch.equal(a.weight, b.weight) for a, b in zip(network, other)]
    [True, False]
    """
    if not 0.0 <= depth <= 1.0:
        raise ParameterError(f"depth: {depth!r} is not allowed; it must be a share from 0 to 1.")
    other = copy.deepcopy(network)
    layers = [module for module in other.modules() if any(True for _ in module.parameters(recurse=False))]
    if not layers:
        raise ParameterError(f"{type(network).__name__}: has no weights that could be randomised.")
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in layers[::-1][: max(math.ceil(depth * len(layers)), 1)]:
            for weights in layer.parameters(recurse=False):
                mixed = torch.randperm(weights.numel(), generator=generator)
                signs = 1 - 2 * torch.randint(2, (weights.numel(),), generator=generator)
                shuffled = weights.flatten()[mixed.to(weights.device)] * signs.to(weights.device)
                weights.copy_(shuffled.view_as(weights))
    return other
