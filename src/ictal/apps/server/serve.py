"""The server of a review: what is opened, where it listens, and how it ends."""

from __future__ import annotations

import socket
import threading
import warnings
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import uvicorn

from ictal.apps.server.application import build_application
from ictal.apps.server.board import ReviewBoard, ReviewSettings
from ictal.apps.server.security import allowed_hosts
from ictal.core.errors import IctalWarning, ParameterError
from ictal.io.animals import parse_animals
from ictal.io.discover import FoundRecording, find_recordings, split_animals
from ictal.review.folder import ReviewFolder

MOST_WAITING = 128
"""Connections that wait to be taken."""

SECONDS_TO_END = 3
"""What is being answered when the server ends may take so long."""


@dataclass(frozen=True)
class Opened:
    """A review that is served.

    Attributes
    ----------
    n_recordings : int
    links : mapping of str to str
        Reader → address with the token.
    folder : Path
        Where decisions are kept.
    is_open_to_others : bool
        Whether other machines can reach it.
    """

    n_recordings: int
    links: Mapping[str, str]
    folder: Path
    is_open_to_others: bool


def serve_review(
    paths: Sequence[Path | str],
    *,
    results: Path | None = None,
    animals: Sequence[str] = (),
    review: Path | str = "ictal-review",
    readers: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 8484,
    show_identity: bool = False,
    mapping: Mapping[str, str] | None = None,
    detector: str | None = None,
    open_page: bool = False,
    tell: Callable[[Opened], None] = lambda opened: None,
) -> None:
    """Serve a review until it is interrupted: what ``ictal review`` does.

    Parameters
    ----------
    paths : sequence of path
        Files, folders or BIDS datasets; or the one folder of an earlier review, which then goes on.
    results : Path, optional
        What ``ictal detect`` wrote for them.
    animals : sequence of str
        ``NAME=CHANNEL,CHANNEL`` for files that hold several animals: each is shown as a recording of its own.
    review : path
        Where decisions are kept; made where it is not there.
    readers : sequence of str
        Who decides; ``reader`` where nobody is named.
    host, port : str, int
        Where it listens; port 0 takes a free one.
    show_identity : bool
        Whether names and dates may be shown.
    mapping : mapping of str to str, optional
        What odd labels mean: label → electrode or lead.
    detector : str, optional
        Explains items of which no record says who found them.
    open_page : bool
        Whether to open the first reader's page in the browser of this machine.
    tell : callable
        Is given where the pages are, once they can be opened.

    Raises
    ------
    IctalError
        If nothing is found, the folder cannot be written, or the port is taken.
    """
    # A page shows what was mended as notes; a warning would name the file in the terminal.
    warnings.simplefilter("ignore", IctalWarning)
    names = tuple(dict.fromkeys(readers)) if readers else ("reader",)
    listening = listen(host, port)
    try:
        folder, found, results = open_folder(paths, results, review, animals)
        tokens = folder.tokens(names)
        settings = ReviewSettings(results, show_identity, {} if mapping is None else mapping, detector)
        board = ReviewBoard(found, folder, tuple(tokens), settings)
        application = build_application(board, tokens, allowed_hosts(host))
        address = write_address(host, listening.getsockname()[1])
        links = {name: f"{address}/#{quote(token)}" for name, token in tokens.items()}
        tell(Opened(len(found), links, folder.path, is_open_to_others=not is_loopback(listening)))
        if open_page:
            webbrowser.open(links[names[0]])
        threading.Thread(target=board.warm_up, name="warm up", daemon=True).start()
        try:
            run_until_interrupted(application, listening)
        finally:
            board.runs.close()
    finally:
        listening.close()


def open_folder(
    paths: Sequence[Path | str], results: Path | None, review: Path | str, animals: Sequence[str] = ()
) -> tuple[ReviewFolder, tuple[FoundRecording, ...], Path | None]:
    """Return the folder of a review, its recordings and its results; an earlier review goes on with those that it had.

    Raises
    ------
    IctalError
        If nothing is found, or the folder cannot be written; if animals are named for an earlier review.
    """
    channels = parse_animals(animals)
    if len(paths) == 1 and ReviewFolder(paths[0]).review.is_file():
        if channels:
            raise ParameterError("--animal: is not allowed with an earlier review, which goes on with what it had.")
        folder = ReviewFolder.open(paths[0])
        earlier = folder.read_review()
        return folder, earlier.recordings, earlier.results
    found = split_animals(find_recordings(paths), channels)
    folder = ReviewFolder.create(review)
    folder.write_review(found, results)
    return folder, found, results


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    ParameterError
        If the port is taken, or there is no such host.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError, OverflowError):
        raise ParameterError(
            f"--host: {host!r} is not allowed; it must be a name or an address of this machine."
        ) from None
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(MOST_WAITING)
    except OSError as problem:
        listening.close()
        said = problem.strerror
        raise ParameterError(f"--port: {port} at {host} is not allowed: {said}; --port 0 takes a free one.") from None
    return listening


def write_address(host: str, port: int) -> str:
    """Return the address of the page.

    Examples
    --------
    >>> write_address("::1", 8484), write_address("0.0.0.0", 80)
    ('http://[::1]:8484', 'http://127.0.0.1:80')
    """
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether a socket can be reached from this machine alone."""
    address = str(listening.getsockname()[0])
    return address.startswith("127.") or address == "::1"


def run_until_interrupted(application: object, listening: socket.socket) -> None:
    """Answer requests until Ctrl-C, which is how it ends and no problem."""
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="critical",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
