"""What every loss, optimizer and schedule of the tables promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from ictal.data.settings import parse_settings
from ictal.training.losses import LOSSES, Loss, LossModule
from ictal.training.optimizers import OPTIMIZERS, Optimizer
from ictal.training.schedules import SCHEDULES, Schedule

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
TABLES = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
N_FRAMES = 5

every_loss = pytest.mark.parametrize("name", LOSSES)
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
every_schedule = pytest.mark.parametrize("name", SCHEDULES)
classes = pytest.mark.parametrize("n_classes", [2, 3])
every_entry = pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in TABLES for name in TABLES[kind]])


def make_loss(name: str, n_classes: int = 2) -> LossModule:
    settings: Loss = parse_settings(LOSSES, {"loss": name})
    return settings.build(np.arange(n_classes, 0, -1) * 100)


def make_frames(n_classes: int = 2) -> tuple[Tensor, Tensor]:
    draws = torch.Generator().manual_seed(n_classes)
    logits = 2.0 * torch.randn(4, N_FRAMES, n_classes, generator=draws, dtype=torch.float64)
    return logits, torch.arange(4 * N_FRAMES).reshape(4, N_FRAMES) % n_classes


def make_targets(labels: Tensor, n_classes: int, kind: str) -> Tensor:
    sure = nn.functional.one_hot(labels, n_classes).float()
    return {"labels": labels, "sure shares": sure, "shares": (0.7 * sure + 0.3 * sure.flip(0, 1)).float()}[kind]


@every_entry
def test_settings_are_a_frozen_value_of_a_recipe(kind: str, name: str) -> None:
    settings = parse_settings(TABLES[kind], {kind: name})
    assert parse_settings(TABLES[kind], settings.model_dump(mode="json")) == settings
    assert type(settings).model_validate_json(settings.model_dump_json()) == settings
    assert isinstance(hash(settings), int)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings, kind, "other")
    with pytest.raises(ValidationError, match="extra_forbidden"):
        type(settings)(gama=1.0)


@every_loss
@classes
@pytest.mark.parametrize("kind", ["labels", "sure shares", "shares"])
def test_gradients_are_right(name: str, n_classes: int, kind: str) -> None:
    logits, labels = make_frames(n_classes)
    loss, targets = make_loss(name, n_classes), make_targets(labels, n_classes, kind)
    assert torch.autograd.gradcheck(lambda values: loss(values, targets), logits.requires_grad_())


@every_loss
@classes
def test_shares_of_0_and_1_are_labels(name: str, n_classes: int) -> None:
    logits, labels = make_frames(n_classes)
    loss = make_loss(name, n_classes)
    torch.testing.assert_close(loss(logits, make_targets(labels, n_classes, "sure shares")), loss(logits, labels))


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "tversky"])
@pytest.mark.parametrize("kind", ["labels", "shares"])
def test_a_label_of_a_window_is_that_of_its_one_frame(name: str, kind: str) -> None:
    logits, labels = make_frames()
    loss, targets = make_loss(name), make_targets(labels[:, :1], 2, kind)
    assert torch.equal(loss(logits[:, :1], targets.squeeze(1)), loss(logits[:, :1], targets))


@every_loss
def test_the_loss_falls_where_the_right_logit_rises(name: str) -> None:
    logits, labels = make_frames(3)
    logits.requires_grad_()
    make_loss(name, 3)(logits, labels).backward()
    assert logits.grad is not None
    assert (logits.grad.gather(-1, labels[..., None]) < 0).all()


@every_loss
def test_the_order_of_windows_and_frames_does_not_matter(name: str) -> None:
    logits, labels = make_frames()
    loss = make_loss(name)
    torch.testing.assert_close(loss(logits.flip(0, 1), labels.flip(0, 1)), loss(logits, labels))


@every_loss
@classes
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("size", [0.0, 100.0, 6e4])
def test_extreme_logits_give_numbers(name: str, n_classes: int, device: str, dtype: torch.dtype, size: float) -> None:
    logits, labels = make_frames(n_classes)
    loss = make_loss(name, n_classes).to(device)
    for kind in ("labels", "shares"):
        extreme = (size * logits.sign()).to(device, dtype).requires_grad_()
        answer = loss(extreme, make_targets(labels, n_classes, kind).to(device))
        answer.backward()
        assert answer.ndim == 0 and answer.dtype == torch.float32 and answer.isfinite() and answer >= 0
        assert extreme.grad is not None and extreme.grad.isfinite().all()


@every_loss
def test_half_precision_is_read_exactly(name: str) -> None:
    logits, labels = make_frames()
    half, loss = logits.bfloat16(), make_loss(name)
    assert torch.equal(loss(half, labels), loss(half.float(), labels))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(loss(half, labels), loss(half.float(), labels))


@every_loss
def test_a_loss_adds_nothing_to_a_checkpoint(name: str) -> None:
    assert make_loss(name).state_dict() == {}


def make_network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))


def learn(network: nn.Module, loss: LossModule, optimizer: torch.optim.Optimizer, n_steps: int) -> float:
    """Learn from frames whose first number says the class; return the share of frames that are told right."""
    signal = torch.randn(16, N_FRAMES, 4, generator=torch.Generator().manual_seed(1))
    labels = (signal[..., 0] > 0.5).long()
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss(network(signal), labels).backward()
        optimizer.step()
    return float((network(signal).argmax(dim=-1) == labels).float().mean())


@every_loss
def test_a_network_learns_with_every_loss(name: str) -> None:
    network = make_network()
    assert learn(network, make_loss(name), torch.optim.Adam(network.parameters(), lr=0.05), 100) > 0.95


def build_optimizer(name: str, network: nn.Module, **settings: Any) -> torch.optim.Optimizer:
    chosen: Optimizer = parse_settings(OPTIMIZERS, {"optimizer": name, **settings})
    return chosen.build(network.parameters())


@every_optimizer
def test_a_network_learns_with_every_optimizer(name: str) -> None:
    network = make_network()
    assert learn(network, make_loss("cross-entropy"), build_optimizer(name, network, lr=0.05), 200) > 0.95


@every_optimizer
def test_an_optimizer_goes_on_from_a_checkpoint(name: str) -> None:
    loss, unbroken, first, second = make_loss("cross-entropy"), make_network(), make_network(), make_network()
    learn(unbroken, loss, build_optimizer(name, unbroken, weight_decay=0.01, decay_norms=False), 12)
    before = build_optimizer(name, first, weight_decay=0.01, decay_norms=False)
    learn(first, loss, before, 5)
    after = build_optimizer(name, second, weight_decay=0.01, decay_norms=False)
    second.load_state_dict(first.state_dict())
    after.load_state_dict(before.state_dict())
    learn(second, loss, after, 7)
    assert all(torch.equal(one, same) for one, same in zip(second.parameters(), unbroken.parameters(), strict=True))


@every_schedule
@pytest.mark.parametrize("warm_up", [0.0, 0.5])
def test_a_schedule_stays_within_the_rate_of_the_optimizer(name: str, warm_up: float) -> None:
    settings: Schedule = parse_settings(SCHEDULES, {"schedule": name, "warm_up": warm_up})
    optimizer = build_optimizer("sgd", make_network(), lr=0.3)
    stepped = settings.build(optimizer, steps_per_epoch=20, n_epochs=3)
    rates = []
    for _ in range(3):
        for _ in range(20):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            for one in stepped:
                if not one.on_monitor:
                    one.scheduler.step()
        for one in stepped:
            if one.on_monitor:
                one.scheduler.step(0.5)  # type: ignore[arg-type]
    assert 0.0 < min(rates) <= max(rates) == pytest.approx(0.3)
    assert rates[0] < 0.05 or warm_up == 0.0
