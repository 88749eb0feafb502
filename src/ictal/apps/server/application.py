"""The web application over a board: the page, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from ictal.apps.server import decision_routes, run_routes, signal_routes
from ictal.apps.server.board import ReviewBoard, UnknownItemError
from ictal.apps.server.comparison import NotYetError
from ictal.apps.server.security import API, Guard
from ictal.apps.server.shelf import UnknownRecordingError, UnreachableError
from ictal.apps.server.turns import SupersededError
from ictal.core.errors import IctalError, OutputError, RecordingError
from ictal.core.version import __version__
from ictal.review.reader import NothingToUndoError

PAGE = Path(__file__).parents[1] / "page"

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""What of the page's folder is served, and as what."""

STATUSES: dict[type[Exception], int] = {
    UnknownRecordingError: 404,
    UnknownItemError: 404,
    NotYetError: 403,
    SupersededError: 429,
    NothingToUndoError: 404,
    UnreachableError: 503,
    RecordingError: 503,
    OutputError: 503,
    IctalError: 422,
    OSError: 503,
}
"""The first class that fits an error says how it is answered."""


def build_application(board: ReviewBoard, tokens: Mapping[str, str], hosts: frozenset[str]) -> FastAPI:
    """Return the web application of a review.

    Parameters
    ----------
    board : ReviewBoard
        What is reviewed.
    tokens : mapping of str to str
        Reader → token.
    hosts : frozenset of str
        Names that it answers to; see :func:`ictal.apps.server.security.allowed_hosts`.
    """
    application = FastAPI(
        title="ictal review",
        description=board.research,
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    application.state.board = board
    for routes in (signal_routes, decision_routes, run_routes):
        application.include_router(routes.router, prefix=API)
    add_page(application, find_files(PAGE))
    application.add_exception_handler(RequestValidationError, answer_invalid)
    application.add_exception_handler(HTTPException, answer_refused)
    for kind in STATUSES:
        application.add_exception_handler(kind, answer_error)
    application.add_middleware(Guard, tokens=tokens, hosts=hosts)
    return application


def find_files(folder: Path) -> dict[str, Path]:
    """Return what is served of the page's folder, by name; what is asked for is looked up here and nowhere else."""
    files = (file for file in sorted(folder.iterdir()) if file.suffix in MEDIA_TYPES and not file.is_symlink())
    return {file.name: file for file in files}


def add_page(application: FastAPI, files: Mapping[str, Path]) -> None:
    """Serve some files at ``/page/`` and the index at ``/``."""

    def give(name: str) -> Response:
        file = files.get(name)
        if file is None:
            return JSONResponse({"problem": "there is no such file"}, 404)
        return Response(file.read_bytes(), media_type=MEDIA_TYPES[file.suffix])

    application.add_api_route("/", lambda: give("index.html"), include_in_schema=False)
    application.add_api_route("/page/{name:path}", give, include_in_schema=False)


async def answer_invalid(request: Request, problem: Exception) -> JSONResponse:
    """Answer a request whose values are not allowed: which, and what is."""
    errors = problem.errors() if isinstance(problem, RequestValidationError) else []
    said = [f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}" for error in errors[:3]]
    return answer(422, "; ".join(said).encode("utf-8", "replace").decode())


async def answer_refused(request: Request, problem: Exception) -> JSONResponse:
    """Answer a request that no route takes."""
    if not isinstance(problem, HTTPException):
        return answer(500, type(problem).__name__)
    return answer(problem.status_code, str(problem.detail), problem.headers)


async def answer_error(request: Request, problem: Exception) -> JSONResponse:
    """Answer an error of ours, or of a disk, in a line without names."""
    board: ReviewBoard = request.app.state.board
    status = next(status for kind, status in STATUSES.items() if isinstance(problem, kind))
    text = problem.strerror if isinstance(problem, OSError) else str(problem)
    return answer(status, board.privacy.clean(str(text)))


def answer(status: int, problem: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer ``{"problem": …}``."""
    return JSONResponse({"problem": problem}, status, headers)
