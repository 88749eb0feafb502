"""The values that are tried: checked against the recipe before any work, drawn for a trial, put into its recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ictal.core.changes import change_values
from ictal.core.errors import ParameterError
from ictal.experiments.recipe import Recipe, offer_settings
from ictal.experiments.tuning_settings import SearchSpace
from ictal.io.configuration import read_configuration

if TYPE_CHECKING:
    import optuna

NOT_TUNED = {
    "name": "it is only a name",
    "summary": "it is only a text",
    "data": "all trials need the same recordings",
    "split": "all trials must be compared on the same subjects",
    "chain": "another chain needs another store; tune once for each",
    "scheme": "figures of other classes cannot be compared",
    "training.seed": "a lucky seed is no setting",
    "training.monitor": "trials are compared by one figure",
    "tuning": "it says how is tuned",
}
"""Key → why it, and what is under it, cannot be tuned."""


def check_space(recipe: Recipe) -> None:
    """Make sure that every value that tuning may try is one that the recipe takes.

    Parameters
    ----------
    recipe : Recipe
        Its ``tuning.space`` is looked at: each key, and of each the lowest and the highest number or every choice.

    Raises
    ------
    ParameterError
        If there is nothing to tune, a key is unknown (the nearest is named) or must not be tuned, a value is not
        allowed, or trials could not be compared.

    Examples
    --------
    >>> from ictal.experiments.recipe import read_recipe
    >>> check_space(read_recipe("eegwavenet"))
    """
    space = recipe.tuning.space
    if not space:
        raise ParameterError(
            'tuning.space: is empty; give at least one key, as "training.optimizer.lr" = { low = 1e-4, high = 1e-2 }.'
        )
    for key in space:
        for fixed, reason in NOT_TUNED.items():
            if is_under(key, fixed):
                raise ParameterError(f"tuning.space: {key!r} is not allowed; {reason}.")
        if compared_by(recipe) == "loss" and is_under(key, "training.loss"):
            raise ParameterError(
                f"tuning.space: {key!r} is not allowed while trials are compared by the loss, as losses of different "
                "kinds cannot be compared; set tuning.monitor to another figure, as pr_auc."
            )
    list_candidates(recipe)


def list_candidates(recipe: Recipe) -> list[tuple[str, Recipe]]:
    """Return each key with the recipe at its lowest, its highest or each of its values; where a table that holds the
    key is tuned too, within each of its choices.

    Raises
    ------
    ParameterError
        If the recipe does not take a value.
    """
    space = recipe.tuning.space
    candidates = []
    for key, values in space.items():
        above = [other for other in space if other != key and is_under(key, other)]
        frames = [{above[-1]: one} for one in space[above[-1]].extremes] if above else [{}]
        for frame in frames:
            for value in values.extremes:
                candidates.append((key, apply_values(recipe, {**frame, key: value}, "tuning.space")))
    return candidates


def apply_values(recipe: Recipe, values: Mapping[str, Any], origin: str) -> Recipe:
    """Return a recipe with some values replaced, tables before what is in them.

    Parameters
    ----------
    recipe : Recipe
    values : mapping of str to any
        Dotted key → value; a text is read as ``--set`` reads it.
    origin : str
        Where they come from, for messages.

    Raises
    ------
    ParameterError
        If there is no such key, or the recipe does not take a value.

    Examples
    --------
    >>> from ictal.experiments.recipe import read_recipe
    >>> apply_values(read_recipe("eegwavenet"), {"training.clip": 1.0}, "mine").training.clip
    1.0
    """
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    tables = {key for key in texts if any(is_under(other, key) for other in texts if other != key)}
    # A table brings its own keys, which can be changed when it is there.
    if tables:
        recipe = apply_values(recipe, {key: values[key] for key in texts if key in tables}, origin)
    rest = {key: text for key, text in texts.items() if key not in tables}
    offered = offer_settings(recipe, rest, origin)
    return read_configuration(Recipe, change_values(offered, rest, origin), origin)


def compared_by(recipe: Recipe) -> str:
    """Return the figure of the validation by which trials are compared."""
    asked = recipe.tuning.monitor
    return recipe.training.monitor if asked is None else asked


def is_under(key: str, table: str) -> bool:
    """Whether a dotted key is, or is within, another.

    Examples
    --------
    >>> is_under("split.seed", "split"), is_under("splits", "split")
    (True, False)
    """
    return key == table or key.startswith(f"{table}.")


def draw_values(trial: optuna.Trial, space: Mapping[str, SearchSpace]) -> dict[str, Any]:
    """Return the values of a trial, as :func:`apply_values` takes them."""
    for key, values in space.items():
        if values.choices is not None:
            trial.suggest_categorical(key, list(_labels(values)))
            continue
        low, high = values.extremes
        if values.is_whole:
            step = 1 if values.step is None else int(values.step)
            trial.suggest_int(key, low, high, step=step, log=values.log)
        else:
            trial.suggest_float(key, low, high, step=values.step, log=values.log)
    return read_values(trial.params, space)


def read_values(params: Mapping[str, Any], space: Mapping[str, SearchSpace]) -> dict[str, Any]:
    """Return what Optuna keeps of a trial as values of the recipe.

    Examples
    --------
    >>> space = {"training.loss": SearchSpace(choices=[{"loss": "focal"}, {"loss": "cross-entropy"}])}
    >>> read_values({"training.loss": '{"loss": "focal"}'}, space)
    {'training.loss': {'loss': 'focal'}}
    """
    return {
        key: params[key] if values.choices is None else _labels(values)[params[key]]
        for key, values in space.items()
        if key in params
    }


def _labels(values: SearchSpace) -> dict[Any, Any]:
    """Return what Optuna calls each choice: itself, or its JSON where it is a table or a list."""
    choices = () if values.choices is None else values.choices
    return {one if isinstance(one, str | int | float) else json.dumps(one): one for one in choices}
