"""Bad input gets one line that names the file and the mend, exit code 2, and leaves nothing half-written."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf

Ictal = Callable[..., Any]
Start = Callable[..., subprocess.Popen[str]]

RULE = ("--detector", "line-length")
"""A detector that is quick and takes any recording, where the choice of the detector is not what is tested."""

NOISE = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 256))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def edf(path: Path, signal: np.ndarray, labels: tuple[str, ...] = SCALP_19) -> Path:
    write_edf(path, Recording.from_array(signal, 256.0, labels))
    return path


def fif(path: Path, signal: np.ndarray) -> Path:
    info = mne.create_info(list(SCALP_19), 256.0, "eeg")
    mne.io.RawArray(signal * 1e-6, info, verbose="error").save(path, verbose="error")
    return path


def with_field(path: Path, position: int, text: str, width: int) -> Path:
    """Write a lie into the header."""
    content = bytearray(path.read_bytes())
    content[position : position + width] = text.ljust(width).encode()
    path.write_bytes(content)
    return path


# --- files ---


def make_empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def make_text(path: Path) -> Path:
    path.write_text("Dear colleague, please find attached the recording of Mr. Harry Haagse.\n" * 40)
    return path


def make_cut_header(path: Path) -> Path:
    whole = edf(path, NOISE).read_bytes()
    path.write_bytes(whole[:1000])
    return path


def make_header_alone(path: Path) -> Path:
    whole = edf(path, NOISE).read_bytes()
    path.write_bytes(whole[: 256 * 21])
    return path


def make_ecg_alone(path: Path) -> Path:
    return edf(path, NOISE[:1], ("ECG",))


def make_missing_value(path: Path) -> Path:
    signal = NOISE.copy()
    signal[3, 1000:1100] = np.nan
    return fif(path.with_name("broken_eeg.fif"), signal)


def make_missing_channel(path: Path) -> Path:
    signal = NOISE.copy()
    signal[3] = np.nan
    return fif(path.with_name("broken_eeg.fif"), signal)


def make_short(path: Path) -> Path:
    return edf(path, NOISE[:, :256])


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path


REFUSED = {
    make_empty: "is empty; copy it again",
    make_text: "version: is neither EDF nor BDF; .* export the recording as one of them",
    make_cut_header: "header: is cut short after 1000 bytes; 20 signals need 5376; copy the file again",
    make_header_alone: "data records: the file ends after 0 of the .* bytes of the first one; copy it again",
    make_ecg_alone: r"signals: holds no EEG channel; its signals are ECG \(is no EEG\)",
    make_missing_value: "channel F3: is not a number at 3.90625 s; fill it, or mark the stretch BAD_ACQ_SKIP",
    make_missing_channel: "channel F3: is not a number at 0 s; fill it, or mark the stretch BAD_ACQ_SKIP",
    make_short: "duration: has no 2 s without a gap, which is one window of line-length; the recording is 1 s long",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__.removeprefix("make_"))
@pytest.mark.parametrize("verb", ["detect", "report"])
def test_a_file_that_cannot_be_analysed(ictal: Ictal, tmp_path: Path, verb: str, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "broken.edf")
    output = tmp_path / ("out" if verb == "detect" else "out/page.html")
    result = ictal(verb, path, "-o", output, *RULE)
    assert result.out == ""
    assert "Haagse" not in result.err, "what stands in a file may name somebody"
    problem = result.problem
    assert problem.startswith(f"{path}: ")
    assert re.match(REFUSED[make], problem.removeprefix(f"{path}: ")), problem
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__.removeprefix("make_"))
def test_the_doctor_says_why(ictal: Ictal, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "broken.edf")
    result = ictal("doctor", path)
    assert result.err == "" and result.out.startswith(f"{path}\n")
    said = " ".join(result.out.split())
    if make is make_short:
        assert result.code == 0 and "line-length: no, " in said, "it can be read, but no detector can run on it"
    else:
        assert result.code == 2 and " refused " in said
    assert re.search(REFUSED[make], said), said
    assert names(tmp_path) == [path.name]


def test_an_empty_folder(ictal: Ictal, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    problem = ictal("detect", tmp_path / "in", "-o", tmp_path / "out", *RULE).problem
    assert problem.startswith(f"{tmp_path / 'in'}: the folder holds no recording; known formats are .edf, .bdf")


LIES = {
    "number of signals too large": (252, "9999", 4),
    "number of signals is no number": (252, "many", 4),
    "number of signals is negative": (252, "-5", 4),
    "number of records too large": (236, "99999999", 8),
    "number of records unknown": (236, "-1", 8),
    "number of records is no number": (236, "x", 8),
    "header bytes too small": (184, "256", 8),
    "header bytes too large": (184, "99999999", 8),
    "duration of a record is 0": (244, "0", 8),
    "duration of a record is negative": (244, "-1", 8),
    "duration of a record is no number": (244, "nan", 8),
    "duration of a record is huge": (244, "1e300", 8),
    "impossible date": (168, "99.99.99", 8),
    "impossible time": (176, "99.99.99", 8),
    "physical minimum is no number": (256 + 20 * 104, "nan", 8),
    "physical minimum is infinite": (256 + 20 * 104, "-inf", 8),
    "physical minimum is huge": (256 + 20 * 104, "-1e300", 8),
    "digital range is empty": (256 + 20 * 120, "32767", 8),
    "samples per record too large": (256 + 20 * 216, "99999999", 8),
    "samples per record negative": (256 + 20 * 216, "-256", 8),
    "dimension is no voltage": (256 + 20 * 96, "kg", 8),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_whose_numbers_lie_is_mended_and_told_or_refused(ictal: Ictal, tmp_path: Path, lie: str) -> None:
    path = with_field(edf(tmp_path / "broken.edf", NOISE), *LIES[lie])
    result = ictal("detect", path, "-o", tmp_path / "out", *RULE)
    if result.code == 0:
        notes = result.err.splitlines()
        assert notes and all(note.startswith(f"note: {path}: ") for note in notes), "what was mended is said"
        assert "0 seizures" in result.out
    else:
        assert result.problem.startswith(f"{path}: ")
        assert names(tmp_path) == ["broken.edf"]


def test_a_last_record_that_is_cut_is_left_out_and_told(ictal: Ictal, tmp_path: Path) -> None:
    path = edf(tmp_path / "cut.edf", NOISE)
    path.write_bytes(path.read_bytes()[:-100])
    result = ictal("detect", path, "-o", tmp_path / "out", *RULE)
    assert result.code == 0 and "0 of 19 s" in result.out
    assert f"note: {path}: data records: says 20; the file holds 19 whole ones" in result.err


def test_a_constant_recording_is_not_analysed_and_says_so(ictal: Ictal, tmp_path: Path) -> None:
    path = edf(tmp_path / "still.edf", np.full((19, 20 * 256), 5.0))
    result = ictal("detect", path, "-o", tmp_path / "out", *RULE, "--report")
    assert result.code == 0
    assert result.out.startswith(f"{path}: 0 seizures, 0 of 20 s, nothing analysed, by line-length ")
    assert f"note: {path}: nothing was analysed: " in result.err and "flat" in result.err
    assert json.loads((tmp_path / "out/still_detection.json").read_text())["analysed_seconds"] == 0.0
    doctor = " ".join(ictal("doctor", path).out.split())
    assert all(f"{label} 100%" in doctor for label in SCALP_19)


def test_a_gap_that_is_too_long_is_not_analysed_and_says_so(ictal: Ictal, tmp_path: Path) -> None:
    signal = NOISE.copy()
    signal[:, 5 * 256 : 10 * 256] = np.nan
    result = ictal("detect", edf(tmp_path / "gap.edf", signal), "-o", tmp_path / "out", *RULE)
    assert result.code == 0 and " s not analysed, by line-length " in result.out


# --- places that cannot be written ---


@pytest.fixture
def locked(quiet: Path) -> Iterator[Path]:
    """A folder that everybody may read and nobody else may write, with a recording."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(quiet, folder / "quiet.edf")
        (folder / "quiet.edf").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("verb", ["detect", "report"])
