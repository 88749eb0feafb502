"""One fold: windows as they were judged, categories as they were scored, and nobody explained who was trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.data.leakage import LeakageError
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.portions import Portion, Split
from ictal.data.schemes import SeizureScheme
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.evaluation.categories import BACKGROUND, FALSE_ALARM, HIT, MISS
from ictal.evaluation.stored import EvaluatedRecording, Side, write_evaluation
from ictal.experiments.explained_fold import (
    FoldToExplain,
    check_method,
    cut_window,
    explain_fold,
    make_answer,
    open_explainer,
    read_unseen,
)
from ictal.experiments.explained_network import open_network
from ictal.experiments.recipe import read_recipe
from ictal.explain.event_score import EventScore
from ictal.explain.occlusion import make_answer as make_network_answer
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.training.frames import plan_frames
from ictal.training.settings import WindowSettings

RATE, SECONDS = 256.0, 40
LEADS = tuple(f"lead {number}" for number in range(18))
SUBJECTS = ("chb01", "chb02", "chb21")
SEIZURE = (20.0, 10.0)

detector = load_detector("eegwavenet-untrained")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One recording of noise of each subject, with a seizure from 20 to 30 s."""
    folder = tmp_path_factory.mktemp("fold") / "store"
    with open_for_writing(folder):
        rows = []
        for number, subject in enumerate(SUBJECTS):
            noise = np.random.default_rng(number).normal(0.0, 20.0, (len(LEADS), round(SECONDS * RATE)))
            signal = write_signal(folder, subject, subject, Recording.from_array(noise, RATE, LEADS), Chain())
            rows.append(RecordingRow(f"{subject}_01", subject, "1", signal, events=(EventRow(*SEIZURE),)))
        write_manifest(folder, Manifest("0.1.0", "mine", {}, recordings=tuple(rows)))
    return Store(folder)


def portions(store: Store, *subjects: str) -> tuple[Portion, ...]:
    return tuple(Portion(one.name, one.subject, 0.0, one.duration) for one in store if one.subject in subjects)


def write_run(folder: Path, store: Store, subject: str, seizure: np.ndarray, side: Side = "test") -> Path:
    """Write what a fold leaves: its detector, and scores of one subject."""
    (folder / "scores").mkdir(parents=True)
    (folder / "detector.ictal").write_bytes(detector.encode())
    (one,) = [each for each in store if each.subject == subject]
    values = np.column_stack([1.0 - seizure, seizure])
    write_scores(folder / "scores" / "a.npz", Scores(values, 1.5, 1.0))
    rules = PostProcessing(threshold=0.7)
    evaluated = EvaluatedRecording(
        one.name, subject, 0.0, one.duration, one.annotations, folder / "scores" / "a.npz", rules, side
    )
    write_evaluation(folder, [evaluated])
    return folder


def test_windows_of_each_category_are_explained(store: Store, tmp_path: Path) -> None:
    chances = np.zeros(37)
    chances[20:27] = 0.7
    chances[27:29] = 0.69
    chances[[3, 10]] = 0.9
    chances[5] = np.nan
    run = write_run(tmp_path / "run", store, "chb02", chances)
    split = Split("mine", portions(store, "chb01"), (), portions(store, "chb02"))
    fold = FoldToExplain(run, store.folder, split, read_recipe("eegwavenet"), "saliency", 12, 0)
    shares: list[float] = []
    explained = explain_fold(fold, shares.append)
    counts = {one.category: one.n_windows for one in explained.averages}
    assert counts == {HIT: 7, MISS: 2, FALSE_ALARM: 2, BACKGROUND: 12}, "frames 19 to 27 are seizure"
    assert {one.subject for one in explained.averages} == {"chb02"}
    assert {one.class_name for one in explained.averages} == {"sz"}
    assert (explained.name, explained.side, explained.fingerprint) == ("mine", "test", detector.fingerprint)
    assert shares == [1.0]
    for one in explained.averages:
        assert one.mean.leads == LEADS
        assert one.mean.start == 0.0
        assert one.mean.stop == 4.0
        assert one.mean.values.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "windows",
    [WindowSettings(), WindowSettings(length=8.0, step=4.0, n_frames=16)],
    ids=["one frame", "several frames"],
)
def test_a_frame_is_shown_in_the_window_in_which_it_was_judged(store: Store, windows: WindowSettings) -> None:
    portion = Portion("chb02_01", "chb02", 6.0, 36.0)
    (frames,) = plan_frames(store, [portion], windows, SeizureScheme())
    whole = store.recording(1).read(0.0, float(SECONDS))
    for frame in range(frames.labels.size):
        window = cut_window(store, frames, frame)
        assert window.signal.shape == (18, round(windows.length * RATE))
        assert window.n_windows == 1
        begin = portion.start + frames.start + frame * frames.step - window.span[0]
        np.testing.assert_array_equal(window.signal, whole[:, round(begin * RATE) :][:, : window.signal.shape[1]])
        assert window.span[1] - window.span[0] == pytest.approx(frames.step)
        assert window.asked == slice(frames.first_kept + frame % frames.labels.shape[1], window.asked.stop)
        assert 0 < window.asked.stop <= window.n_frames


