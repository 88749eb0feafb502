"""A network that hears what is loud is adapted to patients who are louder than those that it knows."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from tests.contracts.test_models import make_model
from torch import nn

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.windows import WindowGrid
from ictal.data.balance import Undersample
from ictal.data.loader import BatchSet, WindowLoader
from ictal.data.prepared import PreparedRecording
from ictal.data.schemes import SeizureTypeScheme
from ictal.data.windows import cut_windows
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.models.table import MODELS
from ictal.training.assemble import EachLead
from ictal.training.finetune import Adapted, Padded, TowardsStart, adapt, drop_absent_classes, find_head, freeze
from ictal.training.finetune_settings import FinetuneSettings
from ictal.training.fit import fit
from ictal.training.held_back import answer
from ictal.training.losses import CrossEntropy
from ictal.training.optimizers import SGD, Adam
from ictal.training.readers import SignalsInMemory
from ictal.training.settings import TaskSettings, TrainingSettings

RATE, MINUTES = 32.0, 10.0
TASK = TaskSettings(training=TrainingSettings(accelerator="cpu"))
QUICK = FinetuneSettings(epochs=6, optimizer={"optimizer": "adam", "lr": 0.01}, batch_size=32)


@pytest.fixture(scope="module")
def network(loud: ModuleType) -> nn.Module:
    """It was trained on nights in which background has a deviation of 1 and seizures have one of 3."""
    return loud.fit_loudness(epochs=10, ema=None, clip=None, schedule={"schedule": "constant"}).network


TRAINED = ("waveform", "frames", "picture", "table")


def make_patient(
    seizures: Mapping[float, float],
    loud: Mapping[float, float],
    *,
    height: float = 3.0,
    quiet: float = 1.0,
    seed: int = 1,
) -> BatchSet:
    """Ten minutes of a patient: onset → seconds of seizures, and of what is as loud and no seizure."""
    n_samples = round(60.0 * MINUTES * RATE)
    signal = np.random.default_rng(seed).normal(0.0, quiet, (2, n_samples)).astype(np.float32)
    for onset, seconds in {**seizures, **loud}.items():
        signal[:, round(onset * RATE) : round((onset + seconds) * RATE)] *= height
    marked = Annotations([Event(*seizure) for seizure in seizures.items()], 60.0 * MINUTES)
    one = PreparedRecording("carla", "carla", "1", "", ("C3", "C4"), RATE, n_samples, marked)
    return BatchSet(SignalsInMemory([one], [signal]), cut_windows([one], WindowGrid(4.0, 1.0)))


def call(network: nn.Module, windows: BatchSet) -> tuple[float, float]:
    """Return the shares of seizure and of background that are called seizure."""
    logits, labels = answer(network, windows)
    called = logits[:, 1] > logits[:, 0]
    return called[labels == 1].mean(), called[labels == 0].mean()


def judge_false_alarms(network: nn.Module, windows: BatchSet) -> float:
    """Return the share of background that is called seizure."""
    logits, labels = answer(network, windows)
    return float((logits[:, 1] > logits[:, 0])[labels == 0].mean())


def weights_of(network: nn.Module) -> dict[str, torch.Tensor]:
    return dict(network.state_dict())


LOUDER: dict[str, Any] = {"quiet": 2.5, "height": 1.6}
"""Of a patient whose background is nearly as loud as the seizures of others."""


class TestWithSeizures:
    @pytest.fixture(scope="class")
    def patient(self) -> BatchSet:
        return make_patient({200.0: 60.0}, {}, **LOUDER)

    @pytest.fixture(scope="class")
    def adapted(self, network: nn.Module, patient: BatchSet) -> Adapted:
        return adapt(network, patient, TASK, QUICK)

    def test_what_was_loud_in_others_is_background_in_this_patient(self, network: nn.Module, adapted: Adapted) -> None:
        later = make_patient({100.0: 40.0, 400.0: 50.0}, {}, **LOUDER, seed=2)
        assert call(network, later)[1] > 0.9
        sensitivity, false = call(adapted.network, later)
        assert sensitivity > 0.8
        assert false < 0.1
        assert adapted.problem == ""

    def test_the_network_that_came_is_left_as_it_is(self, network: nn.Module, patient: BatchSet) -> None:
        before = {name: value.clone() for name, value in network.state_dict().items()}
        adapt(network, patient, TASK, QUICK.model_copy(update={"epochs": 1}))
        assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
        assert all(one.requires_grad for one in network.parameters())
        assert not network.training

    def test_norms_stay_as_they_are_and_all_else_learns(self, network: nn.Module, adapted: Adapted) -> None:
        before, after = weights_of(network), weights_of(adapted.network)
        same = {name for name in before if torch.equal(before[name], after[name])}
        assert same == {name for name in before if name.startswith("norm.")}
        assert all(one.requires_grad for one in adapted.network.parameters())

    def test_of_the_head_alone_nothing_else_learns(self, network: nn.Module, patient: BatchSet) -> None:
        adapted = adapt(network, patient, TASK, QUICK.model_copy(update={"layers": "head"}))
        before, after = weights_of(network), weights_of(adapted.network)
        changed = {name for name in before if not torch.equal(before[name], after[name])}
        assert changed == {"head.weight", "head.bias"}

    def test_a_strong_pull_holds_the_weights(self, network: nn.Module, patient: BatchSet, adapted: Adapted) -> None:
        held = adapt(network, patient, TASK, QUICK.model_copy(update={"strength": 1e4}))
        before = weights_of(network)["head.weight"]
        moved = float((weights_of(adapted.network)["head.weight"] - before).norm())
        assert float((weights_of(held.network)["head.weight"] - before).norm()) < 0.2 * moved

    def test_the_same_seed_gives_the_same_bits(self, network: nn.Module, patient: BatchSet, adapted: Adapted) -> None:
        again = adapt(network, patient, TASK, QUICK)
        pairs = zip(weights_of(again.network).values(), weights_of(adapted.network).values(), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)

    def test_what_is_learned_from_is_told(self, adapted: Adapted, patient: BatchSet) -> None:
        total = patient.windows.count()
        assert 0.65 * total["sz"] < adapted.windows["sz"] <= 0.75 * total["sz"]
        assert 0.65 * total["bckg"] < adapted.windows["bckg"] <= 0.75 * total["bckg"]


LATER = make_patient({100.0: 40.0, 400.0: 50.0}, {}, height=3.5, seed=3)


class TestWithBackgroundAlone:
    """Somewhat loud stretches, which are no seizure, and nothing that shows what one looks like."""

    @pytest.fixture(scope="class")
    def patient(self) -> BatchSet:
        restless = {60.0: 20.0, 160.0: 20.0, 260.0: 20.0, 360.0: 20.0, 470.0: 20.0, 540.0: 20.0}
        return make_patient({}, restless, height=2.4)

    def test_it_learns_what_is_no_seizure_and_still_finds_one(self, network: nn.Module, patient: BatchSet) -> None:
        adapted = adapt(network, patient, TASK, QUICK)
        false_before, false_after = (judge_false_alarms(one, patient) for one in (network, adapted.network))
        assert adapted.problem == ""
        assert false_after < 0.5 * false_before
        assert call(network, LATER)[0] > 0.95
        assert call(adapted.network, LATER)[0] > 0.95

    def test_without_what_keeps_it_from_that_it_would_fall_silent(self, network: nn.Module, patient: BatchSet) -> None:
        loader = WindowLoader(patient.reader, drop_absent_classes(patient.windows))
        plain = TrainingSettings(
            epochs=12, optimizer=QUICK.optimizer, loss=Padded(base=CrossEntropy(), n_classes=2), accelerator="cpu"
        )
        assert call(fit(freeze(copy.deepcopy(network), "all"), loader, plain).network, LATER)[0] < 0.1

    @pytest.mark.parametrize("lr", [0.1, 1.0])
    def test_a_network_that_falls_silent_is_not_taken(self, network: nn.Module, patient: BatchSet, lr: float) -> None:
        """Hardly anything is rehearsed here and nothing pulls back, but what is held back shows it."""
        alone = QUICK.model_copy(update={"rehearsal": 0.01, "strength": 0.0, "optimizer": Adam(lr=lr)})
        adapted = adapt(network, patient, TASK, alone)
        assert call(adapted.network, LATER)[0] > 0.5
        if lr == 1.0:
            assert "of the seizures that are held back it finds" in adapted.problem
            pairs = zip(weights_of(adapted.network).values(), weights_of(network).values(), strict=True)
            assert all(torch.equal(one, other) for one, other in pairs)

    def test_one_that_takes_nothing_for_a_seizure_is_left_alone(self, network: nn.Module, patient: BatchSet) -> None:
        deaf = copy.deepcopy(network)
        with torch.no_grad():
            deaf.head.bias.copy_(torch.tensor([1e6, 0.0]))
        adapted = adapt(deaf, patient, TASK, QUICK)
        assert "nothing that can be imagined for a seizure" in adapted.problem
        assert adapted.history == ()

    def test_it_may_be_drawn_as_a_training_with_few_seizures_was(self, network: nn.Module, patient: BatchSet) -> None:
        adapted = adapt(network, patient, TASK.model_copy(update={"balance": Undersample(ratio=0.5)}), QUICK)
        assert adapted.windows["sz"] == 0

    def test_others_can_be_rehearsed(self, network: nn.Module, patient: BatchSet) -> None:
        others = make_patient({100.0: 60.0, 300.0: 60.0}, {}, seed=5)
        adapted = adapt(network, patient, TASK, QUICK, rehearsal=others)
        assert call(adapted.network, LATER)[0] > 0.9

    def test_of_kinds_of_seizures_one_that_is_missing_in_between_is_refused(self, patient: BatchSet) -> None:
        table = patient.windows
        labels = table.labels.copy()
        labels[:50] = 2
        three = cut_windows(table.recordings, WindowGrid(4.0, 1.0), SeizureTypeScheme())
        with pytest.raises(ParameterError, match="none of the class 'focal'; rehearse"):
            drop_absent_classes(type(three)(table.recordings, three.recording, three.start, labels, 128, three.classes))


def test_a_network_that_is_run_on_each_lead_learns_from_the_lead_that_counts() -> None:
    """Of two leads one is louder in seizures; the network of one channel is adapted through the maximum over both."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = EachLead(EEGWaveNet(EEGWaveNetConfig(n_channels=1, sampling_rate=128.0)).eval())
    signal = np.random.default_rng(0).normal(0.0, 20.0, (2, 128 * 200)).astype(np.float32)
    signal[1, 128 * 60 : 128 * 120] *= 4.0
    marked = Annotations([Event(60.0, 60.0)], 200.0)
    one = PreparedRecording("m", "mouse", "1", "", ("left", "right"), 128.0, signal.shape[1], marked)
    windows = BatchSet(SignalsInMemory([one], [signal]), cut_windows([one], WindowGrid(4.0, 1.0)))
    quick = FinetuneSettings(epochs=5, optimizer={"optimizer": "adam", "lr": 3e-3}, batch_size=8)
    adapted = adapt(network, windows, TASK, quick)
    assert adapted.problem == ""
    sensitivity, false = call(adapted.network, windows)
    assert sensitivity > 0.9
    assert false < 0.1
    assert adapted.network.get_submodule("network").config.n_channels == 1


