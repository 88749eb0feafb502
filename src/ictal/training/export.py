"""A trained model as one ONNX graph that runs without torch."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.features.front import Front
from ictal.training.onnx_lstm import exchange_lstms

INPUT = "signal"
OUTPUT = "logits"


def export_onnx(module: nn.Module, n_channels: int, *, window: int | None = None, any_channels: bool = False) -> bytes:
    """Return a network of the signal as an ONNX file with its weights inside, in evaluation mode.

    Parameters
    ----------
    module : Module
        Maps ``(B, C, T)`` to ``(B, n_frames, n_classes)`` and has the attributes `n_classes`, `sampling_rate`,
        `frame_rate` and `receptive_field` of a network of the signal, and `dense` where it takes more than one window.
        It is left as it is.
    n_channels : int
        C.
    window : int, optional
        Samples of a window; those of the receptive field where not given. A dense network takes any T from there on.
    any_channels : bool
        Whether the graph shall take any number of channels; the module must, too.

    Returns
    -------
    bytes
        The input is ``signal``, float32 ``(B, C, T)`` with any B, the output ``logits``, float32 ``(B, n_frames,
        n_classes)``. A graph cannot refuse: with a shorter signal it may answer nonsense, so the caller checks the
        length. The same weights give the same bytes.

    Raises
    ------
    ParameterError
        If the model answers with another shape.

    Examples
    --------
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> graph = export_onnx(EEGWaveNet(EEGWaveNetConfig(n_channels=2)), n_channels=2)
    >>> b"signal" in graph and b"logits" in graph
    True
    """
    frozen: Any = copy.deepcopy(module).cpu().float().eval().requires_grad_(False)
    samples = round(frozen.receptive_field * frozen.sampling_rate) if window is None else window
    axes = {0: torch.export.Dim("batch")}
    n_frames: int | None = None
    if is_dense(frozen):
        axes[2] = torch.export.Dim("time", min=samples)
        samples, n_frames = samples + 2 * round(frozen.sampling_rate / frozen.frame_rate), 3
    signal = torch.zeros(2, n_channels, samples)
    with torch.no_grad():
        shape = tuple(frozen(signal).shape)
    allowed = (2, shape[1] if n_frames is None and len(shape) == 3 else n_frames, frozen.n_classes)
    if shape != allowed:
        raise ParameterError(
            f"module: logits of shape {shape} came for signals of shape {tuple(signal.shape)}; allowed is {allowed}."
        )
    if any_channels:
        axes[1] = torch.export.Dim("channels")
    return _to_onnx(frozen, signal, axes, OUTPUT)


def export_front(front: Front) -> bytes:
    """Return features as an ONNX file, to stand before a graph of another maker.

    Parameters
    ----------
    front : Front
        It is left as it is.

    Returns
    -------
    bytes
        The input is ``signal``, float32 ``(B, C, T)`` with any B, the output ``features``, float32 ``(B, *shape)``.

    Examples
    --------
    >>> from ictal.features.numbers import Numbers, NumbersConfig
    >>> b"features" in export_front(Numbers(NumbersConfig(n_channels=2)))
    True
    """
    frozen: Any = copy.deepcopy(front).cpu().float().eval().requires_grad_(False)
    signal = torch.zeros(2, front.config.n_channels, front.config.window_samples)
    return _to_onnx(frozen, signal, {0: torch.export.Dim("batch")}, "features")


def is_dense(module: nn.Module) -> bool:
    """Whether a network takes more than a window, and answers each window of it with one frame.

    Networks of several frames for a window are shown windows: only there is each of their frames seen in its middle.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> is_dense(TCN(TCNConfig(n_channels=1)))
    False
    """
    return bool(getattr(module, "dense", False)) and getattr(module, "kind", "waveform") == "waveform"


_CHATTER = {
    r"`isinstance\(treespec, LeafSpec\)`": FutureWarning,
    "_check_is_size will be removed": FutureWarning,
    "The tensor attributes? .*_flat_weights": UserWarning,
}
"""What torch says about its own internals, and about the weights of an LSTM, which it holds twice."""


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Hold back what torch says of no use to anybody here, of torchvision too, which no exported model needs."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            for message, category in _CHATTER.items():
                warnings.filterwarnings("ignore", message=message, category=category)
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _forgetful_exporter() -> Iterator[None]:
    """Keep torch from remembering each tensor that it ever imagined for an export: megabytes, for each fold again."""
    from torch._dynamo import config

    with torch.no_grad(), config.patch(fake_tensor_cache_enabled=False):
        yield


def _to_onnx(module: nn.Module, signal: Tensor, axes: dict[int, Any], output: str) -> bytes:
    exchange_lstms(module)
    with _quiet_exporter(), _forgetful_exporter():
        program = torch.onnx.export(
            module,
            (signal,),
            dynamo=True,
            external_data=False,
            verbose=False,
            input_names=[INPUT],
            output_names=[output],
            dynamic_shapes=(axes,),
        )
    return _serialize(program)


def _serialize(program: Any) -> bytes:
    """Return the file without the notes of the exporter, which hold stack traces and are a fifth of it."""
    proto = program.model_proto
    graph = proto.graph
    for part in (proto, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
    onnx_bytes: bytes = proto.SerializeToString(deterministic=True)
    return onnx_bytes
