"""How much the phantom is like people: ten statistics of ten seconds of EEG, and clips of either class to compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.events import Annotations
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.preprocessing.montage import MontageStep
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.seizure import place_seizures

Floats = NDArray[np.float64]

CLIP_SECONDS = 10.0
BANDS = {"delta": (1.0, 4.0), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0)}
"""Hz."""

PASS_BAND = (0.5, 40.0)
_BROAD, _SLOPED = (1.0, 30.0), (2.0, 30.0)
_SEGMENT_SECONDS = 2.0
_SCENE_SECONDS = 300.0
_TOLERANCE = 1e-6

_LEADS = MONTAGES["double-banana"].leads
NEIGHBOURS = tuple(
    (number, number + 1) for number, (lead, then) in enumerate(pairwise(_LEADS)) if lead.cathode == then.anode
)
"""Numbers of the leads that share an electrode along a chain."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Some seconds of the leads of the double banana.

    Parameters
    ----------
    leads : ndarray, shape (18, n_samples)
        µV, 0.5 to 40 Hz.
    sampling_rate : float
        Hz.
    """

    leads: Floats
    sampling_rate: float


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number of a clip.

    Parameters
    ----------
    label : str
        As it stands under a figure, with its unit.
    measure : callable
        Clip → number.
    """

    label: str
    measure: Callable[[Clip], float]


def amplitude(clip: Clip) -> float:
    """Return the root mean square in µV of the median lead."""
    return float(np.median(_heights(clip)))


def slope(clip: Clip) -> float:
    """Return the exponent with which power falls between 2 and 30 Hz, median over the leads."""
    frequencies, powers = _spectra(clip)
    chosen = _within(frequencies, _SLOPED)
    falls = np.polyfit(np.log(frequencies[chosen]), np.log(powers[:, chosen].T), 1)[0]
    return float(-np.median(falls))


def band_share(band: str) -> Callable[[Clip], float]:
    """Return what measures the power of a band of :data:`BANDS`, in per cent of that of 1 to 30 Hz, median lead."""

    def share(clip: Clip) -> float:
        frequencies, powers = _spectra(clip)
        inside = powers[:, _within(frequencies, BANDS[band])].sum(axis=1)
        return float(100 * np.median(inside / powers[:, _within(frequencies, _BROAD)].sum(axis=1)))

    return share


def line_length(clip: Clip) -> float:
    """Return the length of the line in µV a second, median over the leads."""
    steps = np.abs(np.diff(clip.leads, axis=1)).mean(axis=1)
    return float(np.median(steps) * clip.sampling_rate)


def kurtosis(clip: Clip) -> float:
    """Return the kurtosis of the samples, 3 for Gaussian noise, median over the leads."""
    centred = clip.leads - clip.leads.mean(axis=1, keepdims=True)
    return float(np.median((centred**4).mean(axis=1) / (centred**2).mean(axis=1) ** 2))


def coherence(clip: Clip) -> float:
    """Return the magnitude-squared coherence of leads that share an electrode, mean over 1 to 30 Hz, median pair."""
    from scipy.signal import coherence as coherence_of

    first, second = np.array(NEIGHBOURS).T
    length = round(_SEGMENT_SECONDS * clip.sampling_rate)
    frequencies, shared = coherence_of(clip.leads[first], clip.leads[second], clip.sampling_rate, nperseg=length)
    return float(np.median(shared[:, _within(frequencies, _BROAD)].mean(axis=1)))


def unevenness(clip: Clip) -> float:
    """Return by how much the largest lead is higher than the median one."""
    heights = _heights(clip)
    return float(heights.max() / np.median(heights))


STATISTICS: Mapping[str, Statistic] = {
    "amplitude": Statistic("amplitude, µV", amplitude),
    "slope": Statistic("spectral slope 2–30 Hz", slope),
    **{band: Statistic(f"{band}, % of power", band_share(band)) for band in BANDS},
    "line length": Statistic("line length, µV/s", line_length),
    "kurtosis": Statistic("kurtosis", kurtosis),
    "coherence": Statistic("coherence of neighbours", coherence),
    "unevenness": Statistic("largest / median lead", unevenness),
}
"""The ten statistics: each is one number a clip, taken over the 18 leads."""


def describe(clip: Clip) -> dict[str, float]:
    """Return every statistic of a clip by its name.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(0.0, 20.0, (18, 2560))
    >>> round(describe(Clip(noise, 256.0))["kurtosis"])
    3
    """
    return {name: statistic.measure(clip) for name, statistic in STATISTICS.items()}


