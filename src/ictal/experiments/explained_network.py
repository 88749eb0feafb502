"""The network of a detector, as methods of explanation take it."""

from __future__ import annotations

from torch import nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.detector import Detector
from ictal.detection.occlusion import Answer
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore
from ictal.explain.methods import explain, list_fitting
from ictal.explain.occlusion import make_answer
from ictal.training.assemble import EachLead
from ictal.training.network import load_kind
from ictal.training.restore import restore_network, runs_each_lead


def open_network(detector: Detector) -> nn.Module | None:
    """Return the network of a detector from the signal of all leads to logits; ``None`` where it holds none.

    Rules and trees have no network that a gradient can follow, nor has a detector whose file holds no weights.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> open_network(load_detector("line-length")) is None
    True
    """
    kind = load_kind(detector.settings.model).kind
    if kind in ("rule", "estimator") or detector.parts.weights is None:
        return None
    network = restore_network(detector)
    return EachLead(network).eval() if runs_each_lead(detector) else network


def explain_by_network(
    detector: Detector, stretch: Stretch, methods: tuple[str, ...], target: int | None, seed: int
) -> tuple[Attribution, ...]:
    """Return what counted for the answer of a detector's network, by each of some methods.

    Raises
    ------
    ParameterError
        If the detector holds no network, or a method does not fit it.
    """
    network = open_network(detector)
    if network is None:
        raise ParameterError(
            f"method: {methods[0]!r} does not fit {detector.name}, whose file holds no network with weights; allowed "
            "is occlusion."
        )
    return tuple(explain(method, network, stretch, target=target, seed=seed) for method in methods)


def answer_by_network(detector: Detector, stretch: Stretch, target: int | None) -> Answer:
    """Return what a detector's network answers about a class, as a function of signals like that of the stretch.

    Raises
    ------
    ParameterError
        If the detector holds no network.
    """
    network = open_network(detector)
    if network is None:
        raise ParameterError(
            f"target: {detector.name} holds no network with weights that could be asked about one class of several; "
            "leave it out."
        )
    return make_answer(EventScore(network, stretch, target))


def list_methods(detector: Detector) -> tuple[str, ...]:
    """Return the methods that fit a detector.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> list_methods(load_detector("spike-rate"))
    ('occlusion',)
    """
    network = open_network(detector)
    return ("occlusion",) if network is None else list_fitting(network)
