"""The signal of an EDF+ file that holds texts and time: events → the bytes of each data record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations, Event
from ictal.io.edf_annotations import TimeStampedTexts, encode_tal
from ictal.io.edf_header import SignalHeader

_TIME_BYTES = 20
"""A sign, eight digits, a point, six decimals and three marks fit."""

_USUAL_ROOM = 44
"""Bytes for the texts of a record; room for one detected seizure with its onset and duration."""

_DECIMALS = 6
"""Onsets are written to the microsecond."""


def event_text(event: Event) -> str:
    """Return what an EDF+ file says about an event: its type, then its confidence if there is one.

    Examples
    --------
    >>> event_text(Event(10.0, 5.0, "sz", confidence=0.871))
    'sz 0.87'
    """
    return event.event_type if event.confidence is None else f"{event.event_type} {event.confidence:.2f}"


class AnnotationSignal:
    """Events laid out over the data records of a file.

    An event stands in the record in which it begins, or where that is full in a later one.

    Parameters
    ----------
    annotations : Annotations
        Seconds from the first sample; their duration is that of the file.
    n_records : int
        Data records in the file.
    sample_bytes : int
        2 for EDF, 3 for BDF.
    first_onset : float
        When the first sample was taken, in seconds after the start time of the header.
    record_onsets : ndarray, shape (n_records,), optional
        When each record begins on the same clock, if this signal shall keep the time of the file.

    Examples
    --------
    >>> signal = AnnotationSignal(Annotations([Event(1.5, 2.0)], 4.0), 4, record_onsets=np.arange(4.0))
    >>> signal.rows(1, 2).tobytes().rstrip(b"\\0")
    b'+1\\x14\\x14\\x00+1.5\\x152\\x14sz\\x14'
    """

    def __init__(
        self,
        annotations: Annotations,
        n_records: int,
        *,
        sample_bytes: int = 2,
        first_onset: float = 0.0,
        record_onsets: NDArray[np.float64] | None = None,
    ) -> None:
        self._record_onsets = record_onsets
        per_second = n_records / annotations.duration if annotations.duration else 0.0
        lists = []
        for event in annotations:
            onset = round(event.onset + first_onset, _DECIMALS)
            duration = round(event.duration, _DECIMALS) if event.duration else None
            record = min(max(int(event.onset * per_second), 0), n_records - 1)
            lists.append((record, encode_tal(TimeStampedTexts(onset, duration, (event_text(event),)))))
        room, self._texts = lay_out(lists, n_records)
        n_bytes = room + (0 if record_onsets is None else _TIME_BYTES)
        self._n_samples = -(-n_bytes // sample_bytes)
        self._sample_bytes = sample_bytes

    @property
    def header(self) -> SignalHeader:
        """What the header of the file says about this signal."""
        label = "EDF Annotations" if self._sample_bytes == 2 else "BDF Annotations"
        half = 2 ** (8 * self._sample_bytes - 1)
        return SignalHeader(label, "", -1.0, 1.0, -half, half - 1, self._n_samples)

    def rows(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return the bytes of records ``[first, last)``, shape (n_records, n_bytes)."""
        n_bytes = self._n_samples * self._sample_bytes
        content = b"".join(self._row(record).ljust(n_bytes, b"\0") for record in range(first, last))
        return np.frombuffer(content, dtype=np.uint8).reshape(-1, n_bytes)

    def _row(self, record: int) -> bytes:
        text = self._texts.get(record, b"")
        if self._record_onsets is None:
            return text
        onset = round(float(self._record_onsets[record]), _DECIMALS)
        return encode_tal(TimeStampedTexts(onset, None, ("",))) + text


def lay_out(lists: Sequence[tuple[int, bytes]], n_records: int) -> tuple[int, dict[int, bytes]]:
    """Return how many bytes of text a record needs, and the text of each record that has one.

    Parameters
    ----------
    lists : sequence of (record, bytes)
        What is to be said, and the record where it belongs, in order.
    n_records : int
        How many records there are.

    Examples
    --------
    >>> lay_out([(0, bytes(30)), (0, bytes(30))], n_records=2)[1].keys()
    dict_keys([0, 1])
    """
    room = max([_USUAL_ROOM, *(len(text) for _, text in lists)])
    while True:
        texts: dict[int, bytes] = {}
        place = 0
        for record, text in lists:
            place = max(place, record)
            if len(texts.get(place, b"")) + len(text) > room:
                place += 1
            texts[place] = texts.get(place, b"") + text
        if place < n_records:
            return room, texts
        room *= 2
