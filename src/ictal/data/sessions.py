"""Seizures do not end with the file: what happened in the other recordings of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ictal.core.events import Annotations, Event, replace_events
from ictal.data.prepared import PreparedRecording


def session_events(recordings: Sequence[PreparedRecording], starts: Mapping[str, float]) -> tuple[Annotations, ...]:
    """Return the events of each recording, and the seizures of its session before its start and after its end.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    starts : mapping of str to float
        Seconds from the start of the session, by the name of the recording; one without a start has no neighbours.

    Returns
    -------
    tuple of Annotations
        In seconds of each recording, as many as there are recordings.

    Examples
    --------
    >>> first, second = (
    ...     PreparedRecording(name, "anna", "1", "", ("C3",), 1.0, 60, Annotations([Event(50.0, 5.0)], 60.0))
    ...     for name in "ab"
    ... )
    >>> [event.onset for event in session_events([first, second], {"a": 0.0, "b": 100.0})[1]]
    [-50.0, 50.0]
    """
    seizures: dict[tuple[str, str], list[tuple[str, Event]]] = {}
    for recording in recordings:
        if recording.name in starts:
            begin = starts[recording.name]
            own = [(recording.name, replace(seizure, onset=seizure.onset + begin)) for seizure in _seizures(recording)]
            seizures.setdefault((recording.subject, recording.session), []).extend(own)
    return tuple(
        replace_events(
            recording.annotations,
            [
                *recording.annotations,
                *(
                    replace(seizure, onset=seizure.onset - starts[recording.name])
                    for name, seizure in seizures.get((recording.subject, recording.session), ())
                    if recording.name in starts and name != recording.name
                ),
            ],
        )
        for recording in recordings
    )


def _seizures(recording: PreparedRecording) -> Annotations:
    return recording.annotations.seizures
