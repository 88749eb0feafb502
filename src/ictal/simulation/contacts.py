"""Electrodes that sit badly: most faults of a recording are those of the same few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.spans import Span
from ictal.simulation.scene import Scene

Floats = NDArray[np.float64]

_LOOSE, _LOOSE_WEIGHT = 2, 8.0
"""How many electrodes sit badly, and how many times more faults they have than another one."""


def fault_shares(scene: Scene) -> Floats:
    """Return the share of the faults of a recording that each electrode has, shape (19,)."""
    weights = np.ones(len(SCALP_19))
    weights[scene.stream("contacts").choice(len(SCALP_19), _LOOSE, replace=False)] = _LOOSE_WEIGHT
    shares: Floats = weights / weights.sum()
    return shares


def random_spells(duration: float, share: float, seconds: Span, rng: np.random.Generator) -> tuple[Span, ...]:
    """Return stretches of something that comes and goes, such that it fills a share of the time on average.

    Parameters
    ----------
    duration : float
        Seconds of the recording.
    share : float
        0 to 1.
    seconds : (shortest, longest)
        Of one stretch.
    rng : numpy.random.Generator

    Examples
    --------
    >>> random_spells(3600.0, 0.0, (60.0, 120.0), np.random.default_rng(0))
    ()
    """
    if share <= 0:
        return ()
    between = np.mean(seconds) * (1 - share) / share
    spells, position = [], float(rng.exponential(between)) - rng.uniform(*seconds)
    while position < duration:
        stop = position + rng.uniform(*seconds)
        if stop > 0:
            spells.append((max(position, 0.0), min(stop, duration)))
        position = stop + float(rng.exponential(between))
    return tuple(spells)


def log_uniform(between: Span, rng: np.random.Generator) -> float:
    """Return a number between two, each of its magnitudes as likely as another.

    Examples
    --------
    >>> 1.0 <= log_uniform((1.0, 100.0), np.random.default_rng(0)) <= 100.0
    True
    """
    return float(np.exp(rng.uniform(*np.log(between))))
