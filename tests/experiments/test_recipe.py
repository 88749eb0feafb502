"""A recipe is TOML with the chain of a detector in it, and says in one line what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.detection.library import load_detector
from ictal.experiments.recipe import load_chain, read_recipe


def written(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_other_tables_of_a_recipe_are_left_to_others(tmp_path: Path) -> None:
    recipe = written(tmp_path, '[training]\nlr = 1e-3\n\n[[chain.steps]]\nstep = "low-pass"\ncutoff = 40\n')
    (step,) = load_chain(recipe).steps
    assert step.cutoff == 40.0  # type: ignore[attr-defined]


def test_the_chain_has_the_form_that_it_has_in_a_detector(tmp_path: Path) -> None:
    chain = load_detector("eegwavenet-untrained").settings.chain
    rows = []
    for step in chain.model_dump(mode="json")["steps"]:
        rows += ["[[chain.steps]]", *(f"{key} = {value!r}" for key, value in step.items() if value is not None)]
    assert load_chain(written(tmp_path, "\n".join(rows))) == chain


def test_a_value_that_the_recipe_leaves_out_can_be_set_too(tmp_path: Path) -> None:
    recipe = written(tmp_path, '[[chain.steps]]\nstep = "low-pass"\ncutoff = 40\n')
    (step,) = load_chain(recipe, {"chain.steps.0.order": "6"}).steps
    assert step.order == 6  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chain = [", "recipe.toml: is not TOML"),
        ("[training]\nlr = 1", "has no table 'chain'; it has 'training'"),
        ("", "has no table 'chain'; it has none"),
        ("[chain]\nstep = 1", "recipe.toml: chain: 'step' is not allowed; allowed are 'steps'"),
        ("[chain]\nsteps = 1", "chain.steps: steps: a list of steps is needed"),
        ('[[chain.steps]]\nstep = "low-pas"', "'low-pas' is not allowed; .* Did you mean 'low-pass'"),
        ('[[chain.steps]]\nstep = "low-pass"\ncutof = 1', "'cutof' is not allowed; .* Did you mean 'cutoff'"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        load_chain(written(tmp_path, text))


def test_a_change_that_does_not_fit_names_its_option() -> None:
    with pytest.raises(ParameterError, match=r"--set: chain.steps: band-pass: .*below high"):
        load_chain(changes={"chain.steps.3.low": "200"})
    with pytest.raises(ParameterError, match=r"--set chain.steps.9: '9' is not allowed"):
        load_chain(changes={"chain.steps.9.low": "200"})


@pytest.mark.parametrize(
    ("recipe", "key", "value"),
    [
        ("neurocare", "recurrent", False),
        ("braincodec", "pretrained", "braincodec-encoder"),
        ("zoo-vit", "n_heads", 4),
        ("braincodec-pretrain", "widest", 64),
    ],
)
def test_a_setting_of_the_model_can_be_set_where_the_recipe_does_not_name_it(
    recipe: str, key: str, value: object
) -> None:
    before = read_recipe(recipe).model.config
    assert key not in before
    after = read_recipe(recipe, {f"model.config.{key}": json.dumps(value)}).model.config
    assert after == {**before, key: value}


def test_settings_that_the_model_has_not_or_that_follow_from_the_data_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"--set model.config.n_head: .*Did you mean 'n_heads'"):
        read_recipe("zoo-vit", {"model.config.n_head": "4"})
    with pytest.raises(ParameterError, match=r"--set model.config.n_channels: 'n_channels' is not allowed"):
        read_recipe("zoo-vit", {"model.config.n_channels": "4"})


def test_a_recipe_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none.toml: cannot be read: No such file"):
        load_chain(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "Andr\xe9"')
    with pytest.raises(RecordingError, match="it is not UTF-8"):
        load_chain(tmp_path / "latin.toml")
