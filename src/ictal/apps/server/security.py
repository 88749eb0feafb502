"""Who may ask, and what every answer carries: host, origin, token, size of what is sent, and headers."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import traceback
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 64 * 1024

API = "/api"
"""What lies under it needs a token."""

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""The content security policy: nothing is loaded from elsewhere, nothing inline is run."""

HEADERS = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}
"""On every answer, whatever it says."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HERE = Path(__file__).parents[2]


class RefusedError(Exception):
    """A request that goes no further.

    Parameters
    ----------
    status : int
        Of HTTP.
    problem : str
        In one line.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem


class Guard:
    """Lets through what comes from the page itself, and puts the headers on every answer.

    The reader whose token came is in ``scope["state"]["reader"]``. A fault of ours becomes a short answer and a
    line on the error stream that says where, not what: a message could name a patient.

    Parameters
    ----------
    app : ASGI application
    tokens : mapping of str to str
        Reader → token.
    hosts : collection of str
        What the ``Host`` header may say, without its port; see :func:`allowed_hosts`.
    """

    def __init__(self, app: ASGIApp, tokens: Mapping[str, str], hosts: Collection[str]) -> None:
        self.app = app
        self.tokens = dict(tokens)
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        is_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                put_headers(MutableHeaders(scope=message), is_kept_from_caches=is_api(scope["path"]))
            await send(message)

        try:
            self.check(scope)
            await self.app(scope, await read_body(scope, receive), send_with_headers)
        except RefusedError as refusal:
            await answer_problem(send_with_headers, refusal.status, refusal.problem)
        except Exception as fault:
            sys.stderr.write(f"a fault in ictal: {locate_fault(fault)}\n")
            if not is_begun:
                await answer_problem(send_with_headers, 500, f"a fault in ictal: {type(fault).__name__}")

    def check(self, scope: Scope) -> None:
        """Refuse a request that does not come from the page, or without a token what needs one.

        Raises
        ------
        RefusedError
            421 for a host that is not ours, 403 for the origin of another site, 401 without a token.
        """
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if split_host(host) not in {*self.hosts, own_address(scope)}:
            raise RefusedError(421, "this server does not answer to that name")
        origin = headers.get("origin")
        if origin is not None and not is_same_site(origin, host):
            raise RefusedError(403, "requests of other sites are refused")
        if is_api(scope["path"]):
            scope.setdefault("state", {})["reader"] = self.find_reader(headers.get("authorization", ""))

    def find_reader(self, authorization: str) -> str:
        """Return the reader whose token it is.

        Raises
        ------
        RefusedError
            If it is nobody's.
        """
        scheme, _, given = authorization.partition(" ")
        found = [
            name
            for name, token in self.tokens.items()
            if secrets.compare_digest(token.encode(), given.strip().encode("utf-8", "surrogateescape"))
        ]
        if scheme.lower() != "bearer" or not found:
            raise RefusedError(401, "the token is missing or wrong; open the link that ictal review printed")
        return found[0]


def is_api(path: str) -> bool:
    """Whether a path needs a token."""
    return path == API or path.startswith(f"{API}/")


def allowed_hosts(host: str) -> frozenset[str]:
    """Return the names under which a server that listens at `host` is asked.

    A page of another site that has its name point at this machine sends its own name, which is none of them.

    Examples
    --------
    >>> sorted(allowed_hosts("127.0.0.1"))
    ['127.0.0.1', '::1', 'localhost']
    """
    names: Iterable[str] = (*_LOOPBACK, host)
    if host not in _LOOPBACK:
        own = socket.gethostname()
        names = (*names, own, f"{own}.local")
    return frozenset(name.lower() for name in names)


def own_address(scope: Scope) -> str | None:
    """Return the address of this machine at which a request came; no name of another site can be that."""
    server = scope.get("server")
    return None if server is None else str(server[0]).lower()


def split_host(host: str) -> str:
    """Return a ``Host`` header without its port, in small letters; empty where it makes no sense.

    Examples
    --------
    >>> split_host("127.0.0.1:8484"), split_host("[::1]:8484"), split_host("LOCALHOST"), split_host("a@b:1")
    ('127.0.0.1', '::1', 'localhost', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    is_plain = parts.netloc == host and "@" not in host
    return parts.hostname if is_plain and parts.hostname is not None else ""


def is_same_site(origin: str, host: str) -> bool:
    """Whether an ``Origin`` header names the host that was asked.

    Examples
    --------
    >>> is_same_site("http://127.0.0.1:8484", "127.0.0.1:8484"), is_same_site("null", "127.0.0.1:8484")
    (True, False)
    """
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def put_headers(headers: MutableHeaders, *, is_kept_from_caches: bool) -> None:
    """Put on an answer what every answer carries."""
    headers.update(HEADERS)
    headers["cache-control"] = "no-store" if is_kept_from_caches else "no-cache"


async def read_body(scope: Scope, receive: Receive) -> Receive:
    """Read what was sent, and return what gives it on.

    Raises
    ------
    RefusedError
        413 if it is longer than :data:`MOST_BODY_BYTES`.
    """
    too_long = RefusedError(413, f"more than {MOST_BODY_BYTES // 1024} KiB came")
    said = Headers(scope=scope).get("content-length", "0")
    if not said.isdecimal() or len(said) > 9 or int(said) > MOST_BODY_BYTES:
        raise too_long
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BODY_BYTES:
            raise too_long
        if not message.get("more_body", False):
            break
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give_on() -> Message:
        return waiting.pop() if waiting else await receive()

    return give_on


async def answer_problem(send: Send, status: int, problem: str) -> None:
    """Answer ``{"problem": …}``."""
    body = json.dumps({"problem": problem}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def locate_fault(fault: BaseException) -> str:
    """Return the kind of an error and the lines of ictal that it went through, without its message."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [Path(frame.filename) for frame in frames]
    lines = [
        f"{path.relative_to(_HERE).as_posix()}:{frame.lineno}"
        for path, frame in zip(ours, frames, strict=True)
        if path.is_relative_to(_HERE)
    ]
    return f"{type(fault).__name__} at {', '.join(lines[-4:])}"
