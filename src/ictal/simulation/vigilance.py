"""When a simulated subject sleeps, closes the eyes and moves."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

import numpy as np

from ictal.core.spans import Span, intersect_spans, merge_spans
from ictal.core.tables import Table
from ictal.simulation.hypnogram import Bout
from ictal.simulation.schedule import random_onsets
from ictal.simulation.states import States
from ictal.simulation.subject import Subject

ARCHITECTURES = Table(
    "architecture of sleep",
    {
        "adult": "ictal.simulation.hypnogram:adult_bouts",
        "neonate": "ictal.simulation.hypnogram:neonatal_bouts",
    },
)
"""How stages follow each other: each makes endless bouts from how tired a subject is and a random generator."""

_DAY = 86400.0
_MEAN_CLOSURE = 25.0
_SETTLING = (60.0, 180.0)
"""Seconds that the eyes are closed before sleep comes; at most half the stretch before."""


def draw_states(duration: float, subject: Subject, seed: int) -> States:
    """Return the stages of one recording of a subject, which begins at any time of day or night.

    A longer recording of the same seed begins as a shorter one does.

    Parameters
    ----------
    duration : float
        Seconds, a minute as well as days.
    subject : Subject
        Whose tiredness is the share of a long recording that is slept.
    seed : int
        0 or more.

    Raises
    ------
    ParameterError
        If the subject's architecture of sleep is not in :data:`ARCHITECTURES`.

    Examples
    --------
    >>> from ictal.simulation.populations import draw_subject
    >>> draw_states(60.0, draw_subject(0), seed=0).duration
    60.0
    """
    rng = _stream(seed, "states")
    begin = rng.uniform(0.0, _DAY)
    bouts = ARCHITECTURES.load(subject.sleep.architecture)(subject.sleep.tiredness, rng)
    stages = lay_out(bouts, begin, duration)
    return _with_habits(stages, subject, seed)


def stay_awake(duration: float, subject: Subject, seed: int) -> States:
    """Return a recording of a subject who does not fall asleep; eyes and body move as they like.

    Examples
    --------
    >>> from ictal.simulation.populations import draw_subject
    >>> stay_awake(600.0, draw_subject(0), seed=0).spans("wake")
    ((0.0, 600.0),)
    """
    return _with_habits((("wake", 0.0, duration),), subject, seed)


def lay_out(bouts: Iterable[Bout], begin: float, duration: float) -> tuple[tuple[str, float, float], ...]:
    """Return the stages of a recording that begins so many seconds after the first bout did.

    Parameters
    ----------
    bouts : iterable of (stage, seconds)
        Longer than beginning and recording together; neighbours of one stage are joined.
    begin, duration : float
        Seconds.

    Returns
    -------
    tuple of (stage, start, stop)
        Seconds of the recording to the hundredth, from 0 to `duration` without gap.

    Examples
    --------
    >>> lay_out([("wake", 30.0), ("n1", 5.0), ("n1", 5.0), ("n2", 60.0)], begin=20.0, duration=50.0)
    (('wake', 0.0, 10.0), ('n1', 10.0, 20.0), ('n2', 20.0, 50.0))
    """
    stages: list[tuple[str, float, float]] = []
    position, stop = -begin, 0.0
    for stage, seconds in bouts:
        position += seconds
        start, stop = stop, min(max(round(position, 2), 0.0), duration)
        if stages and stages[-1][0] == stage:
            stages[-1] = (stage, stages[-1][1], stop)
        elif stop > start:
            stages.append((stage, start, stop))
        if stop >= duration:
            break
    return tuple(stages)


def eye_closures(duration: float, rng: np.random.Generator, mean_seconds: float = _MEAN_CLOSURE) -> tuple[Span, ...]:
    """Return stretches with closed eyes: alpha is seen then, blinks are seen in between.

    Examples
    --------
    >>> spans = eye_closures(300.0, np.random.default_rng(0))
    >>> all(start < stop <= 300.0 for start, stop in spans)
    True
    """
    closed: list[Span] = []
    position = float(rng.exponential(mean_seconds))
    while position < duration:
        stop = position + 2.0 + float(rng.exponential(mean_seconds))
        closed.append((position, min(stop, duration)))
        position = stop + 2.0 + float(rng.exponential(mean_seconds))
    return tuple(closed)


def _with_habits(stages: tuple[tuple[str, float, float], ...], subject: Subject, seed: int) -> States:
    asleep_at = {start for stage, start, _ in stages if stage != "wake"}
    awake = States(stages).spans("wake")
    duration, rng = stages[-1][2], _stream(seed, "closures")
    settled = [_settling(span, rng) for span in awake if span[1] in asleep_at]
    closed = merge_spans([*eye_closures(duration, _stream(seed, "eyes")), *settled])
    rng = _stream(seed, "movements")
    onsets = random_onsets(awake, subject.habits.movement_rate / 60, rng)
    moved = merge_spans((onset, onset + rng.uniform(2.0, 10.0)) for onset in onsets)
    return States(stages, intersect_spans(awake, closed), intersect_spans(awake, moved))


def _settling(awake: Span, rng: np.random.Generator) -> Span:
    start, stop = awake
    return (stop - min(rng.uniform(*_SETTLING), 0.5 * (stop - start)), stop)


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode())])
