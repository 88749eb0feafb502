"""Every recipe of the package starts: on a corpus of its form, with the network that it names, in two steps."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.experiments.tiny_corpora import simulate_mice, simulate_tusz, twin_chb_mit, twin_siena
from torch import nn

from ictal.core.errors import IctalWarning
from ictal.data.loader import LoaderSettings, WindowLoader
from ictal.data.portions import Split
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.data.windows import WindowTable
from ictal.experiments.recipe import RECIPES, Recipe, read_recipe
from ictal.experiments.stores import open_store
from ictal.io.configuration import read_configuration
from ictal.models.estimator import Estimator
from ictal.models.table import CODECS
from ictal.training.evaluation import make_validate
from ictal.training.fit import fit
from ictal.training.network import FrontedNetwork, build_network
from ictal.training.pretrain import pretrain_codec
from ictal.training.pretraining import Pretraining
from ictal.training.repeatable import mix_seed
from ictal.training.schedules import Plateau
from ictal.training.settings import TaskSettings
from ictal.training.table_fit import asks_for_table, fit_table
from ictal.training.train import build_loss, check_classes, check_sides, cut_side, describe_windows

CORPORA: dict[str, Callable[[Path], Path]] = {
    "chb-mit": twin_chb_mit,
    "siena": twin_siena,
    "tusz": simulate_tusz,
    "mice": simulate_mice,
}

FORMS = {
    "eegwavenet-tusz": "tusz",
    "seizure-transformer": "tusz",
    "neurocare": "siena",
    "rodent": "mice",
    **{name: "mice" for name in RECIPES if name.startswith("mouse-")},
}
"""The corpus of a recipe; CHB-MIT where none is named."""

FEW_COMPONENTS = {"resampling.n_components": "128", "windows.training_step": "2", "training.batch_size": "512"}
"""1024 components need as many windows of training, and minutes to be found."""

SMALLER: dict[str, dict[str, str]] = {
    "mouse-cnn-pca": FEW_COMPONENTS,
    "mouse-lstm": FEW_COMPONENTS,
    "mouse-transformer": FEW_COMPONENTS,
    "braincodec-pretrain": {
        "pretraining.steps": "2",
        "pretraining.batch_size": "2",
        "pretraining.warm_up": "0",
        "pretraining.quantised_from": "1",
        "pretraining.start_batches": "2",
        "pretraining.adversarial_from": "1",
        "pretraining.n_validation": "2",
    },
    "seizure-transformer": {"model.config": '{"n_layers": 1}'},  # of 8, with a second each
}
"""What is changed beside the number of steps and the size of a batch; every other network has its published size."""

BATCH = 2


@pytest.fixture(scope="module")
def open_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Recipe, str], Store]:
    """Prepare a corpus with the chain of a recipe; both are made once."""
    folder = tmp_path_factory.mktemp("tiny")
    made: dict[str, Path] = {}

    def open_one(recipe: Recipe, form: str) -> Store:
        if form not in made:
            made[form] = CORPORA[form](folder / form)
        return open_store(made[form], recipe.chain, stores=folder / "stores")

    return open_one


@pytest.mark.parametrize("name", RECIPES)
def test_two_steps_of_a_recipe_change_its_network(
    name: str, open_tiny: Callable[[Recipe, str], Store], tmp_path: Path
) -> None:
    recipe = read_recipe(name, {"training.accelerator": "cpu", "training.epochs": "1", **SMALLER.get(name, {})})
    store = open_tiny(recipe, FORMS.get(name, "chb-mit"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fewer than 3 seizures", category=IctalWarning)
        validation, seed = recipe.split.validation, recipe.split.seed
        split = make_splits(recipe.split.by, store.recordings, seed=seed, validation=validation)[0]
    assert split.train
    assert split.validation
    if recipe.model.name in CODECS:
        assert_codec_learns(recipe, store, split, tmp_path)
        return
    task = recipe.task
    check_sides(split, store, guard=task.windows.length)
    train = cut_side(task, store, split.train)
    check_classes(train, split.name)
    if asks_for_table(task):
        assert_table_is_learnt(task, store, train)
    else:
        assert_network_learns(task, store, split, train)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_and_its_detector_say_what_they_are(name: str) -> None:
    recipe = read_recipe(name)
    assert recipe.name == name
    assert recipe.summary
    if recipe.model.name in CODECS:
        return
    assert name in recipe.detector.name
    first = recipe.chain.steps[0]
    assert recipe.detector.minimum >= 12 or first.step != "montage", "leads are interpolated from nearly none"


def assert_network_learns(task: TaskSettings, store: Store, split: Split, train: WindowTable) -> None:
    network = build_network(task.model, describe_windows(task, train), seed=task.training.seed)
    loader = WindowLoader(store, train, balance=task.balance, settings=LoaderSettings(), seed=task.training.seed)
    windows = take_of_each_class(train, loader.rows(0), 2 * BATCH)
    settings = task.training.model_copy(update={"batch_size": BATCH, "n_workers": 0})
    validate = None
    if isinstance(settings.schedule, Plateau):
        validate = make_validate(store, split.validation, task, build_loss(task, train))
    fitted = fit(network, WindowLoader(store, windows), settings, augmentations=task.augmentation, validate=validate)
    assert math.isfinite(fitted.history[0]["train/loss"])
    assert find_unchanged(network, fitted.network) == []


def assert_table_is_learnt(task: TaskSettings, store: Store, train: WindowTable) -> None:
    facts = describe_windows(task, train)
    fitted = fit_table(task, store, train, facts, validate=None, folder=None)
    assert isinstance(fitted.network, FrontedNetwork)
    model = fitted.network.model
    if isinstance(model, Estimator):
        examples = torch.from_numpy(store.read_windows(train.recording, train.start, train.length))
        with torch.no_grad():
            logits = fitted.network(examples)[:, 0].numpy()
        scores, is_seizure = logits[:, 1] - logits[:, 0], train.window_labels == 1
        assert scores[is_seizure].mean() > scores[~is_seizure].mean()
        return
    assert math.isfinite(fitted.history[0]["train/loss"])
    assert task.resampling is not None
    features = {**(task.model.features or {}), "n_components": task.resampling.n_components}
    start = build_network(task.model.model_copy(update={"features": features}), facts, seed=task.training.seed)
    assert find_unchanged(start.model, model) == []


def assert_codec_learns(recipe: Recipe, store: Store, split: Split, folder: Path) -> None:
    assert recipe.pretraining is not None
    config = read_configuration(CODECS.load(recipe.model.name).Config, recipe.model.config, recipe.name)
    found = pretrain_codec(recipe.pretraining, config, store, split.train, split.validation, folder)
    losses = {key: value for key, value in found.history[-1].items() if key.startswith("train/")}
    assert "train/adversarial" in losses or "train/critic" in losses, losses
    assert np.isfinite(list(losses.values())).all()
    torch.manual_seed(mix_seed(recipe.pretraining.seed, 2))
    fresh = Pretraining(recipe.pretraining, config).codec
    assert find_unchanged(fresh, found.codec) == []


def take_of_each_class(windows: WindowTable, rows: np.ndarray, n: int) -> WindowTable:
    """Return the first windows of the rows, after the first of each class."""
    labels = windows.window_labels[rows]
    first = [int(rows[np.flatnonzero(labels == label)[0]]) for label in np.unique(labels)]
    return windows.take(np.array(list(dict.fromkeys([*first, *rows.tolist()]))[:n]))


def find_unchanged(before: nn.Module, after: nn.Module) -> list[str]:
    """Return the weights that are still the same; a bias before a norm has no gradient, and may be."""
    old: Mapping[str, torch.Tensor] = dict(before.named_parameters())
    new = {key: value for key, value in after.named_parameters() if not key.endswith("bias")}
    return [key for key, value in new.items() if torch.equal(value, old[key])]
