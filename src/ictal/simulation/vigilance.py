"""When a simulated subject sleeps, and when the eyes are closed."""

from __future__ import annotations

import numpy as np

from ictal.core.spans import Span
from ictal.simulation.states import States
from ictal.simulation.subject import Subject

_MEAN_CLOSURE = 25.0


def draw_states(duration: float, subject: Subject, seed: int) -> States:
    """Return the stages of one recording of a subject.

    Parameters
    ----------
    duration : float
        Seconds.
    subject : Subject
    seed : int
        0 or more.

    Examples
    --------
    >>> from ictal.simulation.populations import draw_subject
    >>> draw_states(60.0, draw_subject(0), seed=0).duration
    60.0
    """
    rng = np.random.default_rng([seed, 2])
    return States((("wake", 0.0, duration),), eye_closures(duration, rng))


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
