from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike
from onnx import TensorProto, helper
from safetensors.torch import load

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.recording import Recording, Signal
from ictal.detection import graph
from ictal.detection.detector import Detector
from ictal.detection.graph import GraphScorer
from ictal.detection.library import load_bundled
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig

GraphMaker = Callable[[ArrayLike, int, int], bytes]

WINDOW, HOP = 8, 4
THREE_LEADS = [[0.0, 1.0], [0.0, 0.5], [0.0, -0.25]]


def read_of(signal: Signal) -> Callable[[int, int], Signal]:
    return lambda first, last: signal[:, first * HOP : last * HOP + WINDOW]


@pytest.fixture
def scorer(make_graph: GraphMaker) -> GraphScorer:
    return GraphScorer(make_graph(THREE_LEADS, WINDOW, HOP), 3, "test")


def test_answers_are_the_softmax_of_the_logits(scorer: GraphScorer) -> None:
    signal = np.random.default_rng(0).normal(0, 3, (3, 5 * HOP + WINDOW)).astype(np.float32)
    means = [np.abs(signal[:, i * HOP : i * HOP + WINDOW]).mean(axis=1) for i in range(6)]
    logits = np.array(means) @ np.array(THREE_LEADS)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(scorer.push(signal), expected, atol=1e-6)


def test_large_logits_do_not_overflow(scorer: GraphScorer) -> None:
    certain = scorer.push(np.full((3, WINDOW), 1e6, np.float32))
    np.testing.assert_array_equal(certain, [[0.0, 1.0]])


def test_nothing_waits_for_the_end(scorer: GraphScorer) -> None:
    assert scorer.finish().shape == (0, 2)


def test_other_number_of_leads_is_refused(make_graph: GraphMaker) -> None:
    with pytest.raises(ParameterError, match=r"^mine: model\.onnx: takes 3 leads and the montage gives 5\.$"):
        GraphScorer(make_graph(THREE_LEADS, WINDOW, HOP), 5, "mine")


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 100, b"PK\x03\x04", b"no graph at all" * 50])
def test_bytes_that_are_no_graph_are_refused(garbage: bytes) -> None:
    with pytest.raises(ParameterError, match=r"^mine: model\.onnx: ONNX Runtime cannot load it") as caught:
        GraphScorer(garbage, 3, "mine")
    assert "\n" not in str(caught.value)


