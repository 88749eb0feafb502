"""How far a training is follows from its figures."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from ictal.training.metrics import LOWER_IS_BETTER, MONITORS
from ictal.training.settings import TrainingSettings
from ictal.training.standing import Standing, find_best, is_stalled

FIGURES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, math.nan, math.inf, -math.inf]), max_size=12)


@given(figures=FIGURES, monitor=st.sampled_from(MONITORS))
def test_the_best_is_the_first_that_no_other_beats(figures: list[float], monitor: str) -> None:
    finite = [figure for figure in figures if math.isfinite(figure)]
    best = find_best(figures, monitor)
    if not finite:
        assert best is None
        return
    assert best == figures.index(min(finite) if monitor in LOWER_IS_BETTER else max(finite))


@given(figures=FIGURES, patience=st.integers(1, 4))
def test_patience_counts_epochs_without_a_better_one(figures: list[float], patience: int) -> None:
    best, waited, stalled_at = -math.inf, 0, None
    for epoch, figure in enumerate(figures):
        waited = 0 if math.isfinite(figure) and figure > best else waited + 1
        best = max(best, figure) if math.isfinite(figure) else best
        if waited == patience and stalled_at is None:
            stalled_at = epoch
    first = next((n for n in range(len(figures)) if is_stalled(figures[: n + 1], "auroc", patience)), None)
    assert first == stalled_at
    assert not is_stalled(figures, "auroc", None)


def test_epochs_are_added() -> None:
    settings = TrainingSettings(epochs=5, patience=2, monitor="loss")
    network = nn.Linear(1, 1)
    standing = Standing()
    for figure in (0.5, 0.4, 0.6, math.nan):
        assert not standing.finished
        nn.init.constant_(network.weight, figure)
        standing = standing.add({"validation/loss": figure}, network, settings)
    assert standing.finished
    assert standing.best_epoch("loss") == 1
    assert standing.best_weights["weight"].item() == pytest.approx(0.4)
    assert len(standing.history) == 4


def test_weights_are_copied() -> None:
    network = nn.Linear(1, 1)
    standing = Standing().add({}, network, TrainingSettings(epochs=1))
    before = standing.best_weights["weight"].clone()
    nn.init.zeros_(network.weight)
    assert torch.equal(standing.best_weights["weight"], before)
    assert standing.finished


def test_what_is_not_validated_does_not_stall() -> None:
    settings = TrainingSettings(epochs=3, patience=1)
    standing = Standing()
    for _ in range(3):
        standing = standing.add({"train/loss": 1.0}, nn.Linear(1, 1), settings)
    assert len(standing.history) == 3
    assert standing.best_epoch("pr_auc") == 2


def test_it_becomes_plain_values_and_back() -> None:
    standing = Standing().add({"validation/loss": 0.1}, nn.Linear(1, 1), TrainingSettings())
    again = Standing(**standing.encode())
    assert (again.history, again.finished) == (standing.history, standing.finished)
