"""The command line as a user meets it: what it says, where things are written, and its exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pytest

from ictal.apps.verbs import VERBS
from ictal.core.recording import Recording
from ictal.core.version import __version__
from ictal.io.edf_write import write_edf
from ictal.simulation.rodent import SpikeTrain, simulate_animal

Ictal = Callable[..., Any]

RULE = ("--detector", "line-length")
"""A detector that is quick and finds the seizures of the recordings here, where the choice is not what is tested."""

SECRETS = ("Haagse", "Harry", "MRN12345", "1951", "2002", "02.03.02", "02-MAR", "EMG561", "BK/JOP")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def as_typed(value: list[str] | str) -> str:
    return " ".join(value) if isinstance(value, list) else "says"


def rows(table: Path) -> list[list[str]]:
    return [line.split("\t") for line in table.read_text().splitlines()[1:]]


# --- help, version, and command lines that are wrong ---


def test_the_version_is_said(ictal: Ictal) -> None:
    assert ictal("--version").out == f"ictal {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_verb_and_says_what_it_is_not(ictal: Ictal, option: str) -> None:
    result = ictal(option)
    assert (result.code, result.err) == (0, "")
    assert "not a medical device" in " ".join(result.out.split())
    for verb in VERBS:
        assert f"│ {verb} " in result.out


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_its_help(ictal: Ictal, verb: str) -> None:
    result = ictal(verb, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"Usage: ictal {verb}" in result.out
    assert "CONTEXT" not in result.out


def test_no_argument_at_all_shows_the_help(shell: Ictal) -> None:
    result = shell()
    assert result.code == 0 and "Usage: ictal" in result.out and result.err == ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["detekt"], "No such command 'detekt'"),
        (["--nope"], "No such option: --nope"),
        (["detect"], "Missing argument 'PATH' (`ictal detect --help` lists what is allowed)"),
        (["detect", "x.edf", "--nope"], "No such option: --nope"),
        (["detect", "x.edf", "--jobs", "0"], "Invalid value for '--jobs' / '-j'"),
        (["detect", "x.edf", "--jobs", "two"], "Invalid value for '--jobs' / '-j'"),
        (["detect", "x.edf", "--threshold", "2"], "Invalid value for '--threshold'"),
        (["detect", "x.edf", "--threshold", "high"], "Invalid value for '--threshold'"),
        (["detect", "x.edf", "--detector"], "Option '--detector' requires an argument"),
        (["report"], "Missing argument 'RECORDING|RUN'"),
        (["bench", "swim"], "bench: 'swim' is not allowed; allowed are 'detect', 'train'"),
        (["detect", "gone.edf"], "gone.edf: there is no such file or folder"),
        (["report", "gone.edf"], "gone.edf: there is no such file"),
        (["doctor", "gone.edf"], "gone.edf: there is no such file or folder"),
    ],
    ids=as_typed,
)
def test_a_wrong_command_line_is_one_line_and_two(
    ictal: Ictal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = ictal(*arguments)
    assert result.problem.startswith(problem)
    assert result.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_command_line_in_a_shell(shell: Ictal) -> None:
    problem = shell("detekt").problem
    assert problem.startswith("No such command 'detekt'") and problem.endswith("(`ictal --help` lists what is allowed)")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--format", "tsv,pdf"],
            "format: 'pdf' is not allowed; allowed are 'tsv', 'scores', 'json', 'edf', 'report'.",
        ),
        (
            ["--detector", "gotman"],
            "detector: 'gotman' is not allowed; allowed are 'eegwavenet-scalp', 'eegwavenet-rodent'",
        ),
        (["--detector", "gone.ictal"], "detector: gone.ictal: there is no such file."),
        (["--set", "threshold=0.4"], "--set threshold: 'threshold' is not allowed; allowed are 'format', 'name'"),
        (["--set", "postprocessing.x=1"], "--set postprocessing.x: 'x' is not allowed; allowed are 'smoothing'"),
        (["--set", "postprocessing.merge_gap=soon"], "--set: postprocessing.merge_gap: "),
        (["--set", "threshold"], "--set: 'threshold' is not allowed; give KEY=VALUE, each key once."),
        (["--set", "a=1", "--set", "a=2"], "--set: 'a=2' is not allowed; give KEY=VALUE, each key once."),
        (["--map", "Fp1"], "--map: 'Fp1' is not allowed; give KEY=VALUE, each key once."),
        (["--animal", "m1"], "animal: 'm1' is not allowed; give NAME=CHANNEL,CHANNEL…, for example m1=EEG1,EEG2."),
        (["--compare"], "reference: only a report compares with one; ask for one too, with --report."),
        (["--seizure-label", "sz"], "reference: only a report compares with one; ask for one too, with --report."),
        (["--report", "--compare", "--seizure-label", "sz"], "reference: compare with the tables beside recordings or"),
        (
            ["--threshold", "0.4", "--set", "postprocessing.threshold=0.4"],
            "--threshold: is the same setting as --set postprocessing.threshold; give one of them.",
        ),
    ],
    ids=as_typed,
)
def test_a_wrong_option_says_what_is_allowed_before_any_work(
    ictal: Ictal, both: Path, tmp_path: Path, options: list[str], problem: str
) -> None:
    result = ictal("detect", both, "-o", tmp_path / "out", *options)
    assert result.problem.startswith(problem)
    assert result.out == "" and not (tmp_path / "out").exists()


# --- detect ---


def test_the_line_names_the_recording_the_detector_the_rule_and_the_table(
    ictal: Ictal, scalp: Path, tmp_path: Path
) -> None:
    result = ictal("detect", scalp, "-o", tmp_path / "out")
    assert (result.code, result.err) == (0, "")
    table = tmp_path / "out/night_events.tsv"
    found = [float(row[1]) for row in rows(table) if row[2] == "sz"]
    assert result.out == (
        f"{scalp}: {len(found)} seizure{'s' * (len(found) != 1)}, {sum(found):.0f} of 120 s, "
        f"by eegwavenet-scalp (labels name 10-20 electrodes: scalp EEG) → {table}\n"
    )


def test_the_line_counts_the_seizure_that_the_table_has(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    result = ictal("detect", scalp, "-o", tmp_path / "out", *RULE)
    table = tmp_path / "out/night_events.tsv"
    [(onset, duration, *_)] = rows(table)
    line = f"{scalp}: 1 seizure, {float(duration):.0f} of 120 s, by line-length (as asked) → {table}\n"
    assert (result.code, result.out, result.err) == (0, line, "")
    assert abs(float(onset) - 60.0) < 5.0


def test_a_named_detector_is_as_asked(ictal: Ictal, quiet: Path, tmp_path: Path) -> None:
    result = ictal("detect", quiet, "-o", tmp_path / "out", "--detector", "spike-rate")
    assert ", by spike-rate (as asked) → " in result.out


def test_many_recordings_end_with_a_summary(ictal: Ictal, both: Path, tmp_path: Path) -> None:
    (both / "c.edf").write_text("no EDF")
    result = ictal("detect", both, "-o", tmp_path / "out", *RULE)
    assert result.problem.startswith(f"{both / 'c.edf'}: version: is neither EDF nor BDF")
    *lines, summary = result.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(both / "a.edf"), str(both / "b.edf")]
    assert summary == f"2 recordings done with 1 seizure, 0 there already, 1 failed; results are in {tmp_path / 'out'}"
    again = ictal("detect", both, "-o", tmp_path / "out", *RULE)
    assert again.code == 2
    assert again.out.splitlines()[0].endswith("a_events.tsv (--overwrite makes it anew)")
    assert again.out.splitlines()[-1].startswith("0 recordings done with 0 seizures, 2 there already, 1 failed")
    (both / "c.edf").unlink()
    assert ictal("detect", both, "-o", tmp_path / "out", *RULE).code == 0
    assert "2 recordings done" in ictal("detect", both, "-o", tmp_path / "out", *RULE, "--overwrite").out


def test_other_settings_are_refused_until_asked(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ictal("detect", scalp, "-o", out, *RULE).code == 0
    problem = ictal("detect", scalp, "-o", out, *RULE, "--threshold", "0.9").problem
    assert (
        problem == f"{scalp}: {out / 'night_detection.json'}: was made with other settings; --overwrite makes it anew"
    )
    assert ictal("detect", scalp, "-o", out, *RULE, "--threshold", "0.9", "--overwrite").code == 0
    record = json.loads((out / "night_detection.json").read_text())
    assert record["threshold"] == 0.9 and record["complete"] is True


def test_settings_change_what_is_found(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    ictal("detect", scalp, "-o", tmp_path / "out", *RULE, "--set", "postprocessing.minimum_duration=100")
    assert [row[2] for row in rows(tmp_path / "out/night_events.tsv")] == ["bckg"]


def test_the_tree_is_mirrored(ictal: Ictal, quiet: Path, tmp_path: Path) -> None:
    for name in ("ward/a.edf", "ward/old/b.edf", "c.edf"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(quiet, tmp_path / "in" / name)
    assert ictal("detect", tmp_path / "in", "-o", tmp_path / "out", *RULE).code == 0
    tables = [name for name in names(tmp_path / "out") if name.endswith("events.tsv")]
    assert tables == ["c_events.tsv", "ward/a_events.tsv", "ward/old/b_events.tsv"]


def test_a_data_set_keeps_its_names_and_its_references(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    """The results of a BIDS data set are a BIDS tree; with the data set as output, no reference is lost."""
    stem = "sub-01_ses-01_task-szMonitoring_run-00"
    eeg = tmp_path / "bids/sub-01/ses-01/eeg"
    eeg.mkdir(parents=True)
    shutil.copy(scalp, eeg / f"{stem}_eeg.edf")
    (tmp_path / "bids/dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.9.0"}')
    reference = eeg / f"{stem}_events.tsv"
    reference.write_text("onset\tduration\teventType\n60\t30\tsz\n")
    result = ictal("detect", tmp_path / "bids", "-o", tmp_path / "out", *RULE, "--report", "--compare")
    assert (result.code, result.err) == (0, "")
    where = f"sub-01/ses-01/eeg/{stem}"
    ends = ("burden.csv", "detection.json", "events.tsv", "report.html", "scores.npz")
    assert names(tmp_path / "out") == [f"{where}_{end}" for end in ends]
    page = (tmp_path / f"out/{where}_report.html").read_text(encoding="utf-8")
    assert page.count('<td><span class="verdict hit">') == 1
    for more in ([], ["--overwrite"]):
        problem = ictal("detect", tmp_path / "bids", "-o", tmp_path / "bids", *RULE, *more).problem
        assert f"{reference}: is there already and was not made by ictal" in problem
    assert reference.read_text() == "onset\tduration\teventType\n60\t30\tsz\n"
    assert names(eeg) == [f"{stem}_eeg.edf", f"{stem}_events.tsv"]


def test_every_format_is_written_and_names_nobody(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    result = ictal("detect", scalp, "-o", tmp_path / "out", *RULE, "--format", "tsv,json,edf", "--report")
    ends = ("annotated.edf", "burden.csv", "detection.json", "events.json", "events.tsv", "report.html", "scores.npz")
    assert names(tmp_path / "out") == [f"night_{end}" for end in ends]
    copy = edfio.read_edf(tmp_path / "out/night_annotated.edf")
    assert copy.patient.name == copy.patient.code == "X"
    said = result.out.replace(str(scalp), "").replace(str(tmp_path), "") + result.err
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in content and path.suffix != ".npz"], path.name
    assert not [secret for secret in SECRETS if secret in said]


def test_identity_is_kept_when_asked(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    assert ictal("detect", scalp, "-o", tmp_path / "out", *RULE, "--format", "edf", "--keep-identity").code == 0
    assert edfio.read_edf(tmp_path / "out/night_annotated.edf").patient.name == "Haagse_Harry"
    assert rows(tmp_path / "out/night_events.tsv")[0][5] == "2002-03-02 21:30:15"


def test_two_animals_of_one_file(ictal: Ictal, tmp_path: Path) -> None:
    animals = [
        simulate_animal(180.0, seed=seed, n_channels=2, seizures=[SpikeTrain(onset, 30.0)], sampling_rate=250.0)
        for seed, onset in [(0, 100.0), (1, 60.0)]
    ]
    labels = ["EEG1", "EEG2", "EEG3", "EEG4"]
    write_edf(
        tmp_path / "cage.edf", Recording.from_array(np.concatenate([one.read() for one in animals]), 250.0, labels)
    )
    options = ["--animal", "m1=EEG1,EEG2", "--animal", "m2=EEG3,EEG4", "--detector", "spike-rate"]
    result = ictal("detect", tmp_path / "cage.edf", "-o", tmp_path / "out", *options)
    assert result.code == 0 and f"{tmp_path / 'cage.edf'} (m2): 1 seizure" in result.out
    for name, onset in [("m1", 100.0), ("m2", 60.0)]:
        [row] = rows(tmp_path / f"out/cage_{name}_events.tsv")
        assert abs(float(row[0]) - onset) < 5.0, name


def test_odd_labels_are_mapped(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    source = edfio.read_edf(scalp)
    labels = [signal.label for signal in source.signals]
    for number, signal in enumerate(source.signals, start=1):
        signal.label = f"Kanal {number}"
    source.write(tmp_path / "odd.edf")
    options = [f"--map={label.removesuffix('-Avg')}=Kanal {number}" for number, label in enumerate(labels, start=1)]
    result = ictal("detect", tmp_path / "odd.edf", "-o", tmp_path / "out", *RULE, *options)
    assert "1 seizure" in result.out and "by line-length (as asked)" in result.out
    ictal("detect", scalp, "-o", tmp_path / "out", *RULE)
    by_rule = ictal("detect", tmp_path / "odd.edf", "-o", tmp_path / "rule", *options)
    assert "by eegwavenet-scalp (labels name 10-20 electrodes: scalp EEG) → " in by_rule.out
    assert (tmp_path / "out/odd_events.tsv").read_text() == (tmp_path / "out/night_events.tsv").read_text()


def test_two_jobs_give_the_same_tables(shell: Ictal, both: Path, tmp_path: Path) -> None:
    one, two = (shell("detect", both, "-o", tmp_path / jobs, *RULE, "--jobs", jobs) for jobs in ("1", "2"))
    assert one.code == two.code == 0
    assert sorted(one.out.replace("/1", "/2").splitlines()) == sorted(two.out.splitlines())
    for table in ("a_events.tsv", "b_events.tsv"):
        assert (tmp_path / "1" / table).read_bytes() == (tmp_path / "2" / table).read_bytes()


def test_notes_name_the_recording_with_one_job_and_with_two(shell: Ictal, both: Path, tmp_path: Path) -> None:
    (both / "a.edf").write_bytes((both / "a.edf").read_bytes()[:-1000])
    said = [shell("detect", both, "-o", tmp_path / jobs, *RULE, "--jobs", jobs).err.splitlines() for jobs in ("1", "2")]
    assert said[0] == said[1] and len(said[0]) == len(set(said[0])) >= 1
    assert all(line.startswith(f"note: {both / 'a.edf'}: data records: ") for line in said[0])


def test_debug_shows_where_a_recording_failed(shell: Ictal, both: Path, tmp_path: Path) -> None:
    (both / "a.edf").write_bytes(b"")
    result = shell("detect", both, "-o", tmp_path / "out", *RULE, "--debug")
    assert result.code == 2 and "1 seizure" in result.out
    trace, _, error = result.err.rstrip().rpartition("\n")
    assert trace.startswith("Traceback") and "RecordingError" in trace
    assert error.startswith(f"error: {both / 'a.edf'}: is empty")


def test_odd_letters_in_a_name_are_no_error(shell: Ictal, quiet: Path, tmp_path: Path) -> None:
    """A name in Latin-1, as old systems write it, and a terminal that knows only ASCII."""
    path = tmp_path / "M\udcfcller.edf"
    shutil.copy(quiet, path)
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    result = shell("detect", path, "-o", tmp_path / "out", *RULE, environment=environment)
    assert (result.code, result.err) == (0, "")
    assert "0 seizures, 0 of 20 s" in result.out
    assert (tmp_path / "out/M\udcfcller_events.tsv").is_file()


@pytest.mark.parametrize("arguments", [["--help"], ["models"], ["detect", "{in}", "-o", "{out}"]], ids=as_typed)
def test_a_closed_pipe_is_no_error(both: Path, tmp_path: Path, arguments: list[str]) -> None:
    """As in ``ictal … | head -n 1``."""
    words = [word.format_map({"in": both, "out": tmp_path / "out"}) for word in arguments]
    command = [sys.executable, "-c", "import time; time.sleep(0.2); from ictal.apps.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


# --- report, models, demo ---


def test_report_writes_one_page(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    page = tmp_path / "new/page.html"
    result = ictal("report", scalp, "-o", page)
    assert (result.code, result.out, result.err) == (0, f"report  {page}\n", "")
    assert names(tmp_path) == ["new/page.html", "new/page_burden.csv"]
    text = page.read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in text]


def test_report_compares_with_a_table_or_with_labels(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    events, reference = tmp_path / "events.tsv", tmp_path / "reference.tsv"
    events.write_text("onset\tduration\teventType\n10\t20\tsz\n62\t20\tsz\n")
    reference.write_text("onset\tduration\teventType\n100\t10\tsz\n12\t10\tsz\n")

    def verdicts(*options: object) -> list[int]:
        assert ictal("report", scalp, "-o", tmp_path / "page.html", "--events", events, *options).code == 0
        text = (tmp_path / "page.html").read_text(encoding="utf-8")
        return [text.count(f'<td><span class="verdict {name}">') for name in ("hit", "miss", "false-alarm")]

    assert verdicts("--reference", reference) == [1, 1, 1]
    assert verdicts("--seizure-label", "anfall") == [1, 0, 1]
    assert verdicts("--seizure-label", "nothing", "--seizure-label", "Anf*") == [1, 0, 1]
    both = ictal("report", scalp, "-o", tmp_path / "x.html", "--reference", reference, "--seizure-label", "anfall")
    assert both.problem == "reference: give an events table or seizure labels, not both."


def test_report_tells_of_a_label_that_nothing_has(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    result = ictal("report", scalp, "-o", tmp_path / "page.html", "--seizure-label", "siezure")
    assert result.code == 0
    problem = "none says 'siezure'; the report is compared with no seizure at all"
    assert result.err == f"warning: {scalp}: annotations: {problem}\n"


def test_detect_reports_against_the_marks_in_the_file(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    assert ictal("detect", scalp, "-o", tmp_path / "out", *RULE, "--report", "--seizure-label", "anfall").code == 0
    page = (tmp_path / "out/night_report.html").read_text(encoding="utf-8")
    assert page.count('<td><span class="verdict hit">') == 1


def test_report_never_replaces_the_recording(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    recording = tmp_path / "night.edf"
    shutil.copy(scalp, recording)
    problem = ictal("report", recording, "-o", recording).problem
    assert problem == f"{recording}: is what the report is made from; give the report another name"
    assert recording.read_bytes() == scalp.read_bytes()


def test_models_lists_the_detectors_and_the_architectures(ictal: Ictal) -> None:
    detectors, architectures = ictal("models").out.split("\n\n")
    assert [line.split()[0] for line in detectors.splitlines()] == [
        "eegwavenet-scalp",
        "eegwavenet-rodent",
        "line-length",
        "spike-rate",
        "eegwavenet-untrained",
    ]
    assert "\neegwavenet              waveform          45,734      4 s   eegwavenet" in architectures


def test_demo_says_where_everything_is(ictal: Ictal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ictal.experiments.demo.MINUTES", 5)
    result = ictal("demo", "-o", tmp_path / "demo")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    for line, name in zip(lines, ("simulated recording", "detected events", "report"), strict=False):
        said, path = line[:21].strip(), Path(line[21:])
        assert said == name and path.is_file()
    assert "3 reference seizures" in result.out
    assert "SzCORE event-based (timescoring 0.0.7)" in result.out
    assert lines[-1] == "Simulated EEG is no evidence of clinical performance. For research; not a medical device."


def test_bench_measures_and_prints_a_table(ictal: Ictal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, int]] = []

    def measure(hours: float, repeats: int, progress: Callable[[float], None]) -> str:
        asked.append((hours, repeats))
        progress(1.0)
        return "a table"

    monkeypatch.setattr("ictal.experiments.bench.bench_detect", measure)
    assert ictal("bench", "detect", "--hours", "0.5", "--repeats", "2").out == "a table\n"
    assert asked == [(0.5, 2)]


def test_bench_train_measures_the_networks_that_are_named(ictal: Ictal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], int]] = []

    def measure(models: list[str], *, repeats: int, progress: Callable[..., None]) -> str:
        asked.append((models, repeats))
        progress(1.0, "a text")
        return "a table"

    monkeypatch.setattr("ictal.experiments.bench_training.bench_training", measure)
    assert ictal("bench", "train", "--model", "tcn", "--repeats", "2").out == "a table\n"
    assert asked == [(["tcn"], 2)]
