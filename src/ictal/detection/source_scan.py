"""Where on the head the signal is unlike what it was before: a scan over places, by beamformer.

Each place has a pattern: what a source below it is seen as in every lead. For each place, the spatial filter that
passes its pattern and of the signal before as little as may be is run over both stretches. How many times stronger its
output is, in the band in which it has grown most, is the evidence for the place: near 1 where nothing has changed. Over
all frequencies together a change in few of them, as low-voltage fast activity, would be lost. A rhythm of before
(alpha, an artefact, a bad electrode) is suppressed with its own topography, so that it hides no change beside it; and
neighbouring leads count together, with their signs, as a reader looks for phase reversals.

References
----------
Van Veen et al., Localization of brain electrical activity via linearly constrained minimum variance spatial filtering,
IEEE Trans. Biomed. Eng. 1997. Robinson and Vrba, Functional neuroimaging by synthetic aperture magnetometry, Recent
Advances in Biomagnetism, 1999 (the ratio to the power before).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.channels import parse_label
from ictal.core.electrodes import find_electrode, positions

Values = NDArray[np.float64]

EDGES = (2.0, 4.0, 8.0, 13.0, 20.0, 30.0)
"""Hz where bands begin and end: delta, theta, alpha, slow and fast beta.

What is slower than the first is movement and sweat, what is faster than the last is on the scalp mostly muscle.
"""

SPREAD = 0.8
"""Radians on the head within which the potential of a source falls to 0.6 of its highest, 7 cm on an adult's."""

_WINDOW, _HOP = 2.0, 0.5
_LEAKAGE = 0.05
"""Part of the mean power that is added to each lead of the signal before, as noise of its own."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """Places on the head, and how sources below them are seen.

    Parameters
    ----------
    places : tuple of str
        Electrodes; a lead that names none is a place of its own.
    seen : ndarray, shape (n_places, n_leads)
        What each lead sees of a source below each place, 1 at its electrode.
    touching : ndarray, shape (n_leads, n_places)
        The share that each place has in each lead; rows add up to 1.
    """

    places: tuple[str, ...]
    seen: Values
    touching: Values


@lru_cache(maxsize=32)
def lead_patterns(leads: tuple[str, ...]) -> Patterns:
    """Return the places that leads can tell apart, with a potential that falls off as a Gaussian of the angle.

    Examples
    --------
    >>> patterns = lead_patterns(("F7-T7", "T7-P7", "left cortex"))
    >>> patterns.places, patterns.seen[1].round(1).tolist()
    (('F7', 'T7', 'P7', 'left cortex'), [-0.3, 0.3, 0.0])
    """
    ends = [_ends_of(label) for label in leads]
    electrodes = list(dict.fromkeys(name for pair in ends for name, _ in pair))
    unplaced = [i for i, pair in enumerate(ends) if not pair]
    signs = np.zeros((len(electrodes), len(leads)))
    for lead, pair in enumerate(ends):
        for name, sign in pair:
            signs[electrodes.index(name), lead] = sign
    at = np.array([positions()[name] for name in electrodes]).reshape(-1, 3)
    angles = np.arccos(np.clip(at @ at.T, -1.0, 1.0))
    own = np.eye(len(leads))[unplaced]
    seen = np.concatenate([np.exp(-0.5 * (angles / SPREAD) ** 2) @ signs, own])
    parts = np.concatenate([np.abs(signs), own]).T
    return Patterns((*electrodes, *(leads[i] for i in unplaced)), seen, parts / parts.sum(axis=1, keepdims=True))


def _ends_of(label: str) -> list[tuple[str, float]]:
    lead = parse_label(label)
    if lead is None:
        return []
    ends = ((lead.anode, 1.0), (lead.cathode, -1.0))
    return [(name, sign) for name, sign in ends if find_electrode(name) is not None]


def measure_spectra(signal: NDArray[Any], sampling_rate: float) -> Values | None:
    """Return the cross-spectra of leads from the first to the last of :data:`EDGES`, averaged over windows of 2 s.

    Parameters
    ----------
    signal : ndarray, shape (n_leads, n_samples)
        Windows with anything that is not a number are left out.
    sampling_rate : float
        Hz.

    Returns
    -------
    ndarray, shape (n_frequencies, n_leads, n_leads)
        The real part, that of waves that reach all leads at once; ``None`` where no window is left.

    Examples
    --------
    >>> measure_spectra(np.ones((2, 512)), 256.0).shape
    (56, 2, 2)
    """
    size, hop = round(_WINDOW * sampling_rate), max(round(_HOP * sampling_rate), 1)
    if signal.shape[1] < size:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(signal, size, axis=1)[:, ::hop]
    windows = windows[:, np.isfinite(windows).all(axis=(0, 2))].astype(np.float64)
    if windows.shape[1] == 0:
        return None
    frequencies = np.fft.rfftfreq(size, 1 / sampling_rate)
    wanted = (frequencies >= EDGES[0]) & (frequencies < EDGES[-1])
    waves = np.fft.rfft(windows * np.hanning(size), axis=2)[:, :, wanted].transpose(2, 0, 1)
    return np.asarray((waves @ waves.conj().swapaxes(1, 2)).real / waves.shape[2])


def scan(before: Values, during: Sequence[Values], seen: Values) -> Values:
    """Return the evidence for each place: near 1 where nothing has changed.

    Parameters
    ----------
    before : ndarray, shape (n_frequencies, n_leads, n_leads)
        Cross-spectra of the signal before.
    during : sequence of ndarray
        Those of each slice of an event.
    seen : ndarray, shape (n_places, n_leads)

    Returns
    -------
    ndarray, shape (n_slices, n_places)

    Examples
    --------
    >>> calm, loud = np.eye(2)[None], np.diag([1.0, 9.0])[None]
    >>> scan(calm, [calm, loud], np.eye(2)).round(1).tolist()
    [[1.0, 1.0], [1.0, 8.6]]
    """
    n_leads = before.shape[1]
    noise = _LEAKAGE * before.trace(axis1=1, axis2=2) / n_leads + np.finfo(np.float32).tiny
    filters = seen @ np.linalg.inv(before + noise[:, None, None] * np.eye(n_leads))
    passed = np.einsum("fpl,pl->fp", filters, seen)
    outputs = [np.einsum("fpl,fpl->fp", filters @ spectra, filters) for spectra in during]
    ratios = [np.divide(output, passed, out=np.ones_like(output), where=passed > 0) for output in outputs]
    return np.array([_highest_band(ratio) for ratio in ratios]).reshape(len(during), len(seen))


def _highest_band(ratios: Values) -> Values:
    """Return the mean of each place, in the band where it is highest, of ratios (n_frequencies, n_places)."""
    frequencies = EDGES[0] + np.arange(len(ratios)) / _WINDOW
    starts = np.unique(np.searchsorted(frequencies, EDGES))
    starts = starts[starts < len(ratios)]
    sizes = np.diff(np.append(starts, len(ratios)))
    return np.asarray((np.add.reduceat(ratios, starts) / sizes[:, None]).max(axis=0))
