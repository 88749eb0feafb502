"""Detectors whose figures say nothing, however good they look: silent ones, and those that claim everything."""

from __future__ import annotations

ORDINARY, SILENT, ALL_POSITIVE = "ordinary", "silent", "all-positive"

NEARLY_ALL = 0.99
"""The share of the time from which on a detector counts as claiming everything."""


def name_behaviour(claimed: float, available: float) -> str:
    """Return ``silent``, ``all-positive`` or ``ordinary``.

    An all-positive detector finds every seizure, with 276 to 288 false alarms in 24 h by the events of SzCORE; a silent
    one has no false alarm, and no precision.

    Parameters
    ----------
    claimed : float
        Seconds that all events together last.
    available : float
        Seconds that could have been claimed.

    Examples
    --------
    >>> name_behaviour(0.0, 3600.0), name_behaviour(60.0, 3600.0), name_behaviour(3590.0, 3600.0)
    ('silent', 'ordinary', 'all-positive')
    """
    if claimed <= 0:
        return SILENT
    return ALL_POSITIVE if claimed >= NEARLY_ALL * available else ORDINARY
