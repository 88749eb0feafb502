"""Which leads carry an event, at its onset and as it spreads.

Two kinds of evidence are joined. The signal says at which place it is unlike what it was before the event, slice by
slice (:mod:`ictal.detection.source_scan`); around the onset, slices are added up, each as the shares of its places, so
that the late and high part of a seizure does not drown its beginning. The detector says on which side of the head it
saw the seizure: how far its log-odds fall when all leads of a hemisphere are lost at once. To lose them one by one
would show little, since neighbours say the same, and would cost a run of the network for each.

References
----------
Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014 (occlusion).
Foldvary et al., The localizing value of ictal EEG in focal epilepsy, Neurology 2001 (the onset, not what follows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ictal.core.channels import parse_label
from ictal.core.electrodes import Electrode, find_electrode
from ictal.core.events import Annotations, Event
from ictal.core.localisation import Localisation
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.detection.source_scan import Patterns, lead_patterns, measure_spectra, scan
from ictal.detection.sweep import Sweep
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing

Values = NDArray[np.float64]

SLICE = 5.0
"""Seconds of a slice."""

ONSET = (-20.0, 15.0)
"""Seconds around the onset of an event in which the seizure begins: a detector may be late."""

ASKED = 20.0
"""Seconds after the onset over which the detector is asked which side it misses."""

BEFORE = (-90.0, -30.0)
"""Seconds before the onset of an event that it is compared with."""

MOST_SLICES = 8
"""Slices over which the spread of an event is followed."""

HALF_SURE = 6.0
"""Evidence, above that of no change and summed over places, at which a slice counts for half."""

CLEAR = 12.0
"""Evidence, above that of no change, at which the highest weight of a slice is a half; by chance it reaches 2."""

DOUBT = 2.0
"""Leads that the detector does not miss at all count this much, where those that it misses most count one more. A
detector that knows a kind of seizures is right about the side more often than the signal; of others, less often."""

SHARPNESS = 3.0
"""Power of the shares of places at the onset: each lead lies between two, and would else name its neighbours."""

_SHORTEST_BEFORE = 10.0


def localise_event(
    event: Event, recording: Recording, sweep: Sweep, analysed: NDArray[np.bool_], masked: Sequence[int] = ()
) -> Localisation:
    """Return how much each lead carries an event.

    Parameters
    ----------
    event : Event
    recording : Recording
        After montage and chain.
    sweep : Sweep
        Of the detector over that recording; it need not have run.
    analysed : ndarray of bool, shape (n_frames,)
        Which of its frames can be asked about.
    masked : sequence of int
        Channels without signal; their weight is 0.
    """
    leads = recording.channels
    rows = [row for row in range(len(leads)) if row not in set(masked)]
    patterns = lead_patterns(tuple(leads[row] for row in rows))
    beginnings = [
        (event.onset + offset, event.onset + offset + SLICE)
        for offset in np.arange(*ONSET, SLICE).tolist()
        if (event.onset + offset >= 0 and event.onset + offset + SLICE <= event.stop) or offset == 0
    ]
    slices = cut_slices(event.span)
    evidence = _scan_event(recording, rows, event, (*beginnings, *slices), patterns)
    more = np.maximum(evidence[len(beginnings) :] - 1.0, 0.0)
    begun = share_out(evidence[: len(beginnings)])
    onset = (begun.sum(axis=0) if begun.any() else 1.0) * trust_places(patterns.places, event, analysed, sweep, leads)
    weights = np.zeros((1 + len(slices), len(leads)))
    weights[:, rows] = np.concatenate([sharpen(onset[None]), more]) @ patterns.touching.T
    weights = _relative(weights)
    highest = more.max(axis=1, keepdims=True)
    return Localisation(leads, weights[0], slices, weights[1:] * highest / (highest + CLEAR))


def begin_clearly(events: Sequence[Event] | Annotations, scores: Scores, rules: PostProcessing) -> tuple[Event, ...]:
    """Return events that begin with their clearest part: a false alarm before a seizure may have been joined to it.

    Parameters
    ----------
    events : sequence of Event, or Annotations
        That `rules` made of `scores`.
    scores : Scores
    rules : PostProcessing

    Returns
    -------
    tuple of Event
        With their ends. The clearest part is that with the most seconds times probability before gaps were joined.

    Examples
    --------
    >>> scores = Scores([[1 - p, p] for p in (0.9, 0.1, 0.9, 0.9)], start=0.0, step=1.0)
    >>> begin_clearly([Event(0.0, 4.0)], scores, PostProcessing(threshold=0.5, merge_gap=2.0))[0].span
    (2.0, 4.0)
    """
    apart = rules.model_copy(update={"merge_gap": 0.0, "minimum_duration": 0.0, "maximum_duration": None})
    parts = find_events(scores, apart, max(scores.start + len(scores) * scores.step, 0.0))
    begun = []
    for event in events:
        inside = [part for part in parts if part.onset < event.stop and event.onset < part.stop]
        clearest = max(inside, key=lambda part: part.duration * (part.confidence or 0.0), default=event)
        onset = max(clearest.onset, event.onset)
        begun.append(replace(event, onset=onset, duration=event.stop - onset))
    return tuple(begun)


def cut_slices(span: Span) -> tuple[Span, ...]:
    """Return slices of 5 s over an event, from its onset to its end at even distances, eight at most.

    Examples
    --------
    >>> cut_slices((10.0, 21.0)), cut_slices((10.0, 17.0))
    (((10.0, 15.0), (16.0, 21.0)), ((10.0, 17.0),))
    >>> [start for start, _ in cut_slices((0.0, 75.0))]
    [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0]
    """
    start, stop = span
    length = min(SLICE, stop - start)
    n_slices = min(max(int((stop - start) / SLICE), 1), MOST_SLICES)
    if n_slices == 1:
        return (span,)
    return tuple((begin, begin + length) for begin in np.linspace(start, stop - length, n_slices).tolist())


def share_out(evidence: Values) -> Values:
    """Return the share of each place in each slice; shares add up to 0 where nothing changed, to near 1 where much did.

    Parameters
    ----------
    evidence : ndarray, shape (n_slices, n_places)
        1 where nothing changed.

    Examples
    --------
    >>> share_out(np.array([[1.0, 0.5], [19.0, 1.0], [19.0, 37.0]])).round(2).tolist()
    [[0.0, 0.0], [0.75, 0.0], [0.3, 0.6]]
    """
    more = np.maximum(evidence - 1.0, 0.0)
    shares: Values = more / (more.sum(axis=1, keepdims=True) + HALF_SURE)
    return shares


def sharpen(shares: Values) -> Values:
    """Return weights of places, 1 for the highest of each row, from their shares.

    Examples
    --------
    >>> sharpen(np.array([[0.2, 0.4], [0.0, 0.0]])).tolist()
    [[0.125, 1.0], [0.0, 0.0]]
    """
    return np.asarray(_relative(shares) ** SHARPNESS)


def trust_places(
    places: Sequence[str], event: Event, analysed: NDArray[np.bool_], sweep: Sweep, leads: Sequence[str]
) -> Values:
    """Return a factor for each place: how much the detector misses it, when its hemisphere is lost.

    Where there are not leads of both hemispheres, each lead without a place on the head is lost by itself. Places that
    are not asked about get the mean of the others.

    Returns
    -------
    ndarray, shape (n_places,)
        Above 0, at most 1.
    """
    groups = group_leads([leads[row] for row in sweep.rows])
    frames = sweep.frames_within((event.onset, min(event.stop, event.onset + ASKED)))
    frames = frames[analysed[frames]]
    if len(frames) == 0 or len(groups) < 2:
        return np.ones(len(places))
    drops = sweep.group_drops(frames.tolist(), list(groups.values()))
    trust = (_relative(np.maximum(drops, 0.0)[None])[0] + DOUBT) / (1.0 + DOUBT)
    of_group = dict(zip(groups, trust.tolist(), strict=True))
    return np.array([of_group.get(_group_of([name]) or name, float(trust.mean())) for name in places])


def group_leads(leads: Sequence[str]) -> dict[str, list[int]]:
    """Return which leads are lost together: those of either hemisphere, or else each that has no place on the head.

    Examples
    --------
    >>> group_leads(("F7-T7", "F8-T8", "T7-P7", "Fz-Cz"))
    {'left': [0, 2], 'right': [1]}
    >>> group_leads(("hippocampus", "cortex"))
    {'hippocampus': [0], 'cortex': [1]}
    """
    hemispheres: dict[str, list[int]] = {"left": [], "right": []}
    alone: dict[str, list[int]] = {}
    for row, label in enumerate(leads):
        side = _group_of(_electrodes_of(label))
        if side in hemispheres:
            hemispheres[side].append(row)
        elif not side:
            alone[label] = [row]
    return hemispheres if all(hemispheres.values()) else alone


def _electrodes_of(label: str) -> list[str]:
    lead = parse_label(label)
    return [name for name in (lead.anode, lead.cathode) if find_electrode(name)] if lead is not None else []


def _group_of(names: Sequence[str]) -> str:
    """Return the hemisphere of electrodes, ``midline`` if they are of neither alone, nothing if they are none."""
    sides = {Electrode(name).hemisphere for name in names if find_electrode(name)}
    lateral = sides - {"midline"}
    return lateral.pop() if len(lateral) == 1 else "midline" if sides else ""


def _relative(values: Values) -> Values:
    """Return each row over its highest value; rows of zeros stay."""
    highest = values.max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(np.divide(values, highest, out=np.zeros_like(values), where=highest > 0))


def _scan_event(
    recording: Recording, rows: list[int], event: Event, slices: Sequence[Span], patterns: Patterns
) -> Values:
    """Return the evidence for each place in each slice, shape (n_slices, n_places); 1 where it cannot be known."""
    duration = recording.duration
    latest = event.onset + max(ONSET[1], MOST_SLICES * SLICE)
    start = max(event.onset + ONSET[0], 0.0)
    stop = min(max(last for _, last in slices if last <= latest), duration)
    around = recording.read(start, stop)

    def spectra(first: float, last: float) -> Values | None:
        if first < start or last > stop:
            signal = recording.read(max(first, 0.0), min(last, duration))
        else:
            signal = around[:, round((first - start) * rate) : round((last - start) * rate)]
        return measure_spectra(signal[rows], rate)

    rate = recording.sampling_rate
    evidence = np.ones((len(slices), len(patterns.places)))
    before = spectra(*choose_before(event.onset, min(event.onset + ONSET[1], duration)))
    during = {i: found for i, slice_ in enumerate(slices) if (found := spectra(*slice_)) is not None}
    if before is not None and during:
        evidence[list(during)] = scan(before, list(during.values()), patterns.seen)
    return evidence


def choose_before(onset: float, latest: float) -> Span:
    """Return the seconds with which an event is compared: those well before it, or what there is, or its first ones.

    Examples
    --------
    >>> choose_before(200.0, 220.0), choose_before(25.0, 45.0), choose_before(3.0, 23.0)
    ((110.0, 170.0), (0.0, 20.0), (0.0, 23.0))
    """
    start = max(onset + BEFORE[0], 0.0)
    for stop in (onset + BEFORE[1], onset - SLICE):
        if stop - start >= _SHORTEST_BEFORE:
            return start, stop
    return start, latest
