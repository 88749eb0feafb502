"""A review of three recordings, one of them damaged, and clients of its server in this process."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from ictal.apps.server.application import build_application
from ictal.apps.server.board import ReviewBoard, ReviewSettings
from ictal.apps.server.security import allowed_hosts
from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.discover import find_recordings
from ictal.io.edf_write import Identity, write_edf
from ictal.io.events_tsv import write_events
from ictal.review.folder import ReviewFolder

ADDRESS = "http://127.0.0.1:8484"
PROPOSED = (Event(2.0, 5.0, confidence=0.9), Event(11.0, 4.0, confidence=0.6, channels=("Fp1", "F7")))


@dataclass(frozen=True)
class Client:
    """Asks a web application in this process."""

    application: Any
    headers: dict[str, str]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask once."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=self.headers) as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def get_as_spelt(self, path: str) -> tuple[int, bytes]:
        """Ask for a path as it is spelt, which a client of the web would tidy up; return status and body."""
        sent: list[dict[str, Any]] = []
        raw, _, query = path.encode().partition(b"?")
        headers = {"host": "127.0.0.1", **{name.lower(): value for name, value in self.headers.items()}}
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
        scope |= {"path": unquote(raw.decode()), "raw_path": raw, "query_string": query, "root_path": ""}
        scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self.application(scope, receive, send))
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for something."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Send something."""
        return self.request("POST", path, **options)


@dataclass(frozen=True)
class Review:
    """A review as a test sees it."""

    data: Path
    results: Path
    folder: ReviewFolder
    board: ReviewBoard
    tokens: dict[str, str]
    application: FastAPI

    def client(self, reader: str = "anna") -> Client:
        """The page of one reader."""
        return Client(self.application, {"Authorization": f"Bearer {self.tokens[reader]}"})

    def stranger(self) -> Client:
        """Somebody without a token."""
        return Client(self.application, {})


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose files name their patient everywhere: in header, annotations, file name and folder; one is damaged.

    The results name two events of each of the two that can be read.
    """
    root = tmp_path_factory.mktemp("named")
    ward = root / "data" / "Haagse"
    ward.mkdir(parents=True)
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 128)).astype(np.float32)
    identity = Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony")
    said = Annotations([Event(3.0, 0.0, "Haagse Harry is asleep")], 20.0)
    for name in ("Haagse_Harry", "sub-01_task-rest_eeg"):
        recording = Recording.from_array(noise, 128.0, SCALP_19)
        start = datetime(2002, 3, 2, 21, 30, 15)
        write_edf(ward / f"{name}.edf", recording, said, start_time=start, identity=identity)
    (ward / "Haagse_Harry_2.edf").write_bytes((ward / "Haagse_Harry.edf").read_bytes()[:700])
    for found in find_recordings([root / "data"])[:1] + find_recordings([root / "data"])[2:]:
        table = found.output(root / "results", "_events.tsv")
        table.parent.mkdir(parents=True, exist_ok=True)
        write_events(table, Annotations(PROPOSED, 20.0))
    return root


def make_review(root: Path, kept: Path, readers: tuple[str, ...] = ("anna", "ben"), **settings: Any) -> Review:
    """Open the review of a folder."""
    found = find_recordings([root / "data"])
    folder = ReviewFolder.create(kept)
    folder.write_review(found, root / "results")
    tokens = folder.tokens(readers)
    board = ReviewBoard(found, folder, readers, ReviewSettings(results=root / "results", **settings))
    application = build_application(board, tokens, allowed_hosts("127.0.0.1"))
    return Review(root / "data", root / "results", folder, board, tokens, application)


@pytest.fixture
def open_review(named: Path, tmp_path: Path) -> Callable[..., Review]:
    """Open the review of `named`, or of a copy of it that may be changed."""

    def make(*, copied: bool = False, **how: Any) -> Review:
        if copied:
            shutil.copytree(named, tmp_path / "copy")
        return make_review(tmp_path / "copy" if copied else named, tmp_path / "review", **how)

    return make


@pytest.fixture(scope="module")
def seen(named: Path, tmp_path_factory: pytest.TempPathFactory) -> Review:
    """The same for tests that decide nothing."""
    return make_review(named, tmp_path_factory.mktemp("seen") / "review")


@pytest.fixture
def make_client() -> type[Client]:
    """What asks a web application in this process."""
    return Client


@pytest.fixture
def review(open_review: Callable[..., Review]) -> Review:
    """The review of `named` by anna and ben."""
    return open_review()


@pytest.fixture
def say() -> Callable[..., dict[str, Any]]:
    """What the page sends for a decision on an item."""

    def make(item: dict[str, Any], verdict: str = "accepted", /, **changes: Any) -> dict[str, Any]:
        base = {name: item[name] for name in ("recording", "revision", "event", "comment")}
        key = f"k-{item['recording']}-{item['revision']}-{abs(hash(item['name']))}"
        return {"key": key, "item": item["name"], "verdict": verdict, **base, **changes}

    return make
