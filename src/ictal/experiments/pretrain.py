"""Pretrain a codec by a recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ictal.core.errors import ParameterError, check_option
from ictal.data.portions import Split, write_splits
from ictal.data.store import Store
from ictal.experiments.recipe import Recipe
from ictal.experiments.run_record import open_run
from ictal.io.configuration import read_configuration
from ictal.models.table import CODECS
from ictal.training.pretrain import CODEC, Pretrained, pretrain_codec

Progress = Callable[..., None]


@dataclass(frozen=True, eq=False)
class PretrainingRun:
    """What ``ictal train`` did with the recipe of a codec.

    Attributes
    ----------
    folder : Path
    codec : Path
        The file of its weights.
    split : Split
        What it was pretrained and watched on.
    pretrained : Pretrained
    """

    kind: ClassVar[str] = "codec"

    folder: Path
    codec: Path
    split: Split
    pretrained: Pretrained


def pretrain_recipe(
    recipe: Recipe,
    store: Store,
    split: Split,
    output: Path,
    *,
    trackers: Sequence[str] = (),
    progress: Progress = lambda share, text="": None,
) -> PretrainingRun:
    """Pretrain the codec of a recipe.

    Parameters
    ----------
    recipe : Recipe
        As resolved; its model is one of :data:`ictal.models.table.CODECS`.
    store : Store
    split : Split
        Its test side is not looked at.
    output : Path
        The run folder; a run that was stopped goes on there.
    trackers : sequence of str
        ``csv`` alone: the figures of a pretraining stand in ``metrics.csv``.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError
        If the recipe has no table ``pretraining``, a tracker is asked for, or the codec does not fit the store.
    OutputError
        If the folder holds something else, or cannot be written.
    """
    if recipe.pretraining is None:
        raise ParameterError(f"recipe {recipe.name}: has no table 'pretraining', which {recipe.model.name} needs.")
    for tracker in trackers:
        check_option("tracker of a pretraining", tracker, ["csv"])
    config = read_configuration(
        CODECS.load(recipe.model.name).Config, recipe.model.config, f"recipe {recipe.name}", under="model.config"
    )
    settings = recipe.pretraining
    folder = open_run(output, "pretrain", recipe, store, split=split.name, pretraining=settings.model_dump(mode="json"))
    write_splits(folder / "splits.json", [split])
    pretrained = pretrain_codec(settings, config, store, split.train, split.validation, folder, progress=progress)
    return PretrainingRun(folder, folder / CODEC, split, pretrained)
