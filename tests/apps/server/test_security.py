from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ictal.apps.server.security import (
    HEADERS,
    MOST_BODY_BYTES,
    Guard,
    RefusedError,
    allowed_hosts,
    is_same_site,
    locate_fault,
    read_body,
    split_host,
)

EVERY_ANSWER = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
PATHS = [
    ("GET", "/"),
    ("GET", "/page/store.js"),
    ("GET", "/page/nothing.js"),
    ("GET", "/nothing"),
    ("GET", "/api/items"),
]
PATHS += [("GET", "/api/session"), ("GET", "/api/openapi.json"), ("GET", "/api/nothing"), ("POST", "/api/decisions")]
PATHS += [("DELETE", "/api/items"), ("POST", "/"), ("GET", "/docs"), ("GET", "/redoc"), ("GET", "/openapi.json")]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_answer_has_the_headers(seen: Any, method: str, path: str) -> None:
    for client in (seen.client(), seen.stranger()):
        answer = client.request(method, path)
        assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER
        assert answer.headers["cache-control"] == ("no-store" if path.startswith("/api") else "no-cache")
        assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_there_are_no_pages_that_load_from_elsewhere(seen: Any, path: str) -> None:
    assert seen.client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/session", "/api/items", "/api/openapi.json", "/api/nothing", "/api"])
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x", "Bearer é"],
)
def test_the_api_needs_a_token(seen: Any, path: str, authorization: str | None) -> None:
    headers = {}
    if authorization is not None:
        headers["Authorization"] = authorization.format(token=seen.tokens["anna"]).encode()
    answer = seen.stranger().get(path, headers=headers)
    assert answer.status_code == 401
    assert "token" in answer.json()["problem"] and answer.headers["www-authenticate"] == "Bearer"
    assert seen.stranger().get(f"{path}?token={seen.tokens['anna']}").status_code == 401


def test_the_page_itself_needs_none(seen: Any) -> None:
    assert seen.stranger().get("/").status_code == seen.stranger().get("/page/store.js").status_code == 200


def test_the_token_says_who_asks(seen: Any) -> None:
    for name in ("anna", "ben"):
        assert seen.client(name).get("/api/session").json()["reader"] == name


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8484", "127.0.0.1.evil.example", "", "a@127.0.0.1", "[::1"]
)
@pytest.mark.parametrize("path", ["/", "/api/items", "/page/store.js"])
def test_a_name_that_points_here_is_refused(seen: Any, host: str, path: str) -> None:
    answer = seen.client().get(path, headers={"Host": host})
    assert answer.status_code == 421 and "problem" in answer.json()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:8484", "LOCALHOST", "[::1]:8484"])
def test_a_tunnel_may_have_another_port(seen: Any, host: str) -> None:
    assert seen.client().get("/api/items", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost:8484", "", "x"]
)
def test_another_site_is_refused(seen: Any, origin: str) -> None:
    for method, path in (("GET", "/api/items"), ("GET", "/"), ("POST", "/api/undo")):
        answer = seen.client().request(method, path, headers={"Origin": origin}, json={"key": "k1"})
        assert answer.status_code == 403 and "other sites" in answer.json()["problem"]


def test_the_page_names_itself_as_origin(seen: Any) -> None:
    answer = seen.client().get("/api/items", headers={"Origin": "http://127.0.0.1:8484"})
    assert answer.status_code == 200
    assert is_same_site("https://eeg.example", "EEG.example")


@pytest.mark.parametrize("length", [MOST_BODY_BYTES + 1, 10 * MOST_BODY_BYTES])
def test_long_bodies_are_refused(seen: Any, length: int) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(length // 1000 + 1):
            yield b"x" * 1000

    client = seen.client()
    assert client.post("/api/undo", content=b"x" * length).status_code == 413
    assert client.post("/api/undo", content=parts()).status_code == 413
    assert client.post("/api/undo", content=b"x", headers={"Content-Length": "9" * 30}).status_code == 413


def test_a_body_in_parts_arrives_whole() -> None:
    parts = [{"type": "http.request", "body": b"a" * 1000, "more_body": more} for more in (True, True, False)]
    parts.append({"type": "http.disconnect"})

    async def give() -> dict[str, Any]:
        return parts.pop(0)

    async def read() -> list[dict[str, Any]]:
        receive = await read_body({"type": "http", "headers": []}, give)
        return [dict(await receive()), dict(await receive())]

    whole, gone = asyncio.run(read())
    assert whole["body"] == b"a" * 3000 and gone["type"] == "http.disconnect"


def test_a_fault_says_where_and_not_what(make_client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def faulty(scope: Any, receive: Any, send: Any) -> None:
        split_host(None)  # type: ignore[arg-type]
        raise ValueError("Haagse Harry")

    answer = make_client(Guard(faulty, {}, allowed_hosts("127.0.0.1")), {}).get("/")
    assert answer.status_code == 500 and answer.json() == {"problem": "a fault in ictal: ValueError"}
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    said = capsys.readouterr().err
    assert "ValueError at apps/server/security.py" in said and "Harry" not in said


def test_where_a_fault_was() -> None:
    try:
        split_host(3)  # type: ignore[arg-type]
    except Exception:
        assert "apps/server/security.py:" in locate_fault(sys.exc_info()[1])  # type: ignore[arg-type]


def test_only_a_server_for_others_answers_to_more_names() -> None:
    assert allowed_hosts("127.0.0.1") == {"127.0.0.1", "localhost", "::1"}
    assert allowed_hosts("localhost") == allowed_hosts("::1") == allowed_hosts("127.0.0.1")
    assert allowed_hosts("EEG.ward.example") > {"eeg.ward.example", "127.0.0.1"}
    assert "evil.example" not in allowed_hosts("0.0.0.0")


def test_the_address_at_which_a_request_came_is_ours(seen: Any) -> None:
    scope = {"type": "http", "path": "/", "server": ("192.0.2.7", 8484), "headers": [(b"host", b"192.0.2.7:8484")]}
    guard = Guard(seen.application, {}, allowed_hosts("0.0.0.0"))
    guard.check(scope)
    for server in (("192.0.2.8", 8484), None):
        with pytest.raises(RefusedError):
            guard.check({**scope, "server": server})


def test_the_first_of_two_equal_tokens_is_nobody_else() -> None:
    guard = Guard(lambda *_: None, {"anna": "a" * 32, "ben": "b" * 32}, {"localhost"})  # type: ignore[arg-type]
    assert guard.find_reader(f"bearer {'b' * 32}") == "ben"
    with pytest.raises(RefusedError):
        guard.find_reader("Bearer " + "c" * 32)
