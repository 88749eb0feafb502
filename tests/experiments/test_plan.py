"""What is refused before the work begins, and where the results of each recording belong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ictal.core.errors import IctalError, OutputError, ParameterError, RecordingError
from ictal.experiments.plan import RECORD, DetectRequest, plan_detection
from ictal.io.atomic import atomic_write


@pytest.fixture
def folder(tmp_path: Path, quiet: Path) -> Path:
    """Two recordings in a tree."""
    for name in ("a/one.edf", "b/two.edf"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        shutil.copy(quiet, tmp_path / "in" / name)
    return tmp_path / "in"


def targets(tasks: list, output: Path, ending: str = "events.tsv") -> list[str]:
    return [task.target(ending).relative_to(output).as_posix() for task in tasks]


def test_the_tree_of_a_folder_is_mirrored(folder: Path, tmp_path: Path) -> None:
    tasks = plan_detection([folder], DetectRequest(tmp_path / "out"))
    assert targets(tasks, tmp_path / "out") == ["a/one_events.tsv", "b/two_events.tsv"]
    assert [task.title for task in tasks] == [str(folder / "a/one.edf"), str(folder / "b/two.edf")]


def test_each_animal_is_a_task_of_its_own(folder: Path, tmp_path: Path) -> None:
    request = DetectRequest(tmp_path / "out", animals={"m1": ("EEG1", "EEG2"), "m2": ("EEG3",)})
    tasks = plan_detection([folder / "a/one.edf"], request)
    assert targets(tasks, tmp_path / "out") == ["one_m1_events.tsv", "one_m2_events.tsv"]
    assert tasks[1].title == f"{folder / 'a/one.edf'} (m2)"


def test_a_data_set_is_mirrored_by_subject_and_session(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "bids"
    eeg = root / "sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-00_eeg.edf"
    eeg.parent.mkdir(parents=True)
    shutil.copy(folder / "a/one.edf", eeg)
    shutil.copy(folder / "a/one.edf", root / "practice.edf")
    (root / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.9.0"}')
    tasks = plan_detection([root], DetectRequest(tmp_path / "out"))
    where = "sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-00_events.tsv"
    assert targets(tasks, tmp_path / "out") == [where]


def test_the_copy_of_a_bdf_file_is_called_bdf(folder: Path, tmp_path: Path) -> None:
    (folder / "a/one.edf").rename(folder / "a/one.BDF")
    one, two = plan_detection([folder], DetectRequest(tmp_path / "out"))
    assert one.output("edf").name == "one_annotated.bdf"
    assert two.output("edf").name == "two_annotated.edf"
    assert one.output("report").name == "one_report.html"


def test_every_run_writes_events_and_scores(tmp_path: Path) -> None:
    request = DetectRequest(tmp_path, outputs=("json", "tsv"))
    assert sorted(request.all_outputs) == ["json", "scores", "tsv"]


def test_annotated_copies_of_earlier_runs_are_no_recordings(folder: Path, tmp_path: Path) -> None:
    """Otherwise `ictal detect . --format edf`, run twice, would analyse its own results."""
    results = folder / "ictal-results"
    results.mkdir()
    for name in ("one_annotated.edf", "one_annotated.bdf", "two_annotated.edf"):
        shutil.copy(folder / "a/one.edf", results / name)
    (results / f"one_{RECORD}").write_text("{}")
    found = plan_detection([folder], DetectRequest(tmp_path / "out"))
    assert [task.found.path.name for task in found] == ["one.edf", "two.edf", "two_annotated.edf"]
    assert len(plan_detection([results / "one_annotated.edf"], DetectRequest(tmp_path / "out"))) == 1
    (results / "two_annotated.edf").unlink()
    with pytest.raises(RecordingError, match="ictal-results: holds only copies that ictal annotated"):
        plan_detection([results], DetectRequest(tmp_path / "out"))


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"outputs": ("pdf",)}, "format: 'pdf' is not allowed; allowed are 'tsv', 'scores', 'json', 'edf', 'report'"),
        ({"detector": "line-lenght"}, r"detector: 'line-lenght' is not allowed; .* Did you mean 'line-length'\?"),
        (
            {"changes": {"threshold": "0.4"}},
            "--set threshold: 'threshold' is not allowed; allowed are .*'postprocessing'",
        ),
        ({"changes": {"postprocessing.threshold": "7"}}, "--set: postprocessing.threshold: .* less than or equal to 1"),
        (
            {"detector": "spike-rate", "changes": {"model.config.n_top": "3"}},
            "--set model.config.n_top: 'n_top' is not allowed",
        ),
        ({"compare": True}, "only a report compares"),
        ({"seizure_labels": ("sz",)}, "only a report compares"),
        ({"compare": True, "seizure_labels": ("sz",), "outputs": ("report",)}, "not with both"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_at_once(
    folder: Path, tmp_path: Path, wanted: dict, problem: str
) -> None:
    with pytest.raises(ParameterError, match=problem):
        plan_detection([folder], DetectRequest(tmp_path / "out", **wanted))
    assert not (tmp_path / "out").exists()


def test_a_change_that_one_of_the_default_detectors_takes_is_allowed(folder: Path, tmp_path: Path) -> None:
    """Which of them runs is settled for each recording."""
    assert plan_detection([folder], DetectRequest(tmp_path / "out", changes={"model.config.n_top": "3"}))


@pytest.mark.parametrize("path", ["gone.edf", "in/a/gone"])
def test_a_path_that_is_not_there_stops_everything(folder: Path, tmp_path: Path, path: str) -> None:
    with pytest.raises(IctalError, match="there is no such file or folder"):
        plan_detection([folder, tmp_path / path], DetectRequest(tmp_path / "out"))


def test_a_file_where_the_results_belong_is_told_before_the_work(folder: Path, tmp_path: Path) -> None:
    with atomic_write(tmp_path / "out", "w") as file:
        file.write("mine")
    with pytest.raises(OutputError, match="out: there is a file where a folder is needed"):
        plan_detection([folder], DetectRequest(tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "mine"
