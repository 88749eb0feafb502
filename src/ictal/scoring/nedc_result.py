"""What NEDC reports of each label and of both, in its own words, undefined rates as 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ictal.scoring.counts import SECONDS_PER_DAY

_COUNTS = ("targets", "hits", "misses", "false_alarms", "insertions", "deletions", "fp", "tn")


@dataclass(frozen=True, slots=True)
class LabelResult:
    """The counts of one label; results of several recordings add up.

    Rates are fractions, 0 where undefined, as the original prints them; for figures that say where they are undefined
    see :class:`~ictal.scoring.counts.Counts`.

    Parameters
    ----------
    targets : float
        How many there are in the reference.
    hits, misses, false_alarms, insertions, deletions : float
        Events, shares of events or epochs, as the rule counts.
    fp, tn : float
        False positives and true negatives that the rates are made from.
    duration : float
        Seconds that were scored.
    seconds_per_count : float
        0.25 where epochs are counted: ``fa_per_24h`` is in seconds a day then; 1 where it is in events a day.

    Examples
    --------
    >>> seiz = LabelResult(4, 3, 1, 2, 2, 1, fp=2, tn=5, duration=43200.0)
    >>> seiz.sensitivity, seiz.precision, seiz.fa_per_24h
    (0.75, 0.6, 4.0)
    """

    targets: float
    hits: float
    misses: float
    false_alarms: float
    insertions: float
    deletions: float
    fp: float
    tn: float
    duration: float
    seconds_per_count: float = 1.0

    def __add__(self, other: LabelResult) -> LabelResult:
        return LabelResult(
            **_add_counts(self, other),
            duration=self.duration + other.duration,
            seconds_per_count=self.seconds_per_count,
        )

    @property
    def tp(self) -> float:
        """True positives: the hits."""
        return self.hits

    @property
    def fn(self) -> float:
        """False negatives: the misses."""
        return self.misses

    @property
    def sensitivity(self) -> float:
        """The share of targets that were hit."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """The share of true negatives among the negatives."""
        return _share(self.tn, self.tn + self.fp)

    @property
    def precision(self) -> float:
        """The share of hits among the positives."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def npv(self) -> float:
        """Negative predictive value."""
        return _share(self.tn, self.tn + self.fn)

    @property
    def accuracy(self) -> float:
        """The share of what was judged rightly."""
        return _share(self.tp + self.tn, self._total)

    @property
    def prevalence(self) -> float:
        """The share of targets in all."""
        return _share(self.tp + self.fn, self._total)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and sensitivity."""
        return _share(2 * self.precision * self.sensitivity, self.precision + self.sensitivity)

    @property
    def mcc(self) -> float:
        """Matthews' correlation coefficient."""
        product = (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp) * (self.tn + self.fn)
        return _share(self.tp * self.tn - self.fp * self.fn, math.sqrt(max(product, 0.0)))

    @property
    def fa_per_24h(self) -> float:
        """False positives in 24 h: events, or seconds where epochs are counted."""
        return _share(self.fp * self.seconds_per_count, self.duration) * SECONDS_PER_DAY

    @property
    def _total(self) -> float:
        return self.tp + self.fn + self.tn + self.fp


@dataclass(frozen=True, slots=True)
class Summary(LabelResult):
    """Both labels added; its F1 is no harmonic mean.

    Parameters
    ----------
    f1_divisor : float
        Precision and sensitivity of the background, added: what the original divides by.
    """

    f1_divisor: float = 0.0

    @property
    def f1(self) -> float:
        """The figure of the printed report; to compare detectors use the F1 of ``seiz``."""
        return _share(2 * self.precision * self.sensitivity, self.f1_divisor)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a label of the reference (named first) met a label of the hypothesis."""

    seiz_seiz: int = 0
    seiz_bckg: int = 0
    bckg_seiz: int = 0
    bckg_bckg: int = 0

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(
            self.seiz_seiz + other.seiz_seiz,
            self.seiz_bckg + other.seiz_bckg,
            self.bckg_seiz + other.bckg_seiz,
            self.bckg_bckg + other.bckg_bckg,
        )


@dataclass(frozen=True, slots=True)
class NedcResult:
    """What one rule reports; results of several recordings add up.

    Parameters
    ----------
    seiz, bckg : LabelResult
        The usual report reads `seiz`.
    confusion : Confusion, optional
        Which labels met, where the rule pairs them.
    """

    seiz: LabelResult
    bckg: LabelResult
    confusion: Confusion | None = None

    def __add__(self, other: NedcResult) -> NedcResult:
        tables = (self.confusion, other.confusion)
        confusion = tables[0] + tables[1] if tables[0] is not None and tables[1] is not None else None
        return NedcResult(self.seiz + other.seiz, self.bckg + other.bckg, confusion)

    @property
    def summary(self) -> Summary:
        """Both labels added over the same duration."""
        return Summary(
            **_add_counts(self.seiz, self.bckg),
            duration=self.seiz.duration,
            seconds_per_count=self.seiz.seconds_per_count,
            f1_divisor=self.bckg.precision + self.bckg.sensitivity,
        )


def _add_counts(one: LabelResult, other: LabelResult) -> dict[str, float]:
    return {name: getattr(one, name) + getattr(other, name) for name in _COUNTS}


def _share(part: float, whole: float) -> float:
    return part / whole if whole != 0 else 0.0
