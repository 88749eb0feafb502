"""TUSZ: the seizure corpus of Temple University Hospital, in the layouts of versions 1.5 and 2.0.

In version 1.5 the montage comes first and the patient below it, in version 2.0 the other way round; which folder is
the session, the montage and the patient is known from the names. ``dev_test`` of version 1.5.0 is called ``dev``
here, as in later versions.

References
----------
Shah et al., The Temple University Hospital seizure detection corpus, Frontiers in Neuroinformatics 2018,
doi 10.3389/fninf.2018.00083.
Types: as SzCORE converts them, Dan et al., Epilepsia 2025, https://github.com/esl-epfl/epilepsy2bids.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ictal.core.errors import RecordingError, check_option
from ictal.core.events import SEIZURE, Event, join_events
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lengths import keep_inside, read_edf_length
from ictal.io.corpora.listing import Found, compare_lengths, read_each, relative_name, remark_overlaps
from ictal.io.corpora.tusz_tables import EVERY_CHANNEL, LabelRow, LabelTable, read_label_table

SPLITS = {"train": "train", "dev": "dev", "dev_test": "dev", "eval": "eval"}
"""Folder → split."""

BACKGROUND_LABELS = ("bckg", "null", "")

SEIZURE_LABELS = {
    "seiz": "sz",
    "fnsz": "sz_foc",
    "gnsz": "sz_gen",
    "spsz": "sz_foc_a",
    "cpsz": "sz_foc_ia",
    "absz": "sz_gen_nm",
    "tnsz": "sz_gen_m_tonic",
    "cnsz": "sz_gen_m_clonic",
    "tcsz": "sz_gen_m_tonicClonic",
    "atsz": "sz_gen_m_atonic",
    "mysz": "sz_gen_nm_myoclonic",
}
"""Label → SzCORE type; ``nesz``, a non-epileptic seizure, is none."""

PATTERN_LABELS = {"gped": "gpd", "pled": "lpd"}

ARTEFACT_LABELS = ("artf", "eybl", "eyem", "chew", "shiv", "musc", "elpp", "elst", "elec", "calb")
"""Alone or two joined by an underscore, such as ``eyem_chew``."""

OTHER_LABELS = ("nesz", "spsw", "intr", "slow", "hphs", "trip")
"""No seizures, and without a name in SzCORE; kept in the corpus' own words."""

FORMS = {"bi": ("csv_bi", "tse_bi", "lbl_bi"), "types": ("csv", "tse", "lbl")}
"""Labels → the annotation files that give them; the first that is there is read."""

_FILE = re.compile(
    r"((?P<subject>[A-Za-z0-9]+)_(?P<session>s\d+)_t\d+)\.(?P<form>edf|csv|csv_bi|tse|tse_bi|lbl|lbl_bi)"
)
_MONTAGE = re.compile(r"\d\d_tcp_\w+")
_SLIP = 0.02
"""Seconds by which lengths may differ: the headers have two decimals."""


@dataclass(frozen=True, slots=True)
class _Token:
    """One recording: where its files are, and in which forms."""

    split: str
    name: str
    subject: str
    session: str
    folder: Path
    forms: frozenset[str]

    def file(self, form: str) -> Path:
        return self.folder / f"{self.name}.{form}"


def fits_tusz(root: Path) -> bool:
    """Whether a folder, or ``edf`` in it, holds a split with folders of TCP montages."""
    return bool(_find_splits(root))


def list_tusz(root: Path, labels: str = "bi") -> Corpus:
    """Return the recordings of TUSZ, sorted by split, patient, session and number.

    Background is what no row calls anything else: its own rows do not reach over the whole recording. A seizure
    without length is left out.

    Parameters
    ----------
    root : Path
        The folder of a version, or ``edf`` in it; splits, patients and signals may be missing.
    labels : {"bi", "types"}
        ``"bi"``: seizures alone, of the recording as a whole, as the owner counts and scores them (``.csv_bi``,
        ``.tse_bi``). ``"types"``: each label (``.csv``, ``.tse``); rows of one label on several channels that overlap
        in time or touch are one event, with all those channels.

    Raises
    ------
    ParameterError
        If there are no such labels.
    RecordingError
        If `root` is not TUSZ.
    """
    check_option("labels", labels, FORMS)
    splits = _find_splits(root)
    if not splits:
        raise RecordingError("is not TUSZ; needed is edf/train, edf/dev or edf/eval with montages", file=root)
    tokens, twice = _drop_twice(root, itertools.chain.from_iterable(map(_find_tokens, splits)))
    recordings, remarks = read_each(root, tokens, lambda token: _read_token(root, token, labels))
    remarks += [*twice, *compare_lengths(root, recordings, _SLIP)]
    return Corpus("tusz", root, recordings, tuple(remarks))


def label_type(label: str) -> str:
    """Return the type of event that a label means; one that is not known is its own.

    Examples
    --------
    >>> label_type("cpsz"), label_type("eyem_musc"), label_type("pled"), label_type("nesz")
    ('sz_foc_ia', 'artf', 'lpd', 'nesz')
    """
    if label in SEIZURE_LABELS:
        return SEIZURE_LABELS[label]
    if label in PATTERN_LABELS:
        return PATTERN_LABELS[label]
    return "artf" if all(part in ARTEFACT_LABELS for part in label.split("_")) else label


def join_by_type(events: Iterable[Event]) -> list[Event]:
    """Join events of one type that overlap or touch, with the channels of all.

    Examples
    --------
    >>> join_by_type([Event(2.0, 5.0, channels=("T3-T5",)), Event(4.0, 5.0, channels=("FP1-F7",))])
    [Event(onset=2.0, duration=7.0, event_type='sz', confidence=None, channels=('T3-T5', 'FP1-F7'))]
    """
    joined: list[Event] = []
    last_of_type: dict[str, int] = {}
    for event in sorted(events, key=lambda event: event.onset):
        place = last_of_type.get(event.event_type)
        if place is not None and event.onset <= joined[place].stop:
            joined[place] = join_events(joined[place], event)
        else:
            last_of_type[event.event_type] = len(joined)
            joined.append(event)
    return joined


