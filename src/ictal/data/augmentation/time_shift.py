"""A little earlier, a little later."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def shift_time(signal: Tensor, shifts: Tensor) -> Tensor:
    """Return each window later by its shift; what is then missing at an edge is the mirror image of what is there.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    shifts : Tensor of int64, shape (n,)
        Samples, each shorter than the window; a negative one is earlier.

    Examples
    --------
    >>> shift_time(torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([2]))
    tensor([[[3., 2., 1., 2.]]])
    """
    source = _reflected(torch.arange(signal.shape[2], device=signal.device) - shifts[:, None], signal.shape[2])
    return torch.gather(signal, 2, source[:, None, :].expand(signal.shape))


def shift_frames(labels: Tensor, shifts: Tensor, n_samples: int) -> Tensor:
    """Return the labels of frames moved as :func:`shift_time` moves the sample in the middle of each frame.

    Parameters
    ----------
    labels : Tensor, shape (n, n_frames) or (n, n_frames, n_classes)
    shifts : Tensor of int64, shape (n,)
        Samples.
    n_samples : int
        Of the window, in which frames stand side by side.

    Examples
    --------
    >>> shift_frames(torch.tensor([[0, 0, 1, 1]]), torch.tensor([-4]), n_samples=16)
    tensor([[0, 1, 1, 1]])
    """
    n_frames = labels.shape[1]
    middles = ((torch.arange(n_frames, device=labels.device) + 0.5) * n_samples / n_frames).long()
    frames = _reflected(middles - shifts[:, None], n_samples) * n_frames // n_samples
    if labels.ndim == 3:
        frames = frames[:, :, None].expand(labels.shape)
    return torch.gather(labels, 1, frames)


def _reflected(places: Tensor, n: int) -> Tensor:
    """Return places outside of ``[0, n)`` mirrored at the first and the last one."""
    return (n - 1) - ((n - 1) - places.abs()).abs()


class TimeShift(Augmentation):
    """Windows moved in time, and the labels of their frames with them; the label of a whole window stays.

    Attributes
    ----------
    seconds : float
        At most, in both directions; less than the window.

    Examples
    --------
    >>> TimeShift(seconds=0.25).seconds
    0.25
    """

    augmentation: Literal["time-shift"] = "time-shift"
    seconds: float = Field(default=0.5, gt=0.0, allow_inf_nan=False)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows, moved."""
        most, n_samples = round(self.seconds * batch.sampling_rate), batch.signal.shape[2]
        if most >= n_samples:
            raise ParameterError(
                f"time-shift seconds: {self.seconds} came; less than the window of "
                f"{n_samples / batch.sampling_rate:g} s is allowed."
            )
        shifts = draws.integers(-most, most + 1, len(batch))
        labels = shift_frames(batch.labels, shifts, n_samples) if batch.framed else batch.labels
        return replace(batch, signal=shift_time(batch.signal, shifts), labels=labels)
