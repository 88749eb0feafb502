"""Why a detector says so: which detector is asked about an item, and its answer."""

from __future__ import annotations

import functools
import json

from ictal.apps.server.board import ReviewBoard
from ictal.apps.server.shelf import Place
from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.library import DefaultDetector, load_detector
from ictal.review.items import Item
from ictal.review.reasons import encode_reasons, explain_item


def explain_for(board: ReviewBoard, reader: str, place: Place, name: str) -> bytes:
    """Return the reasons for an item as it stands for a reader, as JSON; they are kept.

    Raises
    ------
    ParameterError
        If the detector cannot look at this recording.
    SupersededError
        If the reader has asked about another event while this one waited for its turn.
    IctalError
        If the item or the recording is not there.
    """
    item = board.find_item(reader, place, name)
    recording = board.open(place)

    def explain() -> bytes:
        with board.turns.take(reader):
            detector = choose_detector(board, place, item, recording)
            scores = board.scores(place, detector.fingerprint)
            try:
                reasons = explain_item(detector, recording, item.event, board.settings.mapping, scores)
            except RecordingError as problem:
                place.stamp()  # a disk that is gone is another matter
                raise ParameterError(problem.problem) from None
        return json.dumps(encode_reasons(reasons), allow_nan=False).encode()

    found_by = (item.origin, board.proposals(place).fingerprint)
    return board.answers.get(("reasons", place.id, place.stamp(), found_by, item.event), explain)


def choose_detector(board: ReviewBoard, place: Place, item: Item, recording: Recording) -> Detector:
    """Return the detector that found an item, or else the rest of its recording; then the one named, or the usual."""
    runnable = board.runs.runnable
    found_by = [name for name in (item.origin, board.proposals(place).detector) if name in runnable]
    asked_for = [] if board.settings.detector is None else [board.settings.detector]
    sources = [*(runnable[name].source for name in found_by[:1]), *asked_for]
    return load(sources[0] if sources else None).choose(recording, board.settings.mapping)[0]


@functools.lru_cache(maxsize=8)
def load(name: str | None) -> Detector | DefaultDetector:
    """Return a detector, read once."""
    return load_detector(name)
