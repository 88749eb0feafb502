"""Time-stamped annotations lists (TALs) of EDF+ and BDF+: bytes ↔ values.

A TAL is ``+onset[0x15 duration]0x14 text 0x14 [text 0x14 …] 0x00``. The first one of every data record has an empty
first text and keeps the time: its onset is when the record begins.

References
----------
Kemp and Olivan, European data format 'plus' (EDF+), Clin. Neurophysiol. 2003, section 2.2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Event

_STAMP = re.compile(rb"([+-]?\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?")
_TIME_ALONE = re.compile(rb"([+-]?\d{1,15}(?:\.\d*)?)\x14\x14\x00")
_SEPARATOR = b"\x14"
_END = b"\x00"


@dataclass(frozen=True, slots=True)
class TimeStampedTexts:
    """One time-stamped annotations list.

    Parameters
    ----------
    onset : float
        Seconds after the start time of the header.
    duration : float or None
        Seconds; ``None`` where the file says nothing.
    texts : tuple of str
        What happened then; an empty first text marks the list that keeps the time of its record.
    """

    onset: float
    duration: float | None
    texts: tuple[str, ...]

    @property
    def keeps_time(self) -> bool:
        """Whether the onset is that of the data record."""
        return self.texts[0] == ""


def decode_tals(data: bytes) -> tuple[list[TimeStampedTexts], int]:
    """Decode the bytes of one annotation signal in one data record.

    Parameters
    ----------
    data : bytes
        Lists, then zeros.

    Returns
    -------
    list of TimeStampedTexts
        In the order of the file.
    int
        How many lists could not be read and were passed over.

    Examples
    --------
    >>> decode_tals(b"+0\\x14\\x14\\x00+1.5\\x152\\x14Seizure\\x14\\x00\\x00")[0][1]
    TimeStampedTexts(onset=1.5, duration=2.0, texts=('Seizure',))
    """
    decoded = [_decode_tal(chunk) for chunk in data.split(_END) if chunk]
    tals = [tal for tal in decoded if tal is not None]
    return tals, len(decoded) - len(tals)


def _decode_tal(chunk: bytes) -> TimeStampedTexts | None:
    stamp, *texts = chunk.split(_SEPARATOR)
    match = _STAMP.fullmatch(stamp)
    if match is None or len(texts) < 2 or texts[-1]:
        return None
    onset, duration = float(match[1]), None if match[2] is None else float(match[2])
    if not math.isfinite(onset) or not math.isfinite(duration if duration is not None else 0.0):
        return None
    return TimeStampedTexts(onset, duration, tuple(_decode_annotation(text) for text in texts[:-1]))


def _decode_annotation(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def encode_tal(tal: TimeStampedTexts) -> bytes:
    """Encode one list.

    Raises
    ------
    ParameterError
        If a text holds one of the bytes that separate the parts of a list.

    Examples
    --------
    >>> encode_tal(TimeStampedTexts(1.5, None, ("Seizure",)))
    b'+1.5\\x14Seizure\\x14\\x00'
    """
    for text in tal.texts:
        if re.search(r"[\x00\x14\x15]", text):
            raise ParameterError(f"annotation: {text!r} is not allowed; it may not hold the bytes 0, 20 and 21.")
    stamp = np.format_float_positional(tal.onset, sign=True, trim="-")
    if tal.duration is not None:
        stamp += "\x15" + np.format_float_positional(tal.duration, trim="-")
    return "\x14".join([stamp, *tal.texts, "\x00"]).encode("utf-8")


def decode_record_onset(data: bytes) -> float:
    """Return when a data record begins, from the first annotation signal in it, or NaN where it does not say.

    Examples
    --------
    >>> decode_record_onset(b"+567.25\\x14\\x14\\x00\\x00")
    567.25
    """
    usual = _TIME_ALONE.match(data)
    if usual is not None:
        return float(usual[1])
    return next((tal.onset for tal in decode_tals(data)[0] if tal.keeps_time), math.nan)


def find_texts(rows: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return which data records hold more than the list that keeps the time.

    Parameters
    ----------
    rows : ndarray of uint8, shape (n_records, n_bytes)
        One annotation signal.

    Returns
    -------
    ndarray of int
        Numbers of rows; a row is named too if its first list is not made as it should be.
    """
    used = np.count_nonzero(rows, axis=1)
    is_one_list = used == np.where(rows.all(axis=1), -1, (rows == 0).argmax(axis=1))
    everyone = np.arange(len(rows))
    ends_twice = (rows[everyone, used - 1] == _SEPARATOR[0]) & (rows[everyone, used - 2] == _SEPARATOR[0])
    has_no_text = ends_twice & (np.count_nonzero(rows == _SEPARATOR[0], axis=1) == 2) & np.isin(rows[:, 0], list(b"+-"))
    return np.flatnonzero((used > 0) & ~(is_one_list & has_no_text))


def tals_to_events(tals: Iterable[TimeStampedTexts], start: float) -> list[Event]:
    """Return every text as an event; one of many lines becomes one line, as tables of events need it.

    Parameters
    ----------
    tals : iterable of TimeStampedTexts
        Onsets after the start time of the header.
    start : float
        When the first sample was taken, on the same clock.

    Examples
    --------
    >>> tals_to_events([TimeStampedTexts(2.25, None, ("", "Eyes closed"))], start=0.25)
    [Event(onset=2.0, duration=0.0, event_type='Eyes closed', confidence=None, channels=())]
    """
    return [
        Event(round(tal.onset - start, 9), 0.0 if tal.duration is None else tal.duration, " ".join(text.split()))
        for tal in tals
        for text in tal.texts
        if text.strip()
    ]
