"""What of the names of files may be said: on a screen, in an answer, in a log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from ictal.io.discover import FoundRecording

SOMEWHERE = "…"
"""What stands in a message for a path that has no title."""

_BIDS = re.compile(r"sub-[A-Za-z0-9]+(_[a-z]+-[A-Za-z0-9+]+)*(_[A-Za-z0-9]+)?")
_ABSOLUTE = re.compile(r"(?<![\w.>/<])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:;,'\"()]+){2,}")
_SHORTEST_STEM = 3


class Privacy:
    """Takes out of texts what could say who a patient is.

    The name of a file, and of the folders that it lies in, is often that of a patient. In its place stands the title.

    Parameters
    ----------
    titles : mapping of FoundRecording to str
        The title of each recording; see :func:`name_recordings`.
    folders : mapping of path to str
        Others whose paths are taken out, as that of the results, and what stands in their place.
    show_identity : bool
        Whether all may be said.

    Examples
    --------
    >>> found = FoundRecording(Path("ward/Haagse_Harry.edf"), Path(), "Haagse_Harry")
    >>> Privacy({found: "recording 1"}).clean("ward/Haagse_Harry.edf: header: is 0 bytes long")
    'recording 1: header: is 0 bytes long'
    """

    def __init__(
        self,
        titles: Mapping[FoundRecording, str],
        folders: Mapping[Path, str] | None = None,
        *,
        show_identity: bool = False,
    ) -> None:
        self.show_identity = show_identity
        said: dict[str, str] = {}
        for found, title in titles.items():
            said.update(_spellings_of(found, title))
        for folder, name in ({} if folders is None else folders).items():
            said.update(dict.fromkeys(_spellings(folder), name))
        self._said = {spelled: title for spelled, title in said.items() if spelled != title}
        longest_first = sorted(self._said, key=len, reverse=True)
        self._pattern = re.compile("|".join(rf"(?<![^\W_]){re.escape(spelled)}(?![^\W_])" for spelled in longest_first))

    def clean(self, text: str) -> str:
        """Return a text without paths, in one line."""
        if self.show_identity:
            return " ".join(text.split())
        known = self._pattern.sub(lambda match: self._said[match[0]], text) if self._said else text
        return " ".join(_ABSOLUTE.sub(SOMEWHERE, known).split())

    def clock(self, moment: datetime | None) -> str | None:
        """Return the time of day, with the date in front where identity may be shown.

        Examples
        --------
        >>> Privacy({}).clock(datetime(2002, 3, 2, 21, 30, 15))
        '21:30:15'
        """
        if moment is None:
            return None
        return moment.strftime("%Y-%m-%d %H:%M:%S" if self.show_identity else "%H:%M:%S")


def name_recordings(found: Iterable[FoundRecording], *, show_identity: bool) -> dict[FoundRecording, str]:
    """Return the title of each recording: its name if BIDS made it or identity may be shown, else its number.

    The animals of one file have its number in common; their names are shown.

    Examples
    --------
    >>> night, twin = (
    ...     FoundRecording(Path("a.edf"), Path(), "Harry"),
    ...     FoundRecording(Path("b"), Path(), "sub-01_task-sz"),
    ... )
    >>> list(name_recordings([night, twin], show_identity=False).values())
    ['recording 1', 'sub-01_task-sz']
    >>> list(name_recordings([night.pick_animal("m1", ["EEG1"])], show_identity=False).values())
    ['recording 1 · m1']
    """
    titles: dict[FoundRecording, str] = {}
    numbers: dict[str, int] = {}
    for one in found:
        number = numbers.setdefault(_file_place(one), len(numbers) + 1)
        animal = "" if one.animal is None else f" · {one.animal}"
        is_harmless = show_identity or _BIDS.fullmatch(one.file_stem) is not None
        titles[one] = one.stem if is_harmless else f"recording {number}{animal}"
    return titles


def _file_place(found: FoundRecording) -> str:
    return (found.relative / found.file_stem).as_posix()


def _spellings(path: Path) -> tuple[str, ...]:
    return tuple({str(path), path.as_posix(), str(path.absolute()), str(path.resolve())} - {".", "/"})


def _spellings_of(found: FoundRecording, title: str) -> dict[str, str]:
    """Return how a recording may be named in a message, each with what stands there instead."""
    file_title = title if found.animal is None else title.removesuffix(found.animal).rstrip(" ·_")
    place = (found.relative / found.stem).as_posix()
    of_file = [*_spellings(found.path), found.path.name, _file_place(found)]
    of_file += [stem for stem in (found.file_stem, found.path.stem) if len(stem) >= _SHORTEST_STEM]
    own = [place, *([found.stem] if len(found.stem) >= _SHORTEST_STEM else [])]
    parents = dict.fromkeys(_spellings(found.path.parent), SOMEWHERE)
    return {**parents, **dict.fromkeys(of_file, file_title), **dict.fromkeys(own, title)}
