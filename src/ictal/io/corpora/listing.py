"""Recording after recording of a corpus: what cannot be read is left out, what is odd is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations
from ictal.io.corpora.corpus import CorpusRecording, Remark
from ictal.io.corpora.lengths import read_edf_length

Source = TypeVar("Source")
Found = tuple[CorpusRecording, Sequence[Remark]]


def read_each(
    root: Path, sources: Iterable[Source], read_one: Callable[[Source], Found]
) -> tuple[tuple[CorpusRecording, ...], list[Remark]]:
    """Return the recordings that can be read, and what was odd; a file that cannot be read leaves out its recording.

    Parameters
    ----------
    root : Path
        The folder of the corpus.
    sources : iterable
        What `read_one` makes a recording of.
    read_one : callable
        A source → the recording and its remarks; may raise :class:`RecordingError`.
    """
    recordings: list[CorpusRecording] = []
    remarks: list[Remark] = []
    for source in sources:
        try:
            recording, odd = read_one(source)
        except RecordingError as error:
            remarks.append(refused(root, error))
            continue
        recordings.append(recording)
        remarks += odd
    return tuple(recordings), remarks


def refused(root: Path, error: RecordingError) -> Remark:
    """Return the remark on a file that cannot be read.

    Examples
    --------
    >>> refused(Path("a"), RecordingError("'x' is no number", file=Path("a/b.tsv"), field="line 3"))
    Remark(kind='unreadable', subject_of='b.tsv', text="line 3: 'x' is no number; the recording is left out.")
    """
    place = "" if error.field is None else f"{error.field}: "
    file = "" if error.file is None else relative_name(root, Path(error.file))
    return Remark("unreadable", file, f"{place}{error.problem}; the recording is left out.")


def relative_name(root: Path, path: Path) -> str:
    """Return how remarks name a file: relative to the corpus, with slashes.

    Examples
    --------
    >>> relative_name(Path("corpora/tusz"), Path("corpora/tusz/edf/dev"))
    'edf/dev'
    """
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def compare_lengths(root: Path, recordings: Iterable[CorpusRecording], slip: float) -> list[Remark]:
    """Return which EDF files are missing, and which are not as long as the annotations say.

    Parameters
    ----------
    root : Path
        The folder of the corpus.
    recordings : iterable of CorpusRecording
    slip : float
        Seconds by which the two lengths may differ.
    """
    remarks: list[Remark] = []
    missing: dict[str, list[bool]] = defaultdict(list)
    for recording in recordings:
        name = relative_name(root, recording.path)
        try:
            length = read_edf_length(recording.path)
        except RecordingError as error:
            text = f"{error.problem}; its annotations are listed all the same."
            remarks.append(Remark("unreadable", name, text))
            continue
        missing[recording.subject].append(length is None)
        if length is None:
            continue
        remarks += [Remark("header", name, f"{oddity}.") for oddity in length.oddities]
        if abs(length.duration - recording.duration) > slip:
            text = (
                f"the EDF file is {length.duration:g} s long, the annotations are over {recording.duration:g} s; "
                "the annotations are taken as they are."
            )
            remarks.append(Remark("conflict", name, text))
    return remarks + remark_missing(missing)


def remark_missing(missing: dict[str, list[bool]]) -> list[Remark]:
    """Return one remark for each subject with missing signals, or one for all where no signal is there.

    Parameters
    ----------
    missing : dict of str to list of bool
        Subject → for each recording, whether its file is missing.

    Examples
    --------
    >>> remark_missing({"a": [True, False, True], "b": [False]})
    [Remark(kind='missing-file', subject_of='a', text='2 of 3 EDF files are not here; their annotations are.')]
    """
    n_files = sum(map(len, missing.values()))
    if n_files and all(map(all, missing.values())):
        return [Remark("missing-file", ".", f"none of the {n_files} EDF files is here; their annotations are.")]
    return [
        Remark("missing-file", subject, f"{sum(gone)} of {len(gone)} EDF files are not here; their annotations are.")
        for subject, gone in missing.items()
        if any(gone)
    ]


def remark_overlaps(annotations: Annotations, name: str) -> list[Remark]:
    """Return the remarks on events of one type that overlap.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> [remark.text for remark in remark_overlaps(Annotations([Event(0.0, 5.0), Event(4.0, 5.0)], 9.0), "night")]
    ['sz from 4 to 9 s begins before the one until 5 s ends; both are kept.']
    """
    remarks = []
    last_stop: dict[str, float] = {}
    for event in annotations:
        before = last_stop.get(event.event_type, event.onset)
        if event.onset < before and event.duration > 0:
            said = f"{event.event_type} from {event.onset:g} to {event.stop:g} s"
            text = f"{said} begins before the one until {before:g} s ends; both are kept."
            remarks.append(Remark("overlap", name, text))
        last_stop[event.event_type] = max(before, event.stop)
    return remarks
