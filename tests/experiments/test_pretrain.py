"""A codec is pretrained by a recipe, as a detector is trained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus

from ictal.apps.train import describe_codec
from ictal.core.errors import ParameterError
from ictal.data.portions import read_splits
from ictal.experiments.pretrain import PretrainingRun
from ictal.experiments.recipe import read_recipe
from ictal.experiments.run_record import read_run
from ictal.experiments.train import train_recipe
from ictal.models.codec_file import decode_codec

QUICK = {
    "pretraining.steps": "2",
    "pretraining.batch_size": "2",
    "pretraining.warm_up": "0",
    "pretraining.quantised_from": "1",
    "pretraining.start_batches": "1",
    "pretraining.adversarial_from": "1",
    "pretraining.n_validation": "2",
    "pretraining.discriminator": '{"windows": [64], "width": 2}',
    "model.config": '{"ratios": [4, 4, 4], "widest": 16}',
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_loud_corpus(tmp_path_factory.mktemp("loud") / "corpus", 3)


@pytest.fixture(autouse=True)
def in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_recipe_of_the_codec_gives_weights_figures_and_a_record(corpus: Path) -> None:
    run = train_recipe("braincodec-pretrain", Path("run"), data=corpus, changes=QUICK)
    assert isinstance(run, PretrainingRun)
    codec = decode_codec(run.codec.read_bytes())
    assert codec.config.ratios == (4, 4, 4)
    figures = json.loads((run.folder / "figures.json").read_text())
    assert figures == json.loads(json.dumps(run.pretrained.figures))
    assert figures["ratio"] == 64.0
    assert read_splits(run.folder / "splits.json") == (run.split,)
    assert {one.subject for one in run.split.train}.isdisjoint(one.subject for one in run.split.validation)
    assert read_run(run.folder).kind == "pretrain"
    assert read_recipe(run.folder / "recipe.toml").pretraining.steps == 2  # type: ignore[union-attr]
    told = describe_codec(run)
    assert told[0] == "trained   2 steps; 64 × smaller, without labels"
    assert any(line.split()[0] == "alpha" for line in told)


def test_the_published_sizes_are_those_of_the_recipe() -> None:
    recipe = read_recipe("braincodec-pretrain")
    assert recipe.pretraining is not None
    assert recipe.model.config["ratios"] == [2] * 6
    assert recipe.pretraining.warm_up / recipe.pretraining.steps == pytest.approx(4_000 / 96_000, abs=0.01)


def test_a_codec_without_its_table_and_settings_it_has_not_are_refused(corpus: Path) -> None:
    text = 'name = "mine"\n[chain]\nsteps = []\n[model]\nname = "braincodec-codec"\n'
    Path("mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="recipe mine: has no table 'pretraining'"):
        train_recipe("mine.toml", Path("run"), data=corpus)
    with pytest.raises(ParameterError, match=r"model.config: 'widht' is not allowed.*Did you mean 'width'"):
        changed = {**QUICK, "model.config": '{"widht": 16}'}
        train_recipe("braincodec-pretrain", Path("run"), data=corpus, changes=changed)
    with pytest.raises(ParameterError, match="tracker of a pretraining: 'wandb' is not allowed; allowed are 'csv'"):
        train_recipe("braincodec-pretrain", Path("run"), data=corpus, changes=QUICK, trackers=["wandb"])
    assert not Path("run").exists()
