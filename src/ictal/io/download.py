"""Files from a server: resumed where they were left, checked, and with patience for servers that fail now and then."""

from __future__ import annotations

import email.utils
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ictal.core.errors import located
from ictal.core.version import __version__
from ictal.io.atomic import refused_output
from ictal.io.remote_file import DownloadError, Part, RemoteFile, find_fault, safe_target

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

MOST_OF_A_LIST = 64 * 2**20
"""Bytes; a list of files that is longer is none."""

PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Answers of a server that may be another one a moment later."""


class StoppedError(DownloadError):
    """Somebody wanted the download to stop; what has come is kept."""


class PassingError(DownloadError):
    """Something went wrong that may go right the next time, after `wait` seconds if the server said so."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server.

    Parameters
    ----------
    tries : int
        In a row in which nothing new comes.
    first_wait, longest_wait : float
        Seconds between two tries: doubled each time, or what the server asks for, up to the longest.
    silence : float
        Seconds without a byte after which a connection counts as lost.
    """

    tries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    silence: float = 30.0


class Server:
    """What files are asked from, by several threads if need be; a context manager.

    Parameters
    ----------
    patience : Patience, optional
        With failing servers.
    n_connections : int
        Kept open side by side.

    Raises
    ------
    DownloadError
        If httpx is not installed.
    """

    def __init__(self, patience: Patience | None = None, n_connections: int = 4) -> None:
        self.patience = Patience() if patience is None else patience
        self._client = open_client(self.patience, n_connections)
        self._stopped = threading.Event()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def stop(self) -> None:
        """Let every download that is under way end with :class:`StoppedError`."""
        self._stopped.set()

    def read_text(self, address: str) -> str:
        """Return a short text in UTF-8, such as a list of files.

        Raises
        ------
        DownloadError
            If it cannot be had, or is no such text.
        """
        content = self._patiently(address, lambda: self._read(address))
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise DownloadError(located("is not text in UTF-8", file=address)) from None

    def ask_size(self, address: str) -> int | None:
        """Return how many bytes a server says that a file has; None if it does not say."""
        import httpx

        try:
            answer = self._client.head(address)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        length = answer.headers.get("Content-Length", "")
        return int(length) if answer.status_code == 200 and re.fullmatch(r"[0-9]{1,18}", length) else None

    def fetch(self, file: RemoteFile, folder: Path, advance: Callable[[int], None] = lambda size: None) -> bool:
        """Put a file into a folder under its path; what was left there of an earlier try is gone on with.

        It has its name only when it is complete and checked; until then it is ``name.part``. One that turns out wrong
        is removed and asked for once more from its beginning.

        Parameters
        ----------
        file : RemoteFile
        folder : Path
        advance : callable
            Called with how many bytes of the file are there.

        Returns
        -------
        bool
            Whether it had to be fetched; otherwise it was there, and right.

        Raises
        ------
        DownloadError
            If it cannot be had, is wrong twice, or a file of its name is there that is another one.
        StoppedError
            After :meth:`stop`.
        OutputError
            If it cannot be written.
        """
        target = safe_target(folder, file.path)
        try:
            if target.exists():
                fault = find_fault(target, file)
                if fault:
                    raise DownloadError(located(f"is there, but {fault}; remove it to fetch it anew", file=target))
                return False
            target.parent.mkdir(parents=True, exist_ok=True)
            part = Part(target)
            for _ in range(2):
                fault = self._complete(file, part, advance)
                if not fault:
                    part.finish()
                    return True
                part.remove()
        except OSError as error:
            raise refused_output(error, target) from error
        raise DownloadError(located(f"was fetched twice and {fault} both times; it is not kept", file=file.path))

    def _complete(self, file: RemoteFile, part: Part, advance: Callable[[int], None]) -> str:
        """Fetch what is missing of a file, and return its fault; empty if it is right."""
        try:
            self._patiently(file.path, lambda: self._receive(file, part, advance), part.size)
        except StoppedError:
            raise
        except DownloadError:
            # A server that promises more than there is never comes to an end; what came may be right all the same.
            if not file.checksum or find_fault(part.path, file):
                raise
        return find_fault(part.path, file)

    def _patiently(self, what: str, ask: Callable[[], T], reached: Callable[[], int] = lambda: 0) -> T:
        """Ask until there is an answer, or until nothing new has come too often in a row."""
        furthest, failures = reached(), 0
        while True:
            try:
                return ask()
            except PassingError as problem:
                failures = 1 if reached() > furthest else failures + 1
                furthest = max(furthest, reached())
                if failures >= self.patience.tries:
                    raise DownloadError(located(f"{problem}, {failures} times in a row", file=what)) from None
                doubled = self.patience.first_wait * 2.0 ** (failures - 1)
                wait = doubled if problem.wait is None else problem.wait
            if self._stopped.wait(min(wait, self.patience.longest_wait)):
                raise StoppedError(located("stopped", file=what))

    @contextmanager
    def _ask(self, address: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Open one answer of a server; its errors and those of the connection are ours."""
        import httpx

        try:
            with self._client.stream("GET", address, headers=dict(headers)) as answer:
                if address.startswith("https:") and answer.url.scheme != "https":
                    raise DownloadError(located("leads to an address without encryption", file=address))
                if answer.status_code not in {200, 206, 416}:
                    raise refusal(answer.status_code, answer.reason_phrase, answer.headers.get("Retry-After"), address)
                yield answer
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects) as error:
            raise DownloadError(located(f"cannot be asked for: {error}", file=address)) from error
        except httpx.HTTPError as error:
            raise PassingError(f"the connection failed ({describe(error)})") from error

    def _read(self, address: str) -> bytes:
        content = bytearray()
        with self._ask(address, {}) as answer:
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MOST_OF_A_LIST:
                    raise DownloadError(located(f"is longer than {MOST_OF_A_LIST} bytes", file=address))
        return bytes(content)

    def _receive(self, file: RemoteFile, part: Part, advance: Callable[[int], None]) -> None:
        """Ask once for what is still missing of a file, and keep what comes."""
        if not part.can_go_on(file):
            part.remove()
        here = part.size()
        advance(here)
        if here and here == file.size:
            return
        with self._ask(file.address, part.ask_for_the_rest()) as answer:
            if answer.status_code == 416:
                if whole_size(answer.headers) == here:
                    return
                part.remove()
                raise PassingError("the server has not as much as was fetched before")
            if answer.status_code == 206 and first_byte(answer.headers) != here:
                part.remove()
                raise PassingError("the server answers with another part than was asked for")
            if answer.status_code == 200:
                part.remove()
                part.remember(answer.headers)
                here = 0
            with part.path.open("ab") as opened:
                for chunk in answer.iter_raw():
                    opened.write(chunk)
                    here += len(chunk)
                    advance(here)
                    if file.size is not None and here > file.size:
                        return
                    if self._stopped.is_set():
                        raise StoppedError(located("stopped", file=file.path))
        if file.size is not None and here < file.size:
            raise PassingError(f"the server ended after {here} of {file.size} bytes")


