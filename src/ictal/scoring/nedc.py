"""The five rules of the NEDC EEG evaluation software, version 6: the counts of its seizure label.

The whole report of a rule, background and summary included, is what its own file gives: ``nedc_ovlp.py``,
``nedc_taes.py``, ``nedc_epoch.py``, ``nedc_dpalign.py``, ``nedc_ira.py``.

References
----------
Shah et al., Objective evaluation metrics for automatic classification of EEG events, in: Biomedical Signal Processing,
Springer 2021. NEDC EEG evaluation software v6.0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ictal.core.spans import Span
from ictal.scoring.counts import Counts
from ictal.scoring.nedc_dpalign import score_dpalign
from ictal.scoring.nedc_epoch import EPOCH as SECONDS_PER_EPOCH
from ictal.scoring.nedc_epoch import score_epoch
from ictal.scoring.nedc_events import LabelEvent, seizure_events
from ictal.scoring.nedc_ovlp import score_ovlp
from ictal.scoring.nedc_result import NedcResult
from ictal.scoring.nedc_taes import score_taes
from ictal.scoring.rules import Rule

Report = Callable[[Sequence[LabelEvent], Sequence[LabelEvent]], NedcResult]


def count_seizures(report: Report, reference: Sequence[Span], hypothesis: Sequence[Span], duration: float) -> Counts:
    """Return the counts of the seizure label in a report.

    Parameters
    ----------
    report : callable
        What makes a report of two chains of events: :func:`~ictal.scoring.nedc_ovlp.score_ovlp` and its siblings.
    reference, hypothesis : sequence of (start, stop)
        Seizures in seconds.
    duration : float
        Length of the recording in seconds.

    Examples
    --------
    >>> counts = count_seizures(score_taes, [(10.0, 20.0)], [(15.0, 22.0)], 60.0)
    >>> counts.true_positives, counts.false_negatives, counts.false_positives
    (0.5, 0.5, 0.2)
    """
    seiz = report(seizure_events(reference, duration), seizure_events(hypothesis, duration)).seiz
    return Counts(seiz.tp, seiz.fp, seiz.fn, duration, seiz.tn)


OVLP = Rule("nedc-ovlp", "NEDC v6 OVLP", "events", partial(count_seizures, score_ovlp))
TAES = Rule("nedc-taes", "NEDC v6 TAES", "shares of events", partial(count_seizures, score_taes))
EPOCH = Rule(
    "nedc-epoch",
    "NEDC v6 EPOCH",
    "epochs of 0.25 s",
    partial(count_seizures, score_epoch),
    seconds_per_count=SECONDS_PER_EPOCH,
)
DPALIGN = Rule("nedc-dpalign", "NEDC v6 DPALIGN", "events", partial(count_seizures, score_dpalign))
IRA = Rule(
    "nedc-ira",
    "NEDC v6 IRA",
    "epochs of 0.25 s",
    partial(count_seizures, score_epoch),
    figures=("kappa",),
    seconds_per_count=SECONDS_PER_EPOCH,
)
