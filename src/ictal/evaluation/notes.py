"""What was odd in many tables, counted by kind with the first example: 464 warnings are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    "unknown-type": "of a type that is not known; not counted as a seizure",
    "out-of-order": "before the row above it; rows are sorted",
    "overlap": "overlaps a seizure above it; their time is counted once",
    "no-duration": "a seizure of no length, or of none that is known; left out",
    "beyond-end": "a seizure that ends after the recording; cut at its end",
    "outside": "a seizure outside the recording; left out",
    "negative-onset": "a seizure that begins before the recording; cut at its begin",
    "length-from-recording": "the table does not say how long the recording is; taken from the recording itself",
    "length-from-hypothesis": "the table does not say how long the recording is; taken from the hypothesis",
    "missing": "without a hypothesis; counted as no detection",
    "other-length": "of another length than the reference; counted as no detection",
    "ignored": "a hypothesis without a reference; not scored",
}
"""Kind → what it is and what was done."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was odd and what was done, how often, and where first.

    Examples
    --------
    >>> str(Note("overlap", 3, "a.tsv: line 4"))
    'a.tsv: line 4: overlaps a seizure above it; their time is counted once (and 2 more like it)'
    """

    kind: str
    count: int
    first: str

    def __str__(self) -> str:
        more = f" (and {self.count - 1} more like it)" if self.count > 1 else ""
        return f"{self.first}: {KINDS[self.kind]}{more}"


class Notes:
    """A collection of notes that grows while tables are read.

    Examples
    --------
    >>> notes = Notes()
    >>> notes.add("overlap", "a.tsv", line=4)
    >>> notes.add("overlap", "b.tsv", line=2)
    >>> list(notes)
    [Note(kind='overlap', count=2, first='a.tsv: line 4')]
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def add(self, kind: str, file: Path | str, *, line: int | None = None, came: str | None = None) -> None:
        """Count one more of a kind of :data:`KINDS`; the first is kept with its file, line and what stood there."""
        if kind in self._found:
            count, first = self._found[kind]
            self._found[kind] = count + 1, first
            return
        place = None if line is None else f"line {line}"
        self._found[kind] = 1, ": ".join(str(part) for part in (file, place, came) if part is not None)

    def __iter__(self) -> Iterator[Note]:
        """The notes in the order of :data:`KINDS`."""
        for kind in KINDS:
            if kind in self._found:
                yield Note(kind, *self._found[kind])
