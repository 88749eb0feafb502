"""Annotation files of PhysioNet in the MIT format: pairs of bytes that count the samples from one mark to the next.

References
----------
WFDB Applications Guide, annot(5): "MIT format", and the table of annotation codes of ``ecgcodes.h``.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.spans import Span

SEIZURE_BEGINS, SEIZURE_ENDS = 32, 33
"""The codes ``[`` and ``]``: ventricular flutter in hearts, seizures in the EEG of CHB-MIT."""

_SKIP, _NUMBER, _SUBTYPE, _CHANNEL, _TEXT = 59, 60, 61, 62, 63
_RESOLUTION = re.compile(r"## time resolution: ([\d.]+)")


@dataclass(frozen=True, slots=True)
class WfdbMark:
    """One annotation: its place in samples from the start, its code, and its text if it has one."""

    sample: int
    code: int
    text: str = ""


def decode_marks(data: bytes, path: Path | None = None) -> tuple[WfdbMark, ...]:
    """Decode the content of an annotation file.

    Parameters
    ----------
    data : bytes
    path : Path, optional
        For messages.

    Raises
    ------
    RecordingError
        If it ends within a mark.

    Examples
    --------
    >>> decode_marks(bytes.fromhex("00ec 0b00 00b4 0080 00ec 0000 0028 0084 0000"))
    (WfdbMark(sample=766976, code=32, text=''), WfdbMark(sample=777216, code=33, text=''))
    """
    marks: list[WfdbMark] = []
    sample = position = 0
    try:
        while word := struct.unpack_from("<H", data, position)[0]:
            code, interval = word >> 10, word & 0x3FF
            position += 2
            if code == _SKIP:
                high, low = struct.unpack_from("<hH", data, position)
                sample += (high << 16) + low
                position += 4
            elif code == _TEXT:
                (text,) = struct.unpack_from(f"{interval}s", data, position)
                marks[-1:] = [replace(mark, text=text.rstrip(b"\0").decode("latin-1")) for mark in marks[-1:]]
                position += interval + interval % 2
            elif code not in (_NUMBER, _SUBTYPE, _CHANNEL):
                sample += interval
                marks.append(WfdbMark(sample, code))
    except struct.error:
        raise RecordingError("ends within a mark; copy it again", file=path, field=f"byte {position}") from None
    return tuple(marks)


def read_seizure_marks(path: Path) -> tuple[Span, ...]:
    """Return the seizures of a ``.seizures`` file in seconds.

    Parameters
    ----------
    path : Path

    Raises
    ------
    RecordingError
        If the file cannot be read, does not say its time resolution, or a begin has no end.
    """
    try:
        marks = decode_marks(path.read_bytes(), path)
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
    said = [match for match in (_RESOLUTION.match(mark.text) for mark in marks) if match is not None]
    if not said:
        raise RecordingError("does not say how many samples a second has", file=path, field="time resolution")
    rate = float(said[0][1])
    begins = [mark.sample / rate for mark in marks if mark.code == SEIZURE_BEGINS]
    ends = [mark.sample / rate for mark in marks if mark.code == SEIZURE_ENDS]
    if len(begins) != len(ends):
        raise RecordingError(f"{len(begins)} seizures begin and {len(ends)} end", file=path)
    return tuple(zip(begins, ends, strict=True))
