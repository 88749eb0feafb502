"""Annotations as the Neural Engineering Data Consortium writes them: ``.tse``, ``.csv``, ``.lbl``, and so with ``_bi``.

All say from when to when which label holds; those with channels say it for each derivation of the TCP montage.

References
----------
Shah et al., The Temple University Hospital seizure detection corpus, Frontiers in Neuroinformatics 2018,
doi 10.3389/fninf.2018.00083; the annotation guidelines of the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from ictal.core.errors import RecordingError
from ictal.io.corpora.lines import read_lines

EVERY_CHANNEL = ""
"""The channel of rows that are about the recording as a whole: ``TERM`` in ``.csv``, ``all`` in ``.lbl``."""

_MOST_SHOWN = 60
"""Letters of a file in a message."""

_CSV_COLUMNS = ("channel", "start_time", "stop_time", "label")
_CSV_COMMENT = re.compile(r"#\s*(\w+)\s*=\s*(.*)")
_MONTAGE = re.compile(r"montage\s*=\s*(\d+)\s*,\s*([^:]+?)\s*:.*")
_SYMBOLS = re.compile(r"symbols\[(\d+)\]\s*=\s*\{(.*)\}")
_SYMBOL = re.compile(r"(\d+)\s*:\s*['\"]\(?([^'\"()]*)\)?['\"]")
_LABEL = re.compile(r"label\s*=\s*\{([^,]*),([^,]*),([^,]*),([^,]*),([^,\[]*),\s*\[(.*)\]\s*\}")


class LabelRow(NamedTuple):
    """From when to when a label holds.

    Attributes
    ----------
    start, stop : float
        Seconds as the file has them; the stop may be before the start.
    label : str
        In small letters: ``"bckg"``, ``"seiz"``, ``"fnsz"``, …
    confidence : float or None
        From 0 to 1.
    channel : str
        A derivation, or :data:`EVERY_CHANNEL`.
    """

    start: float
    stop: float
    label: str
    confidence: float | None = None
    channel: str = EVERY_CHANNEL


class LabelTable(NamedTuple):
    """The rows of a file, how long the recording is, and the name of the recording; ``None`` where it does not say."""

    rows: tuple[LabelRow, ...]
    duration: float | None = None
    name: str | None = None


def read_label_table(path: Path) -> LabelTable:
    """Read an annotation file; its suffix says in which form it is.

    Raises
    ------
    RecordingError
        If it is of no known form, or a row cannot be understood; the line is named.
    """
    decode = DECODERS.get(path.suffix.removeprefix(".").removesuffix("_bi"))
    if decode is None:
        raise RecordingError(f"is of no known form; known are {', '.join(DECODERS)}, and with _bi", file=path)
    return decode(read_lines(path), path)


def decode_tse(lines: Sequence[str], path: Path | None = None) -> LabelTable:
    """Decode a time-synchronous table, whose rows follow each other from the start of the recording to its end.

    Examples
    --------
    >>> decode_tse(["version = tse_v1.0.0", "", "0.0000 3.5000 bckg 1.0000", "3.5000 9.0000 fnsz 1.0000"])[:2]
    ((LabelRow(start=0.0, stop=3.5, label='bckg', confidence=1.0, channel=''), \
LabelRow(start=3.5, stop=9.0, label='fnsz', confidence=1.0, channel='')), 9.0)
    """
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith(("version", "#")):
            continue
        cells = line.split()
        if len(cells) not in (3, 4):
            raise _refusal(path, number, line, "start, stop, label and probability with blanks between")
        confidence = _decode_share(cells[3], path, number) if len(cells) == 4 else None
        rows.append(LabelRow(*_decode_times(cells[:2], path, number), cells[2].lower(), confidence))
    return LabelTable(tuple(rows), _last_stop(rows))


def decode_csv(lines: Sequence[str], path: Path | None = None) -> LabelTable:
    """Decode a table with comments that say name and length of the recording, and one row an event and channel.

    Its rows need not reach from the start of the recording to its end, not even those of background.

    Examples
    --------
    >>> table = decode_csv(
    ...     [
    ...         "# bname = aaaaapks_s012_t001",
    ...         "# duration = 2348.00 secs",
    ...         "channel,start_time,stop_time,label,confidence",
    ...         "FP1-F7,4.9724,36.3315,cpsz,1.0000",
    ...     ]
    ... )
    >>> table.duration, table.rows[0].channel, table.rows[0].label
    (2348.0, 'FP1-F7', 'cpsz')
    """
    said: dict[str, str] = {}
    rows: list[LabelRow] = []
    places: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            comment = _CSV_COMMENT.match(line)
            said |= {} if comment is None else {comment[1]: comment[2].strip()}
        elif line and not places:
            places = {name.strip(): place for place, name in enumerate(line.split(","))}
            if not set(_CSV_COLUMNS) <= set(places):
                raise _refusal(path, number, line, f"the columns {','.join(_CSV_COLUMNS)},confidence")
        elif line:
            rows.append(_decode_csv_row(line, places, path, number))
    duration = said.get("duration", "").split()
    return LabelTable(tuple(rows), _decode_number(duration[0], path, None) if duration else None, said.get("bname"))


def decode_lbl(lines: Sequence[str], path: Path | None = None) -> LabelTable:
    """Decode a table of numbered channels and symbols, with one weight for each symbol in each row.

    Examples
    --------
    >>> decode_lbl(
    ...     [
    ...         "montage =  0, FP1-F7: EEG FP1-REF --  EEG F7-REF",
    ...         "symbols[0] = {0: '(null)', 1: 'bckg', 2: 'seiz'}",
    ...         "label = {0, 0, 1.5000, 9.0000, 0, [0.0, 0.0, 1.0]}",
    ...     ]
    ... ).rows
    (LabelRow(start=1.5, stop=9.0, label='seiz', confidence=1.0, channel='FP1-F7'),)
    """
    channels: dict[str, str] = {}
    symbols: dict[str, dict[int, str]] = {}
    rows: list[LabelRow] = []
    for number, line in enumerate(lines, start=1):
        if (montage := _MONTAGE.fullmatch(line)) is not None:
            channels[montage[1]] = montage[2]
        elif (named := _SYMBOLS.fullmatch(line)) is not None:
            symbols[named[1]] = {int(place): name for place, name in _SYMBOL.findall(named[2])}
        elif line.startswith("label"):
            rows.append(_decode_lbl_row(line, channels, symbols, path, number))
    return LabelTable(tuple(rows), _last_stop(rows))


DECODERS: dict[str, Callable[[Sequence[str], Path | None], LabelTable]] = {
    "csv": decode_csv,
    "tse": decode_tse,
    "lbl": decode_lbl,
}
"""Suffix → what decodes its lines."""


def _decode_csv_row(line: str, places: dict[str, int], path: Path | None, number: int) -> LabelRow:
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != len(places):
        raise _refusal(path, number, line, f"{len(places)} cells with commas between")
    channel, start, stop, label = (cells[places[column]] for column in _CSV_COLUMNS)
    share = cells[places["confidence"]] if "confidence" in places else ""
    return LabelRow(
        *_decode_times((start, stop), path, number),
        label.lower(),
        _decode_share(share, path, number) if share else None,
        EVERY_CHANNEL if channel.upper() == "TERM" else channel,
    )


def _decode_lbl_row(
    line: str, channels: dict[str, str], symbols: dict[str, dict[int, str]], path: Path | None, number: int
) -> LabelRow:
    cells = _LABEL.fullmatch(line)
    if cells is None:
        raise _refusal(path, number, line, "label = {level, sublevel, start, stop, channel, [weights]}")
    level, _, start, stop, channel = (cell.strip() for cell in cells.groups()[:5])
    weights = [_decode_share(cell, path, number) for cell in cells[6].split(",")]
    place = max(range(len(weights)), key=weights.__getitem__)
    label = symbols.get(level, {}).get(place)
    if label is None:
        raise _refusal(path, number, f"symbol {place} of level {level}", "one that the file names above")
    if channel.isdigit() and channel not in channels:
        raise _refusal(path, number, f"channel {channel}", "one of the montage that the file names above")
    times = _decode_times((start, stop), path, number)
    return LabelRow(*times, label.lower(), weights[place], channels.get(channel, EVERY_CHANNEL))


def _last_stop(rows: Sequence[LabelRow]) -> float | None:
    return max((row.stop for row in rows), default=None)


def _decode_times(cells: Sequence[str], path: Path | None, line: int) -> tuple[float, float]:
    start, stop = (_decode_number(cell, path, line) for cell in cells)
    return start, stop


def _decode_share(cell: str, path: Path | None, line: int) -> float:
    return _decode_number(cell, path, line, low=0.0, high=1.0)


def _decode_number(cell: str, path: Path | None, line: int | None, low: float = -1e9, high: float = 1e9) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise _refusal(path, line, cell, f"a number from {low:g} to {high:g}")
    return number


def _refusal(path: Path | None, line: int | None, came: str, needed: str) -> RecordingError:
    field = "duration" if line is None else f"line {line}"
    shown = came if len(came) <= _MOST_SHOWN else f"{came[:_MOST_SHOWN]}…"
    return RecordingError(f"{shown!r} is not allowed; needed is {needed}", file=path, field=field)
