"""The header of an EDF, EDF+, BDF or BDF+ file: bytes ↔ values, a visible pair of :func:`decode_header` and
:func:`encode_header`.

Headers in the wild lie. What the file's size or a second field can settle is mended and noted; what nothing can
settle is refused.

References
----------
Kemp et al., A simple format for exchange of digitized polygraphic recordings, Electroenceph. Clin. Neurophysiol. 1992.
Kemp and Olivan, European data format 'plus' (EDF+), Clin. Neurophysiol. 2003.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

from ictal.core.errors import RecordingError
from ictal.io.edf_fields import (
    Finding,
    Ledger,
    decode_date,
    decode_integer,
    decode_number,
    decode_start_date,
    decode_text,
    decode_time,
    encode_date,
    encode_number,
    encode_text,
    encode_time,
)
from ictal.io.edf_layout import (
    BDF_VERSION,
    FIXED_BYTES,
    SIGNAL_FIELDS,
    claimed_signal_counts,
    count_records,
    count_signals,
    cut_signal_fields,
    decode_version,
    show_number,
)

_RECORD_DURATIONS = (1e-6, 1e7)


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """How one signal is stored.

    Parameters
    ----------
    label, transducer, dimension, prefilter, reserved : str
        As the file spells them, without padding.
    physical_min, physical_max : float
        What the digital extremes mean, in units of `dimension`; both 0 where the file does not say.
    digital_min, digital_max : int
        Both 0 where the file does not say.
    samples_per_record : int
        Samples in one data record.

    Examples
    --------
    >>> SignalHeader("Fp1", "uV", -100.0, 100.0, -2048, 2047, 256).gain
    0.04884004884004884
    """

    label: str
    dimension: str
    physical_min: float
    physical_max: float
    digital_min: int
    digital_max: int
    samples_per_record: int
    transducer: str = ""
    prefilter: str = ""
    reserved: str = ""

    @property
    def is_annotation(self) -> bool:
        """Whether the signal holds time-stamped annotations lists."""
        return self.label.upper() in {"EDF ANNOTATIONS", "BDF ANNOTATIONS"}

    @property
    def gain(self) -> float:
        """Physical units per digital step; negative where the amplifier inverts, NaN where the scale is unknown."""
        steps = float(self.digital_max) - float(self.digital_min)
        gain = (self.physical_max - self.physical_min) / steps if steps else math.nan
        return gain if gain and math.isfinite(gain) else math.nan

    @property
    def offset(self) -> float:
        """The physical value of digital 0."""
        return self.physical_min - self.gain * self.digital_min


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """What an EDF or BDF file says about itself.

    Parameters
    ----------
    signals : tuple of SignalHeader
        In the order of the file.
    n_records : int
        Data records, counted from the size of the file.
    record_duration : float
        Seconds; 0 in files that hold annotations alone.
    start_time : datetime or None
        To the second; ``None`` where the file names no possible moment.
    sample_bytes : int
        2 for EDF, 3 for BDF.
    reserved : str
        Begins with ``EDF+C``, ``EDF+D``, ``BDF+C`` or ``BDF+D`` in the plus formats.
    patient, recording : str
        The identification fields; they may name a person and are never shown.
    """

    signals: tuple[SignalHeader, ...]
    n_records: int
    record_duration: float
    start_time: datetime | None = field(default=None, repr=False)
    sample_bytes: int = 2
    reserved: str = ""
    patient: str = field(default="", repr=False)
    recording: str = field(default="", repr=False)

    @property
    def header_bytes(self) -> int:
        """Where the first data record begins."""
        return FIXED_BYTES * (len(self.signals) + 1)

    @property
    def record_bytes(self) -> int:
        """Size of one data record."""
        return self.sample_bytes * sum(signal.samples_per_record for signal in self.signals)

    @property
    def is_discontinuous(self) -> bool:
        """Whether the records may be apart in time (EDF+D, BDF+D)."""
        return self.reserved[:5] in {"EDF+D", "BDF+D"}

    @property
    def signal_offsets(self) -> tuple[int, ...]:
        """The byte of a data record at which each signal begins."""
        offsets = [0]
        for signal in self.signals[:-1]:
            offsets.append(offsets[-1] + self.sample_bytes * signal.samples_per_record)
        return tuple(offsets)


def read_header(file: BinaryIO, file_size: int, path: Path | None = None) -> tuple[EdfHeader, tuple[Finding, ...]]:
    """Read the header of an open file, as far as its own numbers say it may reach; see :func:`decode_header`."""
    file.seek(0)
    data = file.read(FIXED_BYTES)
    if data[:1] in {b"0", b"\xff"}:
        data += file.read(FIXED_BYTES * max(claimed_signal_counts(data), default=0))
    return decode_header(data, file_size, path)


def decode_header(data: bytes, file_size: int, path: Path | None = None) -> tuple[EdfHeader, tuple[Finding, ...]]:
    """Decode and check the beginning of a file.

    Parameters
    ----------
    data : bytes
        The header, or more of the file.
    file_size : int
        Bytes in the whole file; it settles how many data records there are.
    path : Path, optional
        For messages.

    Returns
    -------
    EdfHeader
        With every number mended that could be.
    tuple of Finding
        What was mended.

    Raises
    ------
    RecordingError
        If the file is no EDF or BDF, or its layout cannot be known.

    Examples
    --------
    >>> header = EdfHeader((SignalHeader("Fp1", "uV", -100.0, 100.0, -2048, 2047, 256),), 60, 1.0)
    >>> decoded, findings = decode_header(encode_header(header), file_size=512 + 60 * 512)
    >>> decoded.n_records, decoded.signals[0].label, findings
    (60, 'Fp1', ())
    """
    ledger = Ledger()
    sample_bytes = decode_version(data, path)
    n_signals = count_signals(data, path, ledger)
    signals = _decode_signals(data, n_signals, ledger)
    record_bytes = sample_bytes * sum(signal.samples_per_record for signal in signals)
    n_records = count_records(data, file_size - FIXED_BYTES * (n_signals + 1), record_bytes, path, ledger)
    recording = decode_text(data[88:168], _ignore)
    header = EdfHeader(
        signals=signals,
        n_records=n_records,
        record_duration=_decode_record_duration(data, signals, path, ledger),
        start_time=_decode_start(data, decode_start_date(recording), ledger),
        sample_bytes=sample_bytes,
        reserved=decode_text(data[192:236], _ignore),
        patient=decode_text(data[8:88], _ignore),
        recording=recording,
    )
    return header, ledger.findings


def encode_header(header: EdfHeader) -> bytes:
    """Encode a header; numbers keep as many decimals as eight characters hold.

    Raises
    ------
    ParameterError
        If a text or a number does not fit into its field.
    """
    start = header.start_time
    fixed = [
        BDF_VERSION if header.sample_bytes == 3 else b"0".ljust(8),
        encode_text(header.patient, 80, "patient"),
        encode_text(header.recording, 80, "recording"),
        encode_date(None if start is None else start.date()),
        encode_time(time() if start is None else start.time()),
        encode_number(header.header_bytes, "header bytes"),
        encode_text(header.reserved, 44, "reserved"),
        encode_number(header.n_records, "data records"),
        encode_number(header.record_duration, "duration of a data record"),
        encode_text(str(len(header.signals)), 4, "number of signals"),
    ]
    described = [
        _encode_value(getattr(signal, attribute), width, name)
        for name, (width, attribute) in SIGNAL_FIELDS.items()
        for signal in header.signals
    ]
    return b"".join(fixed + described)


def _encode_value(value: str | float, width: int, field_name: str) -> bytes:
    return encode_text(value, width, field_name) if isinstance(value, str) else encode_number(value, field_name)


def _ignore(text: str) -> None:
    """Hear of a mend that changes nothing for the reader."""


def _decode_signals(data: bytes, n_signals: int, ledger: Ledger) -> tuple[SignalHeader, ...]:
    columns = cut_signal_fields(data, n_signals)
    return tuple(
        _decode_signal({name: raws[index] for name, raws in columns.items()}, index + 1, ledger)
        for index in range(n_signals)
    )


def _decode_signal(raw: dict[str, bytes], number: int, ledger: Ledger) -> SignalHeader:
    label = decode_text(raw["label"], ledger.at("label", f"signal {number}"))
    dimension = decode_text(raw["physical dimension"], ledger.at("physical dimension", label))
    signal = SignalHeader(
        label=label,
        dimension=dimension,
        physical_min=0.0,
        physical_max=0.0,
        digital_min=0,
        digital_max=0,
        samples_per_record=decode_integer(raw["samples per data record"]) or 0,
        transducer=decode_text(raw["transducer"], _ignore),
        prefilter=decode_text(raw["prefiltering"], _ignore),
        reserved=decode_text(raw["reserved"], _ignore),
    )
    physical = [decode_number(raw[name], ledger.at(name, label)) for name in ("physical minimum", "physical maximum")]
    digital = [decode_integer(raw[name]) for name in ("digital minimum", "digital maximum")]
    if digital[0] is None or digital[1] is None or not all(map(math.isfinite, physical)):
        if not signal.is_annotation:
            ledger.add("physical and digital range", "is not made of four numbers; the scale is unknown", label)
        return signal
    return replace(
        signal,
        physical_min=physical[0],
        physical_max=physical[1],
        digital_min=digital[0],
        digital_max=digital[1],
    )


def _decode_record_duration(data: bytes, signals: tuple[SignalHeader, ...], path: Path | None, ledger: Ledger) -> float:
    field_name = "duration of a data record"
    duration = decode_number(data[244:252], ledger.at(field_name))
    shortest, longest = _RECORD_DURATIONS
    if shortest <= duration <= longest:
        return duration
    if any(signal.samples_per_record and not signal.is_annotation for signal in signals):
        raise RecordingError(
            f"{show_number(duration)} s is not allowed where there are signals, since it gives their sampling rate; "
            f"it must be from {shortest:g} to {longest:g} s",
            file=path,
            field=field_name,
        )
    if duration != 0:
        ledger.add(field_name, f"says {show_number(duration)} s; taken as 0, as there are annotations alone")
    return 0.0


def _decode_start(data: bytes, full_date: date | None, ledger: Ledger) -> datetime | None:
    """Return when the recording began; the full date of EDF+ settles the century where both dates agree."""
    day = decode_date(data[168:176], ledger.at("start date"))
    clock = decode_time(data[176:184], ledger.at("start time"))
    if day is None and full_date is not None:
        if not data[168:176].endswith(b"yy"):
            ledger.add("start date", "names no possible day; the one in the recording field is used")
        day = full_date
    elif day is not None and full_date is not None and day != full_date:
        if (day.day, day.month, day.year % 100) == (full_date.day, full_date.month, full_date.year % 100):
            day = full_date
        else:
            ledger.add("start date", "is not the one in the recording field; the former is used")
    if day is None:
        ledger.add("start date", "names no possible day; when the recording began is unknown")
    if clock is None:
        ledger.add("start time", "names no possible time; when the recording began is unknown")
    return None if day is None or clock is None else datetime.combine(day, clock)
