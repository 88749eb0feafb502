"""Work that is done one at a time, of which each asker wants only the last."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from ictal.core.errors import IctalError


class SupersededError(IctalError):
    """The same reader has asked for something else since."""


class Turns:
    """Lets one work at a time, and sends those away who have asked for something else while they waited.

    Who leafs through events asks why of each; each answer takes a core for half a second, and only the last is wanted.

    Examples
    --------
    >>> turns = Turns()
    >>> with turns.take("anna"):
    ...     "at work"
    'at work'
    """

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._asking = threading.Lock()
        self._working = threading.Lock()

    @contextlib.contextmanager
    def take(self, asker: str) -> Iterator[None]:
        """Wait for the turn of an asker.

        Raises
        ------
        SupersededError
            If the asker asked again meanwhile; nothing need be done.
        """
        with self._asking:
            self._asked[asker] += 1
            mine = self._asked[asker]
        with self._working:
            if self._asked[asker] != mine:
                raise SupersededError("another event was asked about since")
            yield
