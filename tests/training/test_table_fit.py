"""Models of numbers are fitted to the windows of training, and to nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.experiments.loud_corpus import SEIZURE, write_loud_corpus

from ictal.core.errors import ParameterError
from ictal.data.leakage import LeakageError, check_fitted
from ictal.data.portions import Split
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.data.tabular import Resampling
from ictal.detection.detector import Detector
from ictal.detection.settings import Model
from ictal.experiments.stores import open_store
from ictal.features.components import Components
from ictal.io.formats import read
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.training.network import FrontedNetwork
from ictal.training.settings import TaskSettings, TrainingSettings, WindowSettings
from ictal.training.table_fit import tabulate
from ictal.training.train import cut_side, describe_windows, train_detector

COMPONENTS = Model(name="eeglstm", features={"features": "components"})
REDUCED = Resampling(undersample=0.5, n_components=16, smote=1.0)
NUMBERS = {"features": "numbers", "quantities": ("line-length", "band-powers"), "per_channel": False}


def make_task(model: Model, resampling: Resampling | None, **training: Any) -> TaskSettings:
    return TaskSettings(
        model=model,
        resampling=resampling,
        windows=WindowSettings(length=4.0, step=1.0, training_step=2.0),
        training=TrainingSettings(epochs=3, accelerator="cpu", **training),
        postprocessing=PostProcessing(smoothing=3.0, minimum_duration=4.0, merge_gap=4.0),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loud")
    write_loud_corpus(folder / "corpus", 4)
    return folder


@pytest.fixture(scope="module")
def store(place: Path) -> Store:
    return open_store(place / "corpus", Chain(), stores=place / "stores")


@pytest.fixture(scope="module")
def split(store: Store) -> Split:
    return make_splits("subject:4", store.recordings)[0]


def test_trees_find_what_they_were_fitted_to_find(place: Path, store: Store, split: Split) -> None:
    task = make_task(Model(name="trees", config={"max_iter": 20}, features=NUMBERS), None)
    trained = train_detector(task, store, split, place / "trees")
    assert (len(trained.fitted.history), trained.side) == (1, "test")
    assert trained.fitted.history[0]["validation/pr_auc"] > 0.9
    written = Detector.read(place / "trees" / "detector.ictal")
    recording = read(next((place / "corpus" / split.test[0].subject).rglob("*.edf")))
    events = written.detect(recording)
    assert len(events) == 1
    assert abs(events.events[0].onset - SEIZURE.onset) < 4.0


def test_components_are_part_of_the_detector(place: Path, store: Store, split: Split) -> None:
    trained = train_detector(make_task(COMPONENTS, REDUCED), store, split, place / "components")
    network = trained.fitted.network
    assert isinstance(network, FrontedNetwork)
    assert isinstance(network.front, Components)
    assert network.front.components.shape == (16, 2 * 512)
    recording = read(next((place / "corpus" / split.test[0].subject).rglob("*.edf")))
    found = Detector.read(place / "components" / "detector.ictal").analyse(recording).scores
    with torch.no_grad():
        window = torch.from_numpy(recording.read(0.0, 4.0))[None]
        expected = torch.softmax(network(window)[0, 0], dim=-1)
    np.testing.assert_allclose(found.values[0], expected, atol=1e-4)


def test_a_training_that_was_stopped_goes_on(place: Path, store: Store, split: Split) -> None:
    class StopError(Exception):
        """Ends a training after an epoch."""

    def stop(epoch: int, figures: object) -> None:
        del figures
        if epoch == 1:
            raise StopError

    task = make_task(COMPONENTS, REDUCED)
    with pytest.raises(StopError):
        train_detector(task, store, split, place / "stopped", watch=stop)
    resumed = train_detector(task, store, split, place / "stopped").fitted.network.state_dict()
    whole = train_detector(task, store, split, place / "components").fitted.network.state_dict()
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def test_only_the_windows_of_training_are_fitted_to(store: Store, split: Split) -> None:
    task = make_task(COMPONENTS, REDUCED)
    windows = cut_side(task, store, split.train)
    fold = tabulate(task, store, windows, describe_windows(task, windows))
    n_background, n_seizures = np.bincount(fold.labels)
    assert (fold.features.shape, n_background) == ((2 * n_seizures, 16), n_seizures)
    check_fitted(fold.fitted_on, [*split.validation, *split.test])
    with pytest.raises(LeakageError):
        check_fitted(fold.fitted_on, split.train)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (make_task(Model(name="eegwavenet"), REDUCED), "resampling: is not allowed for eegwavenet"),
        (make_task(Model(name="eeglstm", features=NUMBERS), REDUCED), "before the features 'components' only"),
        (make_task(COMPONENTS, Resampling(n_components=None)), "n_components: is not set"),
        (make_task(COMPONENTS, None), "n_components: is not set; the features 'components' need it"),
        (
            make_task(COMPONENTS, REDUCED).model_copy(update={"balance": {"balance": "undersample"}}),
            "resampling has their place",
        ),
    ],
)
def test_what_does_not_fit_a_table_is_refused(
    tmp_path: Path, store: Store, split: Split, task: TaskSettings, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        train_detector(task, store, split, tmp_path / "run")
