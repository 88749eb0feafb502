"""Where each architecture keeps its maps: which layer's are looked at, how their axes read, and where their cells lie.

A layer is named by its path; with "before" it is what the layer reads. Its axes are

- ``window``, or ``window·lead`` where each lead is an example of its own;
- ``map``, the axis that is weighed and added up;
- ``frequency`` and ``time``, or ``class+patches`` for both as a row of tokens behind one for the class;
- ``.`` for an axis that means nothing to a reader, which is added up too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from torch import nn

from ictal.core.errors import ParameterError
from ictal.explain.cells import Cells, follow
from ictal.explain.event_score import split_front
from ictal.models.table import MODELS


class Maps(NamedTuple):
    """The maps of one layer.

    Attributes
    ----------
    layer, axes : str
        As at the top of this file.
    time, frequency : callable
        From the settings of the network to the cells along these axes; the second for pictures alone.
    """

    layer: str
    axes: str
    time: Callable[[Any], Cells]
    frequency: Callable[[Any], Cells] = lambda _: Cells()


def _patch(config: Any, axis: int) -> Cells:
    return Cells(stride=config.patch[axis])


def _inception(config: Any, side: int) -> Cells:
    scale = 1.0 if config.resize_to is None else side / config.resize_to
    kernels = [(3, 2, 0), (3, 1, 0), (3, 1, 1), (3, 2, 0), (3, 1, 0), (3, 2, 0), (3, 2, 0), (3, 2, 0)]
    return follow(*kernels, scale=scale)


def _halve(kernels: tuple[int, ...]) -> Cells:
    return follow(*(layer for kernel in kernels for layer in ((kernel, 1, (kernel - 1) // 2), (2, 2, 0))))


def _swin(config: Any) -> Cells:
    return Cells(stride=config.patch << (len(config.depths) - 1))


MAPS: dict[str, tuple[Maps, ...]] = {
    "braincodec": (Maps("encoder", "window·lead map time", lambda config: Cells(stride=config.codec.hop)),),
    "cnn-bilstm": (
        Maps(
            "blocks.-1.1",
            "window map . time",
            lambda config: follow(*[(3, 1, 1), (4, 4, 0)] * (len(config.widths) - 1), (3, 1, 1)),
        ),
    ),
    "eegcnn1d": (Maps("blocks.10", "window map . time", lambda _: follow(*[(5, 1, 2), (2, 2, 0)] * 3, (5, 1, 2))),),
    "eegnet": (
        Maps(
            "separable.3",
            "window map . time",
            lambda config: follow(
                (config.kernel_samples, 1, config.kernel_samples // 2),
                (4, 4, 0),
                (config.separable_kernel, 1, config.separable_kernel // 2),
            ),
        ),
    ),
    "eegnet-zoo": (Maps("read.8", "window map . time", lambda _: follow((32, 1, 16), (2, 4, 0), (4, 1, 2))),),
    "eegwavenet": (
        Maps("branches.0", "window map . time", lambda _: follow(*[(2, 2, 0)] * 2, (4, 1, 0), (4, 1, 0))),
        Maps("branches.1", "window map . time", lambda _: follow(*[(2, 2, 0)] * 3, (4, 1, 0), (4, 1, 0))),
        Maps("branches.2", "window map . time", lambda _: follow(*[(2, 2, 0)] * 4, (4, 1, 0), (4, 1, 0))),
        Maps("branches.3", "window map . time", lambda _: follow(*[(2, 2, 0)] * 5, (4, 1, 0), (4, 1, 0))),
        Maps("branches.4", "window map . time", lambda _: follow(*[(2, 2, 0)] * 6, (4, 1, 0), (4, 1, 0))),
    ),
    "inception-transformer": (
        Maps(
            "trunk",
            "window map frequency time",
            lambda config: _inception(config, config.width),
            lambda config: _inception(config, config.height),
        ),
    ),
    "resnet1d": (Maps("blocks", "window map . time", lambda _: Cells()),),
    "seizure-transformer": (Maps("residual", "window map . time", lambda config: _halve(config.kernels)),),
    "swin": (Maps("norm", "window frequency time map", _swin, _swin),),
    "tcn": (Maps("blocks", "window map time", lambda config: Cells(stride=config.stride)),),
    "transformer-cnn": (
        Maps("regions.12", "window map frequency time", lambda _: Cells(stride=2), lambda _: Cells(stride=2)),
    ),
    "vit": (
        Maps(
            "before encoder.-1",
            "window class+patches map",
            lambda config: _patch(config, 1),
            lambda config: _patch(config, 0),
        ),
    ),
}
"""By the names of :data:`ictal.models.table.MODELS`; of several layers that are read side by side, what they say is
added up.

