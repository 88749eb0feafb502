"""A side of a split is judged by what the field judges by, and all that a later rule needs is left in the folder."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn import metrics as sklearn
from torch import Tensor, nn

from ictal.core.errors import IctalWarning, ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.portions import Portion, whole_recordings
from ictal.data.schemes import PreictalScheme, SeizureScheme
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.windows import cut_windows
from ictal.evaluation.score import ScoreSettings, score_trees
from ictal.evaluation.stored import ClassSpans, read_evaluation
from ictal.io.events_tsv import write_events
from ictal.models.tcn import TCN, TCNConfig
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.scoring.rules import RULES
from ictal.scoring.szcore import score_events
from ictal.training.evaluation import evaluate, find_classes, make_validate, name_files
from ictal.training.losses import CrossEntropy, Tversky
from ictal.training.metrics import MONITORS
from ictal.training.settings import TaskSettings, TrainingSettings, WindowSettings

RATE = 64.0
RECORDINGS: dict[str, tuple[str, tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]] = {
    "anna/1": ("anna", ((200.0, 60.0),), ()),
    "anna/2": ("anna", (), ((100.0, 130.0),)),
    "bert": ("bert", ((100.0, 30.0), (400.0, 50.0)), ()),
    "quiet": ("carl", (), ()),
}
"""Name → subject, seizures, gaps."""

TASK = TaskSettings(
    windows=WindowSettings(length=4.0, step=1.0),
    postprocessing=PostProcessing(smoothing=3.0, threshold=0.6, release=0.4, merge_gap=5.0, minimum_duration=4.0),
)


class Loudness(nn.Module):
    """Says seizure of windows that are loud; a window is 4 s and begins every second."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.1))

    def forward(self, signal: Tensor) -> Tensor:
        loud = self.weight * (signal[:, 0].unfold(1, 256, 64).std(dim=2) - 35.0)
        return torch.stack([-loud, loud], dim=2)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten minutes each of noise that is louder in seizures, and in a minute of ``quiet`` for no reason."""
    folder = tmp_path_factory.mktemp("evaluation") / "store"
    rows = []
    with open_for_writing(folder):
        for number, (name, (subject, seizures, gaps)) in enumerate(RECORDINGS.items()):
            noise = np.random.default_rng(number).normal(0, 20, (1, round(600 * RATE)))
            loud = ((300.0, 60.0),) if name == "quiet" else tuple((onset + 2.5, length) for onset, length in seizures)
            for onset, length in loud:
                noise[:, round(onset * RATE) : round((onset + length) * RATE)] *= 2.5
            recording = Recording.from_array(noise, RATE, ["C3"], gaps=gaps)
            signal = write_signal(folder, f"{number:032x}", "", recording, Chain())
            events = tuple(EventRow(*seizure) for seizure in seizures)
            rows.append(RecordingRow(name, subject, "1", signal, events=events))
        write_manifest(folder, Manifest("0", "mine", Chain().model_dump(mode="json"), recordings=tuple(rows)))
    return Store(folder)


def portions_of(store: Store, *names: str) -> tuple[Portion, ...]:
    return tuple(one for one in whole_recordings(store.recordings) if one.recording in names)


def ask_all(store: Store, portions: Sequence[Portion]) -> tuple[list[float], list[int]]:
    """Return the seizure probability and the label of every window, each asked by itself."""
    table = cut_windows(store.recordings, TASK.windows.grid, SeizureScheme(), portions=portions)
    signal = store.read_windows(table.recording, table.start, table.length)
    with torch.no_grad():
        seizure = torch.softmax(Loudness()(torch.from_numpy(signal))[:, 0], dim=1)[:, 1]
    return seizure.tolist(), table.labels.tolist()


def test_a_validation_says_every_figure_from_one_pass(store: Store) -> None:
    loss = CrossEntropy(class_weights="balanced").build(np.array([300, 100]))
    portions = whole_recordings(store.recordings)
    figures = make_validate(store, portions, TASK, loss)(Loudness())
    assert tuple(figures) == MONITORS
    seizure, labels = ask_all(store, portions)
    called = np.array(seizure) >= 0.5
    assert figures["auroc"] == pytest.approx(sklearn.roc_auc_score(labels, seizure))
    assert figures["pr_auc"] == pytest.approx(sklearn.average_precision_score(labels, seizure))
    assert figures["balanced_accuracy"] == pytest.approx(sklearn.balanced_accuracy_score(labels, called))
    weights = np.where(np.array(labels) == 1, 2.0, 2.0 / 3.0)
    expected = sklearn.log_loss(labels, seizure, sample_weight=weights, labels=[0, 1])
    assert figures["loss"] == pytest.approx(expected, rel=1e-4)
    assert 0.5 < figures["pr_auc"] < 1.0
    # anna and bert are found wholly; carl is claimed once in ten minutes and has neither seizure nor sensitivity.
    assert (figures["event_sensitivity"], figures["event_precision"]) == (1.0, pytest.approx(2 / 3))
    assert figures["false_alarms_per_day"] == pytest.approx(144 / 3)


def test_a_validation_leaves_the_network_as_it_was_and_may_be_sent(store: Store) -> None:
    network = Loudness().train()
    validate = make_validate(store, portions_of(store, "bert"), TASK, CrossEntropy().build(np.array([1, 1])))
    figures = validate(network)
    assert network.training and network.weight.grad is None
    assert pickle.loads(pickle.dumps(validate))(network) == figures  # noqa: S301
    with torch.no_grad():
        network.weight.neg_()
    assert validate(network)["auroc"] == pytest.approx(1 - figures["auroc"])


def test_portions_of_one_subject_are_judged_where_they_lie(store: Store) -> None:
    """A seizure outside the portion has no part in it."""
    portions = [Portion("bert", "bert", 0.0, 300.0), Portion("bert", "bert", 440.0, 600.0)]
    loss = CrossEntropy().build(np.array([1, 1]))
    figures = make_validate(store, portions, TASK, loss)(Loudness())
    assert (figures["event_sensitivity"], figures["event_f1"], figures["false_alarms_per_day"]) == (1.0, 1.0, 0.0)
    seizure, labels = ask_all(store, portions)
    assert figures["auroc"] == pytest.approx(sklearn.roc_auc_score(labels, seizure))


def test_a_validation_without_seizures_is_told(store: Store) -> None:
    portions, loss = portions_of(store, "quiet"), CrossEntropy().build(np.array([1, 1]))
    with pytest.warns(IctalWarning, match="none of its 597 windows is seizure, so pr_auc cannot tell which epoch"):
        validate = make_validate(store, portions, TASK, loss)
    figures = validate(Loudness())
    undefined = {name for name, value in figures.items() if math.isnan(value)}
    assert undefined == {"auroc", "pr_auc", "balanced_accuracy", "sensitivity", "event_sensitivity"}
    watched = TASK.model_copy(update={"training": TrainingSettings(monitor="false_alarms_per_day")})
    assert make_validate(store, portions, watched, loss)(Loudness())["false_alarms_per_day"] == pytest.approx(144.0)


def test_a_validation_of_nothing_is_refused(store: Store) -> None:
    loss = CrossEntropy().build(np.array([1, 1]))
    for portions in ([], [Portion("bert", "bert", 10.0, 13.0)]):
        with pytest.raises(ParameterError, match=rf"its {len(portions)} portions hold no window of 4 s"):
            make_validate(store, portions, TASK, loss)
    with pytest.raises(ParameterError, match="none came"):
        evaluate(Loudness(), store, [], TASK, store.folder.parent / "empty", "test")


@pytest.fixture(scope="module")
def run(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    evaluate(Loudness(), store, whole_recordings(store.recordings), TASK, folder, "test")
    return folder


def test_the_folder_holds_all_that_was_said(store: Store, tmp_path: Path) -> None:
    loss, portions = CrossEntropy().build(np.array([1, 1])), whole_recordings(store.recordings)
    figures = evaluate(Loudness(), store, portions, TASK, tmp_path, "validation", loss=loss)
    assert json.loads((tmp_path / "figures.json").read_text()) == figures
    assert figures["monitored"] == make_validate(store, portions, TASK, loss)(Loudness())
    assert (figures["side"], figures["undefined"]) == ("validation", {})
    assert {path.name for path in tmp_path.iterdir()} == {"scores", "evaluation.json", "figures.json"}
    stored = read_evaluation(tmp_path)
    assert [one.name for one in stored] == list(RECORDINGS)
    assert {one.side for one in stored} == {"validation"}
    assert {one.postprocessing for one in stored} == {TASK.postprocessing}
    assert [one.reference for one in stored] == [one.annotations for one in store.recordings]


def test_scores_are_those_of_the_windows(store: Store, run: Path) -> None:
    for one in read_evaluation(run):
        scores = one.read().scores
        seizure, _ = ask_all(store, portions_of(store, one.name))
        assert (scores.start, scores.step, len(scores)) == (1.5, 1.0, 597)
        assert int((~scores.analysed).sum()) == (33 if one.name == "anna/2" else 0)
        assert_allclose(scores.seizure[scores.analysed], seizure, rtol=0.0, atol=1e-5)


def test_figures_are_of_subjects_averaged_and_pooled_with_intervals(run: Path) -> None:
    figures = json.loads((run / "figures.json").read_text())
    by_subject = {group["subjects"][0]: group for group in figures["subjects"]}
    assert list(by_subject) == ["anna", "bert", "carl"]
    assert by_subject["anna"]["n_recordings"] == 2 and by_subject["carl"]["figures"]["event_sensitivity"] is None
    assert by_subject["carl"]["figures"]["false_alarms_per_day"] == pytest.approx(144.0)
    for part in ("average", "pooled"):
        for name in ("event_f1", "sample_f1", "auroc", "balanced_accuracy"):
            low, high = figures[part][name]["interval"]
            assert low <= figures[part][name]["value"] <= high
    for name in ("event_sensitivity", "event_precision", "event_f1", "false_alarms_per_day"):
        assert figures["average"][name]["value"] == pytest.approx(figures["monitored"][name])
    assert "loss" not in figures["monitored"]


@pytest.mark.parametrize("name", RULES)
def test_any_rule_can_be_applied_later(run: Path, name: str) -> None:
    """From the folder alone: without the network, the store or the signals."""
    rule = RULES.load(name)
    counts = sum(
        rule.score(one.reference, one.hypothesis, one.duration)
        for one in (read.mark() for read in read_evaluation(run))
    )
    assert counts.duration == pytest.approx(2400.0)
    assert counts.sensitivity > 0.5
    if name == "nedc-ovlp":
        assert (counts.true_positives, counts.false_negatives, counts.false_positives) == (3, 0, 1)


def test_events_as_tables_are_scored_by_ictal_score_alike(run: Path, tmp_path: Path) -> None:
    for one in read_evaluation(run):
        for tree, events in (("reference", one.reference), ("found", None)):
            path = tmp_path / tree / one.subject / f"{one.name.replace('/', '-')}_events.tsv"
            path.parent.mkdir(parents=True, exist_ok=True)
            found = Annotations([Event(start, stop - start) for start, stop in one.mark().hypothesis], 600.0)
            write_events(path, found if events is None else events)
    settings = ScoreSettings(rules=("szcore", "sample"))
    figures = json.loads((run / "figures.json").read_text())
    for scored, prefix in zip(
        score_trees(tmp_path / "reference", tmp_path / "found", settings).rules, ("event", "sample"), strict=True
    ):
        for name in ("sensitivity", "precision", "f1"):
            ours = figures["average"][f"{prefix}_{name}"]
            assert ours["value"] == pytest.approx(scored.average[name].value)
            assert ours["interval"] == pytest.approx([scored.average[name].low, scored.average[name].high])


def test_what_is_undefined_is_null_with_a_reason(store: Store, tmp_path: Path) -> None:
    figures = evaluate(Loudness(), store, portions_of(store, "quiet"), TASK, tmp_path, "test")
    assert figures["monitored"]["pr_auc"] is None
    assert figures["undefined"]["pr_auc"] == "needs a window of seizure"
    assert figures["monitored"]["specificity"] > 0.5
    assert set(figures["undefined"]) == {name for name, value in figures["monitored"].items() if value is None}


def test_stretches_of_one_recording_have_files_of_their_own(store: Store, tmp_path: Path) -> None:
    portions = [
        Portion("bert", "bert", 0.0, 300.0),
        Portion("bert", "bert", 440.0, 600.0),
        Portion("bert", "bert", 310.0, 312.0),
    ]
    evaluate(Loudness(), store, portions, TASK, tmp_path, "test")
    stored = read_evaluation(tmp_path)
    assert [(one.start, one.stop) for one in stored] == [(0.0, 300.0), (440.0, 600.0), (310.0, 312.0)]
    assert [len(one.read().scores) for one in stored] == [297, 157, 0]
    assert len({one.scores_file for one in stored}) == 3
    assert stored[1].reference.spans == ((0.0, 10.0),)
    for one in stored[:2]:
        found = find_events(one.read().scores, TASK.postprocessing, one.stop - one.start)
        assert score_events(one.reference.spans, found.spans, found.duration).sensitivity == 1.0


@pytest.mark.parametrize("name", ["../../outside", "ward 3/a", "a.b@1"])
def test_names_of_files_stay_in_their_folder(name: str) -> None:
    (file,) = name_files([Portion(name, "anna", 0.0, 1.0)])
    assert "/" not in file
    assert len(set(name_files([Portion(name, "anna", 0.0, 1.0), Portion(name, "anna", 1.0, 2.0)]))) == 2


def test_a_network_that_answers_frames_is_judged_frame_by_frame(store: Store, tmp_path: Path) -> None:
    windows = WindowSettings(length=20.0, step=10.0, n_frames=40)
    task = TASK.model_copy(update={"windows": windows})
    torch.manual_seed(0)
    network = TCN(TCNConfig(n_channels=1, sampling_rate=RATE, frame=0.5, width=8, n_blocks=3))
    loss = Tversky().build(np.array([1, 1]))
    figures = evaluate(network, store, portions_of(store, "anna/1", "bert"), task, tmp_path, "test", loss=loss)
    (scores, _) = (one.read().scores for one in read_evaluation(tmp_path))
    assert (scores.start, scores.step, len(scores)) == (5.0, 0.5, 1180)
    assert 0.0 < figures["monitored"]["loss"] < 1.0
    assert 0.0 < figures["monitored"]["auroc"] < 1.0


def test_classes_are_kept_where_events_outside_a_portion_have_a_say() -> None:
    scheme = PreictalScheme(horizon=100.0, intervention=10.0, postictal=50.0)
    marked = Annotations([Event(300.0, 20.0)], 1000.0)
    labels = scheme.timeline(marked)
    before, after = (
        find_classes(scheme, marked, Portion("n", "a", *span)) for span in ((150.0, 250.0), (310.0, 500.0))
    )
    assert before == ClassSpans((((50.0, 100.0),), ()), ())
    assert after is None
    assert find_classes(scheme, marked, Portion("n", "a", 0.0, 1000.0)) is None
    assert labels.stretches[0] == ((200.0, 290.0),)


def test_what_events_of_a_portion_say_themselves_is_not_kept_twice() -> None:
    marked = Annotations([Event(300.1, 20.7), Event(333.3, 5.1, "impd")], 1000.0)
    scheme = SeizureScheme(exclude=("impd",))
    for span in ((0.0, 1000.0), (310.3, 400.9), (299.9, 334.4)):
        assert find_classes(scheme, marked, Portion("n", "a", *span)) is None