def open_client(patience: Patience, n_connections: int) -> httpx.Client:
    """Return a client of httpx.

    Raises
    ------
    DownloadError
        If httpx is not installed.
    """
    try:
        import httpx
    except ImportError:
        raise DownloadError('downloading needs httpx; install it with: pip install "ictal[download]"') from None
    return httpx.Client(
        headers={"User-Agent": f"ictal/{__version__}", "Accept-Encoding": "identity"},
        timeout=patience.silence,
        limits=httpx.Limits(max_connections=n_connections),
        follow_redirects=True,
    )


def refusal(code: int, reason: str, retry_after: str | None, address: str) -> DownloadError:
    """Return the error for an answer without the file; one that may pass says how long to wait if the server does."""
    said = f"the server answers {code} {reason}".rstrip()
    if code in PASSING:
        return PassingError(said, read_retry_after(retry_after))
    return DownloadError(located(said, file=address))


def read_retry_after(value: str | None, now: float | None = None) -> float | None:
    """Return the seconds that a server asks to wait for, from a number or a date; None if it does not.

    References
    ----------
    RFC 9110, 10.2.3 Retry-After.

    Examples
    --------
    >>> read_retry_after("120")
    120.0
    >>> read_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now=15.0)
    45.0
    """
    if value is None:
        return None
    number = re.fullmatch(r"\s*([0-9]{1,9})\s*", value)
    if number is not None:
        return float(number[1])
    with suppress(ValueError, TypeError, OverflowError, OSError):
        then = email.utils.parsedate_to_datetime(value).timestamp()
        return max(0.0, then - (time.time() if now is None else now))
    return None


def first_byte(headers: Mapping[str, str]) -> int | None:
    """Return where the bytes of an answer with a part begin.

    Examples
    --------
    >>> first_byte({"Content-Range": "bytes 512-1023/1024"}), whole_size({"Content-Range": "bytes */1024"})
    (512, 1024)
    """
    match = re.match(r"bytes ([0-9]{1,18})-", headers.get("Content-Range", ""))
    return None if match is None else int(match[1])


def whole_size(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes the whole file has, as an answer about a part of it says."""
    match = re.search(r"/([0-9]{1,18})$", headers.get("Content-Range", ""))
    return None if match is None else int(match[1])


def describe(error: Exception) -> str:
    """Return what an error of the connection is about, also where it says nothing itself."""
    return " ".join(f"{type(error).__name__}: {error}".removesuffix(": ").split())
