"""Whether the explanations of an event can be trusted: ``ictal explain RECORDING --check``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.core.spans import Span, intersect_spans
from ictal.detection.detector import Detector
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch, cut_stretch
from ictal.experiments.explain import Explanation, explain_recording
from ictal.experiments.explained_network import open_network
from ictal.experiments.methods import EVERY, OCCLUSION, answer_about, find_target
from ictal.explain.check import ExplanationCheck, check_attributions
from ictal.explain.check_network import check_explanations
from ictal.explain.check_table import encode_check, format_check
from ictal.explain.planted import describe_planted, read_seizures
from ictal.explain.truth import Planted
from ictal.io.atomic import atomic_write
from ictal.plots import style
from ictal.plots.removal import draw_removal_curves
from ictal.simulation.corpus import TRUTH_FOLDER

Progress = Callable[[float], None]

BEFORE = 20.0
"""Seconds before an event that are asked about too, so that an explanation can be wrong about when."""


@dataclass(frozen=True, eq=False)
class CheckedExplanation:
    """An explanation and its checks.

    Attributes
    ----------
    made : Explanation
    check : ExplanationCheck
    files : tuple of Path
        All that was written.
    """

    made: Explanation
    check: ExplanationCheck
    files: tuple[Path, ...]

    @property
    def number(self) -> int | None:
        """Of the event."""
        return self.made.number

    @property
    def event(self) -> Event:
        """What was explained."""
        return self.made.event

    @property
    def detector(self) -> Detector:
        """Whose answer was explained."""
        return self.made.detector

    @property
    def score(self) -> float:
        """The log-odds that were explained."""
        return self.made.score

    def describe(self) -> tuple[str, ...]:
        """Return what counted, and what the checks say."""
        first, last = self.check.span
        asked = f"checked on {first:.1f} to {last:.1f} s"
        known = "" if self.check.planted is None else "; simulated, so it is known where the seizure is"
        return (*self.made.describe(), "", asked + known, "", *format_check(self.check).splitlines())


def check_recording(
    path: Path,
    output: Path | None = None,
    *,
    truth: Path | None = None,
    methods: Sequence[str] = (),
    target: str | None = None,
    seed: int = 0,
    progress: Progress = lambda share: None,
    **how: Any,
) -> CheckedExplanation:
    """Explain an event by several methods, and check every explanation.

    Parameters
    ----------
    path : Path
        The recording.
    output, target, seed, progress, **how
        As of :func:`ictal.experiments.explain.explain_recording`.
    truth : Path, optional
        How a simulated recording was made (``_desc-truth_phantom.json``); found beside a recording of
        ``ictal simulate``.
    methods : sequence of str
        All that fit where not given.

    Returns
    -------
    CheckedExplanation
        Its stretch begins 20 s before the event.

    Raises
    ------
    IctalError
        If the recording cannot be explained, or the truth is not of such a recording.
    """
    asked = list(methods) if methods else [EVERY]
    made = explain_recording(
        path, output, methods=asked, target=target, seed=seed, progress=lambda share: progress(0.5 * share), **how
    )
    wide = (max(made.event.onset - BEFORE, 0.0), made.event.stop)
    stretch = cut_stretch(made.detector, made.recording, wide, dict(made.mapping))
    planted = find_planted(path if truth is None else truth, stretch, made.event.span)
    names = tuple(one.method for one in made.attributions)
    check = check_stretch(
        made.detector, stretch, names, target=find_target(made.detector, target), planted=planted, seed=seed
    )
    folder = made.files[-1].parent
    written = [folder / f"{made.stem}_check.json", folder / f"{made.stem}_check.md"]
    texts = [json.dumps(encode_check(check), indent=1, ensure_ascii=False), format_check(check)]
    for file, text in zip(written, texts, strict=True):
        with atomic_write(file, "w") as output_file:
            output_file.write(text + "\n")
    picture = folder / f"{made.stem}_check.png"
    with atomic_write(picture) as output_file:
        output_file.write(style.encode_png(draw_removal_curves({one.method: one.removal for one in check.methods})))
    return CheckedExplanation(made, check, (*made.files, *written, picture))


def check_stretch(
    detector: Detector,
    stretch: Stretch,
    methods: Sequence[str],
    *,
    target: int | None = None,
    planted: Planted | None = None,
    seed: int = 0,
) -> ExplanationCheck:
    """Return the checks of some methods on one stretch; of a rule or of trees, those of occlusion."""
    network = open_network(detector)
    if network is not None:
        return check_explanations(network, stretch, methods, target=target, planted=planted, seed=seed)
    answer = answer_about(detector, stretch, target)
    attributions: dict[str, Attribution] = {OCCLUSION: attribute_by_occlusion(answer, stretch)}
    return check_attributions(answer, stretch, attributions, planted=planted, seed=seed)


def find_planted(path: Path, stretch: Stretch, event: Span) -> Planted | None:
    """Return where the seizure of an event was planted; ``None`` where nothing says so, or no seizure is there.

    Parameters
    ----------
    path : Path
        A recording of ``ictal simulate``, or the record of how one was made.
    stretch : Stretch
    event : (float, float)
        Seconds.

    Raises
    ------
    ParameterError
        If a record is named and there is none.
    """
    record = path if path.suffix == ".json" else find_record(path)
    if record is None:
        return None
    if not record.is_file():
        raise ParameterError(f"--truth: {record}: there is no such file.")
    for seizure in read_seizures(record):
        if intersect_spans([seizure.span], [event]):
            return describe_planted(seizure, stretch.leads, stretch.span)
    return None


def find_record(recording: Path) -> Path | None:
    """Return where a simulated corpus says how one of its recordings was made; ``None`` outside of such a corpus."""
    stem = recording.stem.removesuffix("_eeg")
    for root in recording.resolve().parents[:4]:
        if (root / TRUTH_FOLDER).is_dir():
            inside = recording.resolve().parent.relative_to(root)
            record = root / TRUTH_FOLDER / inside / f"{stem}_desc-truth_phantom.json"
            return record if record.is_file() else None
    return None
