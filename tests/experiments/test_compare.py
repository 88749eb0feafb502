"""Runs on disk whose worth is known by construction, compared; and what cannot be compared, refused."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import IctalWarning, OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.comparison import RunComparison
from ictal.evaluation.detector_figures import FIGURES, LIMITED
from ictal.evaluation.stored import EvaluatedRecording, Side, write_evaluation
from ictal.experiments.compare import compare_runs, label_runs, read_run
from ictal.io.events_tsv import write_events
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing

RULES = PostProcessing(threshold=0.6, smoothing=5.0, minimum_duration=5.0)
DURATION = 3600.0
N_SUBJECTS = 7


def mark(subject: int) -> Annotations:
    """Four seizures of a minute in an hour."""
    jitter = np.random.default_rng(subject).uniform(60.0, 700.0, 4).round()
    return Annotations([Event(850.0 * place + shift, 60.0) for place, shift in enumerate(jitter.tolist())], DURATION)


def make_run(
    folder: Path, skill: float, *, noise: int = 0, subjects: range = range(N_SUBJECTS), side: Side = "test"
) -> Path:
    """Write a run whose probabilities are noise, the same for runs of one `noise`, and `skill` higher in seizures."""
    (folder / "scores").mkdir(parents=True)
    recordings = []
    for number in subjects:
        rng = np.random.default_rng([noise, number])
        reference = mark(number)
        smooth = np.convolve(rng.normal(size=3600), np.ones(12) / 12**0.5, "same")
        seizure = (1 / (1 + np.exp(-(smooth + skill * reference.mask(1.0) - 2.5)))).astype(np.float32)
        name, file = f"sub-{number:02d}_run-00", folder / "scores" / f"{number}.npz"
        write_scores(file, Scores(np.column_stack([1.0 - seizure, seizure]), 0.0, 1.0))
        recordings.append(EvaluatedRecording(name, f"sub-{number:02d}", 0.0, DURATION, reference, file, RULES, side))
    write_evaluation(folder, recordings)
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A good and a poor detector of the same seizures, and one that knows nothing of them."""
    root = tmp_path_factory.mktemp("runs")
    return {name: make_run(root / name, skill) for name, skill in (("poor", 1.0), ("good", 4.0), ("blind", 0.0))}


@pytest.fixture(scope="module")
def compared(runs: dict[str, Path]) -> RunComparison:
    return compare_runs([runs["poor"], runs["good"]], n_resamples=500)


# --- the truth is known ---


def test_the_better_detector_is_found_better(compared: RunComparison) -> None:
    assert compared.comparison.names == ("poor", "good")
    assert (compared.n_recordings, sum(compared.n_seizures.values())) == (N_SUBJECTS, 4 * N_SUBJECTS)
    assert compared.seconds == {f"sub-{number:02d}": DURATION for number in range(N_SUBJECTS)}
    for figure in ("event_sensitivity", "event_f1", LIMITED, "sample_f1", "auroc", "pr_auc"):
        one = compared.comparison.figures[figure].differences[1]
        assert one is not None
        assert one.value > 0 and one.low > 0, figure
        assert one.sign_flip == pytest.approx(2 ** (1 - N_SUBJECTS)), "all subjects agree"
        assert one.words(figure) == "better"
    assert compared.remarks == ()
    assert compared.comparison.verdicts[1].words == "better than chance"


