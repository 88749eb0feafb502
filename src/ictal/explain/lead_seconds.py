"""The parts of a stretch that explanations are checked by: each second of each lead, or of all leads together."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.spans import Span
from ictal.detection.stretch import Stretch

Values = NDArray[np.float64]


def second_edges(stretch: Stretch) -> NDArray[np.int64]:
    """Return the samples at which the seconds of a stretch begin, and its end; the last one may be shorter.

    Examples
    --------
    >>> stretch = Stretch(np.zeros((1, 640)), 256.0, 0.0, ("C3-P3",), 256, 256, 1, slice(0, 2), (0.0, 2.0))
    >>> second_edges(stretch).tolist()
    [0, 256, 512, 640]
    """
    n_samples = stretch.signal.shape[1]
    starts = np.round(np.arange(0.0, n_samples / stretch.sampling_rate - 1e-9) * stretch.sampling_rate)
    return np.append(starts, n_samples).astype(np.int64)


def gather_evidence(attribution: Attribution, stretch: Stretch) -> Values:
    """Return the evidence in each second of each lead.

    Parameters
    ----------
    attribution : Attribution
        Of this stretch; a column that lies in two seconds is shared between them.
    stretch : Stretch

    Returns
    -------
    ndarray, shape (n_leads, n_seconds)
        One row where the method tells no leads apart.

    Raises
    ------
    ParameterError
        If the attribution is of other leads.
    """
    if attribution.leads and attribution.leads != stretch.leads:
        raise ParameterError(
            f"attribution: it is of the leads {', '.join(attribution.leads)}; the stretch has "
            f"{', '.join(stretch.leads)}."
        )
    columns = np.append(attribution.times, attribution.stop)
    seconds = stretch.start + second_edges(stretch) / stretch.sampling_rate
    shares = [share_inside(columns, (low, high)) for low, high in itertools.pairwise(seconds)]
    return np.asarray(attribution.evidence.sum(axis=1) @ np.array(shares).T)


def share_inside(edges: ArrayLike, span: Span) -> Values:
    """Return the share of each interval that lies in a span.

    Parameters
    ----------
    edges : array-like, shape (n + 1,)
        Where intervals begin, and where the last one ends; rising.
    span : (low, high)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> share_inside([0.0, 1.0, 2.0, 4.0], (0.5, 3.0))
    array([0.5, 1. , 0.5])
    """
    bounds = np.asarray(edges, dtype=np.float64)
    covered = np.minimum(bounds[1:], span[1]) - np.maximum(bounds[:-1], span[0])
    return np.asarray(np.maximum(covered, 0.0) / np.diff(bounds))