def test_a_patient_whose_marks_say_nothing_changes_nothing(network: nn.Module) -> None:
    """Seizures that are marked where nothing is: what can be learned of them does not carry over."""
    patient = make_patient({200.0: 60.0}, {}, height=1.0)
    adapted = adapt(network, patient, TASK, QUICK.model_copy(update={"epochs": 3, "optimizer": SGD(lr=1e-9)}))
    pairs = zip(weights_of(adapted.network).values(), weights_of(network).values(), strict=True)
    assert max(float((one - other).abs().max()) for one, other in pairs) < 1e-6


def test_too_little_is_refused(network: nn.Module) -> None:
    whole = make_patient({}, {})
    with pytest.raises(ParameterError, match="3 of the patient came; too few"):
        adapt(network, BatchSet(whole.reader, whole.windows.take([0, 1, 2])), TASK)


def test_the_pull_is_the_gradient_of_half_the_squared_distance() -> None:
    weights = nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = TowardsStart(base=SGD(lr=1.0, momentum=0.0), strength=0.5).build([weights])
    with torch.no_grad():
        weights += torch.tensor([4.0, 0.0])
    (3.0 * weights[1]).backward()
    optimizer.step()
    # d/dw (3 w1 + 0.25 |w - start|²) = (0.5 · 4, 3)
    assert weights.tolist() == [3.0, -1.0]


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS.load(name).kind in TRAINED])
def test_the_head_is_found_in_every_network(name: str) -> None:
    network = make_model(name, n_classes=3)
    head = find_head(network)
    n_head, n_all = (sum(one.numel() for one in part.parameters()) for part in (head, network))
    assert 0 < n_head < n_all
    *_, last = head.parameters()
    assert last.shape[0] in (2, 3, 4 * 3)  # the first class may be a constant; there may be four frames
    assert any(one.requires_grad for one in freeze(network, "head").parameters())


def test_the_head_of_a_network_on_each_lead_is_its_own() -> None:
    network = EEGWaveNet(EEGWaveNetConfig(n_channels=1))
    assert find_head(EachLead(network)) is find_head(network)
