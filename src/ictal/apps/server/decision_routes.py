"""What there is to decide, what a reader says of it, how far the readers agree, and exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.background import BackgroundTask

from ictal.apps.server.asked import TOKEN, Board, Who, described_file, problems
from ictal.apps.server.comparison import compare_readers
from ictal.apps.server.downloads import MEDIA_TYPES, ExportFormat, make_download
from ictal.apps.server.messages import (
    Conflict,
    Decided,
    DecisionRequest,
    ExportAsked,
    Items,
    ShownAgreement,
    Undone,
    UndoRequest,
)
from ictal.apps.server.showing import show_item
from ictal.review.reader import ConflictError

router = APIRouter(dependencies=[TOKEN])

_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Conflict, "description": "It was decided otherwise since."}
}


@router.get("/items", responses=problems(503))
def list_items(board: Board, reader: Who) -> Items:
    """Return all that there is to decide for this reader."""
    return Items(items=[show_item(item) for item in board.items(reader)], pace=board.pace(reader))


@router.post("/decisions", response_model=Decided, responses=_CONFLICT | problems(400, 404, 413, 422, 503))
def decide(board: Board, reader: Who, request: DecisionRequest) -> Decided | JSONResponse:
    """Keep a decision; once this is answered it is on disk."""
    try:
        return Decided(item=show_item(board.decide(reader, request)))
    except ConflictError as conflict:
        told = Conflict(problem=board.privacy.clean(str(conflict)), item=show_item(conflict.item))
        return JSONResponse(told.model_dump(), 409)


@router.post("/undo", responses=problems(400, 404, 413, 422, 503))
def undo(board: Board, reader: Who, request: UndoRequest) -> Undone:
    """Take the last decision of this reader back."""
    item, undone = board.undo(reader, request.key)
    return Undone(item=show_item(item), undone=undone)


@router.get("/agreement", response_model=ShownAgreement, responses=problems(503))
def show_agreement(board: Board, reader: Who) -> dict[str, Any]:
    """Return how far the readers agree, once this one has decided everything."""
    return compare_readers(board, reader)


@router.get(
    "/export/{kind}", response_class=Response, responses=described_file(*MEDIA_TYPES.values()) | problems(404, 422, 503)
)
def export(board: Board, reader: Who, kind: ExportFormat, query: Annotated[ExportAsked, Query()]) -> Response:
    """Return what this reader decided as a file; all recordings together are a CSV."""
    place = None if query.recording is None else board.shelf.find(query.recording)
    download = make_download(board, reader, kind, place)
    if isinstance(download.content, Path):
        task = BackgroundTask(download.clear)
        return FileResponse(download.content, media_type=download.media_type, filename=download.name, background=task)
    headers = {"content-disposition": f'attachment; filename="{download.name}"'}
    return Response(download.content, media_type=download.media_type, headers=headers)
