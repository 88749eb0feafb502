"""EEG of mice and rats, for which there is no common form: the forms that laboratories are seen to use.

- Arrays of segments with a label each: SeizyML, and files of NumPy or MATLAB; :mod:`~ictal.io.corpora.labelled_arrays`.
- Telemetry with annotations exported from PyEcog; :mod:`~ictal.io.corpora.pyecog`.
- EDF files with one or several animals each, a table ``animals.csv`` that says whose which channel is, and a table of
  events; :mod:`~ictal.io.corpora.event_sheets`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ictal.core.errors import IctalWarning, ParameterError, RecordingError, check_option, check_positive
from ictal.core.events import Annotations
from ictal.io.arrays import ArrayLayout
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.delimited import read_delimited
from ictal.io.corpora.event_sheets import SheetRow, find_sheet, group_rows, mark_rows, read_sheet, remark_silence
from ictal.io.corpora.found_files import compare_files, find_files, find_length, name_files
from ictal.io.corpora.labelled_arrays import find_arrays, find_labels, list_labelled_array
from ictal.io.corpora.listing import read_each, refused
from ictal.io.corpora.pyecog import find_exports, list_pyecog
from ictal.io.events_tsv import split_names
from ictal.io.formats import read

ANIMAL_TABLES = ("animals.csv", "animals.tsv")
"""Columns ``animal`` and ``channels`` (a list with commas, in quotes), and ``file`` where cages differ."""

_GLANCE = 16
"""Arrays that are looked at to see whether they have labels."""

Animals = Mapping[str, Sequence[str]]
Listed = tuple[Sequence[CorpusRecording], list[Remark]]


class Cage(NamedTuple):
    """Whose which channel is, in one file or, where `file` is empty, in all."""

    file: str
    animal: str
    channels: tuple[str, ...]


def fits_rodent(root: Path) -> bool:
    """Whether a folder holds a table of animals, an export of PyEcog, or an array with labels."""
    if any((root / name).is_file() for name in ANIMAL_TABLES):
        return True
    arrays = islice(find_arrays(root), _GLANCE)
    return bool(find_exports(root)) or any(find_labels(path) is not None for path in arrays)


def list_rodent(
    root: Path,
    animals: Animals | None = None,
    events: str | None = None,
    layout: ArrayLayout | Mapping[str, Any] | None = None,
    segment: float | None = None,
    seizure_labels: Sequence[str] = (),
    utc_offset: float = 0.0,
) -> Corpus:
    """Return the recordings of animals in a folder and below it, one for each animal and file.

    Parameters
    ----------
    root : Path
    animals : mapping of str to sequence of str, optional
        The channels of each animal, the same in all EDF files; else the folder holds ``animals.csv``.
    events : str, optional
        Of EDF files: the table of events, relative to `root`; found by its columns where not given.
    layout : ArrayLayout or mapping, optional
        Of arrays: what they do not say themselves, such as axes, sampling rate and unit; a mapping has the names of
        :class:`~ictal.io.arrays.ArrayLayout`.
    segment : float, optional
        Of arrays: seconds of a segment, in place of the sampling rate.
    seizure_labels : sequence of str
        Of PyEcog: labels that mean a seizure, besides those that say so; ``*`` and ``?`` stand for any letters.
    utc_offset : float
        Of PyEcog with EDF files: hours that their clocks were ahead of universal time.

    Raises
    ------
    RecordingError
        If `root` holds none of the three forms, or no array can be understood without what an option says.
    ParameterError
        If an option is of another form than the folder.
    """
    cages = None if animals is not None else _find_cages(root)
    if animals is not None:
        cages = [Cage("", animal, tuple(channels)) for animal, channels in animals.items()]
    given = {"events": events, "layout": layout, "segment": segment, "utc_offset": utc_offset}
    used = [name for name, value in {**given, "seizure_labels": seizure_labels}.items() if value]
    if cages is not None:
        _check_options(used, ("events",), "EDF files of animals")
        recordings, remarks = _list_cages(root, cages, events)
    elif find_exports(root):
        _check_options(used, ("seizure_labels", "utc_offset"), "annotations of PyEcog")
        recordings, remarks = list_pyecog(root, seizure_labels, utc_offset)
    else:
        _check_options(used, ("layout", "segment"), "arrays")
        if segment is not None:
            check_positive("segment", segment)
        recordings, remarks = _list_arrays(root, _make_layout(layout), segment)
    if not recordings and not remarks:
        problem = (
            f"holds no recordings of animals; needed is {ANIMAL_TABLES[0]}, an export of PyEcog, or arrays with labels"
        )
        raise RecordingError(problem, file=root)
    return Corpus("rodent", root, tuple(recordings), tuple(remarks))


RODENT = CorpusFormat(
    title="Recordings of mice and rats",
    licence="its owner's",
    citation="",
    fits=fits_rodent,
    list_recordings=list_rodent,
)
"""See :func:`list_rodent`."""


def _check_options(used: Sequence[str], allowed: Sequence[str], form: str) -> None:
    wrong = [name for name in used if name not in allowed]
    if wrong:
        raise ParameterError(f"option of rodent: {wrong[0]!r} is not for {form}, which this is; allowed are {allowed}.")


def _make_layout(layout: ArrayLayout | Mapping[str, Any] | None) -> ArrayLayout:
    if isinstance(layout, ArrayLayout):
        return layout
    said = layout if layout is not None else {}
    allowed = [field.name for field in fields(ArrayLayout)]
    return ArrayLayout(**{check_option("layout", name, allowed): value for name, value in said.items()})


def _list_arrays(root: Path, layout: ArrayLayout, segment: float | None) -> Listed:
    labels = {path: found for path in find_arrays(root) if (found := find_labels(path)) is not None}
    names = name_files(root, labels)
    recordings, remarks = read_each(
        root, labels, lambda path: list_labelled_array(root, names[path], path, labels[path], layout, segment)
    )
    if remarks and not recordings:
        raise RecordingError(f"no array can be listed; the first: {remarks[0].text}", file=root)
    return recordings, remarks


def _find_cages(root: Path) -> list[Cage] | None:
    """Return the table of animals, or ``None`` if there is none."""
    path = next((root / name for name in ANIMAL_TABLES if (root / name).is_file()), None)
    if path is None:
        return None
    table = read_delimited(path)
    spelled = {name.lower(): name for name in table.columns}
    if not {"animal", "channels"} <= set(spelled):
        raise RecordingError("lacks the column animal or channels", file=path, field="line 1")
    cages = [
        Cage(
            row[spelled["file"]] if "file" in spelled else "",
            row[spelled["animal"]],
            split_names(row[spelled["channels"]]),
        )
        for _, row in table.rows
    ]
    for (line, _), cage in zip(table.rows, cages, strict=True):
        if not cage.animal or not cage.channels:
            raise RecordingError("names no animal or no channel", file=path, field=f"line {line}")
    return cages


def _list_cages(root: Path, cages: Sequence[Cage], events: str | None) -> Listed:
    sheet_path = find_sheet(root, events)
    if sheet_path is None:
        raise RecordingError("holds no table of events, such as file,animal,start,end", file=root)
    sheet = read_sheet(sheet_path)
    grouped, remarks = group_rows(sheet, root, find_files(root))
    remarks += remark_silence(sheet, grouped)
    names = name_files(root, grouped)
    recordings: list[CorpusRecording] = []
    for file, rows in grouped.items():
        own = [cage for cage in cages if cage.file in ("", file.name, file.stem, names[file])]
        try:
            listed, odd = _list_cage(file, names[file], own, rows)
        except RecordingError as error:
            remarks.append(refused(root, error))
            continue
        recordings += listed
        remarks += odd
    return recordings, [*remarks, *compare_files(root, recordings)]


def _list_cage(file: Path, name: str, cages: Sequence[Cage], rows: Sequence[SheetRow]) -> Listed:
    """Return one recording for each animal in a file."""
    if not cages:
        raise RecordingError("no animal is named for it", file=file)
    if len({cage.animal for cage in cages}) < len(cages):
        raise RecordingError("an animal is named twice for it; give all its channels at once", file=file)
    channels = _spell_channels(file, cages)
    own: dict[str, list[SheetRow]] = {cage.animal: [] for cage in cages}
    for row in rows:
        own[_find_animal(file, row, cages)].append(row)
    remarks: list[Remark] = []
    recordings = []
    for animal, marked in own.items():
        annotations, odd = _mark(file, f"{name}_{animal}", marked, rows)
        remarks += odd
        recordings.append(
            CorpusRecording(f"{name}_{animal}", file, animal, name, annotations, channels=channels[animal])
        )
    return recordings, remarks


def _mark(
    file: Path, name: str, own: Sequence[SheetRow], rows: Sequence[SheetRow]
) -> tuple[Annotations, tuple[Remark, ...]]:
    lengths = [SheetRow(row.recording, length=row.length) for row in rows]
    return mark_rows([*own, *lengths], lambda: find_length(file), name)


def _find_animal(file: Path, row: SheetRow, cages: Sequence[Cage]) -> str:
    """Return whose event it is: as the row says, or by its channels, or of the only animal there is."""
    animals = [cage.animal for cage in cages]
    if row.subject in animals:
        return row.subject
    if row.subject:
        raise RecordingError(f"an event is of {row.subject!r}; its animals are {', '.join(animals)}", file=file)
    by_channel = [
        cage.animal
        for cage in cages
        if row.event is not None and row.event.channels and set(row.event.channels) <= set(cage.channels)
    ]
    if len(by_channel) == 1 or row.event is None:
        return by_channel[0] if by_channel else animals[0]
    if len(animals) > 1:
        problem = f"nothing says of which of {len(animals)} animals the event at {row.event.onset:g} s is"
        raise RecordingError(problem, file=file)
    return animals[0]


def _spell_channels(file: Path, cages: Sequence[Cage]) -> dict[str, tuple[str, ...]]:
    """Return the channels of each animal as the file spells them, if it is there."""
    if not file.exists():
        return {cage.animal: cage.channels for cage in cages}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        labels = {label.casefold(): label for label in reversed(read(file).channels)}
    for cage in cages:
        for channel in cage.channels:
            if channel.casefold() not in labels:
                problem = f"{channel!r} of {cage.animal} is not in it; there are {', '.join(labels.values())}"
                raise RecordingError(problem, file=file, field="channels")
    return {cage.animal: tuple(labels[channel.casefold()] for channel in cage.channels) for cage in cages}
