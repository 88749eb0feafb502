"""Why a detector answered as it did for one event of a recording: ``ictal explain RECORDING``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError, located
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.core.version import __version__
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.detection.stretch import Stretch, cut_stretch
from ictal.experiments.methods import EVERY, OCCLUSION, answer_about, attribute, choose_methods, find_target
from ictal.experiments.outputs import Finished
from ictal.experiments.reference import read_reference
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.attribution_file import write_attribution
from ictal.io.discover import result_stem
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.plots.explained import ExplainedEvent, describe_attribution
from ictal.plots.explained_traces import draw_explained_traces
from ictal.plots.explanation import draw_explanation, draw_methods
from ictal.plots.files import write_figure
from ictal.preprocessing.display import filter_for_display
from ictal.reports.pictures import Picture, embed

Progress = Callable[[float], None]

MARGIN = 10.0
"""Seconds of EEG that are drawn before and after what is explained."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What was asked about, and what counted for the answer.

    Attributes
    ----------
    number : int or None
        Of the event among those of the recording, the first is 1; ``None`` where a stretch was named.
    event : Event
    detector : Detector
    stretch : Stretch
        What of it was explained.
    score : float
        The mean log-odds that were explained.
    attributions : tuple of Attribution
        One for each method.
    recording : Recording
        As read from its file.
    mapping : mapping of str to str
        What odd labels of the file mean.
    files : tuple of Path
        What was written.
    """

    number: int | None
    event: Event
    detector: Detector
    stretch: Stretch
    score: float
    attributions: tuple[Attribution, ...]
    recording: Recording
    mapping: Mapping[str, str]
    files: tuple[Path, ...] = ()

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"event-{self.number}" if self.number is not None else f"span-{self.event.onset:g}-{self.event.stop:g}"

    def describe(self) -> tuple[str, ...]:
        """Return what counted in words, a line for each method."""
        return tuple(f"{one.method}: {describe_attribution(one, self.event.onset)}" for one in self.attributions)


def explain_recording(
    path: Path,
    output: Path | None = None,
    *,
    number: int | None = None,
    span: Span | None = None,
    methods: Sequence[str] = (),
    channels: Sequence[str] | None = None,
    events: Path | None = None,
    reference: Path | None = None,
    detector: str | None = None,
    changes: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    target: str | None = None,
    seed: int = 0,
    keep_identity: bool = False,
    progress: Progress = lambda share: None,
) -> Explanation:
    """Explain one event of a recording, or a stretch of it, and write pictures and numbers.

    Parameters
    ----------
    path : Path
        The recording.
    output : Path, optional
        The folder of what is written; by default it is named after the recording, in the current folder.
    number : int, optional
        Which event, the first is 1; the one with the highest confidence where not given.
    span : (float, float), optional
        Explain these seconds instead of an event.
    methods : sequence of str
        Names of :data:`ictal.explain.table.METHODS`, or ``all`` that fit; integrated gradients where the detector
        has a network and torch is there, else occlusion, where none is named.
    channels : sequence of str, optional
        Only these channels, as those of one animal of several.
    events : Path, optional
        An events table in place of what the detector finds.
    reference : Path, optional
        An events table of a reader, for the pictures.
    detector, changes, mapping, keep_identity
        As for ``ictal detect``.
    target : str, optional
        The class that is asked about, by its event type; all seizure classes together, where not given.
    seed : int
        Of methods that draw at random.
    progress : callable
        Called with the share that is done.

    Returns
    -------
    Explanation

    Raises
    ------
    IctalError
        If the recording cannot be analysed, holds no such event, a method does not fit, or nothing can be written.
    """
    recording = read(path, channels=channels)
    named = {} if mapping is None else mapping
    chosen, _ = load_detector(detector).with_settings({} if changes is None else changes).choose(recording, named)
    wanted, asked = choose_methods(chosen, methods), find_target(chosen, target)
    marked = read_reference(recording, reference)
    detection = chosen.analyse(recording, named, lambda share: progress(0.5 * share))
    found = detection.events if events is None else read_events(events, duration=recording.duration).seizures
    which, event = choose_event(found, number, span, path)
    stretch = cut_stretch(chosen, recording, event.span, dict(named))
    attributions = attribute(chosen, stretch, wanted, asked, seed)
    progress(0.9)
    score = float(answer_about(chosen, stretch, asked)(stretch.signal[None])[0])
    made = Explanation(which, event, chosen, stretch, score, attributions, recording, named)
    around = read_around(made, detection.scores, marked, keep_identity=keep_identity, target=target)
    folder = ensure_folder(Path(f"{result_stem(path)}_explained") if output is None else output)
    return _write(folder, made, around)


def choose_event(events: Annotations, number: int | None, span: Span | None, path: Path) -> tuple[int | None, Event]:
    """Return the event that is asked about, and its number.

    Raises
    ------
    ParameterError
        If a number and a stretch are given, or there is no such event.

    Examples
    --------
    >>> found = Annotations([Event(10.0, 5.0, confidence=0.7), Event(40.0, 9.0, confidence=0.9)], 60.0)
    >>> choose_event(found, None, None, Path("a.edf"))[0], choose_event(found, 1, None, Path("a.edf"))[1].onset
    (2, 10.0)
    """
    if span is not None:
        if number is not None:
            raise ParameterError("--event and --span: give one of them.")
        if not 0 <= span[0] < span[1]:
            raise ParameterError(f"--span: {span[0]:g}:{span[1]:g} is not allowed; give START:STOP in seconds.")
        return None, Event(span[0], span[1] - span[0])
    listed = list(events)
    if not listed:
        raise ParameterError(
            located("no event was found, so there is none to explain; give --span START:STOP", file=path)
        )
    if number is None:
        confident = [-np.inf if one.confidence is None else one.confidence for one in listed]
        number = int(np.argmax(confident)) + 1
    if not 1 <= number <= len(listed):
        raise ParameterError(f"--event: {number} is not allowed; {path.name} has the events 1 to {len(listed)}.")
    return number, listed[number - 1]


def picture_reasons(finished: Finished, method: str) -> Callable[[Event], Picture]:
    """Return what draws why an event of a finished detection got its score, for the report of the recording.

    Parameters
    ----------
    finished : Finished
    method : str
        One that fits the detector; another is refused here.

    Raises
    ------
    ParameterError
        If the method does not fit.
    """
    detector, recording, mapping = finished.detector, finished.recording, dict(finished.mapping)
    if method != OCCLUSION and method not in choose_methods(detector, [EVERY]):
        allowed = ", ".join(choose_methods(detector, [EVERY]))
        raise ParameterError(f"--explain: {method!r} does not fit {detector.name}; allowed are {allowed}.")

    def picture(event: Event) -> Picture:
        stretch = cut_stretch(detector, recording, event.span, mapping)
        attributions = attribute(detector, stretch, (method,))
        score = float(answer_about(detector, stretch)(stretch.signal[None])[0])
        made = Explanation(None, event, detector, stretch, score, attributions, recording, mapping)
        marked = finished.reference
        around = read_around(made, finished.detection.scores, marked, keep_identity=finished.keep_identity)
        (words,) = made.describe()
        said = f"{words}. Mean log-odds {score:.2f}."
        return embed(draw_explained_traces(around), "png", f"EEG shaded by what counted for the score. {said}", said)

    return picture


def read_around(
    made: Explanation,
    scores: Scores,
    marked: Annotations | None = None,
    *,
    keep_identity: bool = False,
    target: str | None = None,
) -> ExplainedEvent:
    """Return what pictures show around the stretch, with the attribution of the first method.

    Parameters
    ----------
    made : Explanation
    scores : Scores
        Of the detector, for the whole recording.
    marked : Annotations, optional
        What a reader marked.
    keep_identity : bool
        Whether the name of the file and the time of day may be shown.
    target : str, optional
        What was asked about.
    """
    recording = made.recording
    leads, _ = made.detector.prepare(recording, made.mapping)
    shown = filter_for_display(leads)
    start = max(made.stretch.start - MARGIN, 0.0)
    stop = min(made.stretch.stop + MARGIN, recording.duration)
    source = recording.source
    return ExplainedEvent(
        attribution=made.attributions[0],
        signal=shown.read(start, stop).astype(np.float64),
        labels=leads.channels,
        sampling_rate=shown.sampling_rate,
        start=start,
        span=made.event.span,
        references=() if marked is None else tuple(marked.spans),
        scores=scores,
        threshold=made.detector.settings.postprocessing.threshold,
        recording=source.stem if keep_identity and source is not None else "",
        detector=made.detector.name,
        target="seizure" if target is None else target,
        score=made.score,
        clock_start=recording.start_time if keep_identity else None,
    )


def _write(folder: Path, made: Explanation, around: ExplainedEvent) -> Explanation:
    """Write pictures, numbers and words of each method, and of all of them side by side."""
    files: list[Path] = []
    for one in made.attributions:
        figure = draw_explanation(replace(around, attribution=one))
        files += write_figure(folder / f"{made.stem}_{one.method}", figure)
        write_attribution(folder / f"{made.stem}_{one.method}.npz", one)
        files.append(folder / f"{made.stem}_{one.method}.npz")
    if len(made.attributions) > 1:
        files += write_figure(folder / f"{made.stem}_methods", draw_methods(made.attributions, made.event.span))
    with atomic_write(folder / f"{made.stem}.json", "w") as file:
        file.write(json.dumps(encode_explanation(made), indent=1, ensure_ascii=False) + "\n")
    return replace(made, files=(*files, folder / f"{made.stem}.json"))


def encode_explanation(made: Explanation) -> dict[str, Any]:
    """Return an explanation ready for JSON: shares of leads, bands and columns by each method, without identity."""
    return {
        "format": "ictal-explanation",
        "version": 1,
        "ictal": __version__,
        "notice": "For research use only; not a medical device.",
        "detector": f"{made.detector.name} {made.detector.fingerprint}",
        "event": {"number": made.number, "onset": made.event.onset, "duration": made.event.duration},
        "explained": {"start": made.stretch.span[0], "stop": made.stretch.span[1]},
        "log_odds": made.score,
        "methods": {
            one.method: {
                "leads": dict(zip(one.leads, one.of_leads.round(4).tolist(), strict=True)),
                "bands": {name: round(share, 4) for name, share in one.of_bands.items()},
                "start": one.start,
                "step": one.step,
                "times": one.of_times.round(5).tolist(),
                "words": describe_attribution(one, made.event.onset),
            }
            for one in made.attributions
        },
    }
