"""``ictal download`` as a new user runs it."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ictal = Callable[..., Any]
BASE = "/files/siena/1.0.0/"


@pytest.fixture
def siena(site: Any) -> str:
    """The address of a small copy of Siena."""
    contents = {name: name.encode() * 20_000 for name in ("RECORDS", "PN00/PN00-1.edf", "PN10/PN10-4.5.6.edf")}
    lines = [f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in contents.items()]
    contents["SHA256SUMS.txt"] = "".join(lines).encode()
    site.files.update({BASE + name: content for name, content in contents.items()})
    return site.address + BASE


def test_a_dry_run_says_what_would_come(ictal: Ictal, siena: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = ictal("download", "siena", "-o", folder, "--mirror", siena, "--dry-run")
    assert done.code == 0, done.err
    licence, *lines = done.out.splitlines()
    assert licence.startswith("Siena Scalp EEG Database: CC BY 4.0. Cite: Detti")
    assert [line.split() for line in lines[:-1]] == [
        ["for", "all", "2", "files", "140.2", "kB"],
        ["PN00", "1", "file", "300.0", "kB"],
        ["PN10", "1", "file", "380.0", "kB"],
    ]
    assert lines[-1] == f"4 files, 820.2 kB, for {folder}"
    assert not folder.exists()


def test_a_download_and_another_one(ictal: Ictal, siena: str, site: Any, tmp_path: Path) -> None:
    first = ictal("download", "siena", "-o", tmp_path, "--mirror", siena, "--subjects", "PN00")
    assert first.code == 0, first.err
    assert first.out.splitlines()[-1] == f"3 files fetched, 0 there already, 0 failed; they are in {tmp_path}"
    assert (tmp_path / "PN00/PN00-1.edf").read_bytes() == site.files[BASE + "PN00/PN00-1.edf"]
    second = ictal("download", "siena", "-o", tmp_path, "--mirror", siena, "-j", 2)
    assert second.out.splitlines()[-1] == f"1 file fetched, 3 there already, 0 failed; they are in {tmp_path}"


def test_files_that_fail_are_named(ictal: Ictal, siena: str, site: Any, tmp_path: Path) -> None:
    site.files[BASE + "PN00/PN00-1.edf"] = b"wrong"
    done = ictal("download", "siena", "-o", tmp_path, "--mirror", siena)
    assert done.problem.startswith("PN00/PN00-1.edf: was fetched twice")
    assert "3 files fetched, 0 there already, 1 failed" in done.out


@pytest.mark.parametrize(("corpus", "says"), [("tusz", "rsync"), ("seizeit1", "10.48804/P5Q0OJ")])
def test_corpora_under_agreement_say_how_to_get_them(ictal: Ictal, corpus: str, says: str) -> None:
    assert says in ictal("download", corpus).problem


def test_an_unknown_corpus_lists_the_known_ones(ictal: Ictal) -> None:
    assert "Did you mean 'chb-mit'?" in ictal("download", "chbmit").problem


def test_ctrl_c_leaves_a_part_and_the_next_run_ends_it(
    start: Callable[..., subprocess.Popen[str]],
    ictal: Ictal,
    siena: str,
    site: Any,
    make_fault: Any,
    tmp_path: Path,
) -> None:
    path = BASE + "PN00/PN00-1.edf"
    wait = make_fault(status=503, headers={"Retry-After": "60"})
    site.faults[path] = [make_fault(drop_after=100_000), wait, wait]
    process = start("download", "siena", "-o", tmp_path, "--mirror", siena)
    part = tmp_path / "PN00/PN00-1.edf.part"
    deadline = time.monotonic() + 60.0
    while len(site.asked(path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip() == "interrupted; what was finished is kept"
    assert part.stat().st_size == 100_000
    site.faults.clear()
    assert ictal("download", "siena", "-o", tmp_path, "--mirror", siena).code == 0
    assert site.asked(path)[-1]["Range"] == "bytes=100000-"
    assert not part.exists()


def test_the_command_line_does_not_load_httpx() -> None:
    code = "import sys; import ictal.apps.cli; print('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_without_httpx_the_error_names_the_extra(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['httpx'] = None\n"
        "sys.argv = ['ictal', 'download', 'siena']\n"
        "from ictal.apps.cli import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip() == 'error: downloading needs httpx; install it with: pip install "ictal[download]"'
