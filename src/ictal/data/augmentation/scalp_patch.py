"""What channels see of a patch of cortex somewhere under the scalp."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ictal.core.channels import parse_labels
from ictal.core.electrodes import positions
from ictal.data.augmentation.draws import Draws

WIDTHS = (0.25, 0.9)
"""How far a patch is seen, as a share of the radius of the head."""


def draw_patches(channels: tuple[str, ...], n: int, draws: Draws) -> Tensor:
    """Return what each channel sees of patches at places that are drawn.

    The potential falls off as a bell over the scalp; a lead sees the difference of its two electrodes, and a channel
    against a reference what is under its electrode. This is a shape, not physics: for that there is the phantom.

    Parameters
    ----------
    channels : tuple of str
        Where one of them has no place on the scalp, as of an animal, all see the same.
    n : int
        Patches.
    draws : Draws

    Returns
    -------
    Tensor, shape (n, n_channels)
        The channel that sees the most has 1 or -1.

    Examples
    --------
    >>> draw_patches(("left cortex", "right cortex"), 1, Draws(0))
    tensor([[1., 1.]])
    """
    heads = _places(channels)
    if heads is None:
        return torch.ones(n, len(channels), device=draws.device)
    ends = [torch.from_numpy(places).to(draws.device) for places in heads]
    angle, height = draws.uniform(0.0, 2 * np.pi, n), draws.uniform(0.0, 1.0, n)
    ring = (1 - height.square()).sqrt()
    centres = torch.stack([ring * angle.cos(), ring * angle.sin(), height], dim=1)
    widths = draws.log_uniform(*WIDTHS, n)[:, None]
    anode, cathode = (_see(centres, widths, places) for places in ends)
    seen = anode - cathode
    return seen / seen.abs().amax(dim=1, keepdim=True).clamp(min=1e-6)


def _see(centres: Tensor, widths: Tensor, places: Tensor) -> Tensor:
    """Return the potential at electrodes, shape (n, n_electrodes); a place of zeros is none and has none."""
    there = places.square().sum(dim=1) > 0
    return torch.exp((centres @ places.T - 1) / widths.square()) * there


@lru_cache(maxsize=8)
def _places(channels: tuple[str, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return where anodes and cathodes are on the unit sphere, each (n_channels, 3), a reference at zeros."""
    leads = parse_labels(channels)
    known = positions()
    if any(lead is None or lead.anode not in known for lead in leads):
        return None
    zeros = np.zeros(3)
    anodes = [known[lead.anode] for lead in leads if lead is not None]
    cathodes = [known.get(lead.cathode, zeros) for lead in leads if lead is not None]
    return np.asarray(anodes, np.float32), np.asarray(cathodes, np.float32)
