"""NEDC IRA, inter-rater agreement: Cohen's kappa on the epochs of two readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ictal.scoring.nedc_epoch import count_epochs
from ictal.scoring.nedc_events import LabelEvent
from ictal.scoring.nedc_result import Confusion


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree; recordings add up.

    Parameters
    ----------
    confusion : Confusion
        Epochs by the label that either gave.
    """

    confusion: Confusion

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.confusion + other.confusion)

    @property
    def kappa(self) -> float:
        """Agreement beyond chance; with two labels the same for each of them and for the whole table.

        1 where chance alone agrees on all, 0 where there is nothing to agree on.
        """
        both, missed, added, neither = (
            self.confusion.seiz_seiz,
            self.confusion.seiz_bckg,
            self.confusion.bckg_seiz,
            self.confusion.bckg_bckg,
        )
        total = both + missed + added + neither
        if total == 0:
            return 0.0
        observed = (both + neither) / total
        expected = ((both + missed) * (both + added) + (added + neither) * (missed + neither)) / total**2
        return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def score_ira(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> Agreement:
    """Compare two readers epoch by epoch.

    Parameters
    ----------
    reference, hypothesis : sequence of LabelEvent
        Chains as of :func:`~ictal.scoring.nedc_events.label_events`.

    Raises
    ------
    ParameterError
        If they are not of one length.

    References
    ----------
    Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 1960.

    Examples
    --------
    >>> from ictal.scoring.nedc_events import seizure_events
    >>> round(score_ira(seizure_events([(10, 20)], 60.0), seizure_events([(15, 22)], 60.0)).kappa, 3)
    0.523
    """
    return Agreement(count_epochs(reference, hypothesis))