def test_a_folder_without_the_right_to_write(
    ictal: Ictal,
    locked: Path,
    tmp_path: Path,
    without_privileges: Callable[[], AbstractContextManager[None]],
    verb: str,
) -> None:
    assert ictal(verb, locked / "quiet.edf", "-o", tmp_path / "warm", *RULE).code == 0  # loads what is loaded late
    with without_privileges():
        result = ictal(verb, locked / "quiet.edf", "-o", locked / "out" / "page.html", *RULE)
    assert "permission denied; choose a folder that you may write to" in result.problem
    assert result.out == "" and names(locked) == ["quiet.edf"]


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("taken", "taken: there is a file where a folder is needed; remove it or choose another output folder"),
        ("taken/deep", "deep: a part of the path is a file and not a folder; choose another output folder"),
        ("a" * 300, "the name is too long for this file system; choose a shorter one"),
    ],
)
def test_an_output_that_cannot_be_a_folder(
    ictal: Ictal, quiet: Path, tmp_path: Path, output: str, problem: str
) -> None:
    (tmp_path / "taken").write_text("mine")
    result = ictal("detect", quiet, "-o", tmp_path / output, *RULE)
    assert result.problem.endswith(problem) and result.out == ""
    assert names(tmp_path) == ["taken"] and (tmp_path / "taken").read_text() == "mine"


