"""Every model has a card, and what the cards say of recipes and detectors is so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ictal.core.montage import MONTAGES
from ictal.detection.library import load_bundled
from ictal.experiments.recipe import RECIPES, Recipe, read_recipe
from ictal.models.card import Setup
from ictal.models.cards import CARDS
from ictal.models.table import CODECS, MODELS
from ictal.preprocessing.montage import MontageStep
from ictal.preprocessing.resample import Resample

FROM_RECIPES = [name for name, card in CARDS.items() if card.setup.origin.startswith("recipe ")]
FROM_DETECTORS = [name for name, card in CARDS.items() if card.setup.origin.startswith("detector ")]


def describe(recipe: Recipe) -> Setup:
    """What a recipe says that a setup says, too."""
    leads = [len(MONTAGES[step.to].leads) for step in recipe.chain.steps if isinstance(step, MontageStep)]
    (rate,) = (step.sampling_rate for step in recipe.chain.steps if isinstance(step, Resample))
    return Setup(
        f"recipe {recipe.name}",
        leads[0] if leads else 1,
        rate,
        recipe.windows.length,
        n_frames=1 if recipe.windows.n_frames is None else recipe.windows.n_frames,
        n_classes=2,
        features=recipe.model.features,
        config=recipe.model.config,
    )


def test_every_model_has_a_card() -> None:
    assert sorted(CARDS) == sorted([*MODELS, *CODECS])


def test_each_recipe_is_named_by_the_card_of_its_model_and_by_no_other() -> None:
    named = [(recipe, name) for name, card in CARDS.items() for recipe in card.recipes]
    assert sorted(named) == sorted((recipe, read_recipe(recipe).model.name) for recipe in RECIPES)


@pytest.mark.parametrize("name", FROM_RECIPES)
def test_the_setup_is_that_of_the_recipe(name: str) -> None:
    card = CARDS[name]
    assert card.setup.origin == f"recipe {card.recipes[0]}"
    assert card.setup == describe(read_recipe(card.recipes[0]))


@pytest.mark.parametrize("name", FROM_DETECTORS)
def test_the_setup_is_that_of_the_detector(name: str) -> None:
    setup = CARDS[name].setup
    settings = load_bundled(setup.origin.removeprefix("detector ")).settings
    assert settings.model.name == name
    assert (setup.sampling_rate, setup.window) == (settings.sampling_rate, settings.windows.length)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_where_it_comes_from_and_what_is_ours(name: str) -> None:
    card = CARDS[name]
    assert name in [*FROM_RECIPES, *FROM_DETECTORS] or card.setup.origin == "as published"
    assert card.papers
    assert all(paper.year is not None or paper.venue == "public code" for paper in card.papers)
    assert all(sentence.endswith(".") for sentence in (card.reads, card.ours))


def test_cards_are_read_without_torch() -> None:
    code = "import sys, ictal.models.cards, ictal.models.facts; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
