"""What a reader takes away: tables, and recordings with events, under names that say nothing of a patient."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ictal.apps.server.board import ReviewBoard
from ictal.apps.server.shelf import Place
from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.review.exports import edf_suffix, encode_csv, encode_tsv, export_edf
from ictal.review.items import Item

ExportFormat = Literal["tsv", "csv", "edf"]

MEDIA_TYPES: dict[ExportFormat, str] = {
    "tsv": "text/tab-separated-values; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "edf": "application/octet-stream",
}


class Untold(RecordingView):
    """A recording without the texts of its file, in which somebody may be named."""

    annotations = Annotations()

    def __init__(self, inner: Recording) -> None:
        super().__init__(inner)
        self.source = None

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)


@dataclass(frozen=True)
class Download:
    """A file for the reader.

    Attributes
    ----------
    name : str
        What it is called.
    media_type : str
    content : bytes or Path
        All of it, or a file in a folder of its own that goes with it.
    """

    name: str
    media_type: str
    content: bytes | Path

    def clear(self) -> None:
        """Remove the file, once it is sent."""
        if isinstance(self.content, Path):
            shutil.rmtree(self.content.parent, ignore_errors=True)


def make_download(board: ReviewBoard, reader: str, kind: ExportFormat, place: Place | None) -> Download:
    """Return what a reader decided, of one recording or of all.

    All recordings together are a CSV. Where identity may not be shown, a copy of a file that has texts of its own is
    written anew without them: the texts could name somebody. That of one animal is written anew with its channels.

    Raises
    ------
    ParameterError
        If all recordings are asked for as EDF+.
    IctalError
        If the recording cannot be read, or there is no space for a copy.
    """
    if place is None:
        if kind == "edf":
            raise ParameterError("export: 'edf' is not allowed for all recordings; name one.")
        return Download("ictal-review.csv", MEDIA_TYPES["csv"], name_and_encode(board, board.items(reader)))
    items = [item for item in board.items(reader) if item.recording == place.name]
    name = re.sub(r"[^\w.+-]+", "-", place.title, flags=re.ASCII).strip("-.")
    if kind == "csv":
        return Download(f"{name}.csv", MEDIA_TYPES[kind], name_and_encode(board, items))
    recording = board.open(place)
    may_show = board.settings.show_identity
    if kind == "tsv":
        text = encode_tsv(items, recording.duration, recording.start_time if may_show else None)
        return Download(f"{name}_events.tsv", MEDIA_TYPES[kind], text.encode())
    if place.found.animal is not None or (not may_show and len(recording.annotations)):
        recording = Untold(recording)
    copy = Path(tempfile.mkdtemp(prefix="ictal-review-")) / f"copy{edf_suffix(recording)}"
    download = Download(f"{name}{copy.suffix}", MEDIA_TYPES[kind], copy)
    try:
        export_edf(copy, items, recording, keep_identity=may_show)
    except BaseException:
        download.clear()
        raise
    return download


def name_and_encode(board: ReviewBoard, items: list[Item]) -> bytes:
    """Return all decisions as CSV; a recording is called by its title, or by its place where that may be shown."""
    titles = {place.name: place.title for place in board.shelf.places}
    text = encode_csv(items) if board.settings.show_identity else encode_csv(items, titles.__getitem__)
    return text.encode()
