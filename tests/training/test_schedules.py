from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR

from ictal.core.errors import ParameterError
from ictal.data.settings import parse_settings
from ictal.training.schedules import SCHEDULES, Constant, Cosine, OneCycle, Plateau, Schedule, Stepped

LR = 0.2


def make_optimizer() -> torch.optim.SGD:
    weight = torch.zeros(1, requires_grad=True)
    weight.grad = torch.zeros(1)
    return torch.optim.SGD([weight], lr=LR)


def walk(
    optimizer: torch.optim.Optimizer, stepped: Iterable[Stepped], steps_per_epoch: int, figures: Iterable[float]
) -> list[float]:
    """The share of the highest rate with which each batch is learned."""
    shares = []
    for figure in figures:
        for _ in range(steps_per_epoch):
            shares.append(optimizer.param_groups[0]["lr"] / LR)
            optimizer.step()
            for one in stepped:
                if not one.on_monitor:
                    one.scheduler.step()
        for one in stepped:
            if one.on_monitor:
                one.scheduler.step(figure)  # type: ignore[arg-type]
    return shares


def shares_of(
    schedule: Schedule,
    *,
    steps_per_epoch: int = 10,
    n_epochs: int = 8,
    figures: Iterable[float] | None = None,
    lower_is_better: bool = False,
) -> list[float]:
    optimizer = make_optimizer()
    stepped = schedule.build(
        optimizer, steps_per_epoch=steps_per_epoch, n_epochs=n_epochs, lower_is_better=lower_is_better
    )
    return walk(optimizer, stepped, steps_per_epoch, range(n_epochs) if figures is None else figures)


def shares_of_torch(scheduler: LRScheduler, n_steps: int) -> list[float]:
    return walk(scheduler.optimizer, [Stepped(scheduler)], n_steps, [0.0])


def test_constant() -> None:
    assert shares_of(Constant()) == [1.0] * 80


def test_cosine_is_that_of_torch() -> None:
    reference = CosineAnnealingLR(make_optimizer(), T_max=80, eta_min=0.1 * LR)
    assert shares_of(Cosine(floor=0.1)) == pytest.approx(shares_of_torch(reference, 80))


def test_one_cycle_is_that_of_torch() -> None:
    # That of torch reaches its floor with the last batch, ours after it; and torch counts the peak from 1.
    reference = OneCycleLR(make_optimizer(), LR, total_steps=81, pct_start=(0.3 * 80 + 1) / 81, cycle_momentum=False)
    assert shares_of(OneCycle()) == pytest.approx(shares_of_torch(reference, 80))


@given(peak=st.floats(0.05, 0.95))
def test_one_cycle_is_highest_at_its_peak_alone(peak: float) -> None:
    shares = shares_of(OneCycle(peak=peak), steps_per_epoch=25)
    top = shares.index(max(shares))
    assert abs(top - peak * 200) <= 1
    assert all(a <= b for a, b in pairwise(shares[: top + 1]))
    assert all(a >= b for a, b in pairwise(shares[top:]))


@pytest.mark.parametrize("name", ["constant", "cosine", "plateau"])
@pytest.mark.parametrize("warm_up", [0.3, 2.0])
def test_warm_up_is_a_straight_line_to_the_highest_rate(name: str, warm_up: float) -> None:
    schedule = parse_settings(SCHEDULES, {"schedule": name, "warm_up": warm_up})
    n = round(warm_up * 10)
    assert shares_of(schedule)[: n + 1] == pytest.approx([(i + 1) / (n + 1) for i in range(n + 1)])


def test_the_schedule_is_spread_over_what_the_warm_up_leaves() -> None:
    warm, cold = shares_of(Cosine(warm_up=3.0), n_epochs=8), shares_of(Cosine(), n_epochs=5)
    assert warm[30:] == pytest.approx(cold)