def test_an_answer_without_torch_is_that_of_the_network(store: Store) -> None:
    network = open_network(detector)
    assert network is not None
    (frames,) = plan_frames(store, portions(store, "chb02"), WindowSettings(), SeizureScheme())
    window = cut_window(store, frames, 7)
    signals = np.stack([window.signal, 2 * window.signal])
    for target in (0, 1):
        known = make_network_answer(EventScore(network, window, target))(signals)
        np.testing.assert_allclose(make_answer(detector, window, target)(signals), known, atol=1e-4)


def test_a_detector_without_weights_is_occluded_alone(store: Store) -> None:
    bare = Detector(replace(detector.parts, weights=None))
    (frames,) = plan_frames(store, portions(store, "chb02"), WindowSettings(), SeizureScheme())
    window = cut_window(store, frames, 0)
    found, known = (open_explainer(one, "occlusion", 0)(window, 1) for one in (bare, detector))
    assert found.method == "occlusion"
    np.testing.assert_allclose(found.values, known.values, atol=1e-3)
    with pytest.raises(ParameterError, match="'saliency' does not fit eegwavenet-untrained; allowed: occlusion"):
        check_method(bare, "saliency")
    check_method(detector, "saliency")


def test_who_was_trained_on_is_refused(store: Store, tmp_path: Path) -> None:
    run = write_run(tmp_path / "test", store, "chb21", np.zeros(37))
    one, another, tested = (portions(store, subject) for subject in SUBJECTS)
    read_unseen(Split("clean", another, (), tested), run, store)
    spoiled = {
        "the same": Split("mine", (*another, *tested), (), tested),
        "watched": Split("mine", another, tested, tested),
        "the same girl": Split("mine", one, (), tested),
        "on purpose": Split("mine", tested, (), tested, within_subject=True),
    }
    for split in spoiled.values():
        with pytest.raises(LeakageError, match="'chb21' was trained with"):
            read_unseen(split, run, store)


def test_the_validation_of_a_training_may_have_been_watched(store: Store, tmp_path: Path) -> None:
    run = write_run(tmp_path / "validation", store, "chb02", np.zeros(37), "validation")
    one, watched, _ = (portions(store, subject) for subject in SUBJECTS)
    read_unseen(Split("all", one, watched, ()), run, store)
    with pytest.raises(LeakageError, match="chb02"):
        read_unseen(Split("all", (*one, *watched), watched, ()), run, store)


def test_scores_of_other_windows_are_refused(store: Store, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", store, "chb02", np.zeros(30))
    split = Split("mine", portions(store, "chb01"), (), portions(store, "chb02"))
    fold = FoldToExplain(run, store.folder, split, read_recipe("eegwavenet"), "saliency", 12, 0)
    with pytest.raises(ParameterError, match="30 frames came; the windows of its recipe give 37"):
        explain_fold(fold)
