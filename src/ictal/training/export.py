"""A trained model as one ONNX graph that runs without torch."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from ictal.core.errors import ParameterError

INPUT = "signal"
OUTPUT = "logits"


def export_onnx(module: nn.Module, n_channels: int, *, any_channels: bool = False) -> bytes:
    """Return a waveform model as an ONNX file with its weights inside, in evaluation mode.

    Parameters
    ----------
    module : Module
        Maps ``(B, C, T)`` to ``(B, n_frames, n_classes)`` and has the attributes `n_classes`, `sampling_rate`,
        `frame_rate` and `receptive_field` of a waveform model. It is left as it is.
    n_channels : int
        C.
    any_channels : bool
        Whether the graph shall take any number of channels; the module must, too.

    Returns
    -------
    bytes
        The input is ``signal``, float32 ``(B, C, T)`` with any B and any T of at least the receptive field; the output
        is ``logits``, float32 ``(B, n_frames, n_classes)``. A graph cannot refuse: with a shorter signal it may answer
        nonsense, so the caller checks the length. The same weights give the same bytes.

    Raises
    ------
    ParameterError
        If the model refuses a signal of several windows, or answers with another shape.

    Examples
    --------
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> graph = export_onnx(EEGWaveNet(EEGWaveNetConfig(n_channels=2)), n_channels=2)
    >>> b"signal" in graph and b"logits" in graph
    True
    """
    frozen: Any = copy.deepcopy(module).cpu().float().eval().requires_grad_(False)
    window = round(frozen.receptive_field * frozen.sampling_rate)
    hop = round(frozen.sampling_rate / frozen.frame_rate)
    three_windows = torch.zeros(2, n_channels, window + 2 * hop)
    with torch.no_grad():
        shape = tuple(frozen(three_windows).shape)
    if shape != (2, 3, frozen.n_classes):
        raise ParameterError(
            f"module: logits of shape {shape} came for 2 signals of 3 windows; allowed is (2, 3, {frozen.n_classes})."
        )
    axes = {0: torch.export.Dim("batch"), 2: torch.export.Dim("time", min=window)}
    if any_channels:
        axes[1] = torch.export.Dim("channels")
    with _quiet_exporter(), _forgetful_exporter():
        program = torch.onnx.export(
            frozen,
            (three_windows,),
            dynamo=True,
            external_data=False,
            verbose=False,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=(axes,),
        )
    return _serialize(program)


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Hold back what torch says about its own internals and about torchvision, which no exported model needs."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"`isinstance\(treespec, LeafSpec\)`", category=FutureWarning)
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _forgetful_exporter() -> Iterator[None]:
    """Keep torch from remembering each tensor that it ever imagined for an export: megabytes, for each fold again."""
    from torch._dynamo import config

    with torch.no_grad(), config.patch(fake_tensor_cache_enabled=False):
        yield


def _serialize(program: Any) -> bytes:
    """Return the file without the notes of the exporter, which hold stack traces and are a fifth of it."""
    proto = program.model_proto
    graph = proto.graph
    for part in (proto, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
    onnx_bytes: bytes = proto.SerializeToString(deterministic=True)
    return onnx_bytes
