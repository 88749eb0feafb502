"""Files that are whole or absent: tried with a full disk, a read-only disk, missing rights and Ctrl-C."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ictal.core.errors import OutputError
from ictal.io.atomic import atomic_write, ensure_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mounted(folder: Path, options: str) -> bool:
    folder.mkdir()
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes 64 kB and no more: a small disk, or where mounting is not allowed a limit on file sizes."""
    folder = tmp_path / "small"
    if mounted(folder, "size=64k"):
        yield folder
        subprocess.run(["umount", folder], check=True)
        return
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, old[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_the_file_appears_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "result.bin"
    with atomic_write(target) as file:
        file.write(b"half")
        file.flush()
        assert not target.exists()
        file.write(b" and half")
    assert target.read_bytes() == b"half and half"
    assert names(tmp_path) == ["result.bin"]


def test_text_is_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "text.tsv", "w") as file:
        file.write("µV\n")
    assert (tmp_path / "text.tsv").read_bytes() == b"\xc2\xb5V\n"


def test_the_file_has_the_rights_of_an_ordinary_file(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        with atomic_write(tmp_path / "result.bin") as file:
            file.write(b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "result.bin").stat().st_mode) == 0o644


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, MemoryError])
def test_what_stops_the_writing_leaves_the_old_file(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "result.bin"
    target.write_bytes(b"old")
    with pytest.raises(failure), atomic_write(target) as file:
        file.write(b"new")
        raise failure
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["result.bin"]


@pytest.mark.parametrize("chunk", [100_000, 1_000], ids=["at-once", "in-the-buffer"])
def test_a_full_disk_is_said_and_leaves_nothing(small_disk: Path, chunk: int) -> None:
    with (
        pytest.raises(OutputError, match=r"result\.bin: the (disk is full|file would be larger)"),
        atomic_write(small_disk / "result.bin") as file,
    ):
        for _ in range(100_000 // chunk):
            file.write(bytes(chunk))
    assert names(small_disk) == []


def test_a_folder_without_rights_is_said(
    tmp_path: Path, without_privileges: Callable[[], AbstractContextManager[None]]
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with without_privileges():
        with pytest.raises(OutputError, match=r"result\.bin: permission denied"), atomic_write(folder / "result.bin"):
            pass
        with pytest.raises(OutputError, match="locked: permission denied"):
            ensure_folder(folder)
        with pytest.raises(OutputError, match="deeper: permission denied"):
            ensure_folder(folder / "deeper")


def test_a_read_only_disk_is_said(tmp_path: Path) -> None:
    # Without the right to mount, a read-only place that every Linux has.
    folder = tmp_path / "fixed" if mounted(tmp_path / "fixed", "ro,size=64k") else Path("/proc/self/fdinfo")
    try:
        with (
            pytest.raises(OutputError, match=r"out\.tsv: (the file system is read-only|permission denied|its folder)"),
            atomic_write(folder / "out.tsv"),
        ):
            pass
    finally:
        if folder.parent == tmp_path:
            subprocess.run(["umount", folder], check=True)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"out\.tsv: its folder does not exist"),
        atomic_write(tmp_path / "nowhere" / "out.tsv"),
    ):
        pass


def test_a_folder_in_place_of_the_file_is_said_and_left(tmp_path: Path) -> None:
    (tmp_path / "out.tsv").mkdir()
    with pytest.raises(OutputError, match=r"out\.tsv: is a folder"), atomic_write(tmp_path / "out.tsv") as file:
        file.write(b"x")
    assert names(tmp_path) == ["out.tsv"]


def test_an_error_from_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"source\.edf"), atomic_write(tmp_path / "copy.edf") as file:
        file.write((tmp_path / "source.edf").read_bytes())
    assert names(tmp_path) == []


def test_folders_are_made_with_their_parents_and_left_empty(tmp_path: Path) -> None:
    made = ensure_folder(tmp_path / "a" / "b")
    assert made == ensure_folder(tmp_path / "a" / "b")
    assert names(made) == []


def test_a_file_in_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="out: there is a file where a folder is needed"):
        ensure_folder(tmp_path / "out")
    with pytest.raises(OutputError, match="a part of the path is a file"):
        ensure_folder(tmp_path / "out" / "deeper")
