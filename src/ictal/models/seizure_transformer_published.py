"""Checkpoints of SeizureTransformer as its authors publish them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.seizure_transformer import SeizureTransformer, SeizureTransformerConfig

_OURS = {
    r"encoder\.convs\.(\d+)\.": r"encoder.\1.1.",
    r"res_cnn_stack\.members\.(\d+)\.norm1\.": r"residual.\1.path.0.",
    r"res_cnn_stack\.members\.(\d+)\.conv1\.": r"residual.\1.path.3.1.",
    r"res_cnn_stack\.members\.(\d+)\.norm2\.": r"residual.\1.path.4.",
    r"res_cnn_stack\.members\.(\d+)\.conv2\.": r"residual.\1.path.7.1.",
    r"transformer_encoder\.layers\.(\d+)\.": r"attention.\1.",
    r"decoder_d\.convs\.(\d+)\.": r"decoder.\1.1.",
    r"conv_d\.": r"head.1.",
}
"""How the published keys begin, and what ours have there."""

_UNUSED = re.compile(r"transformer_encoder_layer\..+|position_encoding\.pe")
"""The layer that all others were copied from, and the table of positions, which is computed here."""


def load_published(state_dict: Mapping[str, Tensor]) -> SeizureTransformer:
    """Return the network that a checkpoint of the original authors holds, in evaluation mode.

    Parameters
    ----------
    state_dict : mapping of str to Tensor
        The published keys (``encoder.convs.0.weight``, ``transformer_encoder.layers.0.linear1.weight``, …). Counters of
        batches may be missing, and so may the layer ``transformer_encoder_layer``, which is never used.

    Returns
    -------
    SeizureTransformer
        With the channels of the checkpoint, in its precision, at 256 Hz, a window of 60 s and a frame of one sample.

    Raises
    ------
    ParameterError
        If a key or a shape is not that of the published network.
    """
    first = state_dict.get("encoder.convs.0.weight")
    if first is None or first.ndim != 3:
        came = "is missing" if first is None else f"has shape {tuple(first.shape)}; allowed is (32, channels, 11)"
        raise ParameterError(f"state dict: key 'encoder.convs.0.weight' {came}.")
    ours = {
        _rename(key): value.unsqueeze(2) if value.ndim == 3 else value
        for key, value in state_dict.items()
        if _UNUSED.fullmatch(key) is None
    }
    model = SeizureTransformer(SeizureTransformerConfig(n_channels=first.shape[1])).to(first.dtype)
    try:
        model.load_state_dict(ours)
    except RuntimeError as error:
        raise ParameterError(f"state dict: {' '.join(str(error).split())}") from error
    return model.eval()


def _rename(key: str) -> str:
    for published, name in _OURS.items():
        if re.match(published, key) is not None:
            return re.sub(published, name, key, count=1)
    raise ParameterError(
        f"state dict: key {key!r} is not allowed; allowed are encoder.convs, res_cnn_stack.members, "
        "transformer_encoder.layers, decoder_d.convs and conv_d, each followed by a layer's own name."
    )
