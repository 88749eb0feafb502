"""What a request is about: the board, the reader whose token came, the recording; and what may be answered."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPBearer

from ictal.apps.server.board import ReviewBoard
from ictal.apps.server.messages import Problem
from ictal.apps.server.shelf import Place

TOKEN = Security(HTTPBearer(auto_error=False, description="From the link that `ictal review` printed."))
"""Says in the description of the server that a token is needed; the guard has checked it."""

REASONS = {
    400: "What came cannot be read.",
    401: "The token is missing or wrong.",
    403: "Not for this site, or not yet for this reader.",
    404: "There is no such thing.",
    409: "It was decided otherwise since.",
    413: "Too much came.",
    421: "The server does not answer to that name.",
    422: "A value is not allowed.",
    429: "The same reader has asked for something else since.",
    500: "A fault in ictal.",
    503: "A file cannot be reached, read or written at the moment.",
}

ALWAYS = (401, 403, 421, 500)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how errors are described: those that any request may get, and some of this one."""
    return {status: {"model": Problem, "description": REASONS[status]} for status in sorted({*ALWAYS, *statuses})}


def described_file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """Return how an answer that is no JSON is described."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": "A file.", "content": {kind: {"schema": schema} for kind in media_types}}}


async def find_board(request: Request) -> ReviewBoard:
    """Return the board that the application was built for."""
    board: ReviewBoard = request.app.state.board
    return board


async def find_reader(request: Request) -> str:
    """Return whose token came; the guard has found out."""
    reader: str = request.scope["state"]["reader"]
    return reader


Board = Annotated[ReviewBoard, Depends(find_board)]
Who = Annotated[str, Depends(find_reader)]


async def find_place(board: Board, id: Annotated[str, Path(max_length=64)]) -> Place:
    """Return the recording of an id."""
    return board.shelf.find(id)


OfPlace = Annotated[Place, Depends(find_place)]