def test_the_same_results_do_not_differ(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(runs["good"], tmp_path / "copy")
    found = compare_runs([runs["good"], copy], n_resamples=200)
    for figure in FIGURES:
        one = found.comparison.figures[figure].differences[1]
        assert one is not None
        assert (one.value, one.low, one.high) == (0.0, 0.0, 0.0), figure
        assert one.sign_flip == one.wilcoxon == 1.0


def test_a_blind_detector_is_called_no_better_than_chance(runs: dict[str, Path]) -> None:
    found = compare_runs([runs["blind"]], n_resamples=200)
    assert found.comparison.verdicts[0].words in {
        "no better than chance by events and frames",
        "no better than chance by frames",
    }
    low, high = (getattr(found.comparison.figures["auroc"].averages[0], edge) for edge in ("low", "high"))
    assert low <= 0.5 <= high


def test_the_best_can_be_compared_with(runs: dict[str, Path]) -> None:
    folders = [runs["poor"], runs["good"], runs["blind"]]
    found = compare_runs(folders, n_resamples=200, against="best")
    assert (found.comparison.against, found.comparison.n_tests) == (1, 3)
    assert compare_runs(folders, n_resamples=200, against="blind").comparison.against == 2


def test_a_higher_budget_allows_no_less(runs: dict[str, Path], compared: RunComparison) -> None:
    more = compare_runs([runs["poor"]], n_resamples=200, false_alarms_per_day=200.0)
    assert more.budget == 200.0 and compared.budget == 5.0
    lavish, thrifty = (one.comparison.figures[LIMITED].averages[0].value for one in (more, compared))
    assert lavish > thrifty


def test_the_same_seed_gives_the_same(runs: dict[str, Path], compared: RunComparison) -> None:
    again = compare_runs([runs["poor"], runs["good"]], n_resamples=500)
    assert again.comparison.figures == compared.comparison.figures
    assert again.comparison.verdicts == compared.comparison.verdicts
    other = compare_runs([runs["poor"], runs["good"]], n_resamples=500, seed=1)
    assert other.comparison.figures != compared.comparison.figures


# --- what is compared ---


def test_only_what_both_were_tested_on_counts(runs: dict[str, Path], tmp_path: Path) -> None:
    fewer = make_run(tmp_path / "fewer", 4.0, subjects=range(2, 9))
    found = compare_runs([runs["good"], fewer], n_resamples=200)
    assert found.comparison.subjects == tuple(f"sub-{number:02d}" for number in range(2, 7))
    assert found.runs[1].n_recordings == 7 and found.n_recordings == 5
    assert found.remarks[0].startswith("Recordings differ: good on 7 recordings of 7 subjects, fewer on 7 recordings")
    f1 = found.comparison.figures["event_f1"].differences[1]
    assert f1 is not None and f1.value == 0.0, "the common ones are the same"


def test_nothing_in_common_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    others = make_run(tmp_path / "others", 4.0, subjects=range(20, 22))
    with pytest.raises(RecordingError, match="nothing is in common: good on 7 recordings of 7 subjects"):
        compare_runs([runs["good"], others])


def test_other_seizures_are_refused_by_name(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(runs["good"], tmp_path / "copy")
    text = (copy / "evaluation.json").read_text(encoding="utf-8")
    onset = mark(3)[1].onset
    (copy / "evaluation.json").write_text(text.replace(f'"onset": {onset}', f'"onset": {onset + 3}', 1))
    with pytest.raises(
        RecordingError, match=r"^sub-03_run-00: was tested against other seizures: 4 in good, 4 in copy"
    ):
        compare_runs([runs["good"], copy])


def test_validation_is_marked(runs: dict[str, Path], tmp_path: Path) -> None:
    chosen = make_run(tmp_path / "chosen", 4.0, side="validation")
    found = compare_runs([runs["good"], chosen], n_resamples=200)
    assert [run.side for run in found.runs] == ["test", "validation"]
    assert any(remark.startswith("chosen was evaluated on validation recordings") for remark in found.remarks)


def test_event_tables_are_compared_with_runs(runs: dict[str, Path], tmp_path: Path) -> None:
    for number in range(N_SUBJECTS):
        folder = Path(f"sub-{number:02d}", "eeg")
        for tree, events in (("reader", mark(number)), ("tables", Annotations(mark(number).events[:3], DURATION))):
            (tmp_path / tree / folder).mkdir(parents=True)
            write_events(tmp_path / tree / folder / f"sub-{number:02d}_run-00_events.tsv", events)
    (tmp_path / "tables/sub-00/eeg/sub-00_run-00_events.tsv").unlink()
    found = compare_runs([runs["good"], tmp_path / "tables"], reference=tmp_path / "reader", n_resamples=200)
    assert [run.side for run in found.runs] == ["test", "tables"]
    assert found.n_recordings == N_SUBJECTS - 1, "without a table nobody knows whether it was tested"
    tables = found.comparison.detectors[1].by_subject
    assert tables["event_precision"] == pytest.approx(np.ones(N_SUBJECTS - 1))
    assert np.isnan(tables["auroc"]).all()
    assert any(remark.startswith("tables: no probabilities") for remark in found.remarks)
    with pytest.raises(RecordingError, match=r"tables: holds no evaluation\.json; .* --reference for event tables"):
        compare_runs([runs["good"], tmp_path / "tables"])


def test_odd_tables_are_told(tmp_path: Path) -> None:
    for tree, onset in (("reader", 100), ("tables", 90)):
        (tmp_path / tree).mkdir()
        rows = f"{onset}\t60\tsz\t200\n{onset - 50}\t10\tsz\t200\n"
        (tmp_path / tree / "a.tsv").write_text("onset\tduration\teventType\trecordingDuration\n" + rows)
    with pytest.warns(IctalWarning, match="before the row above it; rows are sorted"):
        (stretch,) = read_run(tmp_path / "tables", tmp_path / "reader")
    assert stretch.seizures == ((50.0, 60.0), (100.0, 160.0))


# --- how it is asked for ---


def test_runs_are_named_by_what_tells_them_apart() -> None:
    assert label_runs(["a/x", "b/x", "b/y"]) == ("a/x", "b/x", "b/y")
    assert label_runs(["a/x"]) == ("x",)
    for came in ([], ["a/x", "b/../a/x"]):
        with pytest.raises(ParameterError, match=r"^runs: "):
            label_runs(came)


@pytest.mark.parametrize("budget", [0.0, -1.0, math.inf])
def test_a_budget_is_above_nothing(runs: dict[str, Path], budget: float) -> None:
    with pytest.raises(ParameterError, match=r"^false_alarms_per_day: "):
        compare_runs([runs["good"]], false_alarms_per_day=budget)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="nothing: there is no such folder"):
        compare_runs([tmp_path / "nothing"])


def test_the_page_is_written_where_it_is_asked_for(runs: dict[str, Path], tmp_path: Path) -> None:
    shares: list[float] = []
    compare_runs([runs["poor"], runs["good"]], tmp_path / "out" / "page.html", n_resamples=100, progress=shares.append)
    text = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert "Differences to poor" in text and "better than chance" in text
    assert shares == [0.5, 1.0]
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        compare_runs([runs["good"]], tmp_path / "file" / "page.html")
