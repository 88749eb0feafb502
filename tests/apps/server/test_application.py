from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from ictal.apps.server.application import MEDIA_TYPES, PAGE, find_files
from ictal.apps.server.shelf import identify

Say = Callable[..., dict[str, Any]]
HARRY, DAMAGED, BIDS = (identify(f"Haagse/{name}") for name in ("Haagse_Harry", "Haagse_Harry_2", "sub-01_task-rest"))
NAMES = ("Harry", "Haagse", "MRN12345", "MAY-1951", "MAR-2002", "02.03.02", "2002-03-02", "EMG561", "Sony", "asleep")


def test_the_page_is_given_with_its_kind(seen: Any) -> None:
    stranger = seen.stranger()
    index = stranger.get("/")
    assert index.text == (PAGE / "index.html").read_text(encoding="utf-8")
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    for name, file in find_files(PAGE).items():
        answer = stranger.get(f"/page/{name}")
        assert answer.content == file.read_bytes() and answer.headers["content-type"] == MEDIA_TYPES[file.suffix]


def test_nothing_on_the_page_is_inline_or_elsewhere() -> None:
    for name, file in find_files(PAGE).items():
        text = file.read_text(encoding="utf-8")
        if name.endswith(".html"):
            assert "<style" not in text and " style=" not in text and " onclick=" not in text
            assert text.count("<script") == text.count('<script type="module" src="/page/')
        assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text


OUTSIDE = (
    "security.py",
    "__init__.py",
    "../server/security.py",
    "../../../../../etc/passwd",
    "/etc/passwd",
    "store.js/..",
)
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda path: path.replace("..", "%2e%2e"),
    lambda path: urllib.parse.quote(path, safe=""),
    lambda path: urllib.parse.quote(urllib.parse.quote(path, safe=""), safe=""),
    lambda path: path.replace("/", "%5c"),
    lambda path: f"{path}%00",
    lambda path: f"%00{path}",
    lambda path: f".%2f{path}",
    lambda path: f"/{path}",
    lambda path: f"....//{path}",
    lambda path: path.replace(".", "%c0%ae"),
    lambda path: f"store.js%00/{path}",
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_but_those_of_the_page(seen: Any, path: str) -> None:
    for spell in SPELLINGS:
        for wrong in (f"/page/{spell(path)}", f"/{spell(path)}", f"/page/../{spell(path)}"):
            status, body = seen.stranger().get_as_spelt(wrong)
            assert status == 404 and len(body) < 100, wrong


@pytest.mark.parametrize(
    "path", ["/page", "/page/", "/page/store.js/", "/page/STORE.JS", "/page/../page/store.js", "//"]
)
def test_names_are_spelt_in_one_way(seen: Any, path: str) -> None:
    assert seen.stranger().get_as_spelt(path)[0] == 404


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    page = tmp_path / "page"
    page.mkdir()
    (page / "a.js").write_text("1")
    (page / "b.js").symlink_to(tmp_path / "secret.txt")
    (page / "c.py").write_text("1")
    assert list(find_files(page)) == ["a.js"]


@pytest.mark.parametrize("id", ["..", "Haagse_Harry", "sub-01_task-rest", "0" * 12, "store.js", "%2e%2e", "x" * 2000])
@pytest.mark.parametrize("what", ["signal?start=0&stop=1&montage=average", "night", "reasons?item=a", "runs"])
def test_no_recording_but_those_that_are_open(seen: Any, id: str, what: str) -> None:
    for spell in SPELLINGS:
        status, body = seen.client().get_as_spelt(f"/api/recordings/{spell(id)}/{what}")
        assert status in (404, 405, 422) and list(json.loads(body)) == ["problem"]


