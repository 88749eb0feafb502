from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import load

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorFileError, DetectorParts, encode_detector
from ictal.detection.library import BUNDLED, load_bundled
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.models.table import MODELS
from ictal.training import bundle

RULES: dict[str, Callable[[], DetectorParts]] = {
    "line-length": bundle.line_length,
    "spike-rate": bundle.spike_rate,
}


@pytest.fixture(scope="module")
def network() -> DetectorParts:
    return bundle.eegwavenet_untrained()


def member(name: str, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def arrays_of(graph: bytes) -> dict[str, NDArray[np.generic]]:
    initializers = onnx.load_from_string(graph).graph.initializer
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in initializers}


def nodes_of(graph: bytes) -> list[tuple[str, list[str], list[str]]]:
    return [(node.op_type, list(node.input), list(node.output)) for node in onnx.load_from_string(graph).graph.node]


def test_every_bundled_detector_has_its_function_or_its_card(network: DetectorParts) -> None:
    made = {make().settings.name for make in RULES.values()} | {network.settings.name}
    assert made | set(bundle.CARDS) == set(BUNDLED)
    assert not made & set(bundle.CARDS), "a detector is made from its settings or trained"


@pytest.mark.parametrize("name", RULES)
def test_the_file_of_a_rule_is_what_its_function_makes(name: str) -> None:
    """To the byte of the settings: when this fails, ``python -m ictal.training.bundle`` was forgotten."""
    made, bundled = Detector(RULES[name]()), load_bundled(name)
    assert member("detector.json", bundled.encode()) == member("detector.json", made.encode())
    file = (bundle.FOLDER / BUNDLED[name]).read_bytes()
    assert member("detector.json", file) == member("detector.json", made.encode())
    assert bundled.fingerprint == made.fingerprint
    assert (bundled.parts.graph, bundled.parts.weights) == (None, None)


def test_the_file_of_the_network_is_what_its_function_makes(network: DetectorParts) -> None:
    """Another version of the exporter may name its nodes otherwise; the numbers stay."""
    bundled = load_bundled("eegwavenet-untrained").parts
    assert bundled.settings.model_copy(update={"hashes": {}}) == network.settings
    assert bundled.graph is not None
    assert network.graph is not None
    assert bundled.weights is not None
    assert network.weights is not None
    weights, made = load(bundled.weights), load(network.weights)
    assert weights.keys() == made.keys()
    for key in made:
        np.testing.assert_allclose(weights[key], made[key], rtol=0, atol=1e-6)
    assert nodes_of(bundled.graph) == nodes_of(network.graph)
    numbers, made_numbers = arrays_of(bundled.graph), arrays_of(network.graph)
    assert numbers.keys() == made_numbers.keys()
    for key in made_numbers:
        np.testing.assert_allclose(numbers[key], made_numbers[key], rtol=0, atol=1e-6)


