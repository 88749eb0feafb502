"""From a run to the EEG that it was evaluated on: its prepared store, or the corpus."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ictal.core.errors import IctalError, IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.core.spans import Span, intersect_spans
from ictal.data.manifest import FILE as MANIFEST
from ictal.data.store import Store
from ictal.evaluation.stored import EvaluatedRecording
from ictal.experiments.recipe import Recipe
from ictal.experiments.run_record import RunRecord, describe_data
from ictal.experiments.stores import STORES
from ictal.io.corpora.corpus import CorpusRecording, list_corpus
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.display import filter_for_display
from ictal.preprocessing.montage import AS_RECORDED, MontageRecording, MontageStep
from ictal.reports.worst import Eeg

FEWEST_LEADS = 8
"""Leads of the double banana that must be there without interpolation; else all channels are shown as recorded."""

SCALED = frozenset({"mad", "running-mad", "running-z-score", "z-score"})
"""Steps after which a signal is no longer in µV."""

_ROUNDING = 0.02


@dataclass(frozen=True)
class RunSignal:
    """The EEG of a run.

    Attributes
    ----------
    read : callable
        From an evaluated recording to its EEG; ``None`` where it is not there, or not the same.
    note : str
        Where it is from, or why there is none and what to do.
    """

    read: Callable[[EvaluatedRecording], Eeg | None]
    note: str


def open_signal(record: RunRecord, recipe: Recipe, data: Path | None = None, stores: Path = STORES) -> RunSignal:
    """Find the EEG of a run.

    Parameters
    ----------
    record : RunRecord
    recipe : Recipe
        As the run resolved it.
    data : Path, optional
        A corpus or a store. Where not given, it is the store of the run, known by the hash of its signals, if that
        holds µV, or else the corpus that the recipe names, if it is there.
    stores : Path
        Where stores are that nobody named.

    Raises
    ------
    ParameterError
        If `data` is no corpus, or a store that does not hold µV.
    RecordingError
        If there is no such folder.
    """
    if data is not None:
        if not (data / MANIFEST).is_file():
            return _open_corpus(data, None, recipe.chain)
        store = Store(data)
        if is_scaled(store.chain):
            raise ParameterError(f"{data}: this store holds scaled signals, not µV; give the corpus it was made of.")
        return _open_store(store)
    named = None if recipe.data.corpus is None else Path(recipe.data.corpus)
    if named is not None:
        known = record.content["data"]["sha256"]
        for folder in _list_stores(named, stores):
            store = Store(folder)
            if not is_scaled(store.chain) and describe_data(store)["sha256"] == known:
                return _open_store(store)
        if named.is_dir() and not (named / MANIFEST).is_file():
            return _open_corpus(named, recipe.data.format, recipe.chain)
    why = "prepared in units that are no longer µV" if is_scaled(recipe.chain) else "not where the run found it"
    return RunSignal(
        lambda one: None,
        f"The EEG is not shown: the data of this run are {why}. Give the corpus: ictal report RUN --data FOLDER.",
    )


def is_scaled(chain: Chain) -> bool:
    """Return whether a chain leaves a signal that is no longer in µV.

    Examples
    --------
    >>> is_scaled(Chain(steps=[{"step": "montage"}, {"step": "z-score"}])), is_scaled(Chain())
    (True, False)
    """
    return any(step.step in SCALED for step in chain.steps)


def show_clinically(recording: Recording, mapping: dict[str, str]) -> Eeg:
    """Return the leads that are read by eye: a double banana where the electrodes allow it, filtered for display.

    Parameters
    ----------
    recording : Recording
    mapping : dict of str to str
        What odd labels of the file mean.

    Raises
    ------
    RecordingError
        If it has no EEG at all.

    Examples
    --------
    >>> show_clinically(Recording.from_array([[0.0] * 256] * 2, 256.0, ["left", "right"]), {}).recording.channels
    ('left', 'right')
    """
    try:
        leads = MontageStep(mapping=mapping).derive(recording.channels, recording.source)
    except RecordingError:
        leads = None
    if leads is None or len(leads.report.direct) + len(leads.report.computed) < FEWEST_LEADS:
        leads = MontageStep(to=AS_RECORDED, mapping=mapping).derive(recording.channels, recording.source)
    shown = filter_for_display(MontageRecording(recording, leads))
    return Eeg(shown, leads.report.interpolated, leads.report.masked)


def is_same(one: EvaluatedRecording, subject: str, annotations: Annotations) -> bool:
    """Return whether a recording is the one that was evaluated: of the same subject, with the same seizures."""
    if one.subject != subject or annotations.duration < one.stop - 1.0:
        return False
    there = _within(annotations, one.start, one.stop)
    known = intersect_spans(one.reference.seizures.spans, [(0.0, one.reference.duration)])
    return len(there) == len(known) and all(
        abs(a - b) <= _ROUNDING
        for first, second in zip(there, known, strict=True)
        for a, b in zip(first, second, strict=True)
    )


def _within(annotations: Annotations, start: float, stop: float) -> tuple[Span, ...]:
    """Return the seizures in a stretch, in seconds from its start."""
    return tuple((a - start, b - start) for a, b in intersect_spans(annotations.seizures.spans, [(start, stop)]))


def _list_stores(corpus: Path, stores: Path) -> Iterable[Path]:
    """Return the folders that may be the store of a run: what its recipe names, or those made of its corpus."""
    if (corpus / MANIFEST).is_file():
        return [corpus]
    return sorted(file.parent for file in stores.glob(f"{corpus.resolve().name}-*/{MANIFEST}"))


def _open_store(store: Store) -> RunSignal:
    numbers = {one.name: number for number, one in enumerate(store.recordings)}
    mapping: dict[str, str] = {}

    def read(one: EvaluatedRecording) -> Eeg | None:
        number = numbers.get(one.name)
        if number is None or not is_same(one, store.recordings[number].subject, store.recordings[number].annotations):
            return None
        eeg = show_clinically(store.recording(number), mapping)
        signal, shown = store.manifest.recordings[number].signal, eeg.recording.channels
        return Eeg(
            eeg.recording,
            tuple(lead for lead in shown if lead in (*eeg.interpolated, *signal.interpolated)),
            tuple(lead for lead in shown if lead in (*eeg.masked, *signal.masked)),
        )

    return RunSignal(_quietly(read), "The EEG is that of the prepared data, 0.5 to 35 Hz.")


def _open_corpus(folder: Path, name: str | None, chain: Chain) -> RunSignal:
    recordings = {one.name: one for one in list_corpus(folder, name)}
    mapping = next((step.mapping for step in chain.steps if isinstance(step, MontageStep)), {})

    def read(one: EvaluatedRecording) -> Eeg | None:
        found: CorpusRecording | None = recordings.get(one.name)
        if found is None or not is_same(one, found.subject, found.annotations):
            return None
        return show_clinically(found.read(), mapping)

    return RunSignal(_quietly(read), "The EEG is that of the recordings, 0.5 to 35 Hz.")


def _quietly(read: Callable[[EvaluatedRecording], Eeg | None]) -> Callable[[EvaluatedRecording], Eeg | None]:
    """Return a reader that answers ``None`` for what cannot be read, and opens a recording once in a row."""

    def read_quietly(one: EvaluatedRecording) -> Eeg | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IctalWarning)  # what was mended was said when it was prepared
            try:
                return read(one)
            except IctalError:
                return None

    return lru_cache(4)(read_quietly)
