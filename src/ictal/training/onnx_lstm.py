"""LSTM layers as ONNX has them, each one node; torch's exporter would walk through their steps to learn one shape."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError

VERSION = 20
"""Of the operators, those that torch exports."""

State = tuple[Tensor, Tensor]


def exchange_lstms(module: nn.Module) -> None:
    """Put an :class:`ONNXLSTM` in the place of each ``nn.LSTM`` below a module; those with projections stay.

    Examples
    --------
    >>> model = nn.Sequential(nn.LSTM(3, 8))
    >>> exchange_lstms(model)
    >>> type(model[0]).__name__
    'ONNXLSTM'
    """
    for name, inner in module.named_children():
        if type(inner) is nn.LSTM and inner.proj_size == 0:
            setattr(module, name, ONNXLSTM(inner))
        else:
            exchange_lstms(inner)


class ONNXLSTM(nn.Module):
    """What an ``nn.LSTM`` answers in evaluation mode, in an exported graph; torch itself is told shapes alone.

    It has its settings, by the same names.

    Parameters
    ----------
    lstm : LSTM
        Without projections.

    References
    ----------
    https://onnx.ai/onnx/operators/onnx__LSTM.html, whose gates are in the order input, output, forget, cell; those of
    torch are input, forget, cell, output.
    """

    hidden_size: int
    batch_first: bool

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        for name in ("input_size", "hidden_size", "num_layers", "bidirectional", "batch_first", "bias", "dropout"):
            setattr(self, name, getattr(lstm, name))
        self.n_directions = 2 if lstm.bidirectional else 1
        self.layers = nn.ModuleList(_Layer(lstm, number) for number in range(lstm.num_layers))

    def forward(self, sequences: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return what ``nn.LSTM`` does for sequences of three axes.

        Raises
        ------
        ParameterError
            If the sequences have another number of axes.
        """
        if sequences.ndim != 3:
            raise ParameterError(f"LSTM: a sequence of {sequences.ndim} axes cannot be exported; give batches of them.")
        steps = sequences.transpose(0, 1) if self.batch_first else sequences
        begins: list[State | None] = [None] * len(self.layers)
        if state is not None:
            begins = list(zip(*(part.chunk(len(self.layers)) for part in state), strict=True))
        ends = []
        for layer, begin in zip(self.layers, begins, strict=True):
            steps, *end = self._run(layer, steps, begin)
            steps = steps.transpose(1, 2).flatten(2)
            ends.append(end)
        remembered, cells = (torch.cat(part) for part in zip(*ends, strict=True))
        return steps.transpose(0, 1) if self.batch_first else steps, (remembered, cells)

    def _run(self, layer: Any, steps: Tensor, begin: State | None) -> tuple[Tensor, ...]:
        """Return the steps (n_steps, n_directions, B, hidden) and the last state, twice (n_directions, B, hidden)."""
        n_steps, batch, _ = steps.shape
        last = (self.n_directions, batch, self.hidden_size)
        told = torch.onnx.ops.symbolic_multi_out(
            "LSTM",
            (steps, layer.inward, layer.recurrent, layer.bias, None, *(begin or (None, None))),
            {"hidden_size": self.hidden_size, "direction": "forward" if self.n_directions == 1 else "bidirectional"},
            dtypes=(torch.float32,) * 3,
            shapes=((n_steps, *last), last, last),
            version=VERSION,
        )
        return tuple(told)


class _Layer(nn.Module):
    """The weights of one layer, as ONNX has them."""

    inward: Tensor
    recurrent: Tensor
    bias: Tensor

    def __init__(self, lstm: nn.LSTM, number: int) -> None:
        super().__init__()
        suffixes = ["", "_reverse"] if lstm.bidirectional else [""]
        parts = {
            part: torch.stack([_order_gates(getattr(lstm, f"{part}_l{number}{suffix}")) for suffix in suffixes])
            for part in ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if lstm.bias else ()))
        }
        zeros = torch.zeros(len(suffixes), 4 * lstm.hidden_size)
        self.register_buffer("inward", parts["weight_ih"])
        self.register_buffer("recurrent", parts["weight_hh"])
        self.register_buffer("bias", torch.cat([parts.get(part, zeros) for part in ("bias_ih", "bias_hh")], dim=1))


def _order_gates(weights: Tensor) -> Tensor:
    put_in, forget, cell, put_out = weights.detach().chunk(4)
    return torch.cat([put_in, put_out, forget, cell])
