"""How many signals and data records a file holds, which its size can settle where the header lies."""

from __future__ import annotations

import math
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.io.edf_fields import Ledger, decode_integer

FIXED_BYTES = 256
"""Size of the part of a header that describes the file, and of the part that describes one signal."""

BDF_VERSION = b"\xffBIOSEMI"

SIGNAL_FIELDS = {
    "label": (16, "label"),
    "transducer": (80, "transducer"),
    "physical dimension": (8, "dimension"),
    "physical minimum": (8, "physical_min"),
    "physical maximum": (8, "physical_max"),
    "digital minimum": (8, "digital_min"),
    "digital maximum": (8, "digital_max"),
    "prefiltering": (80, "prefilter"),
    "samples per data record": (8, "samples_per_record"),
    "reserved": (32, "reserved"),
}
"""The fields that each signal has: name → (bytes, attribute of :class:`ictal.io.edf_header.SignalHeader`)."""

_MOST_SIGNALS = 9999


def decode_version(data: bytes, path: Path | None) -> int:
    """Return the bytes of a sample, which the first eight bytes of the file settle, whatever its name ends in."""
    if not data:
        raise RecordingError("is empty; copy it again from where it was recorded", file=path)
    if data[:8] == BDF_VERSION:
        sample_bytes = 3
    elif data[:1] == b"0" and not data[1:8].strip(b" \0"):
        sample_bytes = 2
    else:
        raise RecordingError(
            "is neither EDF nor BDF; an EDF begins with '0' and seven blanks, a BDF with 0xFF and 'BIOSEMI'; "
            "export the recording as one of them",
            file=path,
            field="version",
        )
    if len(data) < 2 * FIXED_BYTES:
        raise RecordingError(
            f"is cut short after {len(data)} bytes; the shortest has {2 * FIXED_BYTES}; copy the file again",
            file=path,
            field="header",
        )
    return sample_bytes


def claimed_signal_counts(data: bytes) -> list[int]:
    """Return the numbers of signals that the two fields about it claim, the direct one first."""
    header_bytes = decode_integer(data[184:192])
    claims = (decode_integer(data[252:256]), None if header_bytes is None else header_bytes // FIXED_BYTES - 1)
    return list(dict.fromkeys(claim for claim in claims if claim is not None and 1 <= claim <= _MOST_SIGNALS))


def count_signals(data: bytes, path: Path | None, ledger: Ledger) -> int:
    """Return the number of signals for which the header makes sense."""
    said, header_bytes = decode_integer(data[252:256]), decode_integer(data[184:192])
    claims = claimed_signal_counts(data)
    for n_signals in claims:
        if _find_bad_sample_count(data, n_signals) is None:
            if said != n_signals:
                ledger.add("number of signals", f"says {show_number(said)}, but the header describes {n_signals}")
            if header_bytes != FIXED_BYTES * (n_signals + 1):
                ledger.add(
                    "header bytes", f"says {show_number(header_bytes)}; {FIXED_BYTES * (n_signals + 1)} is right"
                )
            return n_signals
    if not claims:
        raise RecordingError(
            f"{show_number(said)} is not allowed; it must be a whole number from 1 to {_MOST_SIGNALS}",
            file=path,
            field="number of signals",
        )
    needed = FIXED_BYTES * (claims[0] + 1)
    if needed > len(data):
        raise RecordingError(
            f"is cut short after {len(data)} bytes; {claims[0]} signals need {needed}; copy the file again",
            file=path,
            field="header",
        )
    raise RecordingError(
        "is not allowed; it must be a whole number, 0 or more, and not 0 for all signals",
        file=path,
        field=f"samples per data record of signal {_find_bad_sample_count(data, claims[0])}",
    )


def _find_bad_sample_count(data: bytes, n_signals: int) -> int | None:
    """Return the first signal, from 1, whose samples per record cannot be, or ``None`` if all make sense."""
    if FIXED_BYTES * (n_signals + 1) > len(data):
        return 1
    counts = [decode_integer(raw) for raw in cut_signal_fields(data, n_signals)["samples per data record"]]
    for number, count in enumerate(counts, start=1):
        if count is None or count < 0:
            return number
    return None if any(counts) else 1


def cut_signal_fields(data: bytes, n_signals: int) -> dict[str, list[bytes]]:
    """Return the bytes of every field, one for each signal: the header holds all labels, then all transducers, …"""
    columns = {}
    start = FIXED_BYTES
    for name, (width, _) in SIGNAL_FIELDS.items():
        columns[name] = [data[start + i * width : start + (i + 1) * width] for i in range(n_signals)]
        start += width * n_signals
    return columns


def count_records(data: bytes, data_bytes: int, record_bytes: int, path: Path | None, ledger: Ledger) -> int:
    """Return how many whole data records the file holds: its size knows better than the header."""
    held, rest = divmod(data_bytes, record_bytes)
    if held < 1:
        raise RecordingError(
            f"the file ends after {max(data_bytes, 0)} of the {record_bytes} bytes of the first one; copy it again",
            file=path,
            field="data records",
        )
    said = decode_integer(data[236:244])
    if said != held:
        ledger.add("data records", f"says {show_number(said)}; the file holds {held} whole ones, which are read")
    if rest and said == held:
        ledger.add("data records", f"bytes after the last one are ignored: {rest}")
    elif rest:
        ledger.add("data records", f"the last one is left out; it has {rest} of {record_bytes} bytes")
    return held


def show_number(number: float | None) -> str:
    """Return a number for a message."""
    return "no number" if number is None or math.isnan(number) else f"{number:.10g}"
