"""A copy of an EDF or BDF file with more annotations: the samples to the byte, nobody named unless asked."""

from __future__ import annotations

import io
import math
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

import numpy as np

from ictal.core.errors import OutputError, RecordingError, located
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.io.annotation_signal import AnnotationSignal
from ictal.io.atomic import atomic_write
from ictal.io.edf_annotations import decode_record_onset
from ictal.io.edf_header import EdfHeader, decode_header, encode_header, read_header
from ictal.io.edf_records import open_file, read_annotation_rows, read_exactly
from ictal.io.edf_write import Identity, write_edf

_BLOCK_BYTES = 1 << 22
_LARGEST_FIRST_ONSET = 86400.0


_COPIED = (".edf", ".bdf", ".rec")
"""Files whose samples are copied as they are."""


def copy_with_events(
    recording: Recording, target: Path | str, annotations: Annotations, *, keep_identity: bool = False
) -> None:
    """Write any recording with events as annotations: an EDF or BDF file by :func:`annotate_edf`, others as EDF+ anew.

    Parameters
    ----------
    recording : Recording
        As it was read, without filter or montage.
    target, annotations, keep_identity
        See :func:`annotate_edf`; of other files the start time is what may identify somebody.

    Raises
    ------
    RecordingError, OutputError
        If the recording cannot be read or the target not be written.
    """
    source = recording.source
    if source is not None and source.suffix.lower() in _COPIED:
        annotate_edf(source, target, annotations, keep_identity=keep_identity)
    else:
        write_edf(target, recording, annotations, start_time=recording.start_time if keep_identity else None)


def annotate_edf(
    source: Path | str, target: Path | str, annotations: Annotations, *, keep_identity: bool = False
) -> None:
    """Copy a file as EDF+ or BDF+ with events added.

    The samples are the same to the byte, in the same data records; so are annotations and time-keeping that the file
    has already, so that EDF+D stays EDF+D. The events stand in an annotation signal of their own, as
    :func:`ictal.io.annotation_signal.event_text` words them. What was mended on reading the header stays mended; a
    last data record that is cut short is left out.

    Parameters
    ----------
    source : path
        Any EDF, EDF+, BDF or BDF+ file that :func:`ictal.io.edf.read_edf` reads.
    target : path
        The copy; it appears when it is complete.
    annotations : Annotations
        Seconds from the first sample.
    keep_identity : bool
        Keep the patient field, the recording field and the date. Otherwise they are blanked, the date to 01.01.85;
        the time of day stays. Texts of annotations and signals are never changed, and may name somebody.

    Raises
    ------
    RecordingError
        If the source cannot be read.
    OutputError
        If the target is the source, or cannot be written.
    """
    path, copy = Path(source), Path(target)
    if copy.exists() and path.exists() and copy.samefile(path):
        raise OutputError(located("is the recording itself; give the copy another name", file=target))
    with open_file(path) as file:
        header, _ = read_header(file, os.fstat(file.fileno()).st_size, path)
        texts = _lay_out(file, header, annotations)
        described = _describe_copy(header, texts, path, keep_identity=keep_identity)
        with atomic_write(copy) as out:
            out.write(described)
            _copy_records(file, out, header, texts)


def _lay_out(file: io.FileIO, header: EdfHeader, annotations: Annotations) -> AnnotationSignal:
    keepers = [i for i, signal in enumerate(header.signals) if signal.is_annotation and signal.samples_per_record]
    first_onset = 0.0
    if keepers:
        row = next(read_annotation_rows(file, header, keepers[0], range(1)))[0]
        onset = decode_record_onset(row.tobytes())
        first_onset = onset if abs(onset) <= _LARGEST_FIRST_ONSET else 0.0
    return AnnotationSignal(
        annotations,
        header.n_records,
        sample_bytes=header.sample_bytes,
        first_onset=first_onset,
        record_onsets=None if keepers else header.record_duration * np.arange(header.n_records, dtype=np.float64),
    )


def _describe_copy(header: EdfHeader, texts: AnnotationSignal, path: Path, *, keep_identity: bool) -> bytes:
    plus = "BDF+C" if header.sample_bytes == 3 else "EDF+C"
    nobody = Identity()
    copied = replace(
        header,
        signals=(*header.signals, texts.header),
        reserved=header.reserved if header.reserved[:5] in {plus, plus[:4] + "D"} else plus,
        patient=header.patient if keep_identity else nobody.patient,
        recording=header.recording if keep_identity else nobody.recording,
        start_time=header.start_time if keep_identity else _without_date(header.start_time),
    )
    encoded = encode_header(copied)
    again, _ = decode_header(encoded, copied.header_bytes + copied.record_bytes)
    for new, old in zip(again.signals, header.signals, strict=False):
        if not math.isclose(new.gain, old.gain, rel_tol=1e-6) and not math.isnan(old.gain):
            problem = "has an exponent and cannot be copied into the eight plain characters of EDF+"
            raise RecordingError(problem, file=path, field=f"physical range of {old.label}")
    return encoded


def _without_date(moment: datetime | None) -> datetime | None:
    return None if moment is None else datetime.combine(datetime(1985, 1, 1), moment.time())


def _copy_records(file: io.FileIO, out: IO[bytes], header: EdfHeader, texts: AnnotationSignal) -> None:
    step = max(1, _BLOCK_BYTES // header.record_bytes)
    for first in range(0, header.n_records, step):
        last = min(first + step, header.n_records)
        records = np.empty((last - first, header.record_bytes), dtype=np.uint8)
        read_exactly(file, header.header_bytes + first * header.record_bytes, records.reshape(-1))
        out.write(np.hstack([records, texts.rows(first, last)]).tobytes())
