"""What tests share: where the real data is, a count of what was skipped without it, and small recordings as files."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import hypothesis
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import Identity, write_edf
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

DATA_VARIABLE = "ICTAL_TEST_DATA"
# What is slow on a busy machine is not wrong: timings are no tests.
hypothesis.settings.register_profile("ictal", deadline=None)
hypothesis.settings.load_profile("ictal")

NO_DATA = f"{DATA_VARIABLE} is not set: the real data is not here"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real recordings, annotations and oracles; set and missing is a failure, unset a counted skip."""
    if DATA_VARIABLE not in os.environ:
        pytest.skip(NO_DATA)
    folder = Path(os.environ[DATA_VARIABLE])
    assert folder.is_dir(), f"{DATA_VARIABLE}={folder} is not a folder"
    return folder


@pytest.fixture(scope="session")
def scalp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes of scalp EEG of a patient with a name; a seizure from 60 to 90 s is marked ``Anfall`` in the file."""
    path = tmp_path_factory.mktemp("scalp") / "night.edf"
    simulated = simulate_recording(120.0, seed=2, seizures=[Seizure(60.0, 30.0, focus="T8")], difficulty=0.0)
    write_edf(
        path,
        simulated,
        Annotations([Event(60.0, 30.0, "Anfall"), Event(5.0, 0.0, "eyes open")], 120.0),
        start_time=datetime(2002, 3, 2, 21, 30, 15),
        identity=Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony"),
    )
    return path


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of noise on 19 electrodes."""
    path = tmp_path_factory.mktemp("quiet") / "quiet.edf"
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 256))
    write_edf(path, Recording.from_array(noise, 256.0, SCALP_19))
    return path


@pytest.fixture
def both(tmp_path: Path, quiet: Path, scalp: Path) -> Path:
    """A folder with a quiet recording and one with a seizure."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(quiet, folder / "a.edf")
    shutil.copy(scalp, folder / "b.edf")
    return folder


@pytest.fixture
def without_privileges() -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Be an ordinary user for a while, since root may write everywhere."""

    @contextlib.contextmanager
    def ordinary_user() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return ordinary_user


@dataclass(frozen=True)
class Fault:
    """What a server does wrong in one answer."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    drop_after: int | None = None
    promise: int = 0
    ignores_range: bool = False
    shift: int = 0
    chunked: bool = False


@dataclass
class Site:
    """A web server on this machine, and what was asked of it."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    always: Fault = field(default_factory=Fault)
    tags: bool = True
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def asked(self, path: str, method: str = "GET") -> list[dict[str, str]]:
        """The headers of every request for a file."""
        return [headers for how, what, headers in self.seen if (how, what) == (method, path)]


class SiteHandler(http.server.BaseHTTPRequestHandler):
    """Answers with files and parts of files, as RFC 9110 has it, but for the faults that are asked of it."""

    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def do_HEAD(self) -> None:
        """Answer without the bytes."""
        self.answer(with_bytes=False)

    def do_GET(self) -> None:
        """Answer with the bytes."""
        self.answer(with_bytes=True)

    def answer(self, with_bytes: bool) -> None:
        """Answer one request."""
        path = unquote(urlsplit(self.path).path)
        key = unquote(self.path) if unquote(self.path) in self.site.files else path
        self.site.seen.append((self.command, key, dict(self.headers.items())))
        waiting = self.site.faults.get(key, []) if with_bytes else []
        fault = waiting.pop(0) if waiting else self.site.always
        status = fault.status if fault.status is not None else 200 if key in self.site.files else 404
        content = fault.content if fault.content is not None else self.site.files.get(key, b"")
        if status != 200:
            self.reply(status, dict(fault.headers), b"", fault, with_bytes)
            return
        headers = dict(fault.headers)
        if self.site.tags:
            headers["ETag"] = f'"{hashlib.md5(content).hexdigest()}"'
        start, wanted = 0, self.headers.get("Range")
        same = self.headers.get("If-Range", headers.get("ETag")) == headers.get("ETag")
        if wanted is not None and same and not fault.ignores_range:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.reply(416, {"Content-Range": f"bytes */{len(content)}"}, b"", fault, with_bytes)
                return
            start += fault.shift
            status, headers["Content-Range"] = 206, f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.reply(status, headers, content[start:], fault, with_bytes)

    def reply(self, status: int, headers: dict[str, str], content: bytes, fault: Fault, with_bytes: bool) -> None:
        """Send the status, the headers and the bytes, or as many of them as the fault lets through."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault.chunked:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(content) + fault.promise))
        self.end_headers()
        if with_bytes:
            with contextlib.suppress(ConnectionError):
                self.wfile.write(content[: fault.drop_after])
                self.wfile.flush()
        self.close_connection = fault.chunked or fault.drop_after is not None or fault.promise != 0


@pytest.fixture
def make_fault() -> type[Fault]:
    """What a server does wrong in one answer."""
    return Fault


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on this machine that has no files yet."""
    handler = type("Handler", (SiteHandler,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.site = Site(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield handler.site  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def pytest_collection_finish() -> None:
    """Collect garbage seldom, and never look at what was imported: that takes a tenth of the time of all tests."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    without_data = [report for report in terminalreporter.stats.get("skipped", []) if NO_DATA in str(report.longrepr)]
    if without_data:
        terminalreporter.write_line(f"{len(without_data)} tests skipped: {NO_DATA}")
