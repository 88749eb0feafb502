"""How far the readers agree, told to those who have decided everything, of those who have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ictal.apps.server.board import ReviewBoard, ReviewSettings
from ictal.apps.server.shelf import identify
from ictal.core.errors import IctalError, ParameterError
from ictal.review.agreement import agree, encode_agreement, tell_agreement
from ictal.review.folder import ReviewFolder


class NotYetError(IctalError):
    """A reader is blinded to the others until everything is decided."""


def compare_readers(board: ReviewBoard, reader: str) -> dict[str, Any]:
    """Return the agreement of all readers of the review who have decided everything.

    Raises
    ------
    NotYetError
        If this reader has not, or nobody else has.
    """
    n_left = sum(not item.is_decided for item in board.items(reader))
    if n_left:
        raise NotYetError(f"agreement is shown when everything is decided; {n_left} are left")
    items = {name: board.items(name) for name in sorted({reader, *board.folder.reader_names})}
    done = {name: said for name, said in items.items() if all(item.is_decided for item in said)}
    if len(done) < 2:
        raise NotYetError("agreement needs two readers; no other reader has decided everything yet")
    board.open_all()
    return encode_agreement(agree(done, dict(board.durations)), identify)


def tell_readers(path: Path) -> str:
    """Return the agreement of all readers of a review as text, for whoever leads it: what is undecided is left out.

    Raises
    ------
    RecordingError
        If the folder is not that of a review.
    ParameterError
        If fewer than two readers have decided something.
    """
    folder = ReviewFolder.open(path)
    names = folder.reader_names
    if len(names) < 2:
        raise ParameterError(f"agreement: {len(names)} readers have decided something in {path}; two are needed.")
    reviewed = folder.read_review()
    board = ReviewBoard(reviewed.recordings, folder, names, ReviewSettings(reviewed.results))
    board.open_all()
    return tell_agreement(agree({name: board.items(name) for name in names}, dict(board.durations)))
