"""A network of the table, made for the data that it is to be trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.io.configuration import read_configuration
from ictal.models.table import MODELS


def build_network(model: Model, facts: Mapping[str, Any], *, seed: int) -> nn.Module:
    """Return a network with weights as PyTorch initialises them, laid out as convolutions are fastest on a processor.

    Parameters
    ----------
    model : Model
        Name and settings.
    facts : mapping
        What follows from the data: ``n_channels``, ``n_classes``, ``sampling_rate``, ``window``, ``hop``. Those that
        the network knows are put into its settings; where the recipe sets one itself it must be the same.
    seed : int
        The state of torch's own generator is left as it is.

    Raises
    ------
    ParameterError
        If the model is a rule, which is not trained, or its settings do not fit.

    Examples
    --------
    >>> facts = {"n_channels": 2, "n_classes": 2, "sampling_rate": 256.0, "window": 4.0, "hop": 1.0}
    >>> build_network(Model(name="eegwavenet"), facts, seed=0).n_classes
    2
    """
    kind = MODELS.load(model.name)
    if kind.kind == "rule":
        raise ParameterError(f"model.name: {model.name!r} is a rule, which has no weights to train.")
    known = {key: value for key, value in facts.items() if key in kind.Config.model_fields}
    for key, value in known.items():
        asked = model.config.get(key, value)
        if asked != value:
            raise ParameterError(f"model.config.{key}: {asked!r} is not allowed; it follows from the data: {value!r}.")
    config = read_configuration(kind.Config, {**model.config, **known}, f"model {model.name}", under="model.config")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = kind(config)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
