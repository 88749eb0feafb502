"""What every corpus gives: recordings with subject, session and annotations, and what was odd about them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ictal.core.errors import ParameterError, RecordingError, check_option
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.core.tables import Table
from ictal.io.corpora.marked import MarkedRecording
from ictal.io.formats import read


@dataclass(frozen=True, slots=True)
class CorpusRecording:
    """One recording of a corpus; nothing of its signal is read before :meth:`read`.

    Parameters
    ----------
    name : str
        As its owner calls it, unique in the corpus: ``"chb01_03"``.
    path : Path
        The file of the signal, which may not be there.
    subject : str
        The person or animal, whatever the files call it: both chb01 and chb21 of CHB-MIT are ``"chb01"``.
    session : str
        Recordings of one session follow each other.
    annotations : Annotations
        What the owner marked, in seconds of this recording, over its length.
    split : str
        ``"train"``, ``"dev"``, ``"eval"``, … where the owner says so, else ``""``.
    start : float, optional
        Seconds from the start of the session, where the owner says so.
    channels : tuple of str
        Those of this subject, where several share a file; empty: all.
    """

    name: str
    path: Path
    subject: str
    session: str
    annotations: Annotations
    split: str = ""
    start: float | None = None
    channels: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds, as the owner's annotations have it."""
        return self.annotations.duration

    def read(self) -> Recording:
        """Return the lazy signal with the owner's annotations.

        Raises
        ------
        RecordingError
            If the file is not there or cannot be understood.
        """
        recording = read(self.path)
        chosen = recording.select(self.channels) if self.channels else recording
        return MarkedRecording(chosen, self.annotations)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in a corpus, and the rule that was applied.

    Parameters
    ----------
    kind : str
        A word to count by: ``"missing-file"``, ``"conflict"``, ``"beyond-end"``, ``"overlap"``, ``"unknown-type"``, …
    subject_of : str
        The recording or file that it is about, relative to the corpus.
    text : str
        What came, and what was done.
    """

    kind: str
    subject_of: str
    text: str


@dataclass(frozen=True)
class Corpus:
    """The recordings of a corpus in a folder.

    Parameters
    ----------
    name : str
        Its name in :data:`CORPORA`.
    root : Path
    recordings : tuple of CorpusRecording
        In the owner's order.
    remarks : tuple of Remark
        What was odd; nothing is mended in silence.
    """

    name: str
    root: Path
    recordings: tuple[CorpusRecording, ...]
    remarks: tuple[Remark, ...] = field(default=())

    def __iter__(self) -> Iterator[CorpusRecording]:
        return iter(self.recordings)

    def __len__(self) -> int:
        return len(self.recordings)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject once, in the order of the recordings."""
        return tuple(dict.fromkeys(recording.subject for recording in self.recordings))

    @property
    def sessions(self) -> Mapping[tuple[str, str], tuple[CorpusRecording, ...]]:
        """The recordings of each subject and session, in the owner's order."""
        grouped: dict[tuple[str, str], list[CorpusRecording]] = {}
        for recording in self.recordings:
            grouped.setdefault((recording.subject, recording.session), []).append(recording)
        return {key: tuple(recordings) for key, recordings in grouped.items()}

    @property
    def hours(self) -> float:
        """Of all recordings."""
        return sum(recording.duration for recording in self.recordings) / 3600.0

    @property
    def n_seizures(self) -> int:
        """Of all recordings, as the owner counts them."""
        return sum(len(recording.annotations.seizures) for recording in self.recordings)

    def count_remarks(self) -> Mapping[str, int]:
        """Return how many remarks there are of each kind, the most frequent first."""
        return dict(Counter(remark.kind for remark in self.remarks).most_common())


@dataclass(frozen=True, slots=True)
class CorpusFormat:
    """How a corpus is known and read.

    Parameters
    ----------
    title, licence, citation : str
        What a reader of a table needs to know.
    fits : callable
        Whether a folder looks like this corpus; a glance, no file is read to its end.
    list_recordings : callable
        The folder, and options by name → :class:`Corpus`.
    """

    title: str
    licence: str
    citation: str
    fits: Callable[[Path], bool]
    list_recordings: Callable[..., Corpus]


CORPORA = Table(
    "corpus",
    {
        "chb-mit": "ictal.io.corpora.chbmit:CHB_MIT",
        "tusz": "ictal.io.corpora.tusz:TUSZ",
        "siena": "ictal.io.corpora.siena:SIENA",
        "helsinki": "ictal.io.corpora.helsinki:HELSINKI",
        "seizeit1": "ictal.io.corpora.seizeit1:SEIZEIT1",
        "seizeit2": "ictal.io.corpora.seizeit2:SEIZEIT2",
        "bids": "ictal.io.corpora.bids:BIDS",
        "rodent": "ictal.io.corpora.rodent:RODENT",
        "folder": "ictal.io.corpora.folder:FOLDER",
    },
)
"""Each is a :class:`CorpusFormat`; where none is named, the first that fits is taken."""


def list_corpus(root: Path | str, name: str | None = None, **options: object) -> Corpus:
    """Return the recordings of a corpus as its owner ships it.

    Parameters
    ----------
    root : path
        The folder of the corpus.
    name : str, optional
        A name in :data:`CORPORA`; found from the folder where not given.
    **options
        As the corpus takes them, such as ``rater`` of Helsinki.

    Raises
    ------
    ParameterError
        If the folder is of no known corpus, or the corpus has no such option.
    RecordingError
        If there is no such folder, or its files cannot be understood.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise RecordingError("is not a folder" if folder.exists() else "there is no such folder", file=folder)
    chosen = find_format(folder) if name is None else name
    corpus_format: CorpusFormat = CORPORA.load(chosen)
    _, *allowed = inspect.signature(corpus_format.list_recordings).parameters
    for option in options:
        if not allowed:
            raise ParameterError(f"option of {chosen}: {option!r} is not allowed; it has none.")
        check_option(f"option of {chosen}", option, allowed)
    return corpus_format.list_recordings(folder, **options)


def find_format(folder: Path) -> str:
    """Return the name of the first corpus that a folder fits.

    Raises
    ------
    ParameterError
        If it fits none.
    """
    for name in CORPORA:
        if CORPORA.load(name).fits(folder):
            return name
    raise ParameterError(
        f"corpus: {str(folder)!r} is not the folder of a known corpus; known are {', '.join(CORPORA)}."
    )
