"""Windows between windows."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def mix(some: Tensor, others: Tensor, shares: Tensor) -> Tensor:
    """Return ``shares * some + (1 - shares) * others``, signals and labels alike.

    Parameters
    ----------
    some, others : Tensor, shape (n, …)
    shares : Tensor, shape (n,)
        Of `some`, from 0 to 1.

    Examples
    --------
    >>> import torch
    >>> mix(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]]), torch.tensor([0.75]))
    tensor([[0.7500, 0.2500]])
    """
    shares = shares.reshape(-1, *[1] * (some.ndim - 1))
    return shares * some + (1 - shares) * others


class Mixup(Augmentation):
    """Each chosen window mixed with another chosen one, and their labels in the same shares.

    Attributes
    ----------
    alpha : float
        Shares are of the distribution Beta(alpha, alpha): near 0 they are nearly 0 or 1, at 1 all are as likely.

    References
    ----------
    Zhang et al., mixup: Beyond empirical risk minimization, ICLR 2018.

    Examples
    --------
    >>> Mixup(alpha=0.4).softens
    True
    """

    softens: ClassVar[bool] = True

    augmentation: Literal["mixup"] = "mixup"
    alpha: float = Field(default=0.2, gt=0.0, allow_inf_nan=False)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows, mixed."""
        shares, others = draws.beta(self.alpha, len(batch)), draws.permutation(len(batch))
        return replace(
            batch,
            signal=mix(batch.signal, batch.signal[others], shares),
            labels=mix(batch.labels, batch.labels[others], shares),
        )
