"""One fold, explained: what counts on average in the windows of each subject that its detector never saw."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.recording import Signal
from ictal.data.leakage import LeakageError
from ictal.data.persons import person_of
from ictal.data.portions import Portion, Split
from ictal.data.store import Store
from ictal.detection.detector import Detector
from ictal.detection.occlusion import Answer
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch
from ictal.evaluation.categories import CATEGORIES, Numbers, call_frames, categorise, list_targets, sample_frames
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation
from ictal.experiments.explained_network import list_methods, open_network
from ictal.experiments.recipe import Recipe
from ictal.explain.averages import AverageAttribution, average_windows
from ictal.explain.methods import explain
from ictal.training.frames import PortionFrames, plan_frames
from ictal.training.repeatable import repeatable
from ictal.training.seen import find_seen, refuse_seen
from ictal.training.train import DETECTOR

Explainer = Callable[[Stretch, int], Attribution]
"""From a window and the class that is asked about to what counted for it."""

SURE = 1e-9
"""Nearer to 0 and 1 no probability is told from them."""


@dataclass(frozen=True)
class FoldToExplain:
    """A trained fold, and what is asked of it.

    Attributes
    ----------
    folder, store : Path
        Of the run of the fold, and of the prepared recordings.
    split : Split
    recipe : Recipe
    method : str
    per_category, seed : int
    """

    folder: Path
    store: Path
    split: Split
    recipe: Recipe
    method: str
    per_category: int
    seed: int


@dataclass(frozen=True, eq=False)
class ExplainedFold:
    """The averages of each subject that a fold was evaluated on, by its own detector.

    Attributes
    ----------
    name, fingerprint, side : str
        Of the split, of the detector, and of what it was evaluated on.
    averages : tuple of AverageAttribution
    """

    name: str
    fingerprint: str
    side: str
    averages: tuple[AverageAttribution, ...]


def explain_fold(fold: FoldToExplain, progress: Callable[[float], None] = lambda share: None) -> ExplainedFold:
    """Average the explanations of each subject that a fold was evaluated on.

    Parameters
    ----------
    fold : FoldToExplain
    progress : callable
        Called with the share that is done.

    Raises
    ------
    IctalError
        See :func:`ictal.experiments.explain_run.explain_run`.
    """
    store, task = Store(fold.store), fold.recipe.task
    detector, recordings = read_unseen(fold.split, fold.folder, store)
    windows = _Windows(open_explainer(detector, fold.method, fold.seed), store, fold, recordings)
    found = []
    subjects = sorted({one.subject for one in recordings})
    with repeatable(task.training.threads):
        for n_done, subject in enumerate(subjects):
            found += list(windows.average(subject))
            progress((n_done + 1) / len(subjects))
    return ExplainedFold(fold.split.name, detector.fingerprint, recordings[0].side, tuple(found))


def read_unseen(split: Split, folder: Path, store: Store) -> tuple[Detector, tuple[EvaluatedRecording, ...]]:
    """Return the detector of a fold and what it was evaluated on, if it knows nothing of it.

    Raises
    ------
    LeakageError
        If a subject of it was trained on, by the split or by what the detector itself says; or if training was watched
        on a subject of a test side.
    """
    detector, recordings = Detector.read(folder / DETECTOR), read_evaluation(folder)
    side = recordings[0].side
    known = (*split.train, *split.validation) if side == "test" else split.train
    persons = {person_of(portion.subject) for portion in known}
    for one in recordings:
        if person_of(one.subject) in persons:
            raise LeakageError(
                f"{split.name}: {one.name}: its subject {one.subject!r} was trained with; a detector explains only "
                "subjects that it has never seen, as of splits by subject."
            )
    if side == "test":
        tested = {one.name for one in recordings}
        hashes = {row.name: row.signal.input for row in store.manifest.recordings if row.name in tested}
        refuse_seen(find_seen(detector.settings.provenance, hashes), split.name)
    return detector, recordings


def check_method(detector: Detector, method: str) -> None:
    """Refuse a method that does not fit a detector.

    Raises
    ------
    ParameterError
        Those that fit are named.
    """
    fitting = list_methods(detector)
    if method not in fitting:
        raise ParameterError(f"method: {method!r} does not fit {detector.name}; allowed: {', '.join(fitting)}.")


def open_explainer(detector: Detector, method: str, seed: int) -> Explainer:
    """Return what explains a detector by a method that fits; trees, which have no network, by occlusion."""
    network = open_network(detector)
    if network is None:
        return lambda window, target: attribute_by_occlusion(make_answer(detector, window, target), window)
    return lambda window, target: explain(method, network, window, target=target, seed=seed)


def make_answer(detector: Detector, window: Stretch, target: int) -> Answer:
    """Return the log-odds that a detector gives the frame of a window that is asked about, as a function of signals."""
    scorer = detector.scorer(len(window.leads))

    def answer(signals: Signal) -> Signal:
        chances = [scorer.push(signal)[window.asked, target].mean() for signal in signals]
        clipped = np.clip(chances, SURE, 1 - SURE)
        return np.asarray(np.log(clipped / (1 - clipped)))

    return answer


class _Windows:
    """The windows that a fold was evaluated on, with what they came to."""

    def __init__(
        self, explainer: Explainer, store: Store, fold: FoldToExplain, recordings: Sequence[EvaluatedRecording]
    ) -> None:
        task = fold.recipe.task
        portions = [Portion(one.name, one.subject, one.start, one.stop) for one in recordings]
        self.explainer, self.store, self.fold = explainer, store, fold
        self.classes = task.scheme.classes
        self.frames = plan_frames(store, portions, task.windows, task.scheme)
        self.called = [_call(one, frames) for one, frames in zip(recordings, self.frames, strict=True)]

    def average(self, subject: str) -> Iterator[AverageAttribution]:
        """Yield the average of each class and category of which the subject has a window."""
        numbers = [number for number, one in enumerate(self.frames) if one.portion.subject == subject]
        for target in list_targets(len(self.classes)):
            kinds = [categorise(self.called[number], self.frames[number].labels.ravel(), target) for number in numbers]
            for place, category in enumerate(CATEGORIES):
                rng = np.random.default_rng([self.fold.seed, zlib.crc32(subject.encode()), target, place])
                drawn = sample_frames(kinds, category, self.fold.per_category, rng)
                explained = self.explain(zip(numbers, drawn, strict=True), target)
                average = average_windows(
                    explained, category=category, class_name=self.classes[target], subject=subject
                )
                if average is not None:
                    yield average

    def explain(self, drawn: Iterable[tuple[int, Numbers]], target: int) -> Iterator[Attribution]:
        """Yield the explanation of each window."""
        for number, frames in drawn:
            for frame in frames.tolist():
                yield self.explainer(cut_window(self.store, self.frames[number], frame), target)


def cut_window(store: Store, frames: PortionFrames, frame: int) -> Stretch:
    """Return the window in which a frame was judged, with time from its start.

    Parameters
    ----------
    store : Store
    frames : PortionFrames
    frame : int
        Its number among the scores of the portion; it was analysed.
    """
    recording = store.recordings[frames.recording]
    window, kept = divmod(frame, frames.labels.shape[1])
    first = frames.starts[np.searchsorted(frames.rows, window)]
    asked, rate = frames.first_kept + kept, recording.sampling_rate
    length = (frames.hop if frames.answered == 1 else frames.length / frames.answered) / rate
    begin = (frames.length - frames.hop) / 2 / rate if frames.answered == 1 else asked * length
    return Stretch(
        signal=store.read_windows([frames.recording], [first], frames.length)[0],
        sampling_rate=rate,
        start=0.0,
        leads=recording.channels,
        window=frames.length,
        hop=frames.hop,
        n_frames=frames.answered,
        asked=slice(asked, asked + 1),
        span=(begin, begin + length),
    )


def _call(one: EvaluatedRecording, frames: PortionFrames) -> Numbers:
    """Return what the detector calls each frame of a recording."""
    scores = one.read().scores
    if len(scores) != frames.labels.size:
        raise ParameterError(
            f"{one.scores_file}: {len(scores)} frames came; the windows of its recipe give {frames.labels.size}."
        )
    return call_frames(scores.values, one.postprocessing.threshold)
