"""Why a detector says so, of one event: the leads, the seconds and the bands that its answer hangs on, and where it is.

All of it is asked on demand and without torch: only the signal around the event is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.attribution import Attribution
from ictal.core.electrodes import positions
from ictal.core.events import Event
from ictal.core.localisation import Focus, Localisation, find_focus, weigh_electrodes
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.detection.answer import answer_event
from ictal.detection.calibration import calibrate
from ictal.detection.detector import Detector
from ictal.detection.localise import begin_clearly
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch, cut_stretch
from ictal.plots.headmap import project_flat, spread_flat
from ictal.postprocessing.events import find_events

Values = NDArray[np.float64]

HEAD_SIZE = 41
"""Points along each side of the head map."""

CLEAR_BAND = 0.4
"""A band with this share is named alone; else the two that have most."""

EVEN = 0.4
"""Half of the answer within less than this share of the time is worth telling; where all counts alike, it is half."""

WIDESPREAD = 0.5
"""Where more than this share of the leads carries the onset, it has no one place."""


@dataclass(frozen=True, eq=False)
class Reasons:
    """Why a detector says so, of one event.

    Parameters
    ----------
    detector : str
    event : Event
    where : Localisation
        How much each lead carries the event, at its onset and as it spreads.
    why : Attribution
        What each lead, band and second counted for the score; of a long event, of its first minute.
    is_found : bool
        Whether the detector itself finds an event there.
    """

    detector: str
    event: Event
    where: Localisation
    why: Attribution
    is_found: bool

    @cached_property
    def focus(self) -> Focus | None:
        """Where on the head its onset is; ``None`` where the leads have no place on a head, or none carries it."""
        return find_focus(self.where.of_onset)

    @property
    def words(self) -> str:
        """All of it in a sentence, as a reader would say it."""
        parts = (_say_place(self.where, self.focus), _say_bands(self.why), _say_seconds(self.why, self.event))
        said = "; ".join(part for part in parts if part)
        said = said[:1].upper() + said[1:]
        return said if self.is_found else f"{said}. But {self.detector} itself finds nothing there"


def explain_item(
    detector: Detector,
    recording: Recording,
    event: Event,
    mapping: Mapping[str, str] | None = None,
    scores: Scores | None = None,
) -> Reasons:
    """Return why a detector says so, of an event that it, a reader or another detector found.

    Parameters
    ----------
    detector : Detector
    recording : Recording
        As read from its file.
    event : Event
        Of one that ends after the recording, what is in it counts.
    mapping : mapping of str to str, optional
        What odd labels of the file mean.
    scores : Scores, optional
        Of this detector for the whole recording. With them the onset is that of the clearest part of the event, as
        where the detector localises its own. Without them, whether it finds an event there is said from the signal of
        the event alone; of a rule, which compares with a longer past, that is an estimate.

    Raises
    ------
    IctalError
        If the recording has not the leads of the detector, or no frame of it without a gap lies within the event.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> noise = np.random.default_rng(0).normal(0, 10, (2, 256 * 120))
    >>> noise[0, 256 * 60 : 256 * 80] *= 9
    >>> recording = Recording.from_array(noise, 256.0, ["left", "right"])
    >>> reasons = explain_item(load_detector("line-length"), recording, Event(60.0, 20.0))
    >>> reasons.is_found, reasons.where.carrying, reasons.words.split(";")[0]
    (True, ('left',), 'Most in left')
    """
    named = {} if mapping is None else dict(mapping)
    if event.onset < recording.duration < event.stop:
        event = replace(event, duration=recording.duration - event.onset)
    stretch = cut_stretch(detector, recording, event.span, named)
    answer = answer_event(detector, len(stretch.leads), stretch.asked)
    rules = detector.settings.postprocessing
    begun = [event] if scores is None else begin_clearly([event], scores, rules)
    (where,) = detector.localise(recording, begun, named)
    if scores is None:
        scores = _score_stretch(detector, stretch)
        rules = rules.model_copy(update={"minimum_duration": 0.0, "maximum_duration": None})
    found = find_events(scores, rules, recording.duration)
    return Reasons(
        detector=detector.name,
        event=event,
        where=where,
        why=attribute_by_occlusion(answer, stretch),
        is_found=any(one.onset < event.stop and one.stop > event.onset for one in found),
    )


def _score_stretch(detector: Detector, stretch: Stretch) -> Scores:
    scorer, settings = detector.scorer(len(stretch.leads)), detector.settings
    answers = np.concatenate([scorer.push(stretch.signal), scorer.finish()])[stretch.asked]
    step = settings.windows.frame_grid.step
    return Scores(calibrate(answers, settings.calibration), stretch.span[0], step, settings.classes)


def encode_reasons(reasons: Reasons) -> dict[str, Any]:
    """Return reasons as plain values, in the form in which the page gets them.

    Examples
    --------
    >>> where = Localisation(("F7-T7", "F8-T8"), [1.0, 0.0], ((60.0, 65.0),), [[0.7, 0.0]])
    >>> why = Attribution([[[1.0, 3.0]], [[0.0, 0.0]]], 60.0, 1.0, ("F7-T7", "F8-T8"), (6.0,))
    >>> values = encode_reasons(Reasons("mine", Event(60.0, 2.0), where, why, is_found=True))
    >>> values["seconds"], values["focus"]["lobe"], len(values["head"]["values"])
    ({'start': 60.0, 'step': 1.0, 'shares': [[0.25, 0.75], [0.0, 0.0]]}, 'temporal', 1681)
    """
    where, why, focus = reasons.where, reasons.why, reasons.focus
    return {
        "detector": reasons.detector,
        "leads": list(where.leads),
        "onset": _round(where.onset),
        "slices": [list(span) for span in where.slices],
        "weights": _round(where.weights),
        "seconds": {"start": why.start, "step": why.step, "shares": _round(why.evidence.sum(axis=1), 6)},
        "bands": {name: round(share, 4) for name, share in why.of_bands.items()},
        "head": encode_head(where.of_onset),
        "focus": None
        if focus is None
        else {"hemisphere": focus.hemisphere, "lobe": focus.lobe, "electrode": focus.electrode},
        "words": reasons.words,
    }


def encode_head(weights: Mapping[str, float]) -> dict[str, Any]:
    """Return a map of the head seen from above, nose up, from the weights of leads.

    Returns
    -------
    dict
        ``size``; ``values``, row by row from the front to the back and ``None`` outside of the head; ``electrodes``
        with their names, weights, and places from -1 to 1, ``x`` to the right and ``y`` to the front. Without leads
        that have a place on a head there are no electrodes, and all values are ``None``.

    Examples
    --------
    >>> head = encode_head({"Fz-Cz": 1.0, "Cz-Pz": 0.0})
    >>> head["electrodes"][1]
    {'name': 'Cz', 'x': 0.0, 'y': 0.0, 'weight': 0.5}
    >>> front, back = (head["values"][row * head["size"] + 20] for row in (10, 30))
    >>> front > back, head["values"][0] is None
    (True, True)
    """
    known = weigh_electrodes(weights)
    if not known:
        return {"size": HEAD_SIZE, "values": [None] * HEAD_SIZE**2, "electrodes": []}
    places = np.stack([positions()[name] for name in known])
    flat = project_flat(places)
    flat /= np.maximum(np.hypot(*flat.T), 1.0)[:, None]  # those below the ring, such as the ears, stand on it
    field = spread_flat(places, list(known.values()), HEAD_SIZE)[::-1]
    line = np.linspace(-1.0, 1.0, HEAD_SIZE)
    inside = np.hypot(*np.meshgrid(line, line)) <= 1.0
    return {
        "size": HEAD_SIZE,
        "values": [
            round(value, 3) if shown else None
            for value, shown in zip(field.ravel().tolist(), inside.ravel().tolist(), strict=True)
        ],
        "electrodes": [
            {"name": name, "x": x, "y": y, "weight": round(weight, 4)}
            for (name, weight), (x, y) in zip(known.items(), _round(flat), strict=True)
        ],
    }


def _round(values: ArrayLike, decimals: int = 4) -> Any:
    # Adding 0 makes a plain zero of a negative one.
    return (np.asarray(values, dtype=np.float64).round(decimals) + 0.0).tolist()


def _say_place(where: Localisation, focus: Focus | None) -> str:
    carrying = where.carrying
    if len(where.leads) == 1:
        return ""
    if not carrying:
        return "no lead stands out at the onset"
    if focus is None:
        return f"most in {' and '.join(carrying[:2])}"
    if len(carrying) > WIDESPREAD * len(where.leads):
        return f"widespread, most at {focus.electrode}"
    return f"{focus.hemisphere} {focus.lobe}, most at {focus.electrode}"


def _say_bands(why: Attribution) -> str:
    ranked = sorted(why.of_bands.items(), key=lambda item: -item[1])
    if not why.evidence.any():
        return "no lead, band or second alone speaks for it"
    return ranked[0][0] if ranked[0][1] >= CLEAR_BAND else f"{ranked[0][0]} and {ranked[1][0]}"


def _say_seconds(why: Attribution, event: Event) -> str:
    """Name the shortest run of seconds within the event that has half of what its seconds have."""
    middles = why.times + why.step / 2
    within = (middles >= event.onset) & (middles < event.stop)
    shares = why.of_times[within]
    if shares.sum() <= 0:
        return ""
    first, last = find_shortest_half(shares)
    if last - first > EVEN * len(shares):
        return ""
    start, stop = (float(edge) for edge in why.times[within][0] - event.onset + why.step * np.array([first, last]))
    if round(start) <= 0:
        return f"strongest in the first {max(stop, 1.0):.0f} s"
    return f"strongest {start:.0f}–{stop:.0f} s after the onset"


def find_shortest_half(shares: ArrayLike) -> tuple[int, int]:
    """Return the shortest run that has half of all: its first, and the one after its last.

    Of runs that are as short, it is the one that has most, and of those the first.

    Parameters
    ----------
    shares : array-like, shape (n,)
        Not negative, not all 0.

    Examples
    --------
    >>> find_shortest_half([0.1, 0.1, 0.4, 0.3, 0.1])
    (2, 4)
    """
    until: Values = np.concatenate([[0.0], np.cumsum(np.asarray(shares, dtype=np.float64))])
    lasts = np.searchsorted(until, until + until[-1] / 2 - 1e-12)
    runs = [(first, int(last)) for first, last in enumerate(lasts.tolist()) if last < len(until)]
    return min(runs, key=lambda run: (run[1] - run[0], round(float(until[run[0]] - until[run[1]]), 9)))
