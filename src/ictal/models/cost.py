"""How much arithmetic a network is."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def count_parameters(module: nn.Module) -> int:
    """Return how many numbers of a module are trained.

    Examples
    --------
    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    return sum(parameter.numel() for parameter in module.parameters())


def count_multiply_adds(module: nn.Module, *inputs: Tensor) -> int:
    """Return the multiplications with an addition in the convolutions and products of matrices of one run.

    Nothing is computed: the run is on torch's device ``meta``, where recurrent networks and attention are made of their
    products. What is done value by value (norms, activations, means) and Fourier transforms are not counted.

    Parameters
    ----------
    module : Module
        It is left as it is.
    *inputs : Tensor

    Examples
    --------
    >>> count_multiply_adds(nn.Conv1d(4, 6, kernel_size=3), torch.zeros(1, 4, 10))
    576
    """
    imagined = copy.deepcopy(module).to("meta")
    counter = FlopCounterMode(display=False)
    # The fast path of an encoder in evaluation is one operation, of which the counter knows nothing.
    fast_path = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
            imagined(*(each.to("meta") for each in inputs))
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)
    return counter.get_total_flops() // 2
