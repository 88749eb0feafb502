"""What is open, and its EEG: a page of it, the whole recording at a glance, and why a detector says so."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from ictal.apps.server.asked import TOKEN, Board, OfPlace, Who, described_file, problems
from ictal.apps.server.messages import NightAsked, ReasonsAsked, Session, ShownReasons, SignalAsked
from ictal.apps.server.reasoning import explain_for
from ictal.apps.server.summaries import show_session
from ictal.review.signal_page import SignalQuery

router = APIRouter(dependencies=[TOKEN])

OCTETS = "application/octet-stream"
BINARY = described_file(OCTETS)


@router.get("/session", responses=problems(503))
def open_session(board: Board, reader: Who) -> Session:
    """Return what is open, and for whom."""
    return show_session(board, reader)


@router.get("/recordings/{id}/signal", response_class=Response, responses=BINARY | problems(404, 422, 503))
def show_signal(board: Board, place: OfPlace, query: Annotated[SignalAsked, Query()]) -> Response:
    """Return a page of EEG: the length of a header, the header as JSON, and int16 of each lead and column."""
    return Response(board.signal(place, SignalQuery(**query.model_dump())), media_type=OCTETS)


@router.get("/recordings/{id}/night", response_class=Response, responses=BINARY | problems(404, 422, 503))
def show_night(board: Board, place: OfPlace, query: Annotated[NightAsked, Query()]) -> Response:
    """Return a recording at a glance: the length of a header, the header as JSON, and the spectrogram in bytes."""
    return Response(board.night(place, query.columns), media_type=OCTETS)


@router.get(
    "/recordings/{id}/reasons",
    response_class=JSONResponse,
    response_model=ShownReasons,
    responses=problems(404, 422, 429, 503),
)
def explain(board: Board, reader: Who, place: OfPlace, query: Annotated[ReasonsAsked, Query()]) -> Response:
    """Return why a detector says so, of one item."""
    return Response(explain_for(board, reader, place, query.item), media_type="application/json")
