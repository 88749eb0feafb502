"""Do a detector's events meet seizures more often than the same events would at any other time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span
from ictal.evaluation.reading import MarkedRecording
from ictal.scoring.szcore import SZCORE, join_close, sort_events, split_long

N_SHUFFLES = 1999
_MOST_HELD = 500_000

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChanceTest:
    """The sensitivity of a detector's events, and of the same events at other times.

    Attributes
    ----------
    sensitivity : float
        By events of SzCORE, averaged over subjects; NaN without a seizure.
    by_chance : float
        The mean over all shuffles.
    p : float
        One-sided: how often shuffled events find as much or more.
    """

    sensitivity: float
    by_chance: float
    p: float


def compare_with_chance(
    recordings: Sequence[MarkedRecording], n_shuffles: int = N_SHUFFLES, seed: int = 0
) -> ChanceTest:
    """Test the sensitivity of events against that of the same events at random times of the same recordings.

    A permutation test. In each recording the events, and the gaps between them, are put in random order, and the whole
    is turned in a circle by a random time. So the number and lengths of events, the time that they claim and how they
    crowd together stay; only when they are has nothing to do with the seizures any more. A detector that claims much of
    the time finds as much by chance, however high its sensitivity.

    Parameters
    ----------
    recordings : sequence of MarkedRecording
        One or more of each subject.
    n_shuffles, seed : int
        Of the draws.

    Notes
    -----
    Events less than 90 s apart are one and stay together, as the rule joins them. One event in a short recording, or
    seizures in few recordings, can find as much by chance so often that no detector could be told from it.

    References
    ----------
    Andrzejak et al., Testing the null hypothesis of the nonexistence of a preseizure state, Phys Rev E 2003: surrogates
    that shuffle the intervals between events. Phipson and Smyth, Permutation p-values should never be zero, Stat Appl
    Genet Mol Biol 2010.

    Examples
    --------
    >>> seizures = ((600.0, 660.0), (2000.0, 2060.0), (3000.0, 3060.0))
    >>> found = compare_with_chance([MarkedRecording("night", "anna", 3600.0, seizures, seizures)])
    >>> found.sensitivity, round(found.by_chance, 1), found.p < 0.05
    (1.0, 0.2, True)
    >>> everything = ((0.0, 3600.0),)
    >>> compare_with_chance([MarkedRecording("night", "anna", 3600.0, seizures, everything)]).p
    1.0
    """
    rng = np.random.default_rng(seed)
    subjects = sorted({one.subject for one in recordings})
    found, wanted = np.zeros((len(subjects), 1 + n_shuffles)), np.zeros((len(subjects), 1))
    for one in recordings:
        row = subjects.index(one.subject)
        windows = _find_windows(one.reference, one.duration)
        claims = join_close(sort_events(one.hypothesis, one.duration), SZCORE.minimum_gap)
        wanted[row] += len(windows)
        found[row, 0] += count_met(windows, np.array(claims).reshape(1, -1, 2), one.duration)[0]
        found[row, 1:] += _count_shuffled(windows, claims, one.duration, n_shuffles, rng)
    has_seizures = wanted[:, 0] > 0
    if not has_seizures.any():
        return ChanceTest(np.nan, np.nan, np.nan)
    sensitivity = np.mean(found[has_seizures] / wanted[has_seizures], axis=0)
    as_good = np.sum(sensitivity[1:] >= sensitivity[0] - 1e-12)
    return ChanceTest(float(sensitivity[0]), float(sensitivity[1:].mean()), float((1 + as_good) / (1 + n_shuffles)))


def shuffle_spans(spans: Sequence[Span], duration: float, n_shuffles: int, rng: np.random.Generator) -> Values:
    """Put disjoint events and the gaps between them in random order, and turn the whole by a random time.

    Parameters
    ----------
    spans : sequence of (start, stop)
        Seconds; in order, disjoint, inside the recording.
    duration : float
        Length of the recording in seconds.
    n_shuffles : int
        How often.
    rng : Generator
        Of the draws.

    Returns
    -------
    ndarray, shape (n_shuffles, n_events, 2)
        Start and stop in seconds. A start is inside the recording; what lies behind its end belongs to its beginning.

    Examples
    --------
    >>> shuffled = shuffle_spans([(10.0, 20.0), (50.0, 55.0)], 100.0, 3, np.random.default_rng(0))
    >>> sorted((shuffled[0, :, 1] - shuffled[0, :, 0]).round(6).tolist())
    [5.0, 10.0]
    """
    starts, stops = np.array(spans, dtype=np.float64).reshape(-1, 2).T
    gaps = np.append(starts[1:], starts[:1] + duration) - stops
    lasting, apart = (rng.permuted(np.tile(one, (n_shuffles, 1)), axis=1) for one in (stops - starts, gaps))
    begun = np.cumsum(lasting + apart, axis=1) - lasting - apart
    begun = (begun + rng.uniform(0.0, duration, (n_shuffles, 1))) % duration
    return np.stack([begun, begun + lasting], axis=-1)


def count_met(windows: Sequence[Span], spans: Values, duration: float) -> Values:
    """Count the windows that any event overlaps.

    Parameters
    ----------
    windows : sequence of (start, stop)
        Seconds, inside the recording.
    spans : ndarray, shape (n_shuffles, n_events, 2)
        As of :func:`shuffle_spans`.
    duration : float
        Length of the recording in seconds.

    Returns
    -------
    ndarray, shape (n_shuffles,)

    Examples
    --------
    >>> count_met([(20.0, 40.0), (60.0, 70.0)], np.array([[[39.0, 45.0]], [[95.0, 125.0]]]), 100.0)
    array([1., 1.])
    """
    starts, stops = spans[..., 0], spans[..., 1]
    met = np.zeros(len(spans))
    for start, stop in windows:
        overlaps = (starts < stop) & (stops > start) | (stops > duration + start)
        met += overlaps.any(axis=1)
    return met


def _count_shuffled(
    windows: Sequence[Span], claims: Sequence[Span], duration: float, n_shuffles: int, rng: np.random.Generator
) -> Values:
    """Count the windows met after each shuffle; not all shuffles of many events are held at once."""
    if not windows or not claims:
        return np.zeros(n_shuffles)
    most = max(_MOST_HELD // len(claims), 1)
    blocks = [min(most, n_shuffles - first) for first in range(0, n_shuffles, most)]
    return np.concatenate([count_met(windows, shuffle_spans(claims, duration, n, rng), duration) for n in blocks])


def _find_windows(reference: Sequence[Span], duration: float) -> list[Span]:
    """Return where an event finds each piece of the reference, by the rule of SzCORE."""
    joined = join_close(sort_events(reference, duration), SZCORE.minimum_gap)
    return [
        (max(start - SZCORE.start_tolerance, 0.0), min(stop + SZCORE.end_tolerance, duration))
        for start, stop in split_long(joined, SZCORE.maximum_duration)
    ]
