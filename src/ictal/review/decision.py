"""What a reader says of one event, and the line of the journal that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ictal.core.errors import ParameterError, check_option
from ictal.core.events import Event

Verdict = Literal["undecided", "accepted", "rejected", "withdrawn"]

VERDICTS: tuple[Verdict, ...] = ("undecided", "accepted", "rejected", "withdrawn")
"""What an item can be; withdrawn is one that a reader made and took back, which is shown no more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that a reader says of one item at one moment: it takes the place of what the reader said before.

    Parameters
    ----------
    key : str
        Made by whoever asks; the same key twice is the same decision, so that asking again does no harm.
    recording : str
        The place of the recording's results, such as ``sub-01/eeg/sub-01_task-sz``.
    item : str
        Its name within the recording.
    revision : int
        How many decisions on this item the reader had seen; if there are more by now, two tabs are in conflict.
    verdict : str
        One of :data:`VERDICTS`.
    event : Event
        The event as the reader sees it: its edges, type and channels.
    comment : str
        Free text.
    undoes : str
        The key of the decision that this one takes back; empty for all others.
    at : str
        When it was kept, in UTC as ISO 8601; the journal says it.

    Examples
    --------
    >>> said = Decision("k1", "night", "p1", 0, "accepted", Event(12.0, 30.0, confidence=0.9))
    >>> decode_decision(encode_decision(said)) == said
    True
    """

    key: str
    recording: str
    item: str
    revision: int
    verdict: Verdict
    event: Event
    comment: str = ""
    undoes: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        check_option("verdict", self.verdict, VERDICTS)
        if not self.key or not self.item or self.revision < 0:
            raise ParameterError(
                f"decision: key {self.key!r}, item {self.item!r} and revision {self.revision!r} are not allowed; "
                "key and item must be names and the revision 0 or more."
            )


def encode_event(event: Event) -> dict[str, Any]:
    """Return an event as plain values.

    Examples
    --------
    >>> encode_event(Event(1.0, 2.0))
    {'onset': 1.0, 'duration': 2.0, 'type': 'sz', 'confidence': None, 'channels': []}
    """
    return {
        "onset": event.onset,
        "duration": event.duration,
        "type": event.event_type,
        "confidence": event.confidence,
        "channels": list(event.channels),
    }


def decode_event(values: Mapping[str, Any]) -> Event:
    """Return the event that :func:`encode_event` made values of."""
    confidence = values["confidence"]
    return Event(
        float(values["onset"]),
        float(values["duration"]),
        str(values["type"]),
        None if confidence is None else float(confidence),
        tuple(map(str, values["channels"])),
    )


def encode_decision(decision: Decision) -> str:
    """Return the line of a journal, without its end."""
    values = {
        "key": decision.key,
        "at": decision.at,
        "recording": decision.recording,
        "item": decision.item,
        "revision": decision.revision,
        "verdict": decision.verdict,
        "event": encode_event(decision.event),
        "comment": decision.comment,
        "undoes": decision.undoes,
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False)


def decode_decision(line: str) -> Decision:
    """Return the decision in a line of a journal.

    Raises
    ------
    ParameterError
        If the line is none.
    """
    try:
        values = json.loads(line)
        return Decision(
            key=str(values["key"]),
            recording=str(values["recording"]),
            item=str(values["item"]),
            revision=int(values["revision"]),
            verdict=values["verdict"],
            event=decode_event(values["event"]),
            comment=str(values["comment"]),
            undoes=str(values["undoes"]),
            at=str(values["at"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as problem:
        raise ParameterError(f"journal: {line[:80]!r} is no decision: {problem}") from None
