"""Which methods of explanation fit a network, and the one call that runs any of them."""

from __future__ import annotations

from torch import nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore, split_front
from ictal.explain.table import METHODS


def list_fitting(network: nn.Module) -> tuple[str, ...]:
    """Return the methods that fit a network.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> "attention-rollout" in list_fitting(TCN(TCNConfig(n_channels=2)))
    False
    """
    return tuple(name for name in METHODS if METHODS.load(name).suits(network))


def explain(
    method: str, network: nn.Module, stretch: Stretch, *, target: int | None = None, seed: int = 0
) -> Attribution:
    """Return what counted for the answer of a network to a stretch.

    Parameters
    ----------
    method : str
        One of :data:`ictal.explain.table.METHODS`.
    network : Module
        From windows (B, C, T) to logits (B, n_frames, n_classes).
    stretch : Stretch
    target : int, optional
        The class that is asked about; all seizure classes together, where not given.
    seed : int
        Of methods that draw at random.

    Raises
    ------
    ParameterError
        If there is no such method or it does not fit the network; those that do are named.
    """
    chosen = METHODS.load(method)
    reason = chosen.refuse(network)
    if reason is not None:
        name = type(split_front(network)[1]).__name__
        allowed = ", ".join(list_fitting(network))
        raise ParameterError(f"method: {method!r} does not fit {name}: {reason}; allowed are {allowed}.")
    attribution: Attribution = chosen.explain(EventScore(network, stretch, target), stretch, seed)
    return attribution
