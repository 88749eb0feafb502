"""When seizures happen in a simulated recording, and which requests are refused."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ictal.core.errors import ParameterError, check_positive
from ictal.core.spans import Span

_SECONDS_PER_SEIZURE = 60.0
_LONGEST_SHARE = 0.4
_SLOWEST_SAMPLING = 100.0


def random_spans(
    count: int, duration: float, shortest: float, longest: float, rng: np.random.Generator
) -> tuple[Span, ...]:
    """Return one span at a random place in each of `count` equal parts of a recording, away from the borders.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds of the recording, at least 60 for each span.
    shortest, longest : float
        Seconds; a span takes 40 % of its part at most.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of (start, stop)
        Seconds, to the hundredth.

    Raises
    ------
    ParameterError
        If there is not enough time, or the count is below 0.

    Examples
    --------
    >>> [first, second] = random_spans(2, 600.0, 20.0, 60.0, np.random.default_rng(0))
    >>> first[1] < 300.0 < second[0]
    True
    """
    if count < 0 or count * _SECONDS_PER_SEIZURE > duration:
        raise ParameterError(
            f"seizures: {count!r} in {duration:g} s is not allowed; "
            f"it must be 0 or more, with at least {_SECONDS_PER_SEIZURE:g} s of recording each."
        )
    part = duration / count if count else duration
    spans = []
    for number in range(count):
        length = min(rng.uniform(shortest, longest), _LONGEST_SHARE * part)
        start = number * part + rng.uniform(0.2 * part, 0.9 * part - length)
        spans.append((round(start, 2), round(start + length, 2)))
    return tuple(spans)


def check_inside(spans: Iterable[Span], duration: float) -> None:
    """Refuse seizures that reach beyond the recording or into each other.

    Raises
    ------
    ParameterError
        If one does.
    """
    previous = 0.0
    for start, stop in sorted(spans):
        if start < previous or stop > duration:
            raise ParameterError(
                f"seizures: one from {start:g} to {stop:g} s is not allowed; "
                f"each must lie inside the recording of {duration:g} s, after the one before it."
            )
        previous = stop


def check_request(duration: float, seed: int, sampling_rate: float, line_frequency: float) -> None:
    """Refuse a recording that cannot be simulated.

    Raises
    ------
    ParameterError
        If the duration is under 1 s, the seed below 0, the sampling rate below 100 Hz or the line frequency not
        above 0.
    """
    if check_positive("duration", duration) < 1.0:
        raise ParameterError(f"duration: {duration!r} s is not allowed; it must be at least 1 s.")
    if seed < 0:
        raise ParameterError(f"seed: {seed!r} is not allowed; it must be 0 or more.")
    if check_positive("sampling_rate", sampling_rate) < _SLOWEST_SAMPLING:
        raise ParameterError(
            f"sampling_rate: {sampling_rate!r} Hz is not allowed; it must be at least {_SLOWEST_SAMPLING:g}."
        )
    check_positive("line_frequency", line_frequency)


def random_onsets(spans: Iterable[Span], per_minute: float, rng: np.random.Generator) -> list[float]:
    """Return sorted onsets in seconds of a Poisson process that goes on inside some spans only.

    Examples
    --------
    >>> onsets = random_onsets([(10.0, 20.0), (50.0, 60.0)], 60.0, np.random.default_rng(0))
    >>> all(10.0 <= onset < 20.0 or 50.0 <= onset < 60.0 for onset in onsets)
    True
    """
    onsets: list[float] = []
    for start, stop in spans:
        count = rng.poisson(per_minute * (stop - start) / 60)
        onsets += np.sort(rng.uniform(start, stop, count)).tolist()
    return sorted(onsets)
