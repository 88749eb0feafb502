"""Who was recorded: subjects of different names can be one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ictal.data.prepared import PreparedRecording

Aliases = Mapping[str, str]
"""Another name of a person → the name that counts."""

ALIASES: Aliases = {"chb21": "chb01"}
"""The same girl, recorded again a year and a half later (CHB-MIT, https://physionet.org/content/chbmit/1.0.0/)."""


def person_of(subject: str, aliases: Aliases = ALIASES) -> str:
    """Return the name that counts for a subject; an alias of an alias is followed.

    Names that point at each other in a ring are one person, called by the first of them in the alphabet.

    Examples
    --------
    >>> person_of("chb21"), person_of("chb02")
    ('chb01', 'chb02')
    """
    seen = [subject]
    while seen[-1] in aliases:
        following = aliases[seen[-1]]
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def group_by_person(
    recordings: Iterable[PreparedRecording], aliases: Aliases = ALIASES
) -> dict[str, tuple[PreparedRecording, ...]]:
    """Return the recordings of each person, persons and recordings in the order in which they come."""
    grouped: dict[str, list[PreparedRecording]] = {}
    for recording in recordings:
        grouped.setdefault(person_of(recording.subject, aliases), []).append(recording)
    return {person: tuple(own) for person, own in grouped.items()}


def count_seizures(recordings: Iterable[PreparedRecording]) -> int:
    """Return how many seizures the recordings hold; those that overlap count once."""
    return sum(len(recording.annotations.seizures.spans) for recording in recordings)
