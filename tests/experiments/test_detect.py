"""Many recordings: what is done, skipped, refused, compared, and what one of them may cost the others."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ictal.experiments.detect as detect_module
from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.experiments.detect import Outcome, detect_paths
from ictal.experiments.jobs import WorkerDiedError
from ictal.io import discover
from ictal.io.edf_write import write_edf


def detect(*paths: Path, output: Path, **wanted: Any) -> list[Outcome]:
    """By line-length, which is quick and finds the seizures here, where no other detector is asked for."""
    return list(detect_paths(paths, output=output, **{"detector": "line-length", **wanted}))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def events_of(table: Path) -> list[tuple[float, float, str]]:
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    return [(float(row[0]), float(row[1]), row[2]) for row in rows]


def test_a_seizure_is_found_and_told(both: Path, tmp_path: Path) -> None:
    quiet, ill = detect(both, output=tmp_path / "out")
    assert (quiet.status, quiet.n_events, quiet.seizure_time, quiet.duration) == ("done", 0, 0.0, 20.0)
    assert (ill.status, ill.n_events, ill.duration) == ("done", 1, 120.0)
    assert (ill.detector, ill.reason) == ("line-length", "as asked")
    assert ill.unanalysed == 0.0 and ill.analysed > 110.0
    assert events_of(tmp_path / "out/a_events.tsv") == [(0.0, 20.0, "bckg")]
    [(onset, duration, kind)] = events_of(tmp_path / "out/b_events.tsv")
    assert kind == "sz" and abs(onset - 60.0) < 5.0 and abs(onset + duration - 90.0) < 10.0
    assert duration == pytest.approx(ill.seizure_time, abs=0.01)
    stems = ("a", "b")
    ends = ("detection.json", "events.tsv", "scores.npz")
    assert names(tmp_path / "out") == [f"{stem}_{end}" for stem in stems for end in ends]


def test_without_a_name_each_recording_gets_the_detector_of_the_rule(both: Path, cage: Path, tmp_path: Path) -> None:
    outcomes = detect(both / "b.edf", cage, output=tmp_path / "out", detector=None)
    assert {outcome.task.title: (outcome.detector, outcome.reason) for outcome in outcomes} == {
        str(both / "b.edf"): ("eegwavenet-scalp", "labels name 10-20 electrodes: scalp EEG"),
        str(cage): ("eegwavenet-rodent", "no EEG channel names a 10-20 electrode: taken for an animal's"),
    }


def test_a_second_run_skips_what_is_done(both: Path, tmp_path: Path) -> None:
    detect(both, output=tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert [outcome.status for outcome in detect(both, output=tmp_path / "out")] == ["skipped", "skipped"]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before


def test_an_output_that_was_not_asked_for_before_is_added(both: Path, tmp_path: Path) -> None:
    detect(both / "b.edf", output=tmp_path / "out")
    (more,) = detect(both / "b.edf", output=tmp_path / "out", outputs=("json",))
    assert more.status == "done"
    assert (tmp_path / "out/b_events.json").is_file()


@pytest.mark.parametrize("lost", ["scores.npz", "events.tsv"])
def test_a_run_that_was_cut_off_is_made_good(both: Path, tmp_path: Path, lost: str) -> None:
    detect(both / "b.edf", output=tmp_path / "out")
    whole = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    (tmp_path / "out" / f"b_{lost}").unlink()
    assert detect(both / "b.edf", output=tmp_path / "out")[0].status == "done"
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == whole


def test_a_record_without_its_end_means_that_it_is_not_done(both: Path, tmp_path: Path) -> None:
    detect(both / "b.edf", output=tmp_path / "out")
    record = tmp_path / "out/b_detection.json"
    content = json.loads(record.read_text())
    record.write_text(json.dumps({"run": content["run"], "complete": False}))
    assert detect(both / "b.edf", output=tmp_path / "out")[0].status == "done"
    assert json.loads(record.read_text()) == content


CHANGES = [
    {"changes": {"postprocessing.merge_gap": "20"}},
    {"detector": "eegwavenet-untrained"},
    {"mapping": {"Fp1-Avg": "Fp1"}},
    {"keep_identity": True},
    {"outputs": ("report",), "seizure_labels": ("Anfall",)},
    {"outputs": ("report",), "compare": True},
]


@pytest.mark.parametrize("other", CHANGES, ids=lambda other: next(reversed(other)))
def test_another_run_is_not_taken_for_this_one(both: Path, tmp_path: Path, other: dict[str, Any]) -> None:
    detect(both / "b.edf", output=tmp_path / "out")
    before = (tmp_path / "out/b_detection.json").read_bytes()
    (outcome,) = detect(both / "b.edf", output=tmp_path / "out", **other)
    assert outcome.status == "failed"
    assert outcome.problem.startswith(f"{both / 'b.edf'}: ")
    assert outcome.problem.endswith("b_detection.json: was made with other settings; --overwrite makes it anew")
    assert (tmp_path / "out/b_detection.json").read_bytes() == before
    (outcome,) = detect(both / "b.edf", output=tmp_path / "out", overwrite=True, **other)
    assert outcome.status == "done"
    assert (tmp_path / "out/b_detection.json").read_bytes() != before


def test_other_channels_of_an_animal_are_another_run(cage: Path, tmp_path: Path) -> None:
    detect(cage, output=tmp_path / "out", animals=["m1=EEG1,EEG2"])
    assert detect(cage, output=tmp_path / "out", animals=["m1=EEG1,EEG2"])[0].status == "skipped"
    assert "other settings" in detect(cage, output=tmp_path / "out", animals=["m1=EEG3,EEG4"])[0].problem


def test_two_animals_of_one_file_have_results_of_their_own(cage: Path, tmp_path: Path) -> None:
    animals = ["m1=EEG1,EEG2", "m2=EEG3,EEG4"]
    first, second = detect(cage, output=tmp_path / "out", animals=animals, detector="spike-rate")
    assert first.detector == second.detector == "spike-rate"
    assert first.task.title == f"{cage} (m1)"
    for name, onset in [("m1", 100.0), ("m2", 60.0)]:
        [(start, duration, kind)] = events_of(tmp_path / f"out/cage_{name}_events.tsv")
        assert kind == "sz" and onset - 5 < start < onset + 5 and 15 < duration < 40, name


def test_an_animal_that_is_not_in_the_file_is_named(cage: Path, tmp_path: Path) -> None:
    good, bad = detect(cage, output=tmp_path / "out", animals=["m1=EEG1", "m2=EEG9"])
    assert good.status == "done"
    assert bad.problem.startswith(f"{cage} (m2): channels: 'EEG9' is not in the recording; near are 'EEG")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_a_table_of_somebody_else_is_never_replaced(both: Path, tmp_path: Path, overwrite: bool, beside: bool) -> None:
    """The reference of a data set has the name that the results would have."""
    output = both if beside else tmp_path / "out"
    output.mkdir(exist_ok=True)
    (output / "a_events.tsv").write_text("the work of a reader")
    refused, done = detect(both, output=output, overwrite=overwrite)
    assert (refused.status, done.status) == ("failed", "done")
    assert "a_events.tsv: is there already and was not made by ictal" in refused.problem
    assert refused.problem.endswith("choose another --output")
    assert (output / "a_events.tsv").read_text() == "the work of a reader"
    assert "a_scores.npz" not in names(output)


def test_results_beside_the_recording_are_ours_the_second_time(both: Path) -> None:
    detect(both, output=both)
    assert [outcome.status for outcome in detect(both, output=both)] == ["skipped", "skipped"]
    assert [outcome.status for outcome in detect(both, output=both, overwrite=True)] == ["done", "done"]


def test_a_bad_recording_costs_the_others_nothing(both: Path, tmp_path: Path) -> None:
    (both / "aa.edf").write_bytes(b"")
    outcomes = detect(both, output=tmp_path / "out")
    assert [outcome.status for outcome in outcomes] == ["done", "failed", "done"]
    assert outcomes[1].problem == f"{both / 'aa.edf'}: is empty; copy it again from where it was recorded"
    assert "RecordingError" in outcomes[1].trace
    assert not [name for name in names(tmp_path / "out") if name.startswith("aa")]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero (a fault in ictal; --debug"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_a_fault_of_ours_costs_one_recording(
    both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, problem: str
) -> None:
    read = discover.read

    def fail_over_a(path: Path, *, channels: Sequence[str] | None = None) -> Recording:
        if path.name == "a.edf":
            raise fault
        return read(path, channels=channels)

    monkeypatch.setattr(discover, "read", fail_over_a)
    failed, done = detect(both, output=tmp_path / "out")
    assert (failed.status, done.status) == ("failed", "done")
    assert failed.problem.startswith(f"{both / 'a.edf'}: {problem}")
    assert "fail_over_a" in failed.trace


def test_a_worker_that_died_is_a_recording_that_failed(
    both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unlucky:
        def __init__(self, work: Any, n_jobs: int) -> None:
            self.work = work

        def run(self, tasks: list) -> Iterator:
            yield tasks[1], self.work(tasks[1])
            yield tasks[0], WorkerDiedError("the process that worked on it was killed")

    monkeypatch.setattr(detect_module, "JobRunner", Unlucky)
    done, failed = detect(both, output=tmp_path / "out", n_jobs=2)
    assert (done.status, failed.status) == ("done", "failed")
    assert failed.problem == f"{both / 'a.edf'}: the process that worked on it was killed"


def test_what_was_mended_is_noted_once_and_no_warning_escapes(both: Path, tmp_path: Path) -> None:
    """A warning of a worker process would reach the terminal in two lines of Python."""
    content = (both / "a.edf").read_bytes()
    (both / "a.edf").write_bytes(content[:-1000])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cut, _ = detect(both, output=tmp_path / "out")
    assert cut.status == "done" and cut.duration == 19.0
    assert sum("data records: says 20; the file holds 19 whole ones" in note for note in cut.notes) == 1
    assert len(set(cut.notes)) == len(cut.notes)
    assert not any(str(both) in note for note in cut.notes), "the file stands in front of it already"


def test_progress_grows_to_one(both: Path, tmp_path: Path) -> None:
    (both / "c.edf").write_bytes(b"")
    shares: list[float] = []
    detect(both, output=tmp_path / "out", progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 3
    shares.clear()
    detect(both, output=tmp_path / "two", n_jobs=2, progress=shares.append)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_side_by_side_gives_the_same_files(both: Path, cage: Path, tmp_path: Path) -> None:
    shutil.copy(cage, both / "c.edf")
    (both / "d.edf").write_bytes(b"")
    one = detect(both, output=tmp_path / "one", outputs=("json", "edf"))
    two = detect(both, output=tmp_path / "two", outputs=("json", "edf"), n_jobs=2)
    assert sorted((o.task.title, o.status, o.notes) for o in one) == sorted(
        (o.task.title, o.status, o.notes) for o in two
    )
    assert names(tmp_path / "one") == names(tmp_path / "two")
    for name in names(tmp_path / "one"):
        if not name.endswith(".npz"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
            continue
        with np.load(tmp_path / "one" / name) as first, np.load(tmp_path / "two" / name) as second:
            np.testing.assert_array_equal(first["values"], second["values"])


def test_a_report_compares_with_the_table_beside_the_recording(both: Path, tmp_path: Path) -> None:
    (both / "b_events.tsv").write_text("onset\tduration\teventType\n60\t30\tsz\n10\t5\tsz\n")
    quiet, _ = detect(both, output=tmp_path / "out", outputs=("report",), compare=True)
    page = (tmp_path / "out/b_report.html").read_text(encoding="utf-8")
    assert page.count('<td><span class="verdict hit">') == 1 and page.count('<td><span class="verdict miss">') == 1
    assert "has no events table beside it to compare with" in quiet.notes
    assert 'class="verdict' not in (tmp_path / "out/a_report.html").read_text(encoding="utf-8").split("</style>")[1]


def test_a_report_compares_with_the_marks_in_the_recording(both: Path, tmp_path: Path) -> None:
    quiet, ill = detect(both, output=tmp_path / "out", outputs=("report",), seizure_labels=("anfall",))
    page = (tmp_path / "out/b_report.html").read_text(encoding="utf-8")
    assert page.count('<td><span class="verdict hit">') == 1 and '<td><span class="verdict miss">' not in page
    assert "annotations: none says 'anfall'; the report is compared with no seizure at all" in quiet.notes
    assert not any("annotations" in note for note in ill.notes)


def test_our_own_results_are_no_reference(both: Path) -> None:
    detect(both / "b.edf", output=both)
    (again,) = detect(both / "b.edf", output=both, outputs=("report",), compare=True, overwrite=True)
    assert "has no events table beside it to compare with" in again.notes


def test_time_that_was_not_analysed_is_counted(tmp_path: Path) -> None:
    """A gap of ten seconds, and a recording in which nothing happens at all."""
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 60 * 256))
    noise[:, 20 * 256 : 30 * 256] = np.nan
    write_edf(tmp_path / "gap.edf", Recording.from_array(noise, 256.0, SCALP_19))
    write_edf(
        tmp_path / "still.edf", Recording.from_array(np.full((19, 60 * 256), 5.0), 256.0, SCALP_19), Annotations()
    )
    gap, still = detect(tmp_path / "gap.edf", tmp_path / "still.edf", output=tmp_path / "out")
    assert 10.0 <= gap.unanalysed <= 14.0 and gap.analysed > 40.0
    assert still.status == "done" and still.analysed == 0.0 and still.unanalysed > 50.0
    assert any("nothing was analysed" in note for note in still.notes)
    record = json.loads((tmp_path / "out/still_detection.json").read_text())
    assert record["analysed_seconds"] == 0.0 and record["artefact_seconds"]["flat"] >= 60.0
