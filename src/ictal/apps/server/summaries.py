"""What the page is told of each recording when it opens."""

from __future__ import annotations

from ictal.apps.server.board import ReviewBoard
from ictal.apps.server.messages import DetectorLine, Session, Summary
from ictal.apps.server.shelf import Place
from ictal.core.errors import IctalError
from ictal.core.events import BACKGROUND
from ictal.core.recording import Recording
from ictal.core.version import __version__
from ictal.io.event_types import OTHER_TYPES, SZCORE_TYPES
from ictal.review.reader import Reader


def show_session(board: ReviewBoard, reader: str) -> Session:
    """Return what is open, and for whom; a recording that cannot be opened is told with its problem."""
    opened = board.open_all()
    return Session(
        ictal=__version__,
        reader=reader,
        research=board.research,
        show_identity=board.settings.show_identity,
        event_types=[name for name in (*SZCORE_TYPES, *OTHER_TYPES) if name != BACKGROUND],
        detectors=[DetectorLine(name=one.name, what=one.what) for one in board.runs.runnable.values()],
        recordings=[summarise(board, board.reader(reader), place, opened[place.id]) for place in board.shelf.places],
    )


def summarise(board: ReviewBoard, reader: Reader, place: Place, opened: Recording | IctalError) -> Summary:
    """Return what the page is told of one recording."""
    clean = board.privacy.clean
    if isinstance(opened, IctalError):
        return Summary(
            id=place.id,
            title=place.title,
            problem=clean(str(opened)),
            duration=0.0,
            sampling_rate=0.0,
            channels=[],
            start=None,
            gaps=[],
            montages=[],
            notes=[],
        )
    return Summary(
        id=place.id,
        title=place.title,
        problem=None,
        duration=opened.duration,
        sampling_rate=opened.sampling_rate,
        channels=list(opened.channels),
        start=board.privacy.clock(opened.start_time),
        gaps=[list(gap) for gap in opened.gaps],
        montages=list(board.montages(opened)),
        notes=[clean(note) for note in (*opened.notes, *board.proposals(place).notes, *_tell_unwritten(reader, place))],
    )


def _tell_unwritten(reader: Reader, place: Place) -> tuple[str, ...]:
    """Say why the reader's own table is not up to date, and what of the journal could not be read."""
    problem = reader.problems.get(place.name)
    unwritten = () if problem is None else (f"your table of accepted events is not up to date: {problem}",)
    return (*unwritten, *(f"your decisions: {note}" for note in reader.notes))
