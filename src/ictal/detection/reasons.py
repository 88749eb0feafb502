"""Why an answer, asked of any model by taking parts of the signal away: leads, seconds, bands."""

from __future__ import annotations

import numpy as np

from ictal.core.attribution import BANDS, Attribution, Values
from ictal.detection.occlusion import Answer, occlude_bands, occlude_leads, occlude_stretches
from ictal.detection.stretch import Stretch


def attribute_by_occlusion(answer: Answer, stretch: Stretch) -> Attribution:
    """Return what losing each lead, each second and each band costs, as shares of one map.

    Each is asked by itself: a cell of the map is the product of the shares of its lead, its second and its band. What
    speaks against the answer counts as nothing.

    Parameters
    ----------
    answer : callable
        From signals, shape (n_signals, n_leads, n_samples), to one number for each.
    stretch : Stretch

    Returns
    -------
    Attribution
        Seconds as columns; the middles of the bands below half of the sampling rate as frequencies.

    Examples
    --------
    >>> signal = np.zeros((2, 512), np.float32)
    >>> signal[1, 256:] = np.sin(2 * np.pi * 10 * np.arange(256) / 256)
    >>> stretch = Stretch(signal, 256.0, 60.0, ("F7-T7", "T7-P7"), 512, 256, 1, slice(0, 1), (60.0, 62.0))
    >>> found = attribute_by_occlusion(lambda signals: (signals**2).sum(axis=(1, 2)), stretch)
    >>> found.of_leads.tolist(), found.of_times.tolist(), max(found.of_bands, key=found.of_bands.get)
    ([0.0, 1.0], [0.0, 1.0], 'alpha')
    """
    rate, n_samples = stretch.sampling_rate, stretch.signal.shape[1]
    n_seconds = max(int(n_samples / rate), 1)
    edges = [round(second * rate) for second in range(n_seconds)] + [n_samples]
    bands = [band for band in BANDS.values() if band[0] < rate / 2]
    costs = (
        occlude_leads(answer, stretch.signal),
        occlude_bands(answer, stretch.signal, rate, bands),
        occlude_stretches(answer, stretch.signal, edges)[0],
    )
    leads, parts, times = map(_to_shares, costs)
    counts = float(any((cost > 0).any() for cost in costs))
    return Attribution(
        counts * leads[:, None, None] * parts[None, :, None] * times[None, None, :],
        stretch.start,
        1.0,
        stretch.leads,
        tuple((low + high) / 2 for low, high in bands),
        "occlusion",
    )


def _to_shares(costs: Values) -> Values:
    """Return what of the costs each part has; all alike where no part alone costs anything."""
    positive = np.maximum(costs, 0.0)
    total = positive.sum()
    return np.asarray(positive / total if total > 0 else np.full(len(costs), 1.0 / len(costs)))
