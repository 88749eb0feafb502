"""What a scoring rule counts, and the figures that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits, false alarms and misses over a stretch of time; counts of several recordings add up.

    Parameters
    ----------
    true_positives, false_positives, false_negatives : float
        Events, seconds, epochs or shares of events, as the rule counts.
    duration : float
        Seconds that were scored.
    true_negatives : float
        NaN where a rule knows none, as event rules do.

    Examples
    --------
    >>> night = Counts(3, 1, 1, duration=43200.0)
    >>> night.sensitivity, night.precision, night.f1, night.false_positives_per_day
    (0.75, 0.75, 0.75, 2.0)
    >>> (night + Counts(0, 0, 0, duration=43200.0)).false_positives_per_day
    1.0
    >>> sum([night, night, night]).n_reference
    12
    """

    true_positives: float
    false_positives: float
    false_negatives: float
    duration: float
    true_negatives: float = math.nan

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
            self.duration + other.duration,
            self.true_negatives + other.true_negatives,
        )

    def __radd__(self, nothing: int) -> Counts:
        """Let ``sum`` begin, as it does, with 0."""
        return self if nothing == 0 else NotImplemented

    @property
    def n_reference(self) -> float:
        """How many there were to find."""
        return self.true_positives + self.false_negatives

    @property
    def n_hypothesis(self) -> float:
        """How many true and false ones a detector claimed, as precision counts them."""
        return self.true_positives + self.false_positives

    @property
    def sensitivity(self) -> float:
        """The share that was found; NaN where there was nothing to find."""
        return _share(self.true_positives, self.n_reference)

    @property
    def precision(self) -> float:
        """The share of claims that are true; NaN where nothing was claimed."""
        return _share(self.true_positives, self.n_hypothesis)

    @property
    def specificity(self) -> float:
        """The share of background that was left alone; NaN where the rule counts none."""
        return _share(self.true_negatives, self.true_negatives + self.false_positives)

    @property
    def accuracy(self) -> float:
        """The share that was judged rightly; NaN where the rule counts no background."""
        right = self.true_positives + self.true_negatives
        return _share(right, right + self.false_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """Harmonic mean of sensitivity and precision.

        0 where there was something to find and nothing was claimed; NaN where there was nothing to find and nothing was
        claimed.
        """
        return _share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)

    @property
    def kappa(self) -> float:
        """Cohen's agreement beyond chance: 1 where all is of one kind and agreed; NaN without background counts."""
        total = self.n_reference + self.false_positives + self.true_negatives
        if not total > 0:
            return math.nan
        background = self.true_negatives + self.false_positives
        claimed, left = self.n_hypothesis, self.true_negatives + self.false_negatives
        observed = (self.true_positives + self.true_negatives) / total
        expected = (self.n_reference * claimed + background * left) / total**2
        if expected == 1:
            return 1.0 if observed == 1 else 0.0
        return (observed - expected) / (1 - expected)

    @property
    def false_positives_per_day(self) -> float:
        """False positives in 24 h, in the unit that the rule counts; NaN without duration."""
        return _share(self.false_positives * SECONDS_PER_DAY, self.duration)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan
