"""Paths of a list stay in their folder; a file on the disk is the promised one or it is said why not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.io.remote_file import DownloadError, Part, RemoteFile, find_fault, safe_target


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "../a",
        "a/../../b",
        "a/./b",
        "a//b",
        "/a",
        "a/",
        "\\\\server\\a",
        "C:a",
        ".. /a",
        "a\nb",
        "a\0",
        "a.part",
        "a.part.etag",
    ],
)
def test_strange_paths_are_refused(path: str) -> None:
    with pytest.raises(DownloadError, match="a list must not name such a path"):
        safe_target(Path("data"), path)


@pytest.mark.parametrize("path", ["RECORDS", "chb02/chb02_16+.edf", "PN10/PN10-4.5.6.edf", "a b/ü.edf", ".bidsignore"])
def test_the_names_of_the_corpora_are_kept(path: str) -> None:
    assert safe_target(Path("data"), path) == Path("data", path)


@given(st.text(alphabet="ab./\\: \0", max_size=12))
def test_no_path_leaves_the_folder(path: str) -> None:
    folder = Path("/some/where").absolute()
    try:
        target = safe_target(folder, path)
    except DownloadError:
        return
    assert folder in Path(target).resolve().parents


def test_faults_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a"
    right = RemoteFile("a", "", 3, f"md5:{hashlib.md5(b'abc').hexdigest()}")
    assert find_fault(path, right) == "has 0 bytes where the list says 3"
    path.write_bytes(b"abd")
    assert find_fault(path, right) == "has another md5 check-sum than the list says"
    assert find_fault(path, RemoteFile("a", "", 3)) == ""
    path.write_bytes(b"abc")
    assert find_fault(path, right) == ""


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": '"x"', "Last-Modified": "then"}, '"x"'),
        ({"ETag": 'W/"x"', "Last-Modified": "then"}, "then"),
        ({"ETag": 'W/"x"'}, None),
    ],
)
def test_only_a_strong_mark_is_kept(tmp_path: Path, headers: dict[str, str], kept: str | None) -> None:
    part = Part(tmp_path / "a")
    part.path.write_bytes(b"abc")
    part.remember(headers)
    assert part.can_go_on(RemoteFile("a", "")) == (kept is not None)
    assert part.ask_for_the_rest() == {"Range": "bytes=3-", **({} if kept is None else {"If-Range": kept})}
