"""Whole corpora from a server on this machine: planned, fetched, stopped, gone on with."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.core.errors import OutputError, ParameterError
from ictal.experiments.download import (
    TOO_MANY_IN_A_ROW,
    DownloadPlan,
    DownloadResult,
    download_corpus,
    plan_download,
    work_side_by_side,
)
from ictal.io.download import Patience
from ictal.io.remote_file import DownloadError, RemoteFile

QUICK = Patience(tries=3, first_wait=0.001, longest_wait=0.05, silence=2.0)
BASE = "/files/chbmit/1.0.0/"
NAMES = ["RECORDS", "chb01/chb01-summary.txt", "chb01/chb01_01.edf", "chb02/chb02_16+.edf", "chb21/chb21_01.edf"]


def fill(site: Any, names: list[str] = NAMES) -> dict[str, bytes]:
    noise = np.random.default_rng(0)
    contents = {name: noise.bytes(100_000 if name.endswith(".edf") else 100) for name in names}
    lines = [f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in contents.items()]
    contents["SHA256SUMS.txt"] = "".join(lines).encode()
    site.files.update({BASE + name: content for name, content in contents.items()})
    return contents


def plan(site: Any, folder: Path, **options: Any) -> DownloadPlan:
    return plan_download("chb-mit", folder, mirror=site.address + BASE, patience=QUICK, **options)


def fetch(planned: DownloadPlan, **options: Any) -> DownloadResult:
    return download_corpus(planned, patience=QUICK, **options)


def on_disk(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("n_jobs", [1, 4])
def test_a_corpus_comes_as_it_is(site: Any, tmp_path: Path, n_jobs: int) -> None:
    contents = fill(site)
    folder = tmp_path / "data"
    asked: list[float] = []
    planned = plan(site, folder, n_jobs=n_jobs, progress=asked.append)
    assert asked == sorted(asked) and asked[-1] == 1.0
    assert not folder.exists(), "planning writes nothing"
    assert planned.n_bytes == sum(map(len, contents.values())) and planned.n_unknown == 0
    assert planned.files[0].path == "RECORDS", "what is for all comes first"
    shares: list[float] = []
    result = fetch(planned, n_jobs=n_jobs, progress=shares.append)
    assert on_disk(folder) == contents
    assert sorted(result.fetched) == sorted(contents) and not result.failed
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)


def test_the_second_time_nothing_is_fetched(site: Any, tmp_path: Path) -> None:
    fill(site)
    fetch(plan(site, tmp_path))
    site.seen.clear()
    planned = plan(site, tmp_path)
    assert planned.missing_bytes == 0 and len(planned.present) == 6
    assert len(fetch(planned).present) == 6
    assert {path for _, path, _ in site.seen} == {BASE + "SHA256SUMS.txt"}


def test_a_part_is_gone_on_with_and_counted(site: Any, tmp_path: Path) -> None:
    contents = fill(site)
    (tmp_path / "chb01").mkdir()
    (tmp_path / "chb01/chb01_01.edf.part").write_bytes(contents["chb01/chb01_01.edf"][:40_000])
    planned = plan(site, tmp_path)
    assert planned.missing_bytes == planned.n_bytes - 40_000
    fetch(planned)
    assert on_disk(tmp_path) == contents
    assert site.asked(BASE + "chb01/chb01_01.edf")[0]["Range"] == "bytes=40000-"


@pytest.mark.parametrize(
    ("pattern", "subjects"),
    [("chb01", {"chb01"}), ("chb0?", {"chb01", "chb02"}), ("chb02,chb21", {"chb02", "chb21"}), ("*", None)],
)
def test_subjects_are_chosen_by_patterns(site: Any, tmp_path: Path, pattern: str, subjects: set[str] | None) -> None:
    fill(site)
    paths = {file.path for file in plan(site, tmp_path, subjects=pattern).files}
    assert {"RECORDS", "SHA256SUMS.txt"} < paths
    found = {path.partition("/")[0] for path in paths if "/" in path}
    assert found == ({"chb01", "chb02", "chb21"} if subjects is None else subjects)


def test_a_pattern_that_fits_nobody_lists_who_is_there(site: Any, tmp_path: Path) -> None:
    fill(site)
    with pytest.raises(ParameterError, match="subjects: none fits 'chb99'; there are chb01, chb02, chb21"):
        plan(site, tmp_path, subjects="chb01,chb99")


@pytest.mark.parametrize("name", ["../thesis.txt", "/etc/passwd", "chb01/../../x", "CHB01/chb01_01.edf"])
def test_a_hostile_list_is_refused_as_a_whole(site: Any, tmp_path: Path, name: str) -> None:
    fill(site, [*NAMES, name])
    with pytest.raises(DownloadError, match=r"must not name such a path|names it twice"):
        plan(site, tmp_path / "data")
    assert on_disk(tmp_path) == {}


def test_one_file_that_fails_does_not_stop_the_others(site: Any, tmp_path: Path) -> None:
    contents = fill(site)
    del site.files[BASE + "chb02/chb02_16+.edf"]
    site.files[BASE + "chb21/chb21_01.edf"] = b"wrong"
    planned = plan(site, tmp_path)
    assert planned.n_unknown == 1
    result = fetch(planned)
    assert len(result.failed) == 2 and len(result.fetched) == len(contents) - 2
    said = " | ".join(sorted(result.failed))
    assert "chb02_16%2B.edf: the server answers 404" in said
    assert "chb21/chb21_01.edf: was fetched twice and has another sha256 check-sum" in said
    assert set(on_disk(tmp_path)) == set(contents) - {"chb02/chb02_16+.edf", "chb21/chb21_01.edf"}


def test_a_server_that_is_out_of_order_is_left_alone(site: Any, make_fault: Any, tmp_path: Path) -> None:
    fill(site, [f"chb01/chb01_{number:02}.edf" for number in range(30)])
    planned = plan(site, tmp_path)
    site.always = make_fault(status=503, headers={"Retry-After": "0"})
    result = fetch(planned, n_jobs=2)
    assert len(result.failed) == TOO_MANY_IN_A_ROW
    assert result.not_tried == len(planned.files) - TOO_MANY_IN_A_ROW


def test_sizes_that_the_server_does_not_say_are_unknown(site: Any, make_fault: Any, tmp_path: Path) -> None:
    contents = fill(site)
    site.faults[BASE + "SHA256SUMS.txt"] = [make_fault()]
    site.always = make_fault(status=405)
    planned = plan(site, tmp_path)
    assert planned.n_bytes == 0 and planned.n_unknown == len(contents)
    site.always = make_fault()
    shares: list[float] = []
    assert len(fetch(planned, progress=shares.append).fetched) == len(contents)
    assert min(shares) >= 0.0 and shares[-1] == pytest.approx(1.0)


def test_too_little_room_is_said_before_anything_is_fetched(site: Any, make_fault: Any, tmp_path: Path) -> None:
    fill(site)
    site.always = make_fault(promise=10**17)
    site.faults[BASE + "SHA256SUMS.txt"] = [make_fault()]
    planned = plan(site, tmp_path)
    with pytest.raises(OutputError, match=r"bytes are still to come, and \d+ are free"):
        fetch(planned)


def test_a_folder_that_cannot_be_written_stops_all(site: Any, tmp_path: Path) -> None:
    fill(site)
    (tmp_path / "chb01").write_text("a file")
    planned = plan(site, tmp_path)
    with pytest.raises(OutputError, match="chb01"):
        fetch(planned)


def test_an_interrupt_leaves_what_can_be_gone_on_with(site: Any, make_fault: Any, tmp_path: Path) -> None:
    contents = fill(site)
    planned = plan(site, tmp_path)
    endless = make_fault(status=503, headers={"Retry-After": "60"})
    site.faults[BASE + "chb01/chb01_01.edf"] = [make_fault(drop_after=70_000), endless]

    def interrupt(share: float) -> None:
        part = tmp_path / "chb01/chb01_01.edf.part"
        if part.exists() and part.stat().st_size == 70_000:
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        download_corpus(planned, n_jobs=1, progress=interrupt, patience=Patience(first_wait=60.0))
    assert threading.active_count() <= before + 1, "only the thread of the server's connection may be left"
    assert "chb01/chb01_01.edf.part" in on_disk(tmp_path)
    site.faults.clear()
    fetch(plan(site, tmp_path))
    assert on_disk(tmp_path) == contents
    assert site.asked(BASE + "chb01/chb01_01.edf")[-1]["Range"] == "bytes=70000-"


def test_the_others_are_fetched_the_same_way(site: Any, tmp_path: Path) -> None:
    content = b"EDF" * 1000
    md5 = hashlib.md5(content).hexdigest()
    entry = {"key": "eeg1.edf", "size": len(content), "checksum": f"md5:{md5}"}
    site.files["/api/records/1"] = json.dumps({"files": [entry]}).encode()
    site.files["/api/records/1/files/eeg1.edf/content"] = content
    planned = plan_download("helsinki", tmp_path / "h", mirror=f"{site.address}/api/records/1", patience=QUICK)
    assert fetch(planned).fetched == ["eeg1.edf"]

    path = "sub-001/ses-01/eeg/sub-001_ses-01_task-szMonitoring_run-01_eeg.edf"
    entries = "".join(
        f"<Contents><Key>ds/{key}</Key><Size>{len(content)}</Size><ETag>&quot;{md5}&quot;</ETag></Contents>"
        for key in (path, path.replace("eeg", "ecg"))
    )
    listing = f"<ListBucketResult>{entries}<IsTruncated>false</IsTruncated></ListBucketResult>"
    site.files["/bucket"] = listing.encode()
    site.files[f"/bucket/ds/{path}"] = content
    planned = plan_download("seizeit2", tmp_path / "s", mirror=f"{site.address}/bucket/ds/", patience=QUICK)
    assert fetch(planned).fetched == [path]
    assert list(on_disk(tmp_path / "s").values()) == [content]


def test_a_fault_in_a_thread_is_not_swallowed() -> None:
    def fail(file: RemoteFile) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(work_side_by_side(fail, [RemoteFile("a", "")], 2))
