"""Recipes: a study as one TOML file that composes the parts of ictal."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field

from ictal.core.changes import change_values
from ictal.core.errors import ParameterError, RecordingError, check_option
from ictal.detection.settings import Model
from ictal.experiments.tuning_settings import TuningSettings
from ictal.io.configuration import Settings, read_configuration
from ictal.models.table import CODECS
from ictal.preprocessing.chain import Chain
from ictal.training.finetune_settings import FinetuneSettings
from ictal.training.network import load_kind
from ictal.training.pretrain_settings import PretrainSettings
from ictal.training.settings import TaskSettings

RECIPES = {
    "braincodec-pretrain": "braincodec-pretrain.toml",
    "eegwavenet": "eegwavenet.toml",
    "eegwavenet-loso": "eegwavenet-loso.toml",
    "eegwavenet-patient": "eegwavenet-patient.toml",
    "eegwavenet-tusz": "eegwavenet-tusz.toml",
    "zoo-lstm": "zoo-lstm.toml",
    "zoo-transformer": "zoo-transformer.toml",
    "zoo-vit": "zoo-vit.toml",
    "zoo-swin": "zoo-swin.toml",
    "zoo-transformer-cnn": "zoo-transformer-cnn.toml",
    "zoo-inception": "zoo-inception.toml",
    "zoo-eegnet": "zoo-eegnet.toml",
    "mouse-cnn1d": "mouse-cnn1d.toml",
    "mouse-lstm": "mouse-lstm.toml",
    "mouse-transformer": "mouse-transformer.toml",
    "mouse-cnn-pca": "mouse-cnn-pca.toml",
    "mouse-rule": "mouse-rule.toml",
    "neurocare": "neurocare.toml",
    "braincodec": "braincodec.toml",
    "seizure-transformer": "seizure-transformer.toml",
    "eegnet": "eegnet.toml",
    "resnet1d": "resnet1d.toml",
    "tcn": "tcn.toml",
    "trees": "trees.toml",
    "scalp": "scalp.toml",
    "rodent": "rodent.toml",
}
"""Name → file in the folder ``recipes`` of this package. Tables that a file does not have are those of its `base`."""


FROM_THE_DATA = frozenset({"n_channels", "n_classes", "sampling_rate", "window", "hop"})
"""Settings of networks that follow from the data."""


class DataSettings(Settings):
    """Where the recordings are.

    Attributes
    ----------
    corpus : str or None
        A corpus as its owner ships it, a BIDS dataset, or a prepared store.
    format : str or None
        The name of the corpus; found from the folder where not given.
    """

    corpus: str | None = None
    format: str | None = None


class SplitSettings(Settings):
    """Who is trained on and who is tested on.

    Attributes
    ----------
    by : str
        A way to split; see :func:`ictal.data.splits.make_splits`.
    validation : float
        The share of what is not tested that training is watched on.
    seed : int
    """

    by: str = "subject:5"
    validation: float = Field(default=0.2, ge=0.0, le=0.5)
    seed: int = Field(default=0, ge=0)


class Recipe(TaskSettings):
    """A study: its data, its split, its chain, and all that makes a detector of them.

    Attributes
    ----------
    name, summary : str
    data, split, chain, tuning, finetuning, pretraining
        The parts that a task has not, the last for codecs alone; see :class:`~ictal.training.settings.TaskSettings` for
        the others.
    """

    name: str = "mine"
    summary: str = ""
    data: DataSettings = DataSettings()
    split: SplitSettings = SplitSettings()
    chain: Chain
    tuning: TuningSettings = TuningSettings()
    finetuning: FinetuneSettings = FinetuneSettings()
    pretraining: PretrainSettings | None = None

    @property
    def task(self) -> TaskSettings:
        """What a detector is made with."""
        return TaskSettings(**{key: getattr(self, key) for key in TaskSettings.model_fields})


def read_recipe(recipe: Path | str | Recipe, changes: Mapping[str, str] | None = None) -> Recipe:
    """Return a recipe, with some values changed.

    Parameters
    ----------
    recipe : path or Recipe
        A TOML file, a name of :data:`RECIPES`, or one that was read already.
    changes : mapping of str to str, optional
        Dotted key → value as text: ``training.optimizer.lr`` → ``1e-4``.

    Raises
    ------
    RecordingError
        If there is no such file.
    ParameterError
        If it is not TOML, or a key or value is not allowed; the message names the key, what is allowed and the nearest.

    Examples
    --------
    >>> read_recipe("eegwavenet", {"training.epochs": "3"}).training.epochs
    3
    """
    if isinstance(recipe, Recipe):
        read = recipe
    else:
        text, origin = _find_text(recipe)
        read = read_configuration(Recipe, _read_table(text, origin), origin)
        if read.model.trust:
            raise ParameterError(f"{origin}: model.trust: is not allowed in a recipe; give --trust.")
    if not changes:
        return read
    offered = offer_settings(read, changes, "--set")
    changed = read_configuration(Recipe, change_values(offered, changes), "--set")
    return changed.model_copy(update={"model": changed.model.model_copy(update={"trust": read.model.trust})})


def offer_settings(recipe: Recipe, keys: Iterable[str], origin: str) -> dict[str, Any]:
    """Return a recipe as JSON carries it, and in it those settings of its model that are to be changed.

    Parameters
    ----------
    recipe : Recipe
        Of the settings of its model it has only those that differ from the published ones.
    keys : iterable of str
        Dotted keys.
    origin : str
        Where they come from, for messages.

    Raises
    ------
    ParameterError
        If the model has no such setting, or it follows from the data.

    Examples
    --------
    >>> offer_settings(read_recipe("eegnet"), ["model.config.depth"], "--set")["model"]["config"]
    {'depth': None}
    """
    plain, model = recipe.model_dump(mode="json"), recipe.model
    for key in keys:
        table, _, setting = key.rpartition(".")
        if table == "model.config" and not model.is_foreign:
            kind = CODECS.load(model.name) if model.name in CODECS else load_kind(model)
            free = [name for name in kind.Config.model_fields if name not in FROM_THE_DATA]
            plain["model"]["config"].setdefault(check_option(f"{origin} {key}", setting, free))
    return plain


def with_own_model(recipe: Path | str | Recipe, model: str | None, *, trust: bool = False) -> Recipe:
    """Return a recipe with another model.

    Parameters
    ----------
    recipe : path or Recipe
        See :func:`read_recipe`.
    model : str or None
        A name of :data:`ictal.models.table.MODELS`, with its own defaults, or ``package.module:Class``; ``None`` keeps
        that of the recipe.
    trust : bool
        Whether the code of the latter may be run.

    Raises
    ------
    ParameterError
        If code is not trusted.

    Examples
    --------
    >>> with_own_model("eegwavenet", "mine.networks:Net", trust=True).model.name
    'mine.networks:Net'
    """
    read = read_recipe(recipe)
    own = read.model if model is None else Model(name=model)
    if own.is_foreign and not trust:
        raise ParameterError(f"model.name: {own.name!r} is code that is not of ictal; give --trust to run it.")
    return read.model_copy(update={"model": own.model_copy(update={"trust": trust})})


def write_recipe(recipe: Recipe) -> str:
    """Return a recipe as TOML, every value that is set in it.

    Examples
    --------
    >>> import tempfile
    >>> recipe = read_recipe("eegwavenet", {"training.seed": "7"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "mine.toml").write_text(write_recipe(recipe))
    ...     read_recipe(Path(folder, "mine.toml")) == recipe
    True
    """
    import tomli_w

    return tomli_w.dumps(recipe.model_dump(mode="json", exclude_none=True))


def list_recipes() -> dict[str, str]:
    """Return each recipe of the package with its summary."""
    return {name: read_recipe(name).summary for name in RECIPES}


def load_chain(recipe: Path | str | None = None, changes: Mapping[str, str] | None = None) -> Chain:
    """Return the chain of preprocessing that a recipe asks for, with some values changed.

    Parameters
    ----------
    recipe : path, optional
        As in :func:`read_recipe`; tables of the file other than ``chain`` are not looked at. ``eegwavenet`` where not
        given.
    changes : mapping of str to str, optional
        Dotted key → value as text: ``chain.steps.3.high`` → ``100``.

    Raises
    ------
    RecordingError
        If there is no such file.
    ParameterError
        If it is not TOML, has no chain, or a key or value is not allowed.

    Examples
    --------
    >>> [step.step for step in load_chain(changes={"chain.steps.3.high": "100"}).steps]
    ['montage', 'resample', 'notch', 'band-pass']
    """
    text, origin = _find_text("eegwavenet" if recipe is None else recipe)
    table = _read_table(text, origin)
    if "chain" not in table:
        raise ParameterError(
            f"{origin}: has no table 'chain'; it has {', '.join(map(repr, table)) if table else 'none'}."
        )
    chain = read_configuration(Chain, table["chain"], origin, under="chain")
    if not changes:
        return chain
    changed = change_values({"chain": chain.model_dump(mode="json")}, changes)
    return read_configuration(Chain, changed["chain"], "--set", under="chain")


def _find_text(recipe: Path | str) -> tuple[str, str]:
    """Return the text of a recipe, and what it is called in messages."""
    if str(recipe) in RECIPES:
        bundled = files("ictal.experiments").joinpath("recipes", RECIPES[str(recipe)])
        return bundled.read_text(encoding="utf-8"), f"recipe {recipe}"
    path = Path(recipe)
    if path.suffix != ".toml" and not path.exists():
        check_option("recipe", str(recipe), [*RECIPES, "a TOML file"])
    try:
        return path.read_text(encoding="utf-8"), str(recipe)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RecordingError(f"cannot be read: {reason}", file=path) from None


def _read_table(text: str, origin: str) -> dict[str, Any]:
    """Return the tables of a recipe, those that it does not have from its base."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{origin}: is not TOML: {error}") from None
    base = table.pop("base", None)
    if base is None:
        return table
    return {**_read_table(*_find_text(check_option(f"{origin}: base", base, RECIPES))), **table}
