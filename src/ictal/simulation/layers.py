"""What a simulated recording is made of: layers that are laid over each other stretch by stretch.

A layer changes a stretch of signal in place and gives the same whatever the stretches are, so that any part of any
length of recording can be made without the rest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.noise import Noise
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_KEPT_TRANSIENTS = 8


class Layer(Protocol):
    """One thing that shapes the signal."""

    def apply(self, signal: Floats, first: int) -> None:
        """Change samples ``first, first + 1, …`` of every channel in place.

        Parameters
        ----------
        signal : ndarray of float64, shape (n_channels, n_samples)
            µV; what the layers below have made of this stretch.
        first : int
            Number of its first sample in the recording.
        """


@dataclass(frozen=True, eq=False)
class NoiseLayer:
    """Noise of some sources that goes on all the time, seen through a mixing matrix, waxing and waning.

    Parameters
    ----------
    mixing : ndarray, shape (n_channels, n_sources)
        µV at each channel of a source of strength 1.
    noise : Noise
        With one row a source.
    sampling_rate : float
        Hz.
    gains : sequence of Track
        All are multiplied.
    """

    mixing: Floats
    noise: Noise
    sampling_rate: float
    gains: Sequence[Track] = ()

    def apply(self, signal: Floats, first: int) -> None:
        last = first + signal.shape[1]
        gain = read_product(self.gains, first, last, self.sampling_rate)
        if gain.any():
            signal += self.mixing @ (self.noise.read(first, last) * gain)


@dataclass(frozen=True, eq=False)
class GainLayer:
    """Everything below becomes weaker or stronger.

    Parameters
    ----------
    gains : sequence of Track
        All are multiplied.
    sampling_rate : float
        Hz.
    """

    gains: Sequence[Track]
    sampling_rate: float

    def apply(self, signal: Floats, first: int) -> None:
        signal *= read_product(self.gains, first, first + signal.shape[1], self.sampling_rate)


@dataclass(frozen=True, eq=False, slots=True)
class Transient:
    """Something with a beginning and an end, made when it is needed.

    Parameters
    ----------
    first : int
        The sample at which it begins; may lie before the recording.
    length : int
        Samples.
    make : callable
        Returns µV of shape (n_channels, length), always the same.
    """

    first: int
    length: int
    make: Callable[[], Floats]

    @property
    def last(self) -> int:
        """The sample after its end."""
        return self.first + self.length


class TransientLayer:
    """Transients that are added, in any number.

    Parameters
    ----------
    transients : iterable of Transient
        In any order.
    """

    def __init__(self, transients: Iterable[Transient]) -> None:
        self._transients = sorted(transients, key=lambda transient: transient.first)
        self._firsts = [transient.first for transient in self._transients]
        self._longest = max((transient.length for transient in self._transients), default=0)
        self._made: dict[int, Floats] = {}

    def apply(self, signal: Floats, first: int) -> None:
        last = first + signal.shape[1]
        for number in range(bisect_left(self._firsts, first - self._longest), bisect_left(self._firsts, last)):
            transient = self._transients[number]
            low, high = max(first, transient.first), min(last, transient.last)
            if low < high:
                piece = self._piece(number)
                signal[:, low - first : high - first] += piece[:, low - transient.first : high - transient.first]

    def _piece(self, number: int) -> Floats:
        """Return a transient's signal, kept for the next stretch that it reaches into."""
        if number not in self._made:
            while len(self._made) >= _KEPT_TRANSIENTS:
                del self._made[next(iter(self._made))]
            self._made[number] = self._transients[number].make()
        return self._made[number]


def read_product(gains: Iterable[Track], first: int, last: int, sampling_rate: float) -> Floats:
    """Return the product of some tracks at samples ``[first, last)``, 1 where there is none."""
    product = np.ones(last - first)
    for gain in gains:
        product *= gain.read(first, last, sampling_rate)
    return product
