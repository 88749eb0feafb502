"""The network of a detector, back from its file, so that it can be trained further."""

from __future__ import annotations

from torch import nn

from ictal.core.errors import ParameterError
from ictal.detection.detector import Detector
from ictal.io.configuration import read_configuration
from ictal.models.table import MODELS


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
    kind = MODELS.load(model.name)
    if kind.kind == "rule":
        raise ParameterError(f"{detector.name}: {model.name} is a rule; it has no weights to train.")
    if detector.parts.weights is None:
        raise ParameterError(
            f"{detector.name}: its file holds no weights.safetensors, so it cannot be trained further."
        )
    config = read_configuration(kind.Config, model.config, detector.name, under="model.config")
    network: nn.Module = kind(config)
    try:
        network.load_state_dict(load(detector.parts.weights))
    except RuntimeError as problem:
        raise ParameterError(f"{detector.name}: weights.safetensors: {' '.join(str(problem).split())}") from None
    return network.eval()