def test_one_cycle_warms_up_to_its_low_start() -> None:
    shares = shares_of(OneCycle(warm_up=1.0))
    assert shares[:11] == pytest.approx([0.04 * (i + 1) / 11 for i in range(11)])
    assert max(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("warm_up", [7.99, 8.0, 20.0])
def test_warm_up_of_the_whole_training_is_refused(name: str, warm_up: float) -> None:
    schedule = parse_settings(SCHEDULES, {"schedule": name, "warm_up": warm_up})
    with pytest.raises(ParameterError, match=rf"warm_up: {warm_up:g} epochs came; fewer than the 8"):
        shares_of(schedule)


def test_steps_after_the_last_stay_at_the_floor() -> None:
    shares = shares_of(Cosine(floor=0.25), n_epochs=2, figures=[0.0] * 4)
    assert shares[20:] == pytest.approx([0.25] * 20)


def test_plateau_waits_for_its_patience_and_falls() -> None:
    figures = [0.5, 0.6, 0.6, 0.4, 0.6, 0.7, 0.7, 0.7, 0.7]
    shares = shares_of(Plateau(factor=0.1, patience=2), steps_per_epoch=1, n_epochs=9, figures=figures)
    assert shares == pytest.approx([1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1])


def test_plateau_knows_where_lower_is_better() -> None:
    settings = Plateau(factor=0.1, patience=0)
    falling = [0.5, 0.4, 0.3, 0.2]
    lower = shares_of(settings, steps_per_epoch=1, n_epochs=4, figures=falling, lower_is_better=True)
    assert lower == [1.0] * 4
    assert shares_of(settings, steps_per_epoch=1, n_epochs=4, figures=falling) == pytest.approx([1.0, 1.0, 0.1, 0.01])


def test_the_smallest_gain_is_a_gain() -> None:
    figures = [0.5, 0.5 + 1e-9, 0.5 + 2e-9]
    assert shares_of(Plateau(patience=0), steps_per_epoch=1, n_epochs=3, figures=figures) == [1.0] * 3


def test_a_figure_that_is_not_a_number_is_no_gain() -> None:
    nan = float("nan")
    shares = shares_of(Plateau(patience=1), steps_per_epoch=1, n_epochs=4, figures=[nan, nan, 0.5, 0.6])
    assert shares == [1.0, 1.0, 0.5, 0.5]


def test_plateau_has_a_floor_and_falls_at_the_smallest_rates() -> None:
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1e-8)
    (plateau,) = Plateau(factor=0.5, patience=0, floor=0.3).build(optimizer, steps_per_epoch=1, n_epochs=9)
    rates = []
    for _ in range(4):
        plateau.scheduler.step(0.5)  # type: ignore[arg-type]
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([1e-8, 5e-9, 3e-9, 3e-9], abs=0.0)


def test_epochs_of_the_warm_up_do_not_count_for_the_plateau() -> None:
    shares = shares_of(Plateau(warm_up=2.5, patience=0), steps_per_epoch=10, n_epochs=6, figures=[0.5] * 6)
    assert shares[:25] == pytest.approx([(i + 1) / 26 for i in range(25)])
    assert shares[25:] == pytest.approx([1.0] * 15 + [0.5] * 10 + [0.25] * 10)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("n_done", [1, 3, 5])
def test_a_schedule_goes_on_from_a_checkpoint(name: str, n_done: int) -> None:
    schedule = parse_settings(
        SCHEDULES, {"schedule": name, "warm_up": 1.5, **({"patience": 1} if name == "plateau" else {})}
    )
    figures = [0.3, 0.5, 0.5, 0.4, 0.4, 0.4, 0.6, 0.4]
    unbroken = shares_of(schedule, figures=figures)

    first = make_optimizer()
    stepped = schedule.build(first, steps_per_epoch=10, n_epochs=8)
    walk(first, stepped, 10, figures[:n_done])
    kept = (first.state_dict(), [one.scheduler.state_dict() for one in stepped])

    second = make_optimizer()
    again = schedule.build(second, steps_per_epoch=10, n_epochs=8)
    second.load_state_dict(kept[0])
    for one, state in zip(again, kept[1], strict=True):
        one.scheduler.load_state_dict(state)
    assert walk(second, again, 10, figures[n_done:]) == unbroken[n_done * 10 :]


def test_each_group_has_its_own_highest_rate() -> None:
    groups: list[dict[str, list[Tensor] | float]] = [
        {"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.01)
    ]
    optimizer = torch.optim.SGD(groups)
    Cosine(warm_up=0.4).build(optimizer, steps_per_epoch=10, n_epochs=2)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.02, 0.002])
