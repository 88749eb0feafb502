from dataclasses import replace

import numpy as np
import pytest
import torch

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.library import BUNDLED, load_detector
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.training.assemble import EachLead
from ictal.training.export import export_onnx
from ictal.training.restore import exchange_network, restore_finetuning, restore_network, restore_task, runs_each_lead


@pytest.fixture
def detector() -> Detector:
    found = load_detector("eegwavenet-untrained")
    assert isinstance(found, Detector)
    return found


def test_the_network_answers_as_the_graph_does(detector: Detector) -> None:
    recording = Recording.from_array(np.random.default_rng(0).normal(0, 20, (19, 2560)), 256.0, SCALP_19)
    signal = torch.from_numpy(detector.prepare(recording)[1].read(0.0, 10.0))
    with torch.no_grad():
        ours = torch.softmax(restore_network(detector)(signal[None]), dim=-1)[0].numpy()
    np.testing.assert_allclose(ours, detector.analyse(recording).scores.values, atol=1e-5)


def test_what_has_no_weights_is_refused(detector: Detector) -> None:
    with pytest.raises(ParameterError, match="line-length: line-length is a rule"):
        restore_network(load_detector("line-length"))
    with pytest.raises(ParameterError, match=r"holds no weights.safetensors"):
        restore_network(Detector(replace(detector.parts, weights=None)))


def test_weights_of_another_network_are_refused(detector: Detector) -> None:
    other = detector.with_settings({"model.config.n_channels": "3"})
    with pytest.raises(ParameterError, match=r"weights.safetensors: .*size mismatch"):
        restore_network(other)


RECIPE = """\
name = "mine"

[chain]
steps = []

[windows]
length = 8.0
training_step = 2.0

[balance]
balance = "undersample"
ratio = 0.25

[training]
batch_size = 7
"""


def with_provenance(detector: Detector, **facts: object) -> Detector:
    settings = detector.settings.model_copy(update=facts)
    return Detector(replace(detector.parts, settings=settings))


def test_a_recipe_says_what_it_was_trained_with_and_the_detector_what_was_changed_since(detector: Detector) -> None:
    threshold = detector.with_settings({"postprocessing.threshold": "0.9"})
    task = restore_task(with_provenance(threshold, provenance={"recipe": RECIPE}))
    assert (task.balance.balance, task.training.batch_size, task.windows.training_step) == ("undersample", 7, 2.0)
    assert (task.windows.length, task.windows.step) == (4.0, 1.0)
    assert task.postprocessing.threshold == 0.9
    assert task.model.name == "eegwavenet"


def test_without_a_recipe_the_windows_and_the_network_are_known(detector: Detector) -> None:
    task = restore_task(detector)
    assert task.model == detector.settings.model
    assert not task.detector.each_lead


def test_a_recipe_that_cannot_be_read_is_refused(detector: Detector) -> None:
    with pytest.raises(ParameterError, match=r"provenance.recipe: is not TOML"):
        restore_task(with_provenance(detector, provenance={"recipe": "= 3"}))
    with pytest.raises(ParameterError, match="its recipe: training: 'epoch' is not allowed"):
        restore_task(with_provenance(detector, provenance={"recipe": "[training]\nepoch = 3"}))


def test_classes_of_which_no_recipe_tells_are_refused(detector: Detector) -> None:
    with pytest.raises(ParameterError, match="classes: bckg, sz_foc came, and no recipe"):
        restore_task(with_provenance(detector, classes=("bckg", "sz_foc")))


def test_whether_a_network_is_run_on_each_lead_is_told_by_its_graph(detector: Detector) -> None:
    config = EEGWaveNetConfig(n_channels=1, sampling_rate=200.0)
    network = EEGWaveNet(config).eval()
    for graph, expected in (
        (export_onnx(EachLead(network), 3, any_channels=True), True),
        (export_onnx(network, 1), False),
    ):
        model = detector.settings.model.model_copy(update={"config": config.model_dump()})
        settings = detector.settings.model_copy(update={"model": model})
        assert runs_each_lead(Detector(replace(detector.parts, settings=settings, graph=graph))) is expected
    assert not runs_each_lead(detector)


def test_every_bundled_network_can_be_trained_further() -> None:
    found = [load_detector(name) for name in BUNDLED]
    networks = [one for one in found if isinstance(one, Detector) and one.parts.weights is not None]
    assert networks
    for one in networks:
        task = restore_task(one)
        assert task.model == one.settings.model
        assert restore_network(one).n_classes == len(task.scheme.classes)
        assert restore_finetuning(one).epochs > 0


def test_a_network_that_is_run_on_each_lead_still_is_with_other_weights() -> None:
    detector = load_detector("eegwavenet-rodent")
    assert isinstance(detector, Detector)
    assert restore_task(detector).detector.each_lead
    changed = exchange_network(detector, restore_network(detector), name="mouse", card={}, provenance={})
    assert runs_each_lead(changed)
    noise = Recording.from_array(np.random.default_rng(0).normal(0, 50, (2, 2560)), 256.0, ["left", "right"])
    scores = [one.analyse(noise).scores.values for one in (detector, changed)]
    np.testing.assert_allclose(*scores, atol=1e-5)


def test_how_it_is_to_be_adapted_is_told_by_its_recipe(detector: Detector) -> None:
    text = f"{RECIPE}\n[finetuning]\nlayers = 'head'\n"
    assert restore_finetuning(with_provenance(detector, provenance={"recipe": text})).layers == "head"
    with pytest.raises(ParameterError, match="finetuning: 'layer' is not allowed"):
        restore_finetuning(with_provenance(detector, provenance={"recipe": "[finetuning]\nlayer = 'head'"}))


def test_with_another_network_all_else_is_as_it_was(detector: Detector) -> None:
    chosen = detector.with_settings({"postprocessing.threshold": "0.9"})
    network = restore_network(chosen)
    with torch.no_grad():
        network.classifier[4].bias += 1.0
    changed = exchange_network(chosen, network, name="anna", card={"patient": "one"}, provenance={"hours": "1"})
    assert changed.settings.name == "anna"
    assert changed.settings.card == {**chosen.settings.card, "patient": "one"}
    for part in ("leads", "chain", "windows", "calibration", "postprocessing", "classes", "model"):
        assert getattr(changed.settings, part) == getattr(chosen.settings, part)
    recording = Recording.from_array(np.random.default_rng(0).normal(0, 20, (19, 1280)), 256.0, SCALP_19)
    again = restore_network(Detector(changed.parts))
    assert torch.equal(again.classifier[4].bias, network.classifier[4].bias)
    with torch.no_grad():
        signal = torch.from_numpy(changed.prepare(recording)[1].read(0.0, 5.0))
        expected = torch.softmax(again(signal[None]), dim=-1)[0].numpy()
    np.testing.assert_allclose(changed.analyse(recording).scores.values, expected, atol=1e-5)
