from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ictal.apps.server.serve import is_loopback, listen, open_folder, serve_review, write_address
from ictal.core.errors import IctalError, ParameterError


class Server:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.said = "".join(process.stdout.readline() for _ in range(4))
        links = re.findall(r"^(\w+)  (http://127\.0\.0\.1:\d+)/#(\S+)$", self.said, re.MULTILINE)
        assert len(links) == 2, (self.said, process.poll())
        self.address = links[0][1]
        self.tokens = {name: token for name, _, token in links}

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {self.tokens['anna']}"})

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def serve(start: Callable[..., subprocess.Popen[str]], named: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """``ictal review`` of `named` by anna and ben."""
    processes: list[subprocess.Popen[str]] = []

    def make(port: int = 0) -> Server:
        what = ("review", named / "data", "--results", named / "results", "-o", tmp_path / "review", "--port", port)
        processes.append(start(*map(str, what), "--reader", "anna", "--reader", "ben"))
        return Server(processes[-1])

    yield make
    for process in processes:
        process.kill()
        process.communicate()


def test_a_killed_server_has_lost_nothing_and_the_page_goes_on(
    serve: Callable[..., Server], say: Callable[..., Any]
) -> None:
    begun = time.monotonic()
    first = serve()
    assert "3 recordings" in first.said and time.monotonic() - begun < 20
    with first.client() as client:
        answer = client.get("/")
        assert answer.status_code == 200 and {"server", "date"}.isdisjoint(answer.headers)
        item = client.get("/api/items").json()["items"][0]
        assert client.post("/api/decisions", json=say(item, comment="kept")).status_code == 200
        code, _, err = first.end(signal.SIGKILL)
    assert code == -signal.SIGKILL and err == ""
    second = serve(int(first.address.rpartition(":")[2]))
    assert (second.address, second.tokens) == (first.address, first.tokens)
    with second.client() as client:
        shown = client.get("/api/items").json()["items"][0]
        assert (shown["verdict"], shown["comment"], shown["revision"]) == ("accepted", "kept", 1)
        assert client.post("/api/undo", json={"key": "u1"}).json()["item"]["verdict"] == "undecided"
        assert client.get("/api/nothing", headers={"Host": "evil.example"}).status_code == 421
        raw = httpx.get(second.address + "/page/%2e%2e/server/security.py")
        assert raw.status_code == 404
        code, out, err = second.end(signal.SIGINT)
    assert code == 0 and "every decision is kept" in out and err == ""


def test_a_port_that_is_taken_is_told(named: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ParameterError, match=rf"^--port: {port} at 127\.0\.0\.1 is not allowed: Address already in use"
        ):
            serve_review([named / "data"], review=tmp_path / "review", port=port)
    assert not (tmp_path / "review").exists()


@pytest.mark.parametrize("host", ["256.0.0.1", "no-such-host.invalid", "a\0b", "ü" * 70, "203.0.113.7"])
def test_a_host_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(ParameterError, match=r"^--(host|port): "):
        listen(host, 0)


def test_a_free_port_is_taken() -> None:
    with listen("127.0.0.1", 0) as one, listen("localhost", 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        assert is_loopback(one) and is_loopback(other)
    with listen("0.0.0.0", 0) as everywhere:
        assert not is_loopback(everywhere)


def test_addresses() -> None:
    assert write_address("localhost", 1) == "http://localhost:1"
    assert write_address("::", 8484) == "http://[::1]:8484"


def test_what_is_not_there_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    for readers in ((), ("../anna",), ("anna", "Anna")):
        with pytest.raises(IctalError):
            serve_review([tmp_path / "none"], review=tmp_path / "review", port=0, readers=readers)
    assert not (tmp_path / "review").exists()


def test_starting_loads_nothing_heavy() -> None:
    code = "import json, sys; import ictal.apps.server.serve; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""}
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"onnxruntime", "scipy", "matplotlib", "torch", "mne", "pandas"}
    help_loads = "import json, sys; import ictal.apps.cli, ictal.apps.review; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", help_loads], capture_output=True, text=True, check=True)
    assert not {name.split(".")[0] for name in json.loads(done.stdout)} & {"fastapi", "uvicorn", "pydantic", "numpy"}


def test_an_earlier_review_goes_on_with_what_it_had(named: Path, tmp_path: Path) -> None:
    first, found, results = open_folder([named / "data"], named / "results", tmp_path / "review")
    again, same, same_results = open_folder([tmp_path / "review"], None, tmp_path / "not made")
    assert again.path == first.path
    assert [one.path.resolve() for one in same] == [one.path.resolve() for one in found]
    assert same_results is not None and results is not None and same_results.resolve() == results.resolve()
    assert not (tmp_path / "not made").exists()
