"""Networks as ONNX graphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ictal.core.errors import ParameterError
from ictal.core.recording import Signal
from ictal.detection.scorer import ReadWindow, Scorer, Values

MOST_OCCLUDED_WINDOWS = 8
"""Windows of an event that are run without each lead; more change the order of the leads little."""

FORM = [("signal", "tensor(float)", 3), ("logits", "tensor(float)", 3)]
"""Name, type and number of axes of what goes in and what comes out."""


class GraphScorer(Scorer):
    """Runs ``model.onnx`` with ONNX Runtime on the processor.

    Parameters
    ----------
    graph : bytes
        A graph from ``signal`` (batch, leads, samples) to ``logits`` (batch, windows, classes).
    n_leads : int
        Leads of the signal that will come.
    origin : str
        The detector, for messages.
    """

    def __init__(self, graph: bytes, n_leads: int, origin: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Blocks differ in length; a plan of the memory for each would be kept for ever.
        options.enable_mem_pattern = False
        try:
            self._session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as problem:
            raise ParameterError(f"{origin}: model.onnx: ONNX Runtime cannot load it: {problem}") from None
        self._n_classes = self._check(n_leads, origin)

    def _check(self, n_leads: int, origin: str) -> int:
        """Refuse a graph of another form here, where the detector can be named; return its number of classes."""
        ports = (*self._session.get_inputs(), *self._session.get_outputs())
        shapes = [port.shape for port in ports]
        form = [(port.name, port.type, len(port.shape)) for port in ports]
        if form != FORM or not isinstance(shapes[1][2], int):
            told = ", ".join(f"{port.name} {port.type} {port.shape}" for port in ports)
            raise ParameterError(
                f"{origin}: model.onnx: {told} is not allowed; allowed are the input signal (batch, leads, samples) "
                "and the output logits (batch, windows, classes) of 32-bit floats, the number of classes fixed."
            )
        wanted = shapes[0][1]
        if isinstance(wanted, int) and wanted != n_leads:
            raise ParameterError(f"{origin}: model.onnx: takes {wanted} leads and the montage gives {n_leads}.")
        return int(shapes[1][2])

    def push(self, signal: Signal) -> Values:
        return _softmax(self._run(signal[None])[0])

    def finish(self) -> Values:
        return np.empty((0, self._n_classes))

    def _run(self, batch: Signal) -> Values:
        (logits,) = self._session.run(["logits"], {"signal": np.ascontiguousarray(batch, dtype=np.float32)})
        return np.asarray(logits, dtype=np.float64)

    def lead_drops(self, windows: Sequence[int], read: ReadWindow) -> Values:
        chosen = np.unique(np.linspace(0, len(windows) - 1, MOST_OCCLUDED_WINDOWS).round().astype(int))
        signals = np.stack([read(windows[i]) for i in chosen])
        n_leads = signals.shape[1]
        copies = np.repeat(signals[None], n_leads + 1, axis=0)
        for lead in range(n_leads):
            copies[lead + 1, :, lead] = 0.0
        logits = self._run(copies.reshape(-1, *signals.shape[1:]))[:, 0]
        seizure = _softmax(logits)[:, 1:].sum(axis=1).reshape(n_leads + 1, -1).mean(axis=1)
        return np.asarray(seizure[0] - seizure[1:])


def _softmax(logits: Values) -> Values:
    """Return class probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
