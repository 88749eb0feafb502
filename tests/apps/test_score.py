"""``ictal score`` as a user meets it: whole trees, exit codes, and what is loaded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

Ictal = Callable[..., Any]
Tables = Mapping[str, Sequence[Sequence[object]]]

HEADER = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
RUN = "sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-01_events.tsv"
OTHER = RUN.replace("sub-01", "sub-02")
SEIZURE = [[600, 60, "sz", 3600]]
LATE = [[610, 60, "sz", 3600]]
NOTHING = [[0, 3600, "bckg", 3600]]

REPORT = (
    "import json, sys\n"
    "from ictal.apps.cli import run\n"
    "code = run(sys.argv[1:])\n"
    "print(json.dumps([code, sorted({name.split('.')[0] for name in sys.modules})]))\n"
)


def write(root: Path, tables: Tables) -> Path:
    for relative, rows in tables.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{onset}\t{lasts}\t{kind}\tn/a\tn/a\tn/a\t{length}\n" for onset, lasts, kind, length in rows]
        path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return root


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Two subjects, found 10 s late and missed."""
    return (
        write(tmp_path / "reader", {RUN: SEIZURE, OTHER: SEIZURE}),
        write(tmp_path / "detector", {RUN: LATE, OTHER: NOTHING}),
    )


# --- what is printed and written ---


def test_the_table_reads_without_a_manual(ictal: Ictal, trees: tuple[Path, Path]) -> None:
    result = ictal("score", *trees)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == f"{trees[1]} against {trees[0]}"
    assert lines[1] == "2 recordings of 2 subjects, 2.0 h: 2 reference seizures, 1 hypothesis event"
    (event,) = (line for line in lines if line.startswith(" SzCORE event-based (timescoring 0.0.7)") and "(2)" in line)
    assert re.split(" {2,}", event.strip())[1:] == [
        "0.500 [0.000, 1.000] (2)",
        "1.000 (1)",
        "0.500 [0.000, 1.000] (2)",
        "0.00 /24 h [0.00, 0.00] (2)",
    ]


def test_json_goes_to_the_terminal_or_to_a_file(ictal: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    printed = ictal("score", *trees, "--json", "--seed", 7, "--resamples", 50)
    assert (printed.code, printed.err) == (0, "")
    content = json.loads(printed.out)
    assert content["settings"]["interval"]["seed"] == 7 and content["settings"]["interval"]["n_resamples"] == 50
    assert [one["recording"] for one in content["recordings"]] == [
        RUN[: -len("_events.tsv")],
        OTHER[: -len("_events.tsv")],
    ]
    written = ictal("score", *trees, "-o", tmp_path / "out" / "scores.json", "--seed", 7, "--resamples", 50)
    assert written.code == 0 and "SzCORE event-based" in written.out
    assert (tmp_path / "out" / "scores.json").read_text(encoding="utf-8") == printed.out


def test_rules_are_chosen_by_name_and_by_group(ictal: Ictal, trees: tuple[Path, Path]) -> None:
    content = json.loads(ictal("score", *trees, "--rule", "szcore, nedc", "--json").out)
    assert [rule["rule"] for rule in content["rules"]] == [
        "szcore",
        "nedc-ovlp",
        "nedc-taes",
        "nedc-epoch",
        "nedc-dpalign",
        "nedc-ira",
    ]
    out = ictal("score", *trees, "--rule", "nedc").out
    (epoch,) = (line for line in out.splitlines() if "EPOCH" in line and "(2)" in line)
    (taes,) = (line for line in out.splitlines() if "TAES" in line and "(2)" in line)
    assert "s/24 h" in epoch and "s/24 h" not in taes and "/24 h" in taes


def test_one_subject_is_chosen(ictal: Ictal, trees: tuple[Path, Path]) -> None:
    result = ictal("score", *trees, "--subjects", "sub-02")
    assert result.out.splitlines()[1].startswith("1 recording of 1 subject, 1.0 h")
    assert "no intervals: there is one subject" in result.out
    assert ictal("score", *trees, "--subjects", "sub-3").problem.endswith("there are sub-01, sub-02")


def test_missing_results_are_an_error_unless_said_to_be_negative(ictal: Ictal, trees: tuple[Path, Path]) -> None:
    (trees[1] / OTHER).unlink()
    problem = ictal("score", *trees).problem
    assert (
        problem == f"no hypothesis is there for {trees[0] / OTHER}; '--missing negative' takes that as nothing detected"
    )
    result = ictal("score", *trees, "--missing", "negative")
    assert result.code == 0
    assert "1 recording without a hypothesis: counted as no detection" in result.out


# --- what is refused ---


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--rule", "szcoer"], "rule: 'szcoer' is not allowed; allowed are 'szcore', 'sample'"),
        (["--per", "file"], "per: 'file' is not allowed; allowed are 'dataset', 'subject', 'recording'"),
        (["--missing", "ignore"], "missing: 'ignore' is not allowed; allowed are 'error', 'negative'"),
        (["--szcore-compatible", "--rule", "nedc"], "rule with a compatible mode: 'nedc-ovlp' is not allowed"),
        (["--szcore-compatible", "--missing", "error"], "missing: the dataset tool of SzCORE takes"),
        (["--duration-tolerance", "-1"], "Invalid value for '--duration-tolerance'"),
        (["--resamples", "0"], "Invalid value for '--resamples'"),
        (["--subjects", "x*"], "reader: no subject matches 'x*'"),
    ],
)
def test_wrong_options_say_what_is_allowed(
    ictal: Ictal, trees: tuple[Path, Path], options: list[str], problem: str
) -> None:
    assert problem in ictal("score", *trees, *options).problem


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([[600, 60, "sz", 3598]], "recordingDuration: is for a recording of 3598 s; its reference"),
        ([[600, -60, "sz", 3600]], "line 2: duration: -60 is not allowed"),
        ([["x", 60, "sz", 3600]], "line 2: onset: 'x' is not allowed"),
    ],
)
def test_bad_tables_are_refused_by_name(
    ictal: Ictal, trees: tuple[Path, Path], rows: list[list[object]], problem: str
) -> None:
    write(trees[1], {OTHER: rows})
    said = ictal("score", *trees).problem
    assert said.startswith(f"{trees[1] / OTHER}: ") and problem in said


