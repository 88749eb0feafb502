"""An event, the EEG around it, and what counted for its score; and how that is said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError, check_positive
from ictal.core.scores import Scores
from ictal.core.spans import Span

MOST_LEADING = 4
_LEADING = 1.5
_ALIKE = 1.25
_WINDOWS = ((20.0, 10.0), (10.0, 5.0), (3.0, 1.0))


@dataclass(frozen=True, eq=False)
class ExplainedEvent:
    """An event, the EEG around it, and what counted for its score.

    Parameters
    ----------
    attribution : Attribution
        Its leads, where it has any, are among `labels`.
    signal : ndarray, shape (n_leads, n_samples)
        µV, filtered for display; NaN where there is no signal.
    labels : tuple of str
        Names of the rows.
    sampling_rate, start : float
        Hz, and when the signal begins in seconds of the recording.
    span : (float, float)
        Onset and end of the event, in seconds of the recording.
    references : tuple of (float, float)
        Seizures that a reader marked.
    scores : Scores, optional
        What the detector said.
    threshold : float, optional
        From which probability on it says seizure.
    recording, detector, target : str
        Names for a reader; of a patient only where asked.
    score : float
        What was explained: the mean log-odds of the target; NaN where it is not known.
    clock_start : datetime, optional
        When the recording began; times are then times of day, which can identify a patient.

    Raises
    ------
    ParameterError
        If the signal does not fit its labels, or the attribution names a lead that is not among them.

    Examples
    --------
    >>> attribution = Attribution(np.ones((1, 1, 8)), 0.0, 0.25, ("T7-P7",))
    >>> ExplainedEvent(attribution, np.zeros((1, 512)), ("T7-P7",), 256.0, 0.0, (0.5, 1.5)).seen
    (0.0, 2.0)
    """

    attribution: Attribution
    signal: NDArray[np.float64]
    labels: tuple[str, ...]
    sampling_rate: float
    start: float
    span: Span
    references: tuple[Span, ...] = ()
    scores: Scores | None = None
    threshold: float | None = None
    recording: str = ""
    detector: str = ""
    target: str = "seizure"
    score: float = np.nan
    clock_start: datetime | None = None

    def __post_init__(self) -> None:
        data = np.atleast_2d(np.asarray(self.signal, dtype=np.float64))
        if len(data) != len(self.labels) or data.size == 0:
            raise ParameterError(f"signal: an array of shape {data.shape} came for {len(self.labels)} labels.")
        check_positive("sampling_rate", self.sampling_rate)
        missing = [lead for lead in self.attribution.leads if lead not in self.labels]
        if missing:
            raise ParameterError(
                f"attribution: the leads {', '.join(missing)} are not drawn; drawn are {', '.join(self.labels)}."
            )
        object.__setattr__(self, "signal", data)

    @property
    def seen(self) -> Span:
        """From when to when there is EEG to draw, in seconds of the recording."""
        return self.start, self.start + self.signal.shape[1] / self.sampling_rate


def rank_leads(attribution: Attribution) -> tuple[str, ...]:
    """Return the leads, those that count most first.

    Examples
    --------
    >>> rank_leads(Attribution([[[1.0]], [[3.0]]], 0.0, 1.0, ("F7-T7", "T7-P7")))
    ('T7-P7', 'F7-T7')
    """
    order = np.argsort(-attribution.of_leads, kind="stable")
    return tuple(attribution.leads[row] for row in order)


def find_leading(attribution: Attribution) -> tuple[str, ...]:
    """Return the leads that stand out: in falling order, until they hold half of all, at most four.

    Each counts for half as much again as it would if all were alike; there may be none.

    Examples
    --------
    >>> find_leading(Attribution([[[1.0]], [[5.0]], [[1.0]]], 0.0, 1.0, ("Fp1-F7", "F7-T7", "T7-P7")))
    ('F7-T7',)
    >>> find_leading(Attribution([[[1.0]]], 0.0, 1.0, ("cortex",)))
    ()
    """
    shares = dict(zip(attribution.leads, attribution.of_leads, strict=True))
    leading: list[str] = []
    for lead in rank_leads(attribution)[:MOST_LEADING]:
        if sum(shares[name] for name in leading) >= 0.5 or shares[lead] < _LEADING / len(shares):
            break
        leading.append(lead)
    return tuple(leading)


def share_within(attribution: Attribution, leads: tuple[str, ...], span: Span) -> float:
    """Return the share of an attribution that lies on some leads and inside a span; columns count by their middle.

    Examples
    --------
    >>> share_within(Attribution([[[1.0, 3.0]]], 0.0, 1.0), (), (0.0, 1.0))
    0.25
    """
    middles = attribution.times + attribution.step / 2
    inside = (middles >= span[0]) & (middles < span[1])
    rows = [not attribution.leads or lead in leads for lead in attribution.leads or ("",)]
    return float(attribution.evidence[rows][:, :, inside].sum())


def describe_attribution(attribution: Attribution, onset: float | None = None) -> str:
    """Say in words which leads, which band and which seconds counted most.

    Parameters
    ----------
    attribution : Attribution
    onset : float, optional
        From when seconds are counted; from the first that the attribution tells about, where not given.

    Examples
    --------
    >>> values = np.ones((3, 2, 30)) * [[[7.0]], [[1.0]], [[0.5]]] * [[1.0], [3.0]]
    >>> values[:, :, 10:] *= 0.1
    >>> describe_attribution(Attribution(values, 60.0, 1.0, ("T7-P7", "F7-T7", "Fz-Cz"), (2.0, 6.0)))
    'T7-P7 (82 %); mostly theta (75 %); 83 % in the first 10 s'
    """
    if not attribution.evidence.any():
        return "nothing speaks for the score"
    parts = [_name_leads(attribution), _name_bands(attribution), _name_seconds(attribution, onset)]
    return "; ".join(part for part in parts if part)


def _name_leads(attribution: Attribution) -> str:
    if len(attribution.leads) < 2:
        return ""
    shares = dict(zip(attribution.leads, attribution.of_leads, strict=True))
    leading = find_leading(attribution)
    if leading:
        return ", ".join(f"{lead} ({100 * shares[lead]:.0f} %)" for lead in leading)
    most = rank_leads(attribution)[0]
    return f"spread over {len(shares)} leads, most on {most} ({100 * shares[most]:.0f} %)"


def _name_bands(attribution: Attribution) -> str:
    ranked = sorted(attribution.of_bands.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0:
        return ""
    named = [f"{name} ({100 * share:.0f} %)" for name, share in ranked]
    return f"mostly {named[0]}" if ranked[0][1] >= 0.4 else f"{named[0]} and {named[1]}"


def _name_seconds(attribution: Attribution, onset: float | None) -> str:
    """Name the whole seconds, as many as suit the length, that hold most."""
    length = attribution.stop - attribution.start
    window = next((seconds for least, seconds in _WINDOWS if length >= least), 0.0)
    if window == 0:
        return ""
    zero = attribution.start if onset is None else onset
    first, last = np.ceil(attribution.start - zero - 1e-9), np.floor(attribution.stop - zero - window + 1e-9)
    starts = np.arange(first, last + 1)
    shares = [share_within(attribution, attribution.leads, (zero + start, zero + start + window)) for start in starts]
    best = int(np.argmax(shares))
    if shares[best] < _ALIKE * window / length:
        return f"evenly over {length:.0f} s"
    start, share = starts[best], f"{100 * shares[best]:.0f} %"
    if start == 0:
        return f"{share} in the first {window:.0f} s"
    after = "" if onset is None else " after onset"
    return f"{share} between {start:.0f} and {start + window:.0f} s{after}"