def cut_clip(recording: Recording, span: Span) -> Clip:
    """Return some seconds of a recording of any montage as the filtered leads of the double banana.

    Parameters
    ----------
    recording : Recording
    span : (start, stop)
        Seconds. Nothing outside is looked at, so that clips are treated alike whatever surrounds them.
    """
    from scipy.signal import butter, sosfiltfilt

    leads = MontageStep().apply(recording).read(*span).astype(np.float64)
    sections = butter(2, PASS_BAND, "bandpass", fs=recording.sampling_rate, output="sos")
    centred = leads - leads.mean(axis=1, keepdims=True)
    return Clip(np.asarray(sosfiltfilt(sections, centred, axis=1)), recording.sampling_rate)


def labelled_spans(annotations: Annotations, *, rest_is_background: bool = False) -> dict[str, tuple[Span, ...]]:
    """Return the clips of either class that fit into what is labelled, one after the other without overlap.

    Parameters
    ----------
    annotations : Annotations
        Whatever is labelled and no seizure is background.
    rest_is_background : bool
        Whether what has no label is background too.

    Returns
    -------
    dict
        ``background`` and ``seizure`` → (start, stop) in seconds.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> labelled_spans(Annotations([Event(10.0, 27.0, "sz")], 37.0), rest_is_background=True)
    {'background': ((0.0, 10.0),), 'seizure': ((10.0, 20.0), (20.0, 30.0))}
    """
    ictal = annotations.seizures.spans
    known = ((0.0, annotations.duration),) if rest_is_background else annotations.spans
    rest = intersect_spans(known, complement_spans(ictal, 0.0, annotations.duration))
    return {"background": _cut(rest), "seizure": _cut(ictal)}


def simulate_background(population: str, seed: int) -> Clip:
    """Return a clip of a random subject at any moment of a recording without seizures."""
    rng = np.random.default_rng([seed, 2])
    start = float(rng.uniform(0.0, _SCENE_SECONDS - CLIP_SECONDS))
    recording = simulate_recording(_SCENE_SECONDS, seed=seed, subject=draw_subject(seed, population), seizures=0)
    return cut_clip(recording, (start, start + CLIP_SECONDS))


def simulate_ictal(population: str, seed: int) -> Clip:
    """Return a clip from within a seizure of random difficulty of a random subject who has seizures that long."""
    rng = np.random.default_rng([seed, 3])
    for attempt in count():
        own_seed = seed + 1_000_003 * attempt
        subject = draw_subject(own_seed, population)
        seizures = place_seizures(1, _SCENE_SECONDS, subject, own_seed)
        if seizures[0].duration >= CLIP_SECONDS:
            break
    start = float(rng.uniform(seizures[0].onset, seizures[0].stop - CLIP_SECONDS))
    recording = simulate_recording(
        _SCENE_SECONDS, seed=own_seed, subject=subject, seizures=seizures, difficulty=float(rng.uniform())
    )
    return cut_clip(recording, (start, start + CLIP_SECONDS))


SIMULATIONS: Mapping[str, Callable[[str, int], Clip]] = {"background": simulate_background, "seizure": simulate_ictal}
"""Class → makes a clip of it from a population and a seed."""


def usual_range(values: ArrayLike) -> tuple[float, float]:
    """Return the 5th and the 95th percentile.

    Examples
    --------
    >>> usual_range(range(101))
    (5.0, 95.0)
    """
    low, high = np.percentile(np.asarray(values, dtype=np.float64), [5.0, 95.0])
    return float(low), float(high)


def _cut(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(
        (start + number * CLIP_SECONDS, start + (number + 1) * CLIP_SECONDS)
        for start, stop in spans
        for number in range(int((stop - start + _TOLERANCE) / CLIP_SECONDS))
    )


def _heights(clip: Clip) -> Floats:
    heights: Floats = clip.leads.std(axis=1)
    return heights


def _spectra(clip: Clip) -> tuple[Floats, Floats]:
    from scipy.signal import welch

    frequencies, powers = welch(clip.leads, clip.sampling_rate, nperseg=round(_SEGMENT_SECONDS * clip.sampling_rate))
    return np.asarray(frequencies), np.asarray(powers)


def _within(frequencies: Floats, band: Span) -> NDArray[np.bool_]:
    return (frequencies >= band[0]) & (frequencies < band[1])
