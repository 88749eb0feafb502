"""What an artefact mark is."""

from __future__ import annotations

from typing import NamedTuple


class Artefact(NamedTuple):
    """A stretch of one channel that is not EEG.

    Examples
    --------
    >>> Artefact(3.0, 9.0, "Fp1-F7", "flat").kind
    'flat'
    """

    start: float
    stop: float
    channel: str
    kind: str
