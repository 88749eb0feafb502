"""Graphs small enough to be checked by hand, recordings that watch over what is read, and the real clips."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from ictal.core.errors import IctalWarning
from ictal.core.events import Annotations
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.io.events_tsv import read_events
from ictal.io.formats import read

GraphMaker = Callable[[ArrayLike, int, int], bytes]
Clip = tuple[str, Recording, Annotations]


@pytest.fixture(scope="session")
def make_graph() -> GraphMaker:
    """Make a graph; logits are the mean absolute value of each lead over a window, times weights (leads, classes)."""

    def make(weights: ArrayLike, window: int, hop: int) -> bytes:
        matrix = np.asarray(weights, dtype=np.float32)
        nodes = [
            helper.make_node("Abs", ["signal"], ["size"]),
            helper.make_node("AveragePool", ["size"], ["mean"], kernel_shape=[window], strides=[hop]),
            helper.make_node("Transpose", ["mean"], ["turned"], perm=[0, 2, 1]),
            helper.make_node("MatMul", ["turned", "weights"], ["logits"]),
        ]
        graph = helper.make_graph(
            nodes,
            "mean of each lead",
            [helper.make_tensor_value_info("signal", TensorProto.FLOAT, ["batch", len(matrix), "time"])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "windows", matrix.shape[1]])],
            [numpy_helper.from_array(matrix, "weights")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    return make


class Watched(RecordingView):
    """A recording that remembers which samples were read of it, and how many channels it was narrowed to."""

    def __init__(self, inner: Recording) -> None:
        super().__init__(inner)
        self.reads: list[tuple[int, int]] = []
        self.selections: list[tuple[str, ...]] = []

    def read_samples(self, first: int, last: int) -> Signal:
        self.reads.append((first, last))
        return self.inner.read_samples(first, last)

    def select(self, labels: Any) -> Watched:
        chosen = Watched(self.inner.select(labels))
        chosen.reads, chosen.selections = self.reads, self.selections
        self.selections.append(tuple(labels))
        return chosen


@pytest.fixture(scope="session")
def watched() -> type[Watched]:
    """The recording that watches."""
    return Watched


@pytest.fixture(scope="session")
def clips(test_data: Path) -> list[Clip]:
    """The four seizures of CHB-MIT chb01: name, recording, what the neurologist marked."""
    found = []
    for file in sorted((test_data / "real" / "chbmit-clips").glob("*_eeg.edf")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IctalWarning)  # T8-P8 comes twice
            recording = read(file)
        table = file.with_name(file.name.replace("_eeg.edf", "_events.tsv"))
        found.append((file.name[:8], recording, read_events(table, duration=recording.duration)))
    assert len(found) == 4
    return found
