"""The summaries of CHB-MIT: which files a case has, when they were taken, their channels and their seizures.

A summary is a list of files, each with its seizures in whole seconds of that file. Numbers of seizures are missing or
wrong here and there, so that starts and ends are paired by their order alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ictal.core.spans import Span
from ictal.io.corpora.corpus import Remark

_RATE = re.compile(r"Data Sampling Rate:\s*(\d+)", re.IGNORECASE)
_SECTION = re.compile(r"Channels (?:in EDF Files|changed):", re.IGNORECASE)
_CHANNEL = re.compile(r"Channel \d+:\s*(\S.*)", re.IGNORECASE)
_FILE = re.compile(r"File Name:\s*(\S+?)(?:\.edf)?$", re.IGNORECASE)
_CLOCK = re.compile(r"File (Start|End) Time:\s*(\d+):(\d+):(\d+)", re.IGNORECASE)
_COUNT = re.compile(r"Number of Seizures in File:\s*(\d+)", re.IGNORECASE)
_TIME = re.compile(r"Seizure\s*(\d*)\s*(Start|End) Time:\s*(\d+)\s*sec", re.IGNORECASE)

_DEFAULT_RATE = 256


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a summary.

    Parameters
    ----------
    name : str
        Without its suffix: ``"chb01_03"``.
    channels : tuple of str
        As the section of channels in force names them, dummies (``-``, ``.``) and repeated labels included.
    sampling_rate : int
        Hz.
    start, stop : int, optional
        Seconds after midnight; the hour of `stop` may be written as 24 or more.
    seizures : tuple of (start, stop)
        Seconds of this file.
    """

    name: str
    channels: tuple[str, ...]
    sampling_rate: int = _DEFAULT_RATE
    start: int | None = None
    stop: int | None = None
    seizures: tuple[Span, ...] = ()

    @property
    def duration(self) -> int | None:
        """Seconds between the two clock times, which are less than a day apart."""
        return None if self.start is None or self.stop is None else (self.stop - self.start) % 86400


def parse_summary(lines: Iterable[str]) -> tuple[tuple[ListedFile, ...], tuple[Remark, ...]]:
    """Return the files of a summary in its order, and what was odd.

    Parameters
    ----------
    lines : iterable of str
        Without line ends.

    Examples
    --------
    >>> files, remarks = parse_summary(
    ...     [
    ...         "Channels in EDF Files:",
    ...         "Channel 1: FP1-F7",
    ...         "Channel 2: F7-T7",
    ...         "File Name: chb01_03.edf",
    ...         "File Start Time: 23:43:04",
    ...         "File End Time: 24:43:04",
    ...         "Number of Seizures in File: 1",
    ...         "Seizure Start Time: 2996 seconds",
    ...         "Seizure End Time:   3036 seconds",
    ...     ]
    ... )
    >>> files[0].name, files[0].channels, files[0].duration, files[0].seizures
    ('chb01_03', ('FP1-F7', 'F7-T7'), 3600, ((2996.0, 3036.0),))
    """
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        reader.read(number, line.strip())
    reader.finish_file()
    return tuple(reader.files), tuple(reader.remarks)


class _Reader:
    """What is known after some lines of a summary."""

    def __init__(self) -> None:
        self.files: list[ListedFile] = []
        self.remarks: list[Remark] = []
        self._rate = _DEFAULT_RATE
        self._channels: list[str] = []
        self._file: ListedFile | None = None
        self._n_said: int | None = None
        self._starts: list[tuple[str, int]] = []
        self._ends: list[tuple[str, int]] = []

    def read(self, number: int, line: str) -> None:
        """Take one line."""
        if match := _FILE.match(line):
            self.finish_file()
            self._file = ListedFile(match[1], tuple(self._channels), self._rate)
        elif _SECTION.match(line):
            self.finish_file()
            self._channels = []
        elif match := _CHANNEL.match(line):
            self._channels.append(match[1])
        elif match := _RATE.match(line):
            self._rate = int(match[1])
        elif line.strip("* ") and not (self._file is not None and self._read_of_file(self._file, line)):
            subject = "summary" if self._file is None else self._file.name
            self._remark(
                "unread-line", subject, f"line {number} of the summary cannot be understood; it is passed over."
            )

    def _read_of_file(self, file: ListedFile, line: str) -> bool:
        """Take a line that belongs to a file; return whether it was one."""
        if match := _CLOCK.match(line):
            seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4])
            is_start = match[1].lower() == "start"
            self._file = replace(file, start=seconds) if is_start else replace(file, stop=seconds)
        elif match := _COUNT.match(line):
            self._n_said = int(match[1])
        elif match := _TIME.match(line):
            side = self._starts if match[2].lower() == "start" else self._ends
            side.append((match[1], int(match[3])))
        return match is not None

    def finish_file(self) -> None:
        """Close the file that is being read, if there is one."""
        if self._file is not None:
            self.files.append(replace(self._file, seizures=tuple(self._pair_times(self._file.name))))
        self._file, self._n_said, self._starts, self._ends = None, None, [], []

    def _pair_times(self, name: str) -> Iterable[Span]:
        pairs = list(zip(self._starts, self._ends, strict=False))
        n_marks = max(len(self._starts), len(self._ends))
        if len(self._starts) != len(self._ends):
            said = f"{len(self._starts)} starts and {len(self._ends)} ends of seizures came"
            self._remark("conflict", name, f"{said}; those that have a partner are kept.")
        if self._n_said is not None and self._n_said != n_marks:
            said = f"the summary says {self._n_said} seizures and gives the times of {n_marks}"
            self._remark("conflict", name, f"{said}; the times are kept.")
        for (start_number, start), (end_number, end) in pairs:
            if start_number != end_number:
                numbers = f"{start_number or 'none'} at its start, {end_number or 'none'} at its end"
                said = f"the seizure at {start} s has number {numbers}"
                self._remark("wrong-number", name, f"{said}; they are paired by their order.")
            if end > start:
                yield float(start), float(end)
            else:
                self._remark("conflict", name, f"a seizure from {start} to {end} s came; it is left out.")

    def _remark(self, kind: str, subject_of: str, text: str) -> None:
        self.remarks.append(Remark(kind, subject_of, text))
