"""What was made lately and may be asked for again, in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST_BYTES = 64 * 2**20


class PageCache:
    """Encoded pages by what was asked; the ones not asked for longest go first. Many threads may use it at once.

    Parameters
    ----------
    most_bytes : int
        Of all pages together.

    Examples
    --------
    >>> cache = PageCache(most_bytes=10)
    >>> cache.get(("night", 0), lambda: b"page"), cache.get(("night", 0), lambda: b"not made again")
    (b'page', b'page')
    >>> len(cache), cache.n_bytes
    (1, 4)
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.n_bytes = 0
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pages

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the page of a key, made now if it is not there.

        Two threads that ask for the same page at once may both make it; neither waits for the other.

        Parameters
        ----------
        key : hashable
            All that the page depends on: the recording, as it is on the disk, and the query.
        make : callable
            Returns the page; what it raises is passed on and nothing is kept.
        """
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        page = make()
        with self._lock:
            self._keep(key, page)
        return page

    def _keep(self, key: Hashable, page: bytes) -> None:
        before = self._pages.pop(key, b"")
        self._pages[key] = page
        self.n_bytes += len(page) - len(before)
        while self.n_bytes > self.most_bytes:
            _, gone = self._pages.popitem(last=False)
            self.n_bytes -= len(gone)
