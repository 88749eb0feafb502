"""The other hemisphere."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from ictal.core.channels import Derivation, parse_labels
from ictal.core.electrodes import find_electrode
from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def mirror_electrode(name: str) -> str:
    """Return the electrode on the other side of the head; what is no electrode, such as a reference, stays.

    Examples
    --------
    >>> mirror_electrode("Fp1"), mirror_electrode("P8"), mirror_electrode("Cz"), mirror_electrode("LE")
    ('Fp2', 'P7', 'Cz', 'LE')
    """
    number = re.search(r"\d+$", name)
    if number is None or find_electrode(name) is None:
        return name
    return f"{name[: number.start()]}{int(number.group()) + (1 if int(number.group()) % 2 else -1)}"


@functools.lru_cache(maxsize=64)
def mirror_channels(channels: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return which channel stands in for each one when left and right are swapped, and with which sign.

    Parameters
    ----------
    channels : tuple of str
        Electrodes against a reference, leads of a bipolar montage, or both. Channels that are neither stay.

    Returns
    -------
    tuple of (int, int)
        For each channel the row that is its mirror image, and -1 where that row holds it the wrong way round: the
        mirror image of C3-Cz is C4-Cz, which a transverse chain holds as Cz-C4.

    Raises
    ------
    ParameterError
        If the mirror image of a channel is not there.

    Examples
    --------
    >>> mirror_channels(("Fp1-F7", "Fz-Cz", "Fp2-F8"))
    ((2, 1), (1, 1), (0, 1))
    >>> mirror_channels(("C3-Cz", "Cz-C4"))
    ((1, -1), (0, -1))
    """
    leads = parse_labels(channels)
    rows: dict[Derivation, tuple[int, int]] = {}
    for row, lead in enumerate(leads):
        if lead is not None:
            rows.setdefault(Derivation(lead.cathode, lead.anode), (row, -1))
    for row, lead in reversed(list(enumerate(leads))):
        if lead is not None:
            rows[lead] = (row, 1)
    found = []
    for row, lead in enumerate(leads):
        image = None if lead is None else Derivation(mirror_electrode(lead.anode), mirror_electrode(lead.cathode))
        if image is not None and image not in rows:
            raise ParameterError(
                f"mirror: channel {channels[row]} came without its mirror image {image}; both are needed."
            )
        found.append((row, 1) if image is None else rows[image])
    return tuple(found)


def mirror_hemispheres(signal: Tensor, channels: tuple[str, ...]) -> Tensor:
    """Return the windows with left and right swapped.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    channels : tuple of str

    Examples
    --------
    >>> mirror_hemispheres(torch.tensor([[[1.0], [2.0]]]), ("C3", "C4")).flatten()
    tensor([2., 1.])
    """
    rows, signs = zip(*mirror_channels(channels), strict=True)
    order = torch.tensor(rows, device=signal.device)
    return signal[:, order] * torch.tensor(signs, device=signal.device, dtype=signal.dtype)[:, None]


class Mirror(Augmentation):
    """Left and right swapped: a seizure of one hemisphere could as well begin in the other.

    Examples
    --------
    >>> Mirror().probability
    0.5
    """

    augmentation: Literal["mirror"] = "mirror"

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows, mirrored."""
        del draws
        return replace(batch, signal=mirror_hemispheres(batch.signal, batch.channels))
