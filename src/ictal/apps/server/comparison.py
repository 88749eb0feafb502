"""How far the readers agree, told to those who have decided everything, of those who have."""

from __future__ import annotations

from typing import Any

from ictal.apps.server.board import ReviewBoard
from ictal.apps.server.shelf import identify
from ictal.core.errors import IctalError
from ictal.review.agreement import agree, encode_agreement


class NotYetError(IctalError):
    """A reader is blinded to the others until everything is decided."""


def compare_readers(board: ReviewBoard, reviewer: str) -> dict[str, Any]:
    """Return the agreement of all readers of the review who have decided everything.

    Raises
    ------
    NotYetError
        If this reader has not, or nobody else has.
    """
    n_left = sum(not item.is_decided for item in board.items(reviewer))
    if n_left:
        raise NotYetError(f"agreement is shown when everything is decided; {n_left} are left")
    items = {name: board.items(name) for name in sorted({reviewer, *board.folder.reader_names})}
    done = {name: said for name, said in items.items() if all(item.is_decided for item in said)}
    if len(done) < 2:
        raise NotYetError("agreement needs two readers; no other reader has decided everything yet")
    board.open_all()
    return encode_agreement(agree(done, dict(board.durations)), identify)
