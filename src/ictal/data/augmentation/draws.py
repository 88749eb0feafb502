"""Random numbers of one batch, which depend on nothing but their key."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


class Draws:
    """Random numbers from a key: the seed, the epoch, the batch, and for what.

    What is decided (which windows, how much) is drawn on the processor and is the same for every device. Noise is drawn
    where the signal is, and is the same for every device of one kind.

    Parameters
    ----------
    key : int or str
        Numbers of 0 and more, and words.
    device : torch.device or str

    Examples
    --------
    >>> bool((Draws(1, "noise").uniform(0.0, 1.0, 3) == Draws(1, "noise").uniform(0.0, 1.0, 3)).all())
    True
    """

    def __init__(self, *key: int | str, device: torch.device | str = "cpu") -> None:
        numbers = [number for part in key for number in ([part] if isinstance(part, int) else part.encode())]
        decided, field = np.random.SeedSequence(numbers).spawn(2)
        self.device = torch.device(device)
        self._numbers = np.random.default_rng(decided)
        self._field_seed = int(field.generate_state(1, np.uint64)[0] >> np.uint64(1))
        self._field: torch.Generator | None = None

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return float32 numbers of ``[low, high)``."""
        return self._moved(self._numbers.uniform(low, high, shape).astype(np.float32))

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return float32 numbers between `low` and `high`, both above 0, even on a logarithmic scale."""
        return self.uniform(float(np.log(low)), float(np.log(high)), *shape).exp()

    def beta(self, alpha: float, *shape: int) -> Tensor:
        """Return float32 numbers of the distribution Beta(alpha, alpha)."""
        return self._moved(self._numbers.beta(alpha, alpha, shape).astype(np.float32))

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Return int64 numbers of ``[low, high)``."""
        return self._moved(self._numbers.integers(low, high, shape))

    def permutation(self, n: int) -> Tensor:
        """Return the numbers of 0 to n - 1, shuffled."""
        return self._moved(self._numbers.permutation(n))

    def chance(self, probability: float, *shape: int) -> Tensor:
        """Return which of many come true, bool."""
        return self._moved(self._numbers.random(shape) < probability)

    def normal(self, like: Tensor) -> Tensor:
        """Return white noise of standard deviation 1, of the shape and type of a tensor, drawn on its device."""
        if self._field is None:
            self._field = torch.Generator(self.device).manual_seed(self._field_seed)
        return torch.empty_like(like).normal_(generator=self._field)

    def _moved(self, numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Tensor:
        return torch.from_numpy(numbers).to(self.device)
