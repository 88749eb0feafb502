"""The seizure lists of Siena: free text of clinicians, one file a patient, in times of day.

Each seizure has a paragraph; what it does not say is taken from the one before, or from the lines above the first.
Times are read with any mixture of dots and colons. Where two are given, the electric onset goes before the clinical
one, and of an end that was put right (``11.41.04 opure 11.40.43``: *or*) the second counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ictal.io.corpora.corpus import Remark

_SEIZURE = re.compile(r"seizure\s*n\D{0,3}(\d+)", re.IGNORECASE)
_FILE = re.compile(r"file name\s*:\s*(\S*)", re.IGNORECASE)
_REGISTRATION = re.compile(r"registration (start|end) time\s*:?(.*)", re.IGNORECASE)
_TIME = re.compile(r"(?:seizure )?(start|end) time\s*:?(.*)", re.IGNORECASE)
_DAY = 86400
_CLOCK = re.compile(r"(?<!\d)(\d ?\d?)[.:](\d\d)[.:](\d\d)(?!\d)\s*(?:\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class ListedSeizure:
    """One paragraph of a list; all times in seconds after midnight.

    Parameters
    ----------
    number : int
        As the list counts.
    file : str
        As the list spells it; empty where it names none.
    start, stop : int
    registration : (start, stop)
        Of the file that holds it, each ``None`` where the list does not say.
    """

    number: int
    file: str
    start: int
    stop: int
    registration: tuple[int | None, int | None] = (None, None)


def parse_seizure_list(lines: Iterable[str], name: str) -> tuple[tuple[ListedSeizure, ...], tuple[Remark, ...]]:
    """Return the seizures of a list, and what was odd.

    Parameters
    ----------
    lines : iterable of str
        Without line ends.
    name : str
        Of the list, for the remarks.

    Examples
    --------
    >>> seizures, remarks = parse_seizure_list(
    ...     [
    ...         "Seizure n 1 (in sleep):",
    ...         "File name: PN16-2.edf ",
    ...         "Registration start time: 00.53.55",
    ...         "Registration end time: 03.28.52",
    ...         "Seizure start time: 03.16.49 ",
    ...         "Seizure end time:03.18.36",
    ...     ],
    ...     "PN16",
    ... )
    >>> seizures[0].file, seizures[0].start, seizures[0].stop, remarks
    ('PN16-2.edf', 11809, 11916, ())
    """
    reader = _Reader(name)
    for number, line in enumerate(lines, start=1):
        reader.read(number, line.strip())
    reader.finish_seizure()
    return tuple(reader.seizures), tuple(reader.remarks)


def read_clock(text: str) -> tuple[int | None, str]:
    """Return the time of day that a text gives, in seconds after midnight, and in words what was chosen or mended.

    Examples
    --------
    >>> read_clock("16:13.23")
    (58403, '')
    >>> read_clock("15.43.53 (CLINICAL ONSET); 15.43.59 (ELECTRIC ONSET)")
    (56639, 'of 2 times the electric onset is taken')
    >>> read_clock("1 6.49.25")
    (60565, 'a blank within the time is passed over')
    """
    found = [(_seconds(match), (match[4] or "").lower(), " " in match[1].strip()) for match in _CLOCK.finditer(text)]
    times = [each for each in found if each[0] is not None]
    if not times:
        return None, ""
    electric = [each for each in times if "electric" in each[1]]
    seconds, label, has_blank = (electric or times)[-1]
    if len(times) > 1:
        return seconds, f"of {len(times)} times the {'electric onset' if electric else 'last'} is taken"
    if "clinical" in label:
        return seconds, "the clinical onset is taken, as it is the only one given"
    return seconds, "a blank within the time is passed over" if has_blank else ""


def find_file_name(written: str, subject: str, number: int, known: Sequence[str] = ()) -> str:
    """Return the file that a list means, without its suffix.

    The letter O stands for zero; a name that ends in a dash lacks the number of the seizure; where the number is
    missing with the dash, or there is no name, it is the patient's only file.

    Parameters
    ----------
    written : str
        As in the list.
    subject : str
    number : int
        Of the seizure.
    known : sequence of str, optional
        The patient's files.

    Examples
    --------
    >>> [find_file_name(name, name[:4], 1) for name in ("PN00-3.edf", "PNO6-2.edf", "PN11-.edf", "PN01.edf")]
    ['PN00-3', 'PN06-2', 'PN11-1', 'PN01-1']
    """
    stem = written.strip().removesuffix(".edf").upper().replace("O", "0")
    if stem.endswith("-"):
        return f"{stem}{number}"
    if "-" in stem:
        return stem
    return known[0] if len(known) == 1 else f"{subject}-1"


def place_seizure(seizure: ListedSeizure, clock: int, duration: float) -> tuple[int, int, str]:
    """Return onset and length of a seizure in seconds of its file, and in words what was mended.

    An end beyond the file is taken for a slip in the hour, where with the hour of the onset the seizure lies inside.

    Parameters
    ----------
    seizure : ListedSeizure
    clock : int
        When the file begins, in seconds after midnight.
    duration : float
        Seconds of the file.

    Examples
    --------
    >>> place_seizure(ListedSeizure(3, "PN00-3.edf", 66509, 70169), 65744, 2509.0)
    (765, 60, 'the seizure ends after the file; its end is read with the hour of its onset')
    """
    onset, length = (seizure.start - clock) % _DAY, (seizure.stop - seizure.start) % _DAY
    in_the_hour = seizure.stop % 3600 - seizure.start % 3600
    if onset + length > duration >= onset + in_the_hour > onset:
        return onset, in_the_hour, "the seizure ends after the file; its end is read with the hour of its onset"
    return onset, length, ""


def _seconds(match: re.Match[str]) -> int | None:
    hours, minutes, seconds = (int(part.replace(" ", "")) for part in match.groups()[:3])
    return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 60 else None


class _Reader:
    """What is known after some lines of a list."""

    def __init__(self, name: str) -> None:
        self.seizures: list[ListedSeizure] = []
        self.remarks: list[Remark] = []
        self._name = name
        self._number: int | None = None
        self._file = ""
        self._registration: dict[str, int] = {}
        self._times: dict[str, int] = {}

    def read(self, line_number: int, line: str) -> None:
        """Take one line."""
        if match := _SEIZURE.match(line):
            self.finish_seizure()
            self._number = int(match[1])
        elif match := _FILE.match(line):
            if match[1] != self._file:
                self._registration = {}
            self._file = match[1]
        elif match := _REGISTRATION.match(line):
            self._keep_time(self._registration, match, line_number)
        elif match := _TIME.match(line):
            self._keep_time(self._times, match, line_number)
        elif line and self._number is not None:
            self._remark("unread-line", f"line {line_number} cannot be understood; it is passed over.")

    def _keep_time(self, kept: dict[str, int], match: re.Match[str], line_number: int) -> None:
        seconds, oddity = read_clock(match[2])
        if seconds is None:
            self._remark("unread-line", f"line {line_number} holds no time of day; it is passed over.")
            return
        kept[match[1].lower()] = seconds
        if oddity:
            self._remark("odd-time", f"line {line_number}: {oddity}.")

    def finish_seizure(self) -> None:
        """Close the paragraph that is being read, if there is one."""
        if self._number is None:
            return
        if {"start", "end"} <= self._times.keys():
            registration = (self._registration.get("start"), self._registration.get("end"))
            seizure = ListedSeizure(self._number, self._file, self._times["start"], self._times["end"], registration)
            self.seizures.append(seizure)
        else:
            self._remark("no-time", f"seizure {self._number} has no start or no end; it is left out.")
        self._number, self._times = None, {}

    def _remark(self, kind: str, text: str) -> None:
        self.remarks.append(Remark(kind, self._name, text))
