"""Which recordings a detector has seen: by fingerprints, so that a file that is passed on names none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from ictal.data.leakage import LeakageError

SEEN = "training_recordings"
"""Where a detector's provenance lists them, with commas between."""

_NAMED = 3


def hash_recording(input_hash: str) -> str:
    """Return what stands for a recording in that list.

    Parameters
    ----------
    input_hash : str
        From :func:`ictal.data.fingerprint.hash_input`, as a store keeps it.

    Examples
    --------
    >>> hash_recording("00")
    'f1534392279bddbf'
    """
    return hashlib.sha256(input_hash.encode()).hexdigest()[:16]


def find_seen(provenance: Mapping[str, str], input_hashes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the recordings that a detector was trained on.

    Parameters
    ----------
    provenance : mapping of str to str
        Of the detector; nothing is found where it has no list.
    input_hashes : mapping of str to str
        Name of each recording → hash of its files.

    Examples
    --------
    >>> find_seen({"training_recordings": hash_recording("00")}, {"night": "00", "day": "ff"})
    ('night',)
    """
    seen = set(provenance.get(SEEN, "").split(","))
    return tuple(name for name, own in input_hashes.items() if hash_recording(own) in seen)


def refuse_seen(names: Iterable[str], purpose: str, remedy: str = "") -> None:
    """Refuse recordings that a detector was trained on.

    Parameters
    ----------
    names : iterable of str
        From :func:`find_seen`.
    purpose : str
        What they would be used for.
    remedy : str
        What helps.

    Raises
    ------
    LeakageError
        If there is one.

    Examples
    --------
    >>> refuse_seen(["night"], "calibration")
    Traceback (most recent call last):
    ...
    ictal.data.leakage.LeakageError: calibration: recording 'night' stands in training and in calibration.
    """
    both = list(names)
    if not both:
        return
    listed = ", ".join(map(repr, both[:_NAMED])) + (f" and {len(both) - _NAMED} more" if len(both) > _NAMED else "")
    stand = f"recording {listed} stands" if len(both) == 1 else f"recordings {listed} stand"
    raise LeakageError(f"{purpose}: {stand} in training and in {purpose}{f'; {remedy}' if remedy else ''}.")
