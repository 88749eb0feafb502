"""Slow courses of strength over a recording, given by a few points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span
from ictal.simulation.noise import shaped_noise

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """A piecewise linear course, constant before its first and after its last point.

    Parameters
    ----------
    times : ndarray, shape (n_points,)
        Seconds, not falling.
    values : ndarray, shape (n_points,)

    Examples
    --------
    >>> Track(np.array([0.0, 1.0]), np.array([0.0, 10.0])).read(0, 4, 2.0)
    array([ 0.,  5., 10., 10.])
    """

    times: Floats
    values: Floats

    def read(self, first: int, last: int, sampling_rate: float) -> Floats:
        """Return the values at samples ``[first, last)``, shape (last - first,)."""
        return np.interp(np.arange(first, last) / sampling_rate, self.times, self.values)


def steady(value: float) -> Track:
    """Return a track that never changes."""
    return Track(np.zeros(1), np.array([value]))


def switched(spans: Iterable[Span], inside: float, outside: float, ramp: float) -> Track:
    """Return a track with one value inside some spans and another outside, `ramp` seconds from one to the other.

    Parameters
    ----------
    spans : iterable of (start, stop)
        Seconds, sorted and apart; the value begins to change at the start and at the stop of each.
    inside, outside : float
    ramp : float
        Seconds above 0; cut short in a span, or between two, that is shorter.

    Examples
    --------
    >>> switched([(2.0, 4.0)], 1.0, 0.0, ramp=1.0).read(0, 7, 1.0)
    array([0., 0., 0., 1., 1., 0., 0.])
    """
    times, values = [0.0], [outside]
    for start, stop in spans:
        for edge, before, after in ((start, outside, inside), (stop, inside, outside)):
            times += [max(edge, times[-1]), max(edge, times[-1]) + ramp]
            values += [before, after]
    return Track(np.array(times), np.array(values))


def drifting(duration: float, spread: float, seconds: float, rng: np.random.Generator) -> Track:
    """Return a gain around 1 that drifts over `seconds`, log-normal with standard deviation `spread`.

    Parameters
    ----------
    duration : float
        Seconds that it is drawn for.
    """
    knots = int(duration) + 2
    drift = shaped_noise(1, knots, 1.0, lambda f: 1 / (f**2 + (1 / seconds) ** 2), rng)[0]
    return Track(np.arange(knots, dtype=np.float64), np.exp(spread * drift))
