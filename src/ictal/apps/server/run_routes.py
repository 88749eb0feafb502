"""Detectors that the page lets run."""

from __future__ import annotations

from fastapi import APIRouter

from ictal.apps.server.asked import TOKEN, Board, OfPlace, problems
from ictal.apps.server.messages import RunRequest, Runs, ShownRun
from ictal.apps.server.showing import show_run

router = APIRouter(dependencies=[TOKEN])


@router.post("/recordings/{id}/runs", status_code=202, responses=problems(400, 404, 413, 422, 503))
def start_run(board: Board, place: OfPlace, request: RunRequest) -> ShownRun:
    """Run a detector on a recording, when those before it are done."""
    return show_run(board.start_run(place, request.detector), board.privacy)


@router.get("/runs", responses=problems())
def list_runs(board: Board) -> Runs:
    """Return all runs that were asked for, the oldest first."""
    return Runs(runs=[show_run(run, board.privacy) for run in board.runs.runs])
