"""What a reader marked, for a report to compare with."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from ictal.core.errors import IctalWarning, ParameterError, located
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.io.events_tsv import read_events
from ictal.io.seizure_labels import seizure_events


def read_reference(recording: Recording, table: Path | None = None, labels: Sequence[str] = ()) -> Annotations | None:
    """Return the seizures that a reader marked, in a table or in the recording itself.

    Parameters
    ----------
    recording : Recording
        What the marks belong to.
    table : Path, optional
        An events table.
    labels : sequence of str
        Texts of the recording's own annotations that mean a seizure; see
        :func:`ictal.io.seizure_labels.seizure_events`.

    Returns
    -------
    Annotations or None
        ``None`` where neither is given.

    Raises
    ------
    ParameterError
        If both are given.
    RecordingError
        If the table cannot be read.

    Warns
    -----
    IctalWarning
        If no annotation has one of the labels.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> marked = Annotations([Event(10.0, 20.0, "Seizure")], duration=60.0)
    >>> recording = Recording.from_array([0.0] * 60, 1.0, annotations=marked)
    >>> [event.span for event in read_reference(recording, labels=["seizure"])]
    [(10.0, 30.0)]
    """
    if table is not None and labels:
        raise ParameterError("reference: give an events table or seizure labels, not both.")
    if table is not None:
        return read_events(table, duration=recording.duration).seizures
    if not labels:
        return None
    marked = seizure_events(recording, labels)
    if not len(marked):
        listed = ", ".join(map(repr, labels))
        problem = f"none says {listed}; the report is compared with no seizure at all"
        warnings.warn(located(problem, file=recording.source, field="annotations"), IctalWarning, stacklevel=2)
    return marked
