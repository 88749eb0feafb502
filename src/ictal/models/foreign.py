"""A network that somebody else defined, named by its address."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.core.tables import load_attribute
from ictal.models.network import SignalConfig, SignalNetwork

SIZES = ("n_chans", "n_outputs", "n_times", "sfreq")
"""What its class is called with, by the names that braindecode uses; those that it does not take are left out."""


class ForeignConfig(SignalConfig):
    """Where the class is, and what it is called with.

    Attributes
    ----------
    n_channels, n_classes, sampling_rate, window
        See :class:`ictal.models.network.SignalConfig`.
    address : str
        ``package.module:Class``, importable; nothing is imported unless it is trusted.
    settings : dict
        Further arguments of the class.
    """

    address: str
    settings: dict[str, Any] = Field(default_factory=dict)


class ForeignNetwork(SignalNetwork):
    """A network of somebody else, with the contract of ours.

    Its class is called with `n_chans`, `n_outputs`, `n_times` and `sfreq`, as far as it takes them, and its instance
    maps ``(B, n_chans, n_times)`` to logits ``(B, n_outputs)``. Networks of braindecode have this form.

    Parameters
    ----------
    config : ForeignConfig

    Raises
    ------
    ParameterError
        If there is no such class, it does not take its settings, or it is no torch module.

    Examples
    --------
    >>> config = ForeignConfig(address="torch.nn:Flatten", n_channels=2, sampling_rate=1.0, window=1.0)
    >>> import torch
    >>> ForeignNetwork(config)(torch.ones(3, 2, 1)).shape
    torch.Size([3, 1, 2])
    """

    Config: ClassVar[type[ForeignConfig]] = ForeignConfig

    def __init__(self, config: ForeignConfig) -> None:
        super().__init__(config)
        sizes = (config.n_channels, config.n_classes, config.window_samples, config.sampling_rate)
        self.network = build_foreign(config.address, dict(zip(SIZES, sizes, strict=True)), config.settings)

    def answer(self, examples: Tensor) -> Tensor:
        """Return what the network answers, which must be (B, n_classes)."""
        logits: Tensor = self.network(examples)
        if logits.ndim != 2 or logits.shape[1] != self.n_classes:
            raise ParameterError(
                f"{type(self.network).__name__}: logits of shape {tuple(logits.shape)} came; allowed is "
                f"(batch, {self.n_classes})."
            )
        return logits


def build_foreign(address: str, sizes: Mapping[str, Any], settings: Mapping[str, Any]) -> nn.Module:
    """Return an instance of the class at an address; parameters and errors are those of :class:`ForeignNetwork`."""
    try:
        kind = import_from_here(address)
        taken = inspect.signature(kind).parameters
        network = kind(**{name: value for name, value in sizes.items() if name in taken}, **settings)
    except (ImportError, AttributeError, TypeError, ValueError) as problem:
        raise ParameterError(f"model.name: {address}: {problem}") from problem
    if not isinstance(network, nn.Module):
        raise ParameterError(f"model.name: {address}: a {type(network).__name__} came; allowed is a torch.nn.Module.")
    return network


def import_from_here(address: str) -> Any:
    """Return the object at an address, from the working folder too, where users keep such modules."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return load_attribute(address)
    finally:
        sys.path.remove(here)