def test_a_graph_cut_short_is_refused(make_graph: GraphMaker) -> None:
    graph = make_graph(THREE_LEADS, WINDOW, HOP)
    with pytest.raises(ParameterError, match=r"^mine: model\.onnx"):
        GraphScorer(graph[: len(graph) // 2], 3, "mine")


@pytest.mark.parametrize(
    ("names", "kind", "shape"),
    [
        (("eeg", "logits"), TensorProto.FLOAT, ["batch", "windows", 2]),
        (("signal", "answer"), TensorProto.FLOAT, ["batch", "windows", 2]),
        (("signal", "logits", "more"), TensorProto.FLOAT, ["batch", "windows", 2]),
        (("signal", "logits"), TensorProto.DOUBLE, ["batch", "windows", 2]),
        (("signal", "logits"), TensorProto.FLOAT, ["batch", 2]),
        (("signal", "logits"), TensorProto.FLOAT, ["batch", "windows", "classes"]),
    ],
)
def test_graph_of_another_form_is_refused_before_it_runs(
    names: tuple[str, ...], kind: int, shape: list[str | int]
) -> None:
    first, *rest = (helper.make_tensor_value_info(name, kind, shape) for name in names)
    copies = [helper.make_node("Identity", [names[0]], [name]) for name in names[1:]]
    graph = helper.make_graph(copies, "copies", [first], rest)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    with pytest.raises(
        ParameterError, match=r"^mine: model\.onnx: .* allowed are the input signal \(batch, leads"
    ) as e:
        GraphScorer(model.SerializeToString(), 3, "mine")
    assert all(name in str(e.value) for name in names)


def each(n_leads: int) -> list[list[int]]:
    return [[lead] for lead in range(n_leads)]


@pytest.mark.parametrize("driver", [0, 1, 2, 3])
def test_only_the_lead_that_matters_drops(make_graph: GraphMaker, driver: int) -> None:
    weights = np.zeros((4, 2))
    weights[driver, 1] = 1.0
    scorer = GraphScorer(make_graph(weights, WINDOW, HOP), 4, "test")
    signal = np.random.default_rng(1).normal(0, 3, (4, 40 * HOP + WINDOW)).astype(np.float32)
    drops = scorer.group_drops({window: [0] for window in range(40)}, read_of(signal), each(4))
    assert np.flatnonzero(np.abs(drops) > 1e-7).tolist() == [driver]
    assert drops[driver] > 0.2


def test_drops_are_those_of_the_log_odds_of_zeroed_leads(scorer: GraphScorer) -> None:
    """Few windows are all run: the mean over them can be made by hand."""
    signal = np.random.default_rng(2).normal(0, 2, (3, 6 * HOP + WINDOW)).astype(np.float32)
    windows = [0, 2, 3, 6]
    sizes = np.array([np.abs(signal[:, i * HOP : i * HOP + WINDOW]).mean(axis=1) for i in windows])
    weights = np.array(THREE_LEADS)[:, 1] - np.array(THREE_LEADS)[:, 0]
    expected = sizes.mean(axis=0) * weights
    asked = {window: [0] for window in windows}
    np.testing.assert_allclose(scorer.group_drops(asked, read_of(signal), each(3)), expected, atol=1e-5)
    together = scorer.group_drops(asked, read_of(signal), [[0, 2], [1]])
    np.testing.assert_allclose(together, [expected[0] + expected[2], expected[1]], atol=1e-5)
    assert expected[2] < 0 < expected[1] < expected[0]


def test_log_odds_are_those_of_the_probabilities(scorer: GraphScorer) -> None:
    signals = np.random.default_rng(4).normal(0, 2, (2, 3, 6 * HOP + WINDOW)).astype(np.float32)
    found = scorer.log_odds(signals)
    for each_found, signal in zip(found, signals, strict=True):
        probabilities = scorer.push(signal)
        np.testing.assert_allclose(each_found, np.log(probabilities[:, 1] / probabilities[:, 0]), atol=1e-5)


@pytest.mark.parametrize("n_affordable", [0, 1, 3])
def test_no_more_is_run_than_the_budget_allows(
    scorer: GraphScorer, monkeypatch: pytest.MonkeyPatch, n_affordable: int
) -> None:
    signal = np.random.default_rng(2).normal(0, 2, (3, 20 * HOP + WINDOW)).astype(np.float32)
    n_runs: list[int] = []
    run = scorer._run
    monkeypatch.setattr(scorer, "_run", lambda batch: (n_runs.append(len(batch)), run(batch))[1])
    monkeypatch.setattr(graph, "MOST_OCCLUDED_VALUES", n_affordable * 3 * WINDOW * 3 + 5)
    drops = scorer.group_drops({window: [0] for window in range(20)}, read_of(signal), [[0], [1]])
    assert sum(n_runs) == 3 * n_affordable
    assert drops.any() == (n_affordable > 0)


def test_untrained_graph_equals_its_network_window_by_window(
    clips: list[tuple[str, Recording, Annotations]],
) -> None:
    """On a real clip, after the chain of the file: ONNX Runtime over the whole, torch over each window alone."""
    detector = load_bundled("eegwavenet-untrained")
    _, recording, _ = clips[1]
    leads, prepared = detector.prepare(recording)
    assert len(leads.channels) == 18
    network = EEGWaveNet(EEGWaveNetConfig(n_channels=18)).eval()
    network.load_state_dict(load(weights_of(detector)))
    signal = prepared.read()
    windows = np.stack([signal[:, i * 256 : i * 256 + 1024] for i in range((signal.shape[1] - 1024) // 256 + 1)])
    with torch.no_grad():
        expected = torch.softmax(network(torch.from_numpy(windows))[:, 0], dim=1).numpy()
    scores = detector.analyse(recording).scores
    assert len(scores) == 34
    np.testing.assert_allclose(scores.values, expected, rtol=0, atol=1e-5)
    assert np.ptp(expected[:, 1]) > 1e-3


def weights_of(detector: Detector) -> bytes:
    assert detector.parts.weights is not None
    return detector.parts.weights