def test_a_folder_in_the_place_of_a_result(ictal: Ictal, quiet: Path, tmp_path: Path) -> None:
    (tmp_path / "out/quiet_scores.npz").mkdir(parents=True)
    problem = ictal("detect", quiet, "-o", tmp_path / "out", *RULE).problem
    assert problem.startswith(f"{quiet}: {tmp_path / 'out/quiet_scores.npz'}: ")
    assert not [name for name in names(tmp_path) if name.endswith(".part")]


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A disk of 200 kB, or where mounting is not allowed processes that may write no larger file."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", folder], capture_output=True)
    if done.returncode != 0:
        yield folder, {"preexec_fn": limit_files}
        return
    yield folder, {}
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_leaves_nothing_half_written(
    shell: Ictal, scalp: Path, quiet: Path, tmp_path: Path, full: tuple[Path, dict[str, Any]], jobs: str
) -> None:
    """The annotated copy of the long recording does not fit; the short one is worked on all the same."""
    disk, options = full
    result = shell("detect", scalp, quiet, "-o", disk, *RULE, "--format", "edf", "--jobs", jobs, **options)
    assert result.code == 2 and "Traceback" not in result.err
    errors = [line for line in result.err.splitlines() if line.startswith("error: ")]
    assert any(line.startswith(f"error: {scalp}: {disk / 'night_annotated.edf'}: ") for line in errors), result.err
    assert all("the disk is full" in line or "larger than this system allows" in line for line in errors)
    assert all("choose another output folder" in line for line in errors)
    assert not [name for name in names(disk) if ".part" in name or name == "night_annotated.edf"]
    for path in disk.glob("*.json"):
        assert json.loads(path.read_text())["complete"] is (
            path.name == "quiet_detection.json" and "quiet" in result.out
        )
    if not options:
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    assert shell("detect", scalp, quiet, "-o", disk, *RULE, "--format", "edf").code == 0
    assert (disk / "night_annotated.edf").stat().st_size > scalp.stat().st_size


# --- being stopped ---


@pytest.fixture
def many(long: Path, tmp_path: Path) -> Path:
    """Eight recordings of half an hour."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(8):
        os.link(long, folder / f"night{number:02}.edf")
    return folder


def workers_of(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):  # it has ended
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize(("jobs", "whom"), [("1", "process"), ("2", "process"), ("2", "group")])
def test_ctrl_c_keeps_what_is_finished(
    ictal: Ictal, start: Start, many: Path, tmp_path: Path, jobs: str, whom: str
) -> None:
    """A terminal sends Ctrl-C to the whole group, a script to the process alone."""
    out = tmp_path / "out"
    with start("detect", many, "-o", out, *RULE, "--jobs", jobs) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline()]
        assert " → " in lines[0]
        workers = workers_of(process.pid)
        (os.killpg if whom == "group" else os.kill)(process.pid, signal.SIGINT)
        lines += process.stdout.readlines()
        assert process.stderr.read() == "interrupted; what was finished is kept\n"
        assert process.wait() == 130
    assert len(workers) == (0 if jobs == "1" else 2)
    assert not any(map(is_running, workers))
    assert len(lines) < 8
    assert not [name for name in names(out) if ".part" in name]
    for line in lines:
        table = Path(line.split(" → ")[1].strip())
        assert table.read_text().endswith("1800.00\n")
    again = ictal("detect", many, "-o", out, *RULE)
    assert again.code == 0 and again.out.count("there already") >= len(lines)
    assert len([name for name in names(out) if name.endswith("_events.tsv")]) == 8


def test_ctrl_c_before_the_work_has_begun(start: Start, many: Path, tmp_path: Path) -> None:
    with start("detect", many, "-o", tmp_path / "out", *RULE, "--jobs", "2") as process:
        assert process.stdout is not None and process.stderr is not None
        deadline = time.monotonic() + 30
        while not workers_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr.read() == "interrupted; what was finished is kept\n"
        assert process.wait() == 130


def test_a_killed_worker_costs_nothing(start: Start, many: Path, tmp_path: Path) -> None:
    """As the kernel does for want of memory: its recording is tried again when the others are done."""
    out = tmp_path / "out"
    with start("detect", many, "-o", out, *RULE, "--jobs", "2") as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline()]
        workers = workers_of(process.pid)
        os.kill(workers[0], signal.SIGKILL)
        lines += process.stdout.readlines()
        assert process.stderr.read() == ""
        assert process.wait() == 0
    assert len(workers) == 2
    counts = re.match(r"(\d+) recordings done with 0 seizures, (\d+) there already, 0 failed; ", lines[-1])
    assert counts is not None and sum(map(int, counts.groups())) == 8, "it may have died with its work done"
    assert len([name for name in names(out) if name.endswith("_events.tsv")]) == 8
    for path in out.glob("*_detection.json"):
        assert json.loads(path.read_text())["complete"] is True


def test_a_worker_that_is_killed_again_and_again_is_reported(start: Start, many: Path, tmp_path: Path) -> None:
    """Whoever works alone at the end, on what another died over, is killed as well."""
    out = tmp_path / "out"
    with start("detect", many / "night00.edf", many / "night01.edf", "-o", out, *RULE, "--jobs", "2") as process:
        assert process.stdout is not None and process.stderr is not None
        killed: set[int] = set()
        while process.poll() is None:
            for worker in set(workers_of(process.pid)) - killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            time.sleep(0.002)
        errors = process.stderr.read().splitlines()
        assert "0 recordings done with 0 seizures, 0 there already, 2 failed; " in process.stdout.read()
        assert process.returncode == 2
    reason = "the process that worked on it was killed, perhaps for want of memory"
    assert sorted(errors) == [f"error: {many / name}: {reason}" for name in ("night00.edf", "night01.edf")]
    assert not [name for name in names(out) if name.endswith(".tsv")]