They are the last that keep time. Earlier ones of EEGNet and EEGWaveNet keep the leads apart; but what those hold still
swings with the signal, so that the mean of its gradient over time says little: in 36 simulated seizures the stages of
the bundled EEGWaveNet gave the leads of the focus 15 to 26 % where 20 % is chance, while its branches gave the time of
the seizure 93 % where 48 % is.
"""

WITHOUT: dict[str, str] = {
    "candidate-rule": "it is a rule of two numbers of a window",
    "eegcnn-pca": "its maps lie along principal components of a window, which have no order in time",
    "eeglstm": "it reads numbers of a window one after the other and has no maps",
    "eegtransformer": "its tokens are runs of numbers of a window, which have neither time nor frequency",
    "line-length": "it is a rule and has no maps",
    "lstm-attention": "it reads columns one after the other and has no maps; its attention can be looked at",
    "spike-rate": "it is a rule and has no maps",
    "transformer": "its tokens are whole columns, not maps; its attention can be looked at",
    "trees": "trees have no maps",
}
"""Why the others have none."""


def find_maps(network: nn.Module) -> tuple[Maps, ...]:
    """Return the maps of a network, be it behind features or run on each lead.

    Raises
    ------
    ParameterError
        If it has none; it says why.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> find_maps(TCN(TCNConfig(n_channels=2)))[0].layer
    'blocks'
    """
    missing = say_why_no_maps(network)
    if missing is not None:
        raise ParameterError(f"grad-cam: {type(split_front(take_lead(network))[1]).__name__}: {missing}.")
    return MAPS[str(name_of(network))]


def say_why_no_maps(network: nn.Module) -> str | None:
    """Return why a network has no maps; ``None`` where it has.

    Examples
    --------
    >>> from ictal.models.eeglstm import EEGLSTM, EEGLSTMConfig
    >>> say_why_no_maps(EEGLSTM(EEGLSTMConfig(n_features=64)))
    'it reads numbers of a window one after the other and has no maps'
    """
    name = name_of(network)
    return None if name in MAPS else WITHOUT.get(str(name), "it is none of ours, so that its layers are not known")


def name_of(network: nn.Module) -> str | None:
    """Return the name of an architecture in the table of models; ``None`` where it is not there.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> name_of(TCN(TCNConfig(n_channels=2)))
    'tcn'
    """
    kind = type(split_front(take_lead(network))[1])
    address = f"{kind.__module__}:{kind.__qualname__}"
    return next((name for name in MODELS if MODELS[name] == address), None)


def take_lead(network: nn.Module) -> nn.Module:
    """Return the network of one channel where one is run on each lead; any other network as it is."""
    return network.network if runs_each_lead(network) else network  # type: ignore[return-value]


def runs_each_lead(network: nn.Module) -> bool:
    """Whether a network runs another, of one channel, on each lead."""
    return not hasattr(network, "kind") and isinstance(getattr(network, "network", None), nn.Module)


def find_layer(model: nn.Module, path: str) -> nn.Module:
    """Return the layer at a path; numbers count from the end where they are negative.

    Examples
    --------
    >>> find_layer(nn.Sequential(nn.ReLU(), nn.Sequential(nn.ELU())), "-1.0")
    ELU(alpha=1.0)
    """

    def step(module: Any, part: str) -> Any:
        return module[int(part)] if part.lstrip("-").isdigit() else getattr(module, part)

    found: nn.Module = reduce(step, path.split("."), model)
    return found
