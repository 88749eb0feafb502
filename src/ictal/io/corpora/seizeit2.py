"""SeizeIT2: long recordings of adults and children with two electrodes behind the ears, as OpenNeuro ships them.

The tables are of SzCORE with three further columns: on which side and where a seizure began, and whether the patient
was awake. An :class:`~ictal.core.events.Event` has no place for these, and the corpus names no channels, so they are
left out here; the tables stay where they are.

References
----------
Bhagubai et al., SeizeIT2: wearable dataset of patients with focal epilepsy, OpenNeuro ds005873, 2025,
doi 10.18112/openneuro.ds005873.v1.1.0.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.events import Annotations
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lengths import keep_inside
from ictal.io.corpora.listing import Found, compare_lengths, read_each, relative_name, remark_overlaps
from ictal.io.event_types import is_known_type
from ictal.io.events_tsv import read_events

_SLIP = 0.02
"""Seconds by which lengths may differ: tables are written with two decimals."""


def fits_seizeit2(root: Path) -> bool:
    """Whether a folder says of itself that it is SeizeIT2."""
    try:
        description = json.loads((root / "dataset_description.json").read_bytes())
    except (OSError, ValueError):
        return False
    if not isinstance(description, dict):
        return False
    said = f"{description.get('Name')} {description.get('DatasetDOI')}".lower()
    return "seizeit2" in said or "ds005873" in said


def list_seizeit2(root: Path) -> Corpus:
    """Return the recordings of SeizeIT2: those with an events table, whether the signal is there or not.

    ``impd``, a check of impedance, is no seizure; one that ends before it begins is taken to be 0 s long.

    Parameters
    ----------
    root : Path
        The folder with ``dataset_description.json``.

    Raises
    ------
    RecordingError
        If `root` is not SeizeIT2.
    """
    if not fits_seizeit2(root):
        raise RecordingError("is not SeizeIT2; needed is its dataset_description.json, which names it", file=root)
    tables = sorted(root.glob("sub-*/ses-*/eeg/sub-*_events.tsv"), key=_place_in_corpus)
    recordings, remarks = read_each(root, tables, lambda table: _read_table(root, table))
    remarks += compare_lengths(root, recordings, _SLIP)
    return Corpus("seizeit2", root, recordings, tuple(remarks))


def _place_in_corpus(table: Path) -> tuple[Path, int, str]:
    """Return what sorts tables: run 100 follows run 99, not run 10."""
    return table.parent, len(table.name), table.name


def _read_table(root: Path, table: Path) -> Found:
    subject, session = table.parts[-4:-2]
    name = table.name.removesuffix("_events.tsv")
    marked, remarks = _read_marks(table, relative_name(root, table))
    annotations, outside = keep_inside(marked, marked.duration, name)
    remarks += [*outside, *_remark_types(annotations, name), *remark_overlaps(annotations, name)]
    return CorpusRecording(name, table.with_name(f"{name}_eeg.edf"), subject, session, annotations), remarks


def _read_marks(table: Path, name: str) -> tuple[Annotations, list[Remark]]:
    """Return the events of a table; what was mended in it becomes a remark instead of a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IctalWarning)
        annotations = read_events(table)
    said = (str(warning.message).removeprefix(f"{table}: ") for warning in caught)
    return annotations, [Remark("mended", name, f"{text}.") for text in said]


def _remark_types(annotations: Annotations, name: str) -> list[Remark]:
    unknown = dict.fromkeys(event.event_type for event in annotations if not is_known_type(event.event_type))
    text = "{!r} is no type of SzCORE; it is kept as the corpus names it."
    return [Remark("unknown-type", name, text.format(event_type)) for event_type in unknown]


SEIZEIT2 = CorpusFormat(
    title="SeizeIT2",
    licence="CC0 1.0",
    citation="Bhagubai et al., SeizeIT2, OpenNeuro ds005873, 2025, doi 10.18112/openneuro.ds005873.v1.1.0",
    fits=fits_seizeit2,
    list_recordings=list_seizeit2,
)
