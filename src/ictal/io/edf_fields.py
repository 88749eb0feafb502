"""Single fields of an EDF header: bytes of fixed width ↔ values, as decode/encode pairs that stand side by side.

A decoder reads as much as can be read and reports what it had to mend; what it cannot read comes back as NaN or
``None``, and the caller knows what that means for the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from ictal.core.errors import ParameterError

Report = Callable[[str], None]

_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_THREE_NUMBERS = re.compile(r"(\d{1,2})([.:/,\- ])(\d{1,2})([.:/,\- ])(\d{2}|\d{4})")
_START_DATE = re.compile(r"Startdate\s+(\d{1,2})-([A-Za-z]{3})-(\d{4})(?:\s|$)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FIRST_SHORT_YEAR = 1985
"""Two digits of a year mean 1985 to 2084, as the EDF+ specification rules."""
_NAMED_SIGNALS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file that was mended, assumed or left out.

    Parameters
    ----------
    field : str
        The header field or channel.
    text : str
        What was wrong with it and what was done.
    """

    field: str
    text: str


class Ledger:
    """Collects findings; one that many signals share is told once.

    Examples
    --------
    >>> ledger = Ledger()
    >>> for label in ("Fp1", "Fp2"):
    ...     ledger.add("physical minimum", "has a decimal comma", label)
    >>> ledger.findings
    (Finding(field='physical minimum of Fp1, Fp2', text='has a decimal comma'),)
    """

    def __init__(self) -> None:
        self._signals: dict[tuple[str, str], list[str]] = {}

    def add(self, field: str, text: str, signal: str | None = None) -> None:
        """Note `text` about `field`, of one signal where `signal` is its label."""
        shared = self._signals.setdefault((field, text), [])
        if signal is not None:
            shared.append(signal)

    def at(self, field: str, signal: str | None = None) -> Report:
        """Return a function that notes a text about this one field."""
        return lambda text: self.add(field, text, signal)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noted, in order."""
        return tuple(
            Finding(f"{field} of {list_labels(labels)}" if labels else field, text)
            for (field, text), labels in self._signals.items()
        )


def list_labels(labels: list[str]) -> str:
    """Name the first labels and count the others.

    Examples
    --------
    >>> list_labels(["Fp1", "F7", "", "C3", "O1"])
    "Fp1, F7, '' and 2 more"
    """
    named = ", ".join(label or "''" for label in labels[:_NAMED_SIGNALS])
    others = len(labels) - _NAMED_SIGNALS
    return f"{named} and {others} more" if others > 0 else named


def decode_text(raw: bytes, report: Report) -> str:
    """Return the text of a field without padding; bytes beyond ASCII are read as UTF-8 or else Latin-1.

    Examples
    --------
    >>> decode_text(b"EEG Fp1  ", print)
    'EEG Fp1'
    >>> decode_text(bytes([0xB5]) + b"V", print)
    has non-ASCII bytes; read as Latin-1
    'µV'
    """
    content = raw.split(b"\0", 1)[0].strip()
    if content.isascii():
        return content.decode("ascii")
    try:
        text = content.decode("utf-8")
        report("has non-ASCII bytes; read as UTF-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        report("has non-ASCII bytes; read as Latin-1")
    return text.strip()


def encode_text(text: str, width: int, field: str) -> bytes:
    """Return `text` as ASCII, padded with blanks; what ASCII lacks becomes ``?``, but µ becomes u.

    Raises
    ------
    ParameterError
        If the text is longer than the field.
    """
    content = text.replace("µ", "u").replace("μ", "u").encode("ascii", "replace")
    if len(content) > width:
        raise ParameterError(f"{field}: {len(content)} characters are not allowed; the field holds {width}.")
    return content.ljust(width)


def decode_number(raw: bytes, report: Report) -> float:
    """Return the number of a field, or NaN if there is none or it is not finite.

    Examples
    --------
    >>> decode_number(b"-12,5   ", print)
    has a decimal comma
    -12.5
    """
    text = raw.split(b"\0", 1)[0].strip().decode("latin-1")
    if not text.isascii() or _NUMBER.fullmatch(text) is None:
        return math.nan
    if "," in text:
        report("has a decimal comma")
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else math.nan


def encode_number(number: float, field: str) -> bytes:
    """Return a number in eight characters with as many decimals as fit.

    Raises
    ------
    ParameterError
        If it does not fit.

    Examples
    --------
    >>> encode_number(-504.53125, "physical minimum")
    b'-504.531'
    """
    if math.isfinite(number):
        for decimals in range(7, -1, -1):
            text = f"{number:.{decimals}f}"
            if decimals:
                text = text.rstrip("0").rstrip(".")
            if len(text) <= 8:
                return text.encode("ascii").ljust(8)
    raise ParameterError(f"{field}: {number!r} is not allowed; the field holds a finite number of 8 characters.")


def decode_integer(raw: bytes) -> int | None:
    """Return the whole number of a field, or ``None``.

    Examples
    --------
    >>> decode_integer(b"24  "), decode_integer(b"24.5"), decode_integer(b"")
    (24, None, None)
    """
    number = decode_number(raw, lambda _: None)
    return int(number) if number.is_integer() else None


def decode_date(raw: bytes, report: Report) -> date | None:
    """Return the date of a ``dd.mm.yy`` field, or ``None`` where it names no day.

    Examples
    --------
    >>> decode_date(b"13.03.59", print)
    datetime.date(2059, 3, 13)
    """
    numbers = _decode_three_numbers(raw, report)
    if numbers is None:
        return None
    day, month, year = numbers
    if year < 100:
        year += 1900 if year >= FIRST_SHORT_YEAR - 1900 else 2000
    try:
        return date(year, month, day)
    except ValueError:
        return None


def encode_date(day: date | None) -> bytes:
    """Return ``dd.mm.yy``; the year is ``yy`` outside 1985–2084, and no date is the first day of 1985."""
    if day is None:
        return b"01.01.85"
    year = f"{day.year % 100:02}" if FIRST_SHORT_YEAR <= day.year < FIRST_SHORT_YEAR + 100 else "yy"
    return f"{day.day:02}.{day.month:02}.{year}".encode("ascii")


def decode_time(raw: bytes, report: Report) -> time | None:
    """Return the time of day of a ``hh.mm.ss`` field, or ``None`` where it names none.

    Examples
    --------
    >>> decode_time(b"23:59:01", print)
    has ':' where '.' belongs
    datetime.time(23, 59, 1)
    """
    numbers = _decode_three_numbers(raw, report)
    if numbers is None:
        return None
    try:
        return time(*numbers)
    except ValueError:
        return None


def encode_time(moment: time) -> bytes:
    """Return ``hh.mm.ss``."""
    return moment.strftime("%H.%M.%S").encode("ascii")


def _decode_three_numbers(raw: bytes, report: Report) -> tuple[int, int, int] | None:
    match = _THREE_NUMBERS.fullmatch(raw.decode("latin-1").strip(" \0"))
    if match is None or not match.group().isascii():
        return None
    for separator in dict.fromkeys((match[2], match[4])):
        if separator != ".":
            report(f"has {separator!r} where '.' belongs")
    return int(match[1]), int(match[3]), int(match[5])


def decode_start_date(recording_field: str) -> date | None:
    """Return the date with a full year that an EDF+ recording field begins with, or ``None``.

    Examples
    --------
    >>> decode_start_date("Startdate 02-MAR-2002 X X X")
    datetime.date(2002, 3, 2)
    """
    match = _START_DATE.match(recording_field)
    if match is None or match[2].upper() not in _MONTHS:
        return None
    try:
        return date(int(match[3]), _MONTHS.index(match[2].upper()) + 1, int(match[1]))
    except ValueError:
        return None


def encode_start_date(day: date | None) -> str:
    """Return what an EDF+ recording field begins with."""
    if day is None:
        return "Startdate X"
    return f"Startdate {day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}"
