"""A detector network with random weights, to measure speed where no trained one is at hand."""

from __future__ import annotations

import torch

from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.training.export import export_onnx


def make_untrained(seed: int = 0, n_channels: int = 18) -> tuple[bytes, bytes]:
    """Return an EEGWaveNet as PyTorch initialises it: its answers mean nothing, its cost is that of a trained one.

    Parameters
    ----------
    seed : int
        Seed of the weights; the state of torch's own generator is left as it is.
    n_channels : int
        Channels of the signal.

    Returns
    -------
    onnx_bytes, safetensors_bytes : bytes
        The graph, and the state of the network it was made from.

    Examples
    --------
    >>> onnx_bytes, safetensors_bytes = make_untrained()
    >>> len(onnx_bytes) < 200_000 and len(safetensors_bytes) < 200_000
    True
    """
    from safetensors.torch import save

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = EEGWaveNet(EEGWaveNetConfig(n_channels=n_channels))
    return export_onnx(network, n_channels), save(network.state_dict())