def test_oddities_are_told_once_on_the_error_stream(ictal: Ictal, tmp_path: Path) -> None:
    names = [RUN.replace("sub-01", f"sub-{number:03}") for number in range(120)]
    reader = write(tmp_path / "reader", {name: [[600, 0, "sz", 3600], [700, 5, "spike", 3600]] for name in names})
    result = ictal("score", reader, reader)
    assert result.code == 0
    told = result.err.splitlines()
    assert len(told) == 2 and all(line.startswith(f"warning: {reader / names[0]}: line ") for line in told)
    assert all(line.endswith("(and 239 more like it)") for line in told)


# --- as a shell starts it ---


def test_exit_codes_of_a_process(shell: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    good = shell("score", *trees)
    assert (good.code, good.err) == (0, "") and "SzCORE event-based" in good.out
    assert (
        shell("score", trees[0], tmp_path / "none").problem == f"{tmp_path / 'none'}: there is no such file or folder"
    )
    (trees[1] / OTHER).write_bytes(b"\xff\xfe\x00")
    assert shell("score", *trees).problem.startswith(f"{trees[1] / OTHER}: is not text in UTF-8")
    assert shell("score", trees[0]).code == 2


def test_the_command_is_light(trees: tuple[Path, Path]) -> None:
    for options in ([], ["--json"], ["--rule", "nedc"], ["--szcore-compatible"]):
        done = subprocess.run(
            [sys.executable, "-c", REPORT, "score", *map(str, trees), *options],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        code, modules = json.loads(done.stdout.splitlines()[-1])
        assert code == 0
        heavy = {"torch", "mne", "pandas", "scipy", "matplotlib", "onnxruntime", "sklearn", "timescoring"}
        assert not set(modules) & heavy


# --- the figures of others, through files and the command ---


def test_the_datasets_of_the_oracles_through_the_command(ictal: Ictal, test_data: Path, tmp_path: Path) -> None:
    results = {"szcore": "event_results", "sample": "sample_results"}
    names = {"sensitivity": "sensitivity", "precision": "precision", "f1": "f1", "false_positives_per_day": "fpRate"}
    for case in json.loads((test_data / "oracles" / "scoring" / "dataset.json").read_text())["cases"]:
        sides = [write(tmp_path / case["name"] / side, case[side]) for side in ("reference", "hypothesis")]
        tolerance = ["--duration-tolerance", case["duration_tolerance"]]
        result = ictal("score", *sides, "--szcore-compatible", "--json", *tolerance)
        assert result.code == 0, result.err
        content = json.loads(result.out)
        for rule in content["rules"]:
            average, pooled = (
                case[f"expected_{kind}"][results[rule["rule"]]] for kind in ("avg_per_subject", "cumulated")
            )
            for ours, theirs in names.items():
                close = [
                    (rule["average"][ours]["value"], average[theirs]),
                    (rule["average"][ours]["standard_deviation"], average[f"{theirs}_std"]),
                    (rule["pooled"][ours]["value"], pooled[theirs]),
                ]
                for found, expected in close:
                    where = (case["name"], rule["rule"], ours)
                    assert found is expected is None or found == pytest.approx(expected, rel=1e-12, abs=1e-12), where


def test_what_detect_wrote_is_scored_as_it_stands(ictal: Ictal, scalp: Path, quiet: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "bids", {RUN: [[60, 30, "sz", 120]], OTHER: [[0, 20, "bckg", 20]]})
    (data / "dataset_description.json").write_text("{}")
    for table, recording in ((RUN, scalp), (OTHER, quiet)):
        (data / table.replace("_events.tsv", "_eeg.edf")).write_bytes(recording.read_bytes())
    results = tmp_path / "results"
    assert ictal("detect", data, "-o", results, "-d", "line-length").code == 0
    result = ictal("score", data, results)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[1].startswith("2 recordings of 2 subjects, 0.0 h: 1 reference seizure, ")


def test_the_real_clips_are_scored_against_themselves(ictal: Ictal, test_data: Path) -> None:
    clips = test_data / "real" / "chbmit-clips"
    result = ictal("score", clips, clips, "--json")
    content = json.loads(result.out)
    assert result.code == 0 and content["dataset"]["n_reference"] == 4
    assert content["dataset"]["subjects_from"] == ["file"]
    assert all(rule["pooled"]["f1"]["value"] == 1.0 for rule in content["rules"])
