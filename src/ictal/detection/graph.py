"""Networks as ONNX graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ictal.core.errors import ParameterError
from ictal.core.recording import Signal
from ictal.detection.occlusion import Answer, occlude_groups
from ictal.detection.scorer import Groups, ReadWindows, Scorer, Values

MOST_OCCLUDED_WINDOWS = 5
"""Windows of an event that are run without each group of leads; more change the outcome little."""

MOST_OCCLUDED_VALUES = 2**20
"""Values of the signal in all windows that are run for that; a graph whose one window holds more is not asked."""

MOST_VALUES = 2**19
"""Values of the signal in the windows that are run at once, where a graph takes windows of one length only."""

FORM = [("signal", "tensor(float)", 3), ("logits", "tensor(float)", 3)]
"""Name, type and number of axes of what goes in and what comes out."""


class GraphScorer(Scorer):
    """Runs ``model.onnx`` with ONNX Runtime on the processor.

    Parameters
    ----------
    graph : bytes
        A graph from ``signal`` (batch, leads, samples) to ``logits`` (batch, frames, classes). One that takes any
        number of samples answers a frame for each window of them; one that takes a window answers the frames of it.
    n_leads : int
        Leads of the signal that will come.
    origin : str
        The detector, for messages.
    hop : int
        Samples between the starts of two windows, for a graph that takes one window.
    """

    def __init__(self, graph: bytes, n_leads: int, origin: str, *, hop: int = 1) -> None:
        try:
            self._session = open_session(graph)
        except Exception as problem:
            raise ParameterError(f"{origin}: model.onnx: ONNX Runtime cannot load it: {problem}") from None
        self._hop = hop
        self._window, self._n_classes = self._check(n_leads, origin)

    def _check(self, n_leads: int, origin: str) -> tuple[int | None, int]:
        """Refuse a graph of another form here, where the detector can be named.

        Returns
        -------
        int or None
            Samples of the only signal that it takes.
        int
            Its number of classes.
        """
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
        return (shapes[0][2] if isinstance(shapes[0][2], int) else None), int(shapes[1][2])

    def push(self, signal: Signal) -> Values:
        return _softmax(self._logits(signal[None])[0])

    def finish(self) -> Values:
        return np.empty((0, self._n_classes))

    def log_odds(self, signals: Signal) -> Values:
        logits = self._logits(signals)
        seizure = np.logaddexp.reduce(logits[..., 1:], axis=-1)
        return np.asarray(seizure - logits[..., 0])

    def _logits(self, signals: Signal) -> Values:
        """Return the logits of signals one window long or longer, shape (n_signals, n_frames, n_classes)."""
        n_signals, _, n_samples = signals.shape
        if self._window is None:
            size = max(MOST_VALUES // signals[0].size, 1)
            return np.concatenate([self._run(signals[i : i + size]) for i in range(0, n_signals, size)])
        if n_samples < self._window:
            raise ParameterError(
                f"model.onnx: windows of {n_samples} samples came; it takes {self._window}. "
                "windows.length and sampling_rate must be those that it was made for."
            )
        windows = np.lib.stride_tricks.sliding_window_view(signals, self._window, axis=2)[:, :, :: self._hop]
        return self._run_windows(windows.swapaxes(1, 2)).reshape(n_signals, -1, self._n_classes)

    def _run(self, batch: Signal) -> Values:
        (logits,) = self._session.run(["logits"], {"signal": np.ascontiguousarray(batch, dtype=np.float32)})
        return np.asarray(logits, dtype=np.float64)

    def _run_windows(self, windows: Signal) -> Values:
        """Return the logits of windows, (n_signals, n_windows, n_leads, n_samples), one after the other."""
        size = max(MOST_VALUES // windows[0, 0].size, 1)
        numbers = np.arange(windows.shape[0] * windows.shape[1])
        batches = (np.unravel_index(numbers[i : i + size], windows.shape[:2]) for i in range(0, len(numbers), size))
        return np.concatenate([self._run(windows[batch]) for batch in batches])

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> Values:
        numbers = list(asked)
        first = read(numbers[0], numbers[0])
        n_windows = min(MOST_OCCLUDED_VALUES // (first.size * (len(groups) + 1)), MOST_OCCLUDED_WINDOWS)
        if n_windows == 0:
            return np.zeros(len(groups))
        chosen = np.unique(np.linspace(0, len(numbers) - 1, n_windows).round().astype(int))
        signals = [first, *(read(numbers[i], numbers[i]) for i in chosen[1:])]
        drops = [
            occlude_groups(self._answer(asked[numbers[i]]), signal, groups)
            for i, signal in zip(chosen, signals, strict=True)
        ]
        return np.asarray(np.mean(drops, axis=0))

    def _answer(self, frames: Sequence[int]) -> Answer:
        return lambda signals: self.log_odds(signals)[:, list(frames)].mean(axis=1)


def open_session(graph: bytes, threads: int = 0) -> Any:
    """Return a session of ONNX Runtime on the processor.

    Parameters
    ----------
    graph : bytes
    threads : int
        0 takes as many as there are cores.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Blocks differ in length; a plan of the memory for each would be kept for ever.
    options.enable_mem_pattern = False
    slower = [
        "SkipLayerNormFusion",
        "BiasSkipLayerNormFusion",
    ]  # than what they fuse, in each transformer that was tried
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)


def _softmax(logits: Values) -> Values:
    """Return class probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
