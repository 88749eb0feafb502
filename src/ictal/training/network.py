"""A network of the table, made for the data that it is to be trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import BaseModel
from torch import Tensor, nn

from ictal.core.errors import ParameterError, check_option
from ictal.detection.settings import Model
from ictal.features.front import Front
from ictal.features.tables import FRONTS
from ictal.io.configuration import read_configuration
from ictal.models.foreign import ForeignNetwork
from ictal.models.table import MODELS

OF_THE_SIGNAL = ("waveform", "frames")
"""The kinds of networks that read the signal itself."""


class FrontedNetwork(nn.Module):
    """A network of pictures or numbers behind the features that it reads: together a network of the signal.

    Parameters
    ----------
    front : Front
    model : Module
        Of the front's kind and shape.

    Examples
    --------
    >>> facts = {"n_channels": 2, "sampling_rate": 128.0, "window": 4.0}
    >>> model = Model(name="vit", config={"n_patches": 4}, features={"features": "stft", "size": (32, 32)})
    >>> network = make_network(model, facts)
    >>> network(torch.randn(3, 2, 512)).shape
    torch.Size([3, 1, 2])
    """

    kind = "waveform"

    def __init__(self, front: Front, model: nn.Module) -> None:
        super().__init__()
        self.front = front
        self.model = model
        self.n_classes: int = model.n_classes  # type: ignore[assignment]
        self.sampling_rate = front.config.sampling_rate
        self.receptive_field = front.config.window
        self.frame_rate = 1.0 / front.config.window

    @property
    def config(self) -> BaseModel:
        """The settings of the network behind the features."""
        return self.model.config  # type: ignore[return-value]

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits of shape (B, n_frames, n_classes) from windows of shape (B, C, T)."""
        logits: Tensor = self.model(self.front(signal))
        return logits


def build_network(model: Model, facts: Mapping[str, Any], *, seed: int) -> nn.Module:
    """Return a network with weights as PyTorch initialises them, laid out as convolutions are fastest on a processor.

    Parameters
    ----------
    model : Model
        Name and settings, and the features that it reads if it does not read the signal itself.
    facts : mapping
        What follows from the data: ``n_channels``, ``n_classes``, ``sampling_rate``, ``window``, ``hop``, ``frame``.
        Those that the network or its features know are put into their settings; where the recipe sets one itself it
        must be the same.
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make_network(model, facts)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def make_network(model: Model, facts: Mapping[str, Any], origin: str | None = None) -> nn.Module:
    """Return a network with fresh weights; parameters and errors are those of :func:`build_network`."""
    named = f"model {model.name}" if origin is None else origin
    kind = load_kind(model)
    if kind.kind in ("rule", "codec"):
        raise ParameterError(f"model.name: {model.name!r} is a {kind.kind}, which has no weights to train.")
    if model.is_foreign and "address" not in model.config:
        model = model.model_copy(update={"config": {"address": model.name, "settings": model.config}})
    if kind.kind in OF_THE_SIGNAL:
        if model.features is not None:
            raise ParameterError(f"model.features: is not allowed; {model.name} reads the signal itself.")
        network: nn.Module = kind(_fill(kind.Config, model.config, facts, named, "model.config"))
        return network
    front = make_front(model, kind.kind, facts, named)
    return FrontedNetwork(
        front, kind(_fill(kind.Config, model.config, {**facts, **_shape_facts(front)}, named, "model.config"))
    )


def load_kind(model: Model) -> Any:
    """Return the class of a model.

    Raises
    ------
    ParameterError
        If it is not in the table, and not trusted.

    Examples
    --------
    >>> load_kind(Model(name="mine:Net"))
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: model.name: 'mine:Net' is code that is not of ictal; give --trust to run it.
    """
    if not model.is_foreign:
        return MODELS.load(model.name)
    if not model.trust:
        raise ParameterError(f"model.name: {model.name!r} is code that is not of ictal; give --trust to run it.")
    return ForeignNetwork


def make_front(model: Model, kind: str, facts: Mapping[str, Any], origin: str) -> Front:
    """Return the features that a network of a kind is to stand behind.

    Raises
    ------
    ParameterError
        If there are none, they are of another kind, or their settings do not fit.
    """
    fitting = [name for name in FRONTS if suits(FRONTS.load(name).kind, kind)]
    settings = {} if model.features is None else dict(model.features)
    name = check_option("model.features.features", settings.pop("features", None), fitting)
    front = FRONTS.load(name)
    made: Front = front(_fill(front.Config, settings, facts, origin, "model.features"))
    return made


def suits(front: str, model: str) -> bool:
    """Whether features of a kind can be read by models of a kind.

    Examples
    --------
    >>> suits("table", "estimator"), suits("picture", "table")
    (True, False)
    """
    return front == ("table" if model == "estimator" else model)


def describe_model(network: nn.Module, name: str) -> Model:
    """Return name, settings and features of a network, from which :func:`make_network` makes the same again.

    Examples
    --------
    >>> describe_model(make_network(Model(name="tcn"), {"n_channels": 3}), "tcn").config["n_channels"]
    3
    """
    config = network.config.model_dump(mode="json")  # type: ignore[operator, union-attr]
    if not isinstance(network, FrontedNetwork):
        return Model(name=name, config=config)
    front = network.front
    (named,) = (key for key in FRONTS if FRONTS.load(key) is type(front))
    return Model(name=name, config=config, features={"features": named, **front.config.model_dump(mode="json")})


def count_channels(model: Model) -> int:
    """Return how many channels the signal of a described network has."""
    settings = model.config if model.features is None else model.features
    return int(settings["n_channels"])


def _shape_facts(front: Front) -> dict[str, int]:
    names = ("n_channels", "height", "width") if front.kind == "picture" else ("n_features",)
    return dict(zip(names, front.shape, strict=True))


def _fill(
    config: type[BaseModel], settings: Mapping[str, Any], facts: Mapping[str, Any], origin: str, under: str
) -> Any:
    """Return settings with what follows from the data."""
    known = {key: value for key, value in facts.items() if key in config.model_fields}
    for key, value in known.items():
        asked = settings.get(key, value)
        if asked != value:
            raise ParameterError(f"{under}.{key}: {asked!r} is not allowed; it follows from the data: {value!r}.")
    return read_configuration(config, {**settings, **known}, origin, under=under)