def _find_splits(root: Path) -> list[Path]:
    for folder in (root / "edf", root):
        splits = [folder / name for name in SPLITS if _holds_montage(folder / name)]
        if splits:
            return splits
    return []


def _holds_montage(split: Path) -> bool:
    """Whether a montage is right below a split, or below the sessions of its first patients."""
    near = itertools.chain(split.glob("*_tcp_*"), itertools.islice(split.glob("*/*/*"), 100))
    return any(_MONTAGE.fullmatch(folder.name) for folder in near)


def _find_tokens(split: Path) -> list[_Token]:
    tokens = []
    for folder, _, names in os.walk(split):
        found = defaultdict(list)
        for match in filter(None, map(_FILE.fullmatch, names)):
            found[match[1], match["subject"], match["session"]].append(match["form"])
        tokens += [_Token(SPLITS[split.name], *key, Path(folder), frozenset(forms)) for key, forms in found.items()]
    return sorted(tokens, key=lambda token: (token.name, token.folder))


def _drop_twice(root: Path, tokens: Iterable[_Token]) -> tuple[list[_Token], list[Remark]]:
    """Return every recording once; versions before 2.0.2 hold some under two montages."""
    kept: dict[str, _Token] = {}
    remarks = []
    for token in tokens:
        if token.name in kept:
            first = relative_name(root, kept[token.name].folder)
            text = f"is in {first} too, which is taken."
            remarks.append(Remark("duplicate", f"{relative_name(root, token.folder)}/{token.name}", text))
        kept.setdefault(token.name, token)
    return list(kept.values()), remarks


def _read_token(root: Path, token: _Token, labels: str) -> Found:
    file, remarks = _choose_file(root, token, labels)
    table = read_label_table(file)
    name = relative_name(root, file)
    if table.name not in (None, token.name):
        remarks.append(Remark("conflict", name, f"says that it is of {table.name!r}; its own name is taken."))
    duration, unsaid = _find_duration(table, token, file, name)
    events, odd = _rows_to_events(table.rows, name)
    inside, outside = keep_inside(_choose_labels(events, labels, file), duration, name)
    remarks += [*unsaid, *odd, *outside, *remark_overlaps(inside, name)]
    return CorpusRecording(token.name, token.file("edf"), token.subject, token.session, inside, token.split), remarks


def _choose_file(root: Path, token: _Token, labels: str) -> tuple[Path, list[Remark]]:
    here = [form for form in FORMS[labels] if form in token.forms]
    if here:
        return token.file(here[0]), []
    others = [form for forms in FORMS.values() for form in forms if form in token.forms]
    if not others:
        raise RecordingError("there is no annotation file beside it", file=token.file("edf"))
    said = f"no file with labels {labels!r} ({', '.join(FORMS[labels])}) is there; {others[0]} is read."
    return token.file(others[0]), [Remark("missing-file", relative_name(root, token.file(others[0])), said)]


def _find_duration(table: LabelTable, token: _Token, file: Path, name: str) -> tuple[float, list[Remark]]:
    """Return the length of a recording as its annotations say, else as its signal has it, else as far as rows go."""
    if table.duration is not None:
        return table.duration, []
    length = read_edf_length(token.file("edf"))
    if length is None and not table.rows:
        raise RecordingError("neither it nor an EDF file says how long the recording is", file=file)
    duration = max(row.stop for row in table.rows) if length is None else length.duration
    source = "its last row" if length is None else "the EDF file"
    return duration, [Remark("no-length", name, f"does not say how long the recording is; {duration:g} s of {source}.")]


def _rows_to_events(rows: Iterable[LabelRow], name: str) -> tuple[list[Event], list[Remark]]:
    events = []
    remarks = []
    known = {*OTHER_LABELS, *SEIZURE_LABELS.values(), *PATTERN_LABELS.values(), "artf"}
    unknown: set[str] = set()
    for row in rows:
        if row.label in BACKGROUND_LABELS:
            continue
        event_type = label_type(row.label)
        if row.stop <= row.start:
            text = f"{row.label} from {row.start:g} to {row.stop:g} s came; it is left out."
            remarks.append(Remark("empty", name, text))
            continue
        channels = () if row.channel == EVERY_CHANNEL else (row.channel,)
        events.append(Event(row.start, row.stop - row.start, event_type, row.confidence, channels))
        unknown |= {event_type} - known
    text = "{!r} is no label of the corpus; it is kept as it is."
    return events, remarks + [Remark("unknown-type", name, text.format(label)) for label in sorted(unknown)]


def _choose_labels(events: Sequence[Event], labels: str, file: Path) -> Sequence[Event]:
    """Return events as types on channels, or as plain seizures of the recording as a whole."""
    if labels == "types":
        on_channels = join_by_type(event for event in events if event.channels)
        return [*on_channels, *(event for event in events if not event.channels)]
    plain = [replace(event, event_type=SEIZURE, channels=()) if event.is_seizure else event for event in events]
    return plain if file.suffix.endswith("_bi") else join_by_type(plain)


TUSZ = CorpusFormat(
    title="TUH EEG Seizure Corpus",
    licence="on signed agreement with Temple University; not to be passed on",
    citation="Shah et al., Frontiers in Neuroinformatics 2018, doi 10.3389/fninf.2018.00083",
    fits=fits_tusz,
    list_recordings=list_tusz,
)
