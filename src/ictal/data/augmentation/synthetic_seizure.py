"""Seizures where there were none."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from torch import Tensor
from torch.nn.functional import interpolate

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation, PositiveRange
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import typical_size
from ictal.data.batch import Batch

SILENCE = 1e-12
"""What is smaller than this is nothing, and is not made larger."""


def lay_over(background: Tensor, seizure: Tensor, ictal: Tensor, ratios: Tensor) -> Tensor:
    """Return background with a seizure laid over it at a chosen ratio.

    Parameters
    ----------
    background, seizure : Tensor, shape (n, n_channels, n_samples)
    ictal : Tensor, shape (n, n_frames)
        1 in the frames of `seizure` that are seizure, 0 elsewhere; it fades in and out over one frame.
    ratios : Tensor, shape (n,)
        Size of the seizure where it is shown, as the root mean square of all channels, to that of the typical channel
        of the background.

    Examples
    --------
    >>> import torch
    >>> background, seizure = torch.ones(1, 1, 4), torch.full((1, 1, 4), 9.0)
    >>> lay_over(background, seizure, torch.ones(1, 1), torch.tensor([2.0])).flatten()
    tensor([3., 3., 3., 3.])
    """
    fades = interpolate(ictal.to(seizure.dtype)[:, None], size=seizure.shape[2], mode="linear", align_corners=False)
    shown = seizure * fades
    power = shown.square().mean(dim=(1, 2), keepdim=True) / fades.square().mean(dim=2, keepdim=True).clamp(min=SILENCE)
    return background + ratios[:, None, None] * typical_size(background) / power.sqrt().clamp(min=SILENCE) * shown


class SyntheticSeizure(Augmentation):
    """Seizures of the batch's donors laid over windows of background, which take on their labels.

    Where the donors come from is for the caller to say: windows of other subjects
    (:func:`ictal.data.balance.draw_donors`) or simulated ones.

    Attributes
    ----------
    ratio : (float, float)
        Size of the seizure to the size of the background, drawn evenly on a logarithmic scale; see :func:`lay_over`.

    Examples
    --------
    >>> SyntheticSeizure(ratio=(1.0, 2.0)).augmentation
    'synthetic-seizure'
    """

    augmentation: Literal["synthetic-seizure"] = "synthetic-seizure"
    ratio: PositiveRange = (0.7, 2.0)

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows are background."""
        return batch.background

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with seizures."""
        donors = _check_donors(batch)
        quiet = donors.labels[..., 0] if donors.soft else (donors.labels == 0).float()
        ictal = (1.0 - quiet).reshape(len(batch), -1)
        ratios = draws.log_uniform(*self.ratio, len(batch))
        return replace(batch, signal=lay_over(batch.signal, donors.signal, ictal, ratios), labels=donors.labels)


def _check_donors(batch: Batch) -> Batch:
    """Return the donors with labels of the kind that the batch has."""
    if batch.donors is None:
        raise ParameterError("synthetic-seizure: the batch came without donors; a seizure for each window is needed.")
    donors = batch.donors.softened() if batch.soft else batch.donors
    for what, came, needed in (("signal", donors.signal, batch.signal), ("labels", donors.labels, batch.labels)):
        if came.shape != needed.shape or came.dtype != needed.dtype:
            raise ParameterError(
                f"synthetic-seizure donors: {what} of {came.dtype} and shape {tuple(came.shape)} came; "
                f"{needed.dtype} and {tuple(needed.shape)}, as of the batch, are needed."
            )
    if donors.channels != batch.channels:
        raise ParameterError("synthetic-seizure donors: other channels came; those of the batch are needed.")
    return donors
