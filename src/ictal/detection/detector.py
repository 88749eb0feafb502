"""The deployable detector: from a recording to events."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.localisation import Localisation
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.core.version import __version__
from ictal.detection.calibration import calibrate
from ictal.detection.file import DetectorParts, decode_detector, encode_detector, fingerprint_parts
from ictal.detection.graph import GraphScorer
from ictal.detection.leads import LeadRecording, take_leads
from ictal.detection.localise import ASKED, begin_clearly, localise_event
from ictal.detection.result import Detection
from ictal.detection.scorer import BACKGROUND, RuleScorer, Scorer, Values
from ictal.detection.settings import DetectorSettings, change_settings
from ictal.detection.sweep import Progress, SoFar, Sweep
from ictal.features.tables import FEATURES
from ictal.models.rule import Rule
from ictal.models.table import MODELS
from ictal.postprocessing.events import EventMachine, find_events

Found = Callable[[Annotations], None]
"""Called with the events of a recording that were found so far."""


class Detector:
    """A detector that is ready to run.

    Parameters
    ----------
    parts : DetectorParts
        Settings, and graph and weights where the model has them; usually from
        :func:`ictal.detection.library.load_detector`.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> detector = load_detector("line-length")
    >>> noise = np.random.default_rng(0).normal(0, 10, (2, 256 * 60))
    >>> quiet = Recording.from_array(noise, 256.0, ["Fz-Cz", "Cz-Pz"])
    >>> len(detector.detect(quiet))
    0
    """

    def __init__(self, parts: DetectorParts) -> None:
        self.parts = parts
        self.settings: DetectorSettings = parts.settings

    @property
    def name(self) -> str:
        """What the detector is called."""
        return self.settings.name

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all settings and weights: equal fingerprints give equal events."""
        return fingerprint_parts(self.parts)

    @staticmethod
    def read(path: Path) -> Detector:
        """Read a detector file; nothing in it is run.

        Raises
        ------
        DetectorFileError, ParameterError
            If it is not a detector of this version.
        """
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise RecordingError(f"cannot be read: {problem.strerror}", file=path) from None
        return Detector(decode_detector(data, path))

    def encode(self) -> bytes:
        """Return the bytes of the detector file."""
        return encode_detector(self.parts)

    def with_settings(self, changes: Mapping[str, str]) -> Detector:
        """Return the detector with some settings changed; see :func:`ictal.detection.settings.change_settings`."""
        return Detector(replace(self.parts, settings=change_settings(self.settings, changes))) if changes else self

    def choose(self, recording: Recording, mapping: Mapping[str, str] | None = None) -> tuple[Detector, str]:
        """Return itself and why, as :meth:`ictal.detection.library.DefaultDetector.choose` does."""
        return self, "as asked"

    def detect(self, recording: Recording, mapping: Mapping[str, str] | None = None) -> Annotations:
        """Return the seizures of a recording.

        Parameters
        ----------
        recording : Recording
            As read from its file.
        mapping : mapping of str to str, optional
            What odd labels of the file mean: label → electrode or lead.

        Raises
        ------
        RecordingError
            If the recording cannot be analysed; the message says why.
        """
        return self.analyse(recording, mapping).events

    def analyse(
        self,
        recording: Recording,
        mapping: Mapping[str, str] | None = None,
        progress: Progress = lambda share: None,
        found: Found | None = None,
    ) -> Detection:
        """Return events, scores, and what was and was not looked at; parameters and errors as in :meth:`detect`.

        `progress` is called with the share of the recording that is done. `found` is called every few minutes of the
        recording with the events that ended before, without their channels, and at last with those that are returned.
        """
        leads, prepared = self.prepare(recording, mapping)
        sweep = self._sweep(leads, prepared)
        so_far = None if found is None else self._follow(sweep, leads, found)
        scores = self._judge(sweep.score(progress, so_far), sweep, leads)
        bare = find_events(scores, self.settings.postprocessing, recording.duration)
        begun = begin_clearly(bare, scores, self.settings.postprocessing)
        localised = _localise(begun, leads, prepared, sweep, scores.analysed)
        events = [replace(event, channels=where.carrying) for event, where in zip(bare, localised, strict=True)]
        notes = (*prepared.notes, *tell_unanalysed(scores))
        seen = Annotations(events, bare.duration)
        if found is not None:
            found(seen)
        return self._describe(recording, leads, scores, seen, localised, notes)

    def localise(
        self, recording: Recording, events: Iterable[Event], mapping: Mapping[str, str] | None = None
    ) -> tuple[Localisation, ...]:
        """Return how much each lead carries events that somebody else found, such as those that a reader made.

        Of events that :meth:`analyse` found it says what that said, unless they are of several parts: that begins with
        the clearest. Only the signal around the events is read, and a
        network is run on a few windows at their onsets.

        Parameters
        ----------
        recording, mapping
            As for :meth:`detect`.
        events : iterable of Event

        Raises
        ------
        RecordingError
            If the recording cannot be analysed; the message says why.

        Examples
        --------
        >>> from ictal.detection.library import load_detector
        >>> noise = np.random.default_rng(0).normal(0, 10, (2, 256 * 120))
        >>> noise[0, 256 * 60 : 256 * 80] *= 9
        >>> recording = Recording.from_array(noise, 256.0, ["left", "right"])
        >>> (where,) = load_detector("line-length").localise(recording, [Event(60.0, 20.0)])
        >>> where.carrying
        ('left',)
        """
        leads, prepared = self.prepare(recording, mapping)
        sweep = self._sweep(leads, prepared)
        asked = list(events)
        margin = self.settings.windows.frame_grid.length + 1.0
        for event in asked:
            start, stop = event.onset - margin, event.onset + ASKED + margin
            leads.watch.read(max(start, 0.0), min(stop, recording.duration))
        return _localise(asked, leads, prepared, sweep, self._judge_frames(sweep, leads))

    def _sweep(self, leads: LeadRecording, prepared: Recording) -> Sweep:
        rows = self._rows(leads)
        return Sweep(prepared, self.scorer(len(rows)), self.settings.windows, rows)

    def _judge(self, answers: Values, sweep: Sweep, leads: LeadRecording) -> Scores:
        """Return the scores of the first frames, as many as there are answers."""
        values, grid = calibrate(answers, self.settings.calibration), self.settings.windows.frame_grid
        values[~self._judge_frames(sweep, leads)[: len(values)]] = np.nan
        return Scores(values, grid.frame_start, grid.step, self.settings.classes)

    def _judge_frames(self, sweep: Sweep, leads: LeadRecording) -> NDArray[np.bool_]:
        """Return which frames have a whole window, and no spoiled one as far as their signal was read."""
        answered = sweep.answered
        return answered & ~leads.watch.spoiled(self.settings.windows.frame_grid, len(answered))

    def _follow(self, sweep: Sweep, leads: LeadRecording, found: Found) -> SoFar:
        """Return what makes events of the frames that are new since it was called before, and tells all of them."""
        grid = self.settings.windows.frame_grid
        machine = EventMachine(self.settings.postprocessing, grid.frame_start, grid.step)
        events: list[Event] = []
        n_seen = 0

        def follow(answers: Values) -> None:
            nonlocal n_seen
            events.extend(machine.push(self._judge(answers, sweep, leads).seizure[n_seen:]))
            n_seen = len(answers)
            found(Annotations(events, leads.duration))

        return follow

    def prepare(
        self, recording: Recording, mapping: Mapping[str, str] | None = None
    ) -> tuple[LeadRecording, Recording]:
        """Return the leads that are looked at, and their signal after the chain; nothing is read yet.

        Raises
        ------
        RecordingError
            If the recording is shorter than a window, or has too few leads.
        """
        length = self.settings.windows.length
        rate = recording.sampling_rate
        if not any((last - first) / rate >= length for first, last in recording.segments):
            raise RecordingError(
                f"has no {length:g} s without a gap, which is one window of {self.name}; "
                f"the recording is {recording.duration:g} s long",
                file=recording.source,
                field="duration",
            )
        leads = take_leads(recording, self.settings.leads, {} if mapping is None else mapping)
        prepared = self.settings.chain.apply(leads)
        if prepared.sampling_rate != self.settings.sampling_rate:
            raise ParameterError(
                f"{self.name}: sampling_rate: the chain ends at {prepared.sampling_rate:g} Hz, "
                f"the model is for {self.settings.sampling_rate:g} Hz."
            )
        return leads, prepared

    def scorer(self, n_leads: int) -> Scorer:
        """Return a fresh scorer for that many leads."""
        settings = self.settings
        if self.parts.graph is not None:
            self._require_own_windows()
            hop = round(settings.windows.step * settings.sampling_rate)
            return GraphScorer(self.parts.graph, n_leads, self.name, hop=hop)
        rule = self._load_rule()
        try:
            config = rule.Config.model_validate(settings.model.config)
        except ValidationError as problem:
            first = problem.errors()[0]
            raise ParameterError(
                f"{self.name}: model.config.{'.'.join(map(str, first['loc']))}: {first['msg']}; "
                f"allowed are {', '.join(rule.Config.model_fields)}."
            ) from None
        length, step, rate = settings.windows.length, settings.windows.step, settings.sampling_rate
        if round(length * rate) % round(step * rate):
            raise ParameterError(
                f"{self.name}: windows.length: {length!r} s is not allowed; a rule needs a multiple of windows.step, "
                f"which is {step!r} s."
            )
        extract = partial(
            FEATURES.load(rule.features), sampling_rate=rate, window=round(length * rate), hop=round(step * rate)
        )
        n_before = round(BACKGROUND / step)
        return RuleScorer(partial(rule, config, n_leads, length, step), extract, n_before=n_before)

    def _require_own_windows(self) -> None:
        """Refuse windows that a network was not made for: its graph would answer, for other stretches of time."""
        windows, made_for = self.settings.windows, self.settings.model.config
        for name, asked, own in (
            ("length", windows.length, made_for.get("window", windows.length)),
            ("step", windows.step, made_for.get("hop", windows.step)),
        ):
            if asked != own:
                raise ParameterError(
                    f"{self.name}: windows.{name}: {asked!r} s is not allowed; the network was made for {own!r} s."
                )

    def _load_rule(self) -> type[Rule]:
        name = self.settings.model.name
        try:
            model = MODELS.load(name)
        except ImportError:  # a network, and the light tier has no torch
            model = None
        if model is None or model.kind != "rule":
            raise ParameterError(
                f"{self.name}: model.name: {name!r} is a network, and the detector holds no model.onnx to run it."
            )
        rule: type[Rule] = model
        return rule

    def _rows(self, leads: LeadRecording) -> list[int]:
        """Return the channels that the model sees: all for a network, the ones with signal for a rule."""
        is_network = self.parts.graph is not None
        return [i for i, lead in enumerate(leads.channels) if is_network or lead not in leads.report.masked]

    def _describe(
        self,
        recording: Recording,
        leads: LeadRecording,
        scores: Scores,
        events: Annotations,
        localised: tuple[Localisation, ...],
        notes: tuple[str, ...],
    ) -> Detection:
        return Detection(
            events=events,
            localised=localised,
            scores=scores,
            detector=self.name,
            threshold=self.settings.postprocessing.threshold,
            montage=leads.report.montage,
            leads=leads.channels,
            interpolated=leads.report.interpolated,
            masked=leads.report.masked,
            missing_electrodes=leads.report.missing_electrodes,
            gaps=recording.gaps,
            artefacts=leads.watch.artefacts(),
            notes=notes,
            start_time=recording.start_time,
            duration=recording.duration,
            sampling_rate=recording.sampling_rate,
            settings=self.settings.model_dump(mode="json"),
            provenance={
                "ictal": __version__,
                "python": platform.python_version(),
                "detector": f"{self.name} {self.fingerprint}",
                **self.settings.provenance,
            },
        )


def _localise(
    events: Iterable[Event], leads: LeadRecording, prepared: Recording, sweep: Sweep, analysed: NDArray[np.bool_]
) -> tuple[Localisation, ...]:
    masked = [i for i, lead in enumerate(leads.channels) if lead in leads.report.masked]
    return tuple(localise_event(event, prepared, sweep, analysed, masked) for event in events)


def tell_unanalysed(scores: Scores) -> tuple[str, ...]:
    """Return a note where something was not analysed: no event there does not mean no seizure.

    Examples
    --------
    >>> tell_unanalysed(Scores([[0.9, 0.1], [np.nan, np.nan]], start=0.0, step=1.0))
    ('1 s were not analysed: beside a gap, or half of the channels are flat, clipped or disconnected',)
    """
    n_left_out = int((~scores.analysed).sum())
    if n_left_out == 0:
        return ()
    how_much = "nothing was" if n_left_out == len(scores) else f"{n_left_out * scores.step:g} s were not"
    return (f"{how_much} analysed: beside a gap, or half of the channels are flat, clipped or disconnected",)