def routes(review: Any) -> set[tuple[str, str]]:
    paths = review.client().get("/api/openapi.json").json()["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


ASKED = {
    ("GET", "/api/session"): ["/api/session"],
    ("GET", "/api/items"): ["/api/items"],
    ("GET", "/api/agreement"): ["/api/agreement"],
    ("GET", "/api/runs"): ["/api/runs"],
    ("GET", "/api/export/{kind}"): [
        "/api/export/csv",
        "/api/export/tsv",
        "/api/export/edf",
        *(f"/api/export/{kind}?recording={id}" for kind in ("csv", "tsv", "edf") for id in (HARRY, DAMAGED, BIDS)),
    ],
    ("GET", "/api/recordings/{id}/signal"): [
        f"/api/recordings/{id}/signal?start=0&stop=10&montage={montage}&columns=100"
        for id in (HARRY, DAMAGED, BIDS)
        for montage in ("average", "wrong")
    ],
    ("GET", "/api/recordings/{id}/night"): [f"/api/recordings/{id}/night?columns=10" for id in (HARRY, DAMAGED, BIDS)],
    ("GET", "/api/recordings/{id}/reasons"): [
        f"/api/recordings/{id}/reasons?item={item}" for id in (HARRY, DAMAGED) for item in ("2.00%2B5.00-sz", "none")
    ],
    ("POST", "/api/recordings/{id}/runs"): [f"/api/recordings/{id}/runs" for id in (HARRY, DAMAGED)],
    ("POST", "/api/decisions"): ["/api/decisions"],
    ("POST", "/api/undo"): ["/api/undo"],
}
"""What is asked of each route by the tests that walk all of them."""


def ask_everything(client: Any, bodies: dict[str, Any]) -> list[Any]:
    answers = []
    for (method, _), paths in ASKED.items():
        for path in paths:
            kind = path.split("/")[-1]
            answers.append(client.request(method, path, json=bodies.get(kind) if method == "POST" else None))
    return answers


def said_in(answers: list[Any]) -> str:
    return "\n".join(f"{answer.url} {dict(answer.headers)} {answer.content.decode('latin-1')}" for answer in answers)


def test_every_route_is_asked(seen: Any) -> None:
    assert routes(seen) == set(ASKED)


def test_nothing_says_who_the_patient_is(
    open_review: Callable[..., Any], say: Say, capfd: pytest.CaptureFixture[str]
) -> None:
    review = open_review(copied=True)
    table = review.results / "Haagse" / "Haagse_Harry_events.tsv"
    table.write_text(table.read_text(encoding="utf-8") + "soon\t1\tsz\n", encoding="utf-8")
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    bodies = {"runs": {"detector": "line-length"}, "undo": {"key": "u1"}, "decisions": say(item)}
    answers = ask_everything(client, bodies)
    review.board.runs.finish()
    answers += ask_everything(client, {**bodies, "decisions": say(item, "rejected", key="late")})
    for folder in (review.data, review.results, review.folder.path):
        folder.rename(folder.with_name(f"{folder.name}-away"))
        answers += ask_everything(client, {**bodies, "decisions": say(item, "rejected", key="gone", revision=2)})
        review.board.runs.finish()
        folder.with_name(f"{folder.name}-away").rename(folder)
    assert {200, 202, 403, 404, 409, 422, 503} <= {answer.status_code for answer in answers}
    assert 500 not in {answer.status_code for answer in answers}
    shown = said_in(answers) + "".join(capfd.readouterr())
    assert "recording 1" in shown and "21:30:15" in shown
    for name in (*NAMES, str(review.data.parent), str(review.folder.path)):
        assert name not in shown, shown[max(shown.index(name) - 300, 0) : shown.index(name) + 100]


def test_a_reader_sees_nothing_of_another(open_review: Callable[..., Any], say: Say) -> None:
    review = open_review()
    anna, ben = review.client("anna"), review.client("ben")
    before = said_in(ask_everything(ben, {}))
    for number, item in enumerate(anna.get("/api/items").json()["items"]):
        event = {**item["event"], "onset": item["event"]["onset"] + 0.123, "type": "sz_foc_f2b"}
        said = say(item, "accepted", event=event, comment="seen-by-anna", key=f"anna-{number}")
        assert anna.post("/api/decisions", json=said).status_code == 200
    own = {"onset": 18.0, "duration": 1.0, "type": "sz", "confidence": None, "channels": []}
    item = {"recording": HARRY, "name": "annas-own", "revision": 0, "event": own, "comment": ""}
    assert anna.post("/api/decisions", json=say(item, key="anna-own")).status_code == 200
    assert "seen-by-anna" in anna.get("/api/export/csv").text
    after = said_in(ask_everything(ben, {"undo": {"key": "u1"}}))
    for word in ("seen-by-anna", "annas-own", "anna", "2.123"):
        assert word not in after
    assert json.loads(ben.get("/api/items").text)["items"] and before.count("accepted") == after.count("accepted")
    stolen = say(item, "rejected", revision=1, key="ben-1")
    assert ben.post("/api/decisions", json=stolen).status_code == 422


def test_every_route_says_how_it_may_be_refused(seen: Any) -> None:
    for route in seen.application.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api"):
            assert {401, 403, 421} <= set(route.responses)
    text = seen.client().get("/api/openapi.json").text
    assert "HTTPValidationError" not in text and "bearer" in text


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/items"), ("DELETE", "/"), ("TRACE", "/api/undo")])
def test_other_methods_are_refused_in_the_same_form(seen: Any, method: str, path: str) -> None:
    answer = seen.client().request(method, path)
    assert answer.status_code == 405 and "problem" in answer.json() and answer.headers["allow"]