def test_graph_and_weights_of_the_file_are_one_network() -> None:
    bundled = load_bundled("eegwavenet-untrained")
    assert bundled.parts.weights is not None
    network = EEGWaveNet(EEGWaveNetConfig.model_validate(bundled.settings.model.config)).eval()
    state = {key: torch.from_numpy(np.array(value)) for key, value in load(bundled.parts.weights).items()}
    network.load_state_dict(state)
    signal = 50 * torch.randn(1, 18, 2048, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = torch.softmax(network(signal)[0], dim=1).numpy()
    np.testing.assert_allclose(bundled.scorer(18).push(signal[0].numpy()), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", BUNDLED)
def test_every_setting_of_the_model_stands_in_the_file(name: str) -> None:
    """So that a new default changes no detector that is there, and that each can be changed by its name."""
    settings = load_bundled(name).settings
    config = MODELS.load(settings.model.name).Config
    assert set(settings.model.config) == set(config.model_fields)
    assert config.model_validate(settings.model.config).model_dump() == settings.model.config


def test_the_network_is_made_for_the_windows_of_its_file() -> None:
    settings = load_bundled("eegwavenet-untrained").settings
    config = EEGWaveNetConfig.model_validate(settings.model.config)
    assert (config.window, config.hop) == (settings.windows.length, settings.windows.step)
    assert (config.sampling_rate, config.n_classes) == (settings.sampling_rate, len(settings.classes))


@pytest.mark.parametrize("name", BUNDLED)
def test_filters_come_designed(name: str) -> None:
    """Designing loads scipy, which the start of the program has no time for."""
    for step in load_bundled(name).settings.chain.steps:
        assert step.design(256.0) is step


@pytest.mark.parametrize("rate", [128.0, 200.0, 512.0])
def test_a_chain_ends_at_256_hertz_and_does_what_it_says(rate: float) -> None:
    chain = bundle.design_chain({"step": "low-pass", "cutoff": 20.0, "order": 4})
    time = np.arange(round(20 * rate)) / rate
    slow, fast = np.sin(2 * np.pi * 5 * time), np.sin(2 * np.pi * 45 * time)
    filtered = chain.apply(Recording.from_array([slow, fast], rate))
    assert filtered.sampling_rate == 256.0
    kept, gone = filtered.read(5.0, 15.0).std(axis=1) / np.sqrt(0.5)
    assert kept == pytest.approx(1.0, abs=0.01)
    assert gone < 0.01


MADE = (*RULES, "eegwavenet-untrained")


def test_main_writes_every_file_that_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: DetectorParts
) -> None:
    monkeypatch.setattr(bundle, "FOLDER", tmp_path / "new")
    monkeypatch.setattr(bundle, "eegwavenet_untrained", lambda: network)
    bundle.main()
    assert {path.name for path in (tmp_path / "new").iterdir()} == {BUNDLED[name] for name in MADE}
    for name in MADE:
        assert Detector.read(tmp_path / "new" / BUNDLED[name]).name == name


@pytest.fixture
def trained(tmp_path: Path, network: DetectorParts) -> Path:
    """A network by the name of a trained one, as training writes it: in any file, its card without its origin."""
    card = {"use": "For research only.", "data": "some"}
    settings = network.settings.model_copy(update={"name": "eegwavenet-scalp", "card": card})
    file = tmp_path / "mine.ictal"
    file.write_bytes(encode_detector(replace(network, settings=settings)))
    return file


@pytest.mark.parametrize("by", ["adopt", "main"])
def test_a_trained_detector_is_taken_in_with_its_card(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(bundle, "FOLDER", tmp_path / "new")
    target = tmp_path / "new" / BUNDLED["eegwavenet-scalp"]
    if by == "adopt":
        assert bundle.adopt(trained) == target
    else:
        bundle.main([str(trained)])
    assert list((tmp_path / "new").iterdir()) == [target], "nothing else is made anew"
    given, taken = Detector.read(trained), Detector.read(target)
    assert taken.settings.card == {**given.settings.card, **bundle.CARDS["eegwavenet-scalp"]}
    assert taken.settings.model_copy(update={"card": given.settings.card}) == given.settings
    assert (taken.parts.graph, taken.parts.weights) == (given.parts.graph, given.parts.weights)


def test_only_a_trained_detector_is_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is made from its settings; a file of it is nobody's."""
    monkeypatch.setattr(bundle, "FOLDER", tmp_path / "new")
    allowed = "allowed are 'eegwavenet-scalp', 'eegwavenet-rodent'"
    file = tmp_path / "rule.ictal"
    file.write_bytes(load_bundled("line-length").encode())
    with pytest.raises(ParameterError, match=f"detector: 'line-length' is not allowed; {allowed}"):
        bundle.adopt(file)
    file.write_bytes(b"")
    with pytest.raises(DetectorFileError, match=r"rule\.ictal: is not a detector"):
        bundle.adopt(file)
    assert not (tmp_path / "new").exists()
