"""Files come whole and right from servers that drop, lie, refuse and forget, or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import OutputError
from ictal.io.download import Patience, Server, StoppedError, read_retry_after
from ictal.io.remote_file import DownloadError, RemoteFile

CONTENT = np.random.default_rng(0).bytes(300_000)
QUICK = Patience(tries=3, first_wait=0.001, longest_wait=0.05, silence=2.0)


def of(site: Any, content: bytes = CONTENT, *, size: int | None = None, checksum: bool = True) -> RemoteFile:
    site.files["/a.edf"] = content
    total = f"sha256:{hashlib.sha256(content).hexdigest()}" if checksum else ""
    return RemoteFile("s/a.edf", f"{site.address}/a.edf", size, total)


def fetch(file: RemoteFile, folder: Path, patience: Patience = QUICK) -> bool:
    with Server(patience) as server:
        return server.fetch(file, folder)


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("content", [CONTENT, b""])
@pytest.mark.parametrize("checksum", [True, False])
def test_a_file_comes_whole_and_once(site: Any, tmp_path: Path, content: bytes, checksum: bool) -> None:
    file = of(site, content, size=len(content), checksum=checksum)
    assert fetch(file, tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == content
    assert left(tmp_path) == ["s/a.edf"]
    assert not fetch(file, tmp_path)
    assert len(site.asked("/a.edf")) == 1


@pytest.mark.parametrize("tags", [True, False])
def test_a_lost_connection_is_gone_on_with(site: Any, make_fault: Any, tmp_path: Path, tags: bool) -> None:
    site.tags = tags
    site.faults["/a.edf"] = [make_fault(drop_after=n) for n in (70_000, 1, 100_000)]
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT
    asked = site.asked("/a.edf")
    assert [headers.get("Range") for headers in asked] == [
        None,
        "bytes=70000-",
        "bytes=70001-",
        "bytes=170001-",
    ]
    assert all(("If-Range" in headers) == tags for headers in asked[1:])


def test_progress_is_told_in_bytes_that_are_there(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(drop_after=70_000)]
    told: list[int] = []
    with Server(QUICK) as server:
        server.fetch(of(site), tmp_path, told.append)
    assert told[0] == 0 and told[-1] == len(CONTENT) and 70_000 in told
    assert told == sorted(told)


def test_drops_without_end_are_borne_as_long_as_something_comes(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(drop_after=10_000) for _ in range(20)]
    assert fetch(of(site), tmp_path)


def test_a_server_that_ignores_ranges_starts_anew(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(drop_after=70_000), make_fault(ignores_range=True)]
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT


def test_one_that_ignores_ranges_and_always_drops_is_given_up(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.always = make_fault(drop_after=70_000, ignores_range=True)
    with pytest.raises(DownloadError, match=r"s/a.edf: the connection failed .*, 3 times in a row"):
        fetch(of(site), tmp_path)
    assert left(tmp_path) == ["s/a.edf.part", "s/a.edf.part.etag"]
    assert len(site.seen) == 3


def test_an_earlier_part_is_gone_on_with(site: Any, tmp_path: Path) -> None:
    file = of(site)
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.edf.part").write_bytes(CONTENT[:123_456])
    assert fetch(file, tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT
    assert [headers.get("Range") for headers in site.asked("/a.edf")] == ["bytes=123456-"]


def test_without_a_checksum_a_part_needs_its_mark(site: Any, tmp_path: Path) -> None:
    file = of(site, size=len(CONTENT), checksum=False)
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.edf.part").write_bytes(b"of another version")
    assert fetch(file, tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT
    assert "Range" not in site.asked("/a.edf")[0]


def test_a_file_that_has_changed_meanwhile_is_not_mixed(site: Any, make_fault: Any, tmp_path: Path) -> None:
    file = of(site, checksum=False)
    site.faults["/a.edf"] = [make_fault(drop_after=70_000, content=CONTENT[::-1])]
    assert fetch(file, tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT
    assert [("Range" in headers, "If-Range" in headers) for headers in site.asked("/a.edf")] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("length", [300_000, 300_001, 400_000])
def test_a_part_as_long_as_the_file_or_longer(site: Any, tmp_path: Path, length: int) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.edf.part").write_bytes(CONTENT.ljust(length, b"x"))
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT


def test_another_part_than_was_asked_for_is_not_kept(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(drop_after=70_000), make_fault(shift=5)]
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT


def test_wrong_bytes_are_fetched_once_more(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(content=CONTENT[::-1])]
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT


def test_bytes_that_are_wrong_twice_are_an_error_and_not_kept(site: Any, tmp_path: Path) -> None:
    file = of(site)
    site.files["/a.edf"] = CONTENT[::-1]
    with pytest.raises(DownloadError, match=r"s/a.edf: was fetched twice and has another sha256 check-sum"):
        fetch(file, tmp_path)
    assert left(tmp_path) == []
    assert len(site.seen) == 2


@pytest.mark.parametrize("checksum", [True, False])
def test_a_wrong_size_is_an_error(site: Any, tmp_path: Path, checksum: bool) -> None:
    with pytest.raises(DownloadError, match=r"has 300000 bytes where the list says 299999"):
        fetch(of(site, size=299_999, checksum=checksum), tmp_path)
    assert left(tmp_path) == []


def test_a_length_that_promises_too_much(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.always = make_fault(promise=50, ignores_range=True)
    assert fetch(of(site), tmp_path), "the check-sum says that all is there"
    with pytest.raises(DownloadError, match="the connection failed"):
        fetch(of(site, CONTENT[:-1], checksum=False), tmp_path / "unsure")


def test_a_length_that_promises_too_little(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(promise=-50)]
    assert fetch(of(site, size=len(CONTENT)), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT
    assert site.asked("/a.edf")[1]["Range"] == "bytes=299950-"


def test_a_dropped_answer_without_a_length_is_noticed(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(chunked=True, drop_after=70_000)]
    assert fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [404, 403, 410])
def test_what_is_not_there_is_not_asked_for_again(site: Any, make_fault: Any, tmp_path: Path, status: int) -> None:
    site.always = make_fault(status=status)
    with pytest.raises(DownloadError, match=rf"/a.edf: the server answers {status}"):
        fetch(of(site), tmp_path)
    assert len(site.seen) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_refusals_that_pass_are_waited_for(site: Any, make_fault: Any, tmp_path: Path, status: int) -> None:
    refusal = make_fault(status=status, headers={"Retry-After": "0"})
    site.faults["/a.edf"] = [refusal, refusal]
    assert fetch(of(site), tmp_path)
    site.always = refusal
    with pytest.raises(DownloadError, match=rf"the server answers {status} .*, 3 times in a row"):
        fetch(of(site), tmp_path / "again")
    assert len(site.seen) == 6


def test_the_server_says_how_long_to_wait_and_we_how_long_at_most(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(status=429, headers={"Retry-After": "1"})]
    started = time.monotonic()
    assert fetch(of(site), tmp_path, Patience(first_wait=0.001))
    assert time.monotonic() - started >= 1.0
    site.faults["/a.edf"] = [make_fault(status=429, headers={"Retry-After": "86400"})]
    started = time.monotonic()
    assert fetch(of(site), tmp_path / "again", Patience(longest_wait=0.1))
    assert time.monotonic() - started < 1.0


@given(st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"[0-9 .:+-]{1,40}", fullmatch=True)))
def test_whatever_a_server_asks_to_wait_is_a_time_or_none(value: str | None) -> None:
    wait = read_retry_after(value)
    assert wait is None or wait >= 0.0


def test_a_file_of_ours_that_is_another_one_stays(site: Any, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.edf").write_bytes(b"years of work")
    with pytest.raises(DownloadError, match=r"a.edf: is there, but has another sha256 check-sum .* remove it"):
        fetch(of(site), tmp_path)
    assert (tmp_path / "s/a.edf").read_bytes() == b"years of work"
    assert not site.seen


@pytest.mark.parametrize("path", ["../a.edf", "/etc/a.edf", "s/../../a.edf", "C:/a.edf", "..\\a.edf"])
def test_nothing_is_written_outside_of_the_folder(site: Any, tmp_path: Path, path: str) -> None:
    site.files["/a.edf"] = CONTENT
    with pytest.raises(DownloadError, match="a list must not name such a path"):
        fetch(RemoteFile(path, f"{site.address}/a.edf"), tmp_path / "in")
    assert left(tmp_path) == [] and not site.seen


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"a.edf: the connection failed \(Connect.*3 times in a row"):
        fetch(RemoteFile("a.edf", "http://127.0.0.1:1/a.edf"), tmp_path)
    with pytest.raises(DownloadError, match="cannot be asked for"):
        fetch(RemoteFile("a.edf", "ftp://127.0.0.1:1/a.edf"), tmp_path)


def test_a_folder_that_cannot_be_written_is_said(site: Any, tmp_path: Path) -> None:
    (tmp_path / "s").write_text("a file")
    with pytest.raises(OutputError, match=r"file where a folder is needed|part of the path is a file"):
        fetch(of(site), tmp_path)


def test_stopping_ends_a_wait_and_keeps_what_has_come(site: Any, make_fault: Any, tmp_path: Path) -> None:
    site.faults["/a.edf"] = [make_fault(drop_after=70_000), make_fault(status=503)]
    file = of(site)
    with Server(Patience(first_wait=60.0)) as server:
        timer = threading.Timer(0.3, server.stop)
        timer.start()
        with pytest.raises(StoppedError):
            server.fetch(file, tmp_path)
        timer.join()
    assert (tmp_path / "s/a.edf.part").read_bytes() == CONTENT[:70_000]
    assert fetch(file, tmp_path)


def test_a_list_is_read_with_the_same_patience(site: Any, make_fault: Any) -> None:
    site.files["/list"] = "\ufeffµ".encode()
    site.faults["/list"] = [make_fault(status=500), make_fault(promise=9)]
    with Server(QUICK) as server:
        assert server.read_text(f"{site.address}/list") == "µ"
        site.files["/list"] = b"\xff\xfe\x00"
        with pytest.raises(DownloadError, match="is not text in UTF-8"):
            server.read_text(f"{site.address}/list")


def test_sizes_are_asked_for_without_the_bytes(site: Any) -> None:
    site.files["/a.edf"] = CONTENT
    with Server(QUICK) as server:
        assert server.ask_size(f"{site.address}/a.edf") == len(CONTENT)
        assert server.ask_size(f"{site.address}/none") is None
        assert server.ask_size("http://127.0.0.1:1/none") is None


def test_a_redirection_is_followed(site: Any, make_fault: Any, tmp_path: Path) -> None:
    file = of(site)
    site.faults["/old"] = [make_fault(status=302, headers={"Location": "/a.edf"})]
    assert fetch(RemoteFile("a.edf", f"{site.address}/old", None, file.checksum), tmp_path)


def test_without_httpx_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['httpx'] = None\n"
        "from ictal.io.download import Server\n"
        "try:\n    Server()\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        'DownloadError downloading needs httpx; install it with: pip install "ictal[download]"'
    )
