"""The network of a detector and what it was trained with, back from its file, so that it can be trained further."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from torch import nn

from ictal.core.errors import ParameterError
from ictal.data.schemes import SeizureScheme
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.detection.graph import GraphScorer
from ictal.io.configuration import read_configuration
from ictal.preprocessing.chain import Chain
from ictal.training.assemble import assemble_detector, event_types
from ictal.training.finetune_settings import FinetuneSettings
from ictal.training.network import count_channels, load_kind, make_network
from ictal.training.settings import TaskSettings


def restore_network(detector: Detector) -> nn.Module:
    """Return the network of a detector with its weights, in evaluation mode.

    Of a detector that runs a network of one channel on each lead, this is the network of one channel.

    Parameters
    ----------
    detector : Detector

    Raises
    ------
    ParameterError
        If the detector is a rule, holds no weights, or its weights are not those of its network.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> network = restore_network(load_detector("eegwavenet-untrained"))
    >>> sum(weights.numel() for weights in network.parameters())
    45734
    """
    from safetensors.torch import load

    model = detector.settings.model
    if load_kind(model).kind == "rule":
        raise ParameterError(f"{detector.name}: {model.name} is a rule; it has no weights to train.")
    if detector.parts.weights is None:
        raise ParameterError(
            f"{detector.name}: its file holds no weights.safetensors, so it cannot be trained further."
        )
    network = make_network(model, {}, detector.name)
    try:
        network.load_state_dict(load(detector.parts.weights))
    except RuntimeError as problem:
        raise ParameterError(f"{detector.name}: weights.safetensors: {' '.join(str(problem).split())}") from None
    return network.eval()


def restore_task(detector: Detector) -> TaskSettings:
    """Return what a detector was trained with, as far as its file says so.

    A detector that was trained by a recipe carries it. Of another one the network, its windows and its post-processing
    are known, and all else is as by default. What was changed in the detector since then, such as its threshold, holds.

    Parameters
    ----------
    detector : Detector

    Raises
    ------
    ParameterError
        If the recipe cannot be read, or no recipe says how the events of its classes were labelled.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> restore_task(load_detector("eegwavenet-untrained")).windows.length
    4.0
    """
    settings, values = detector.settings, _read_recipe(detector)
    values["windows"] = {
        **values.get("windows", {}),
        "length": settings.windows.length,
        "step": settings.windows.step,
        "n_frames": None if settings.windows.frames == 1 else settings.windows.frames,
    }
    values["model"] = settings.model.model_dump(mode="json")
    values["postprocessing"] = settings.postprocessing.model_dump(mode="json")
    values["detector"] = {"name": settings.name, "summary": settings.summary, "each_lead": runs_each_lead(detector)}
    task = read_configuration(TaskSettings, values, f"{detector.name}: its recipe")
    if event_types(task.scheme) != settings.classes:
        known = ", ".join(event_types(SeizureScheme()))
        raise ParameterError(
            f"{detector.name}: classes: {', '.join(settings.classes)} came, and no recipe in the detector says when "
            f"each holds; without one, allowed are {known}."
        )
    return task


def restore_finetuning(detector: Detector) -> FinetuneSettings:
    """Return how a detector is to be adapted to a patient: as its recipe says, or as by default.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> restore_finetuning(load_detector("eegwavenet-untrained")) == FinetuneSettings()
    True
    """
    values = _parse_recipe(detector).get("finetuning", {})
    return read_configuration(FinetuneSettings, values, f"{detector.name}: its recipe", under="finetuning")


def exchange_network(
    detector: Detector, network: nn.Module, *, name: str, card: Mapping[str, str], provenance: Mapping[str, str]
) -> Detector:
    """Return a detector with another network of the same kind, all else as it was.

    Parameters
    ----------
    detector : Detector
    network : Module
        As of :func:`restore_network`, with other weights.
    name : str
        Of the detector that is made.
    card, provenance : mapping of str to str
        What is added to those of the detector.

    Raises
    ------
    ParameterError
        If the network cannot be exported.
    """
    task, settings = restore_task(detector), detector.settings
    n_channels = count_channels(settings.model)
    made = assemble_detector(network, task, Chain(), n_channels, card={}, provenance={}).parts
    changed = settings.model_copy(
        update={
            "name": name,
            "card": {**settings.card, **card},
            "provenance": {**settings.provenance, **provenance},
        }
    )
    return Detector(DetectorParts(changed, made.graph, made.weights))


def runs_each_lead(detector: Detector) -> bool:
    """Whether a network of one channel is run on each lead by itself."""
    if detector.parts.graph is None or count_channels(detector.settings.model) != 1:
        return False
    try:
        GraphScorer(detector.parts.graph, 2, detector.name)
    except ParameterError:  # it takes one lead alone
        return False
    return True


def _read_recipe(detector: Detector) -> dict[str, Any]:
    """Return what of the recipe in a detector is of its task."""
    return {key: value for key, value in _parse_recipe(detector).items() if key in TaskSettings.model_fields}


def _parse_recipe(detector: Detector) -> dict[str, Any]:
    """Return the recipe in the provenance of a detector; nothing where there is none."""
    try:
        return tomllib.loads(detector.settings.provenance.get("recipe", ""))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{detector.name}: provenance.recipe: is not TOML: {error}") from None
