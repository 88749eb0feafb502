"""How stages of sleep and wakefulness follow each other, day and night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count

import numpy as np

Bout = tuple[str, float]
"""A stage and how many seconds it lasts."""

_MINUTE, _HOUR = 60.0, 3600.0
_SHORTEST = 10.0
"""Seconds of the shortest bout."""

_CYCLES = (
    (("n2", 9), ("n2", 10), ("n3", 40), ("n2", 10), ("rem", 8)),
    (("n2", 16), ("n3", 28), ("n2", 18), ("rem", 18)),
    (("n2", 18), ("n3", 10), ("n2", 20), ("n2", 14), ("rem", 25)),
    (("n2", 25), ("n2", 25), ("rem", 32)),
)
"""Typical minutes of the stages in the first, second, third and every later cycle of a night."""

_DOZE = (("n1", 1.5),)
_NAP = (("n1", 3.0), ("n2", 12.0))
_LONG_NAP = (*_NAP, ("n3", 15.0), ("n2", 4.0))
_NAPS, _NAP_SHARES = (_DOZE, _NAP, _LONG_NAP), (0.3, 0.5, 0.2)

_BACK_TO_SLEEP = (("n1", 1.5), ("n2", 3.0))
_NEONATAL_CYCLE = (("rem", 22.0), ("n2", 19.0))

_AWAKENING = 0.5
"""Chance to wake at the end of a bout of a night."""

_BEDTIME, _MORNING, _WHIM = 22.5, 31.0, 0.7
"""Hours of the clock at which nights begin and end, and their standard deviation."""

_NIGHT_FIRST = 0.75
_SOUNDEST_NIGHT, _SLEEPIEST_DAY = 0.93, 0.97
"""The share of all sleep that is slept at night, unless that leaves the nights less awake than this."""


def adult_bouts(tiredness: float, rng: np.random.Generator) -> Iterator[Bout]:
    """Yield, from noon on and without end, days with naps and nights of cycles of about 90 minutes.

    Who sleeps long stays awake long: a stretch awake is drawn in proportion to the stretch of sleep that follows, so
    that the share that is slept comes out whatever the naps and cycles are.

    Parameters
    ----------
    tiredness : float
        0 to 1: the share of the 24 hours that is slept, three quarters of it at night where the night is long enough.
    rng : numpy.random.Generator

    Yields
    ------
    stage : str
    duration : float
        Seconds.

    References
    ----------
    Carskadon and Dement, Normal human sleep: an overview, in Principles and Practice of Sleep Medicine, 6th ed. 2017.

    Examples
    --------
    >>> bouts = adult_bouts(0.4, np.random.default_rng(0))
    >>> next(bouts)[0]
    'wake'
    """
    night, day = _slept_shares(tiredness)
    clock = 12.0
    for bedtime in count(_BEDTIME, 24.0):
        for share, pieces, until in ((day, _naps(rng), bedtime), (night, _night(rng), bedtime - _BEDTIME + _MORNING)):
            stop = rng.normal(until, _WHIM)
            yield from _cut(_wake_between(pieces, share, rng), (stop - clock) * _HOUR)
            clock = stop


def neonatal_bouts(tiredness: float, rng: np.random.Generator) -> Iterator[Bout]:
    """Yield, without end, cycles of active and quiet sleep with wakefulness after every second or so, day and night.

    Parameters
    ----------
    tiredness : float
        0 to 1: the share that is slept.
    rng : numpy.random.Generator

    Yields
    ------
    stage : str
        ``rem`` for active, ``n2`` for quiet sleep.
    duration : float
        Seconds.

    References
    ----------
    Grigg-Damberger, The visual scoring of sleep in infants 0 to 2 months of age, J. Clin. Sleep Med. 2016.

    Examples
    --------
    >>> bouts = neonatal_bouts(0.7, np.random.default_rng(0))
    >>> [next(bouts)[0] for _ in range(3)]
    ['wake', 'rem', 'n2']
    """
    pieces = ([_bout(*bout, rng) for bout in int(rng.integers(1, 4)) * _NEONATAL_CYCLE] for _ in count())
    return _wake_between(pieces, tiredness, rng)


def _slept_shares(tiredness: float) -> tuple[float, float]:
    """Return the share of the night and that of the day that is slept."""
    night_hours = _MORNING - _BEDTIME
    night = min(_NIGHT_FIRST * 24 * tiredness / night_hours, _SOUNDEST_NIGHT)
    day = (24 * tiredness - night_hours * night) / (24 - night_hours)
    return night, min(day, _SLEEPIEST_DAY)


def _wake_between(pieces: Iterable[list[Bout]], share: float, rng: np.random.Generator) -> Iterator[Bout]:
    """Yield stretches of sleep, each after as much wakefulness as makes sleep a share of the whole."""
    if share <= 0:
        yield "wake", float("inf")
        return
    for piece in pieces:
        slept = sum(seconds for _, seconds in piece)
        awake = slept * (1 - share) / share
        yield "wake", max(float(rng.gamma(2.0, awake / 2)), _SHORTEST)
        yield from piece


def _naps(rng: np.random.Generator) -> Iterator[list[Bout]]:
    while True:
        kind = _NAPS[rng.choice(len(_NAPS), p=_NAP_SHARES)]
        yield [_bout(*bout, rng) for bout in kind]


def _night(rng: np.random.Generator) -> Iterator[list[Bout]]:
    """Yield what is slept between one awakening of a night and the next; each begins with N1."""
    piece = [_bout("n1", 4.0, rng)]
    for stage, minutes in chain.from_iterable(_CYCLES[min(number, len(_CYCLES) - 1)] for number in count()):
        piece.append(_bout(stage, minutes, rng))
        if rng.random() < _AWAKENING:
            yield piece
            piece = [_bout(*bout, rng) for bout in _BACK_TO_SLEEP]


def _bout(stage: str, minutes: float, rng: np.random.Generator) -> Bout:
    return stage, max(minutes * _MINUTE * float(np.exp(0.3 * rng.standard_normal())), _SHORTEST)


def _cut(bouts: Iterable[Bout], seconds: float) -> Iterator[Bout]:
    """Yield bouts until they have lasted so many seconds."""
    left = seconds
    for stage, duration in bouts:
        yield stage, min(duration, left)
        left -= duration
        if left <= 0:
            return
