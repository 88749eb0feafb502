from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.metrics import f1_score, fbeta_score, jaccard_score, log_loss
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from ictal.core.errors import ParameterError
from ictal.data.settings import parse_settings
from ictal.training.losses import (
    LOSSES,
    BinaryCrossEntropy,
    CrossEntropy,
    Focal,
    Loss,
    Tversky,
    share_out,
    weigh_classes,
)

COUNTS = np.array([700, 200, 100])
WEIGHTS = (0.5, 2.0, 3.0)


def make_frames(n_classes: int = 3, *, n_frames: int = 6, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Logits and labels in which every class occurs."""
    draws = torch.Generator().manual_seed(seed)
    logits = 3.0 * torch.randn(4, n_frames, n_classes, generator=draws, dtype=torch.float64)
    return logits, torch.arange(4 * n_frames).reshape(4, n_frames) % n_classes


def make_shares(n_classes: int = 3) -> Tensor:
    draws = torch.Generator().manual_seed(9)
    return torch.rand(4, 6, n_classes, generator=draws, dtype=torch.float64).softmax(dim=-1)


def value(settings: Loss, logits: Tensor, targets: Tensor, counts: np.ndarray = COUNTS) -> float:
    return float(settings.build(counts)(logits, targets))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", ["none", WEIGHTS])
def test_cross_entropy_of_labels_is_that_of_torch(weights: Any, smoothing: float) -> None:
    logits, labels = make_frames()
    weight = None if weights == "none" else torch.tensor(weights, dtype=torch.float64)
    expected = cross_entropy(logits.movedim(-1, 1), labels, weight, label_smoothing=smoothing)
    settings = CrossEntropy(class_weights=weights, label_smoothing=smoothing)
    assert value(settings, logits, labels) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_of_shares_is_that_of_torch(smoothing: float) -> None:
    (logits, _), shares = make_frames(), make_shares()
    expected = cross_entropy(logits.movedim(-1, 1), shares.movedim(-1, 1), label_smoothing=smoothing)
    assert value(CrossEntropy(label_smoothing=smoothing), logits, shares) == pytest.approx(float(expected), rel=1e-12)


def test_weighted_cross_entropy_is_that_of_scikit_learn() -> None:
    logits, labels = make_frames()
    probabilities, flat = logits.softmax(dim=-1).flatten(0, 1).numpy(), labels.flatten().numpy()
    expected = log_loss(flat, probabilities, sample_weight=np.asarray(WEIGHTS)[flat])
    assert value(CrossEntropy(class_weights=WEIGHTS), logits, labels) == pytest.approx(expected, rel=1e-12)


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    labels = np.repeat(np.arange(3), COUNTS)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(weigh_classes("class_weights", "balanced", COUNTS).numpy(), expected)


def test_of_two_classes_bce_is_that_of_torch() -> None:
    logits, labels = make_frames(2)
    expected = binary_cross_entropy_with_logits(
        logits[..., 1] - logits[..., 0], labels.double(), pos_weight=torch.tensor(4.0, dtype=torch.float64)
    )
    got = value(BinaryCrossEntropy(pos_weight=4.0), logits, labels, COUNTS[:2])
    assert got == pytest.approx(float(expected), rel=1e-12)


def test_bce_of_one_class_leaves_out_the_frames_of_the_others() -> None:
    logits, labels = make_frames()
    total = 0.0
    for number in (1, 2):
        chosen = (labels == 0) | (labels == number)
        difference = logits[..., number] - logits[..., 0]
        against = (labels == number).double()
        total += float(binary_cross_entropy_with_logits(difference[chosen], against[chosen], reduction="sum"))
    assert value(BinaryCrossEntropy(), logits, labels) == pytest.approx(total / (2 * labels.numel()), rel=1e-12)


def test_balanced_bce_weighs_each_class_as_much_as_the_background() -> None:
    got = BinaryCrossEntropy(pos_weight="balanced").build(COUNTS).get_buffer("pos_weight")
    np.testing.assert_allclose(got.numpy() * COUNTS[1:], [COUNTS[0]] * 2)


@pytest.mark.parametrize("settings", [CrossEntropy(), BinaryCrossEntropy(), Focal(gamma=0.0)], ids=lambda one: one.loss)
@given(odds=st.lists(st.floats(0.05, 20.0), min_size=2, max_size=5))
def test_what_is_fitted_is_the_softmax(settings: Loss, odds: list[float]) -> None:
    """There is no slope where the probabilities that detectors show are the shares of the classes."""
    shares = torch.tensor(odds, dtype=torch.float64)[None] / sum(odds)
    logits = shares.log()[None].requires_grad_()
    (slope,) = torch.autograd.grad(settings.build(np.ones(len(odds), np.int64))(logits, shares), logits)
    assert slope.abs().max() < 1e-12


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
def test_focal_follows_its_formula(gamma: float) -> None:
    logits, labels = make_frames(2)
    p_seizure = torch.sigmoid(logits[..., 1] - logits[..., 0])
    p_true = torch.where(labels == 1, p_seizure, 1.0 - p_seizure)
    alpha = torch.where(labels == 1, 0.75, 0.25)
    expected = (alpha * (1.0 - p_true) ** gamma * -p_true.log()).sum() / alpha.sum()
    got = value(Focal(gamma=gamma, alpha=(0.25, 0.75)), logits, labels, COUNTS[:2])
    assert got == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("weights", ["none", "balanced", WEIGHTS])
@pytest.mark.parametrize("soft", [False, True])
def test_focal_without_gamma_is_cross_entropy(weights: Any, soft: bool) -> None:
    logits, labels = make_frames()
    targets = make_shares() if soft else labels
    got = value(Focal(gamma=0.0, alpha=weights), logits, targets)
    assert got == pytest.approx(value(CrossEntropy(class_weights=weights), logits, targets), rel=1e-12)


@pytest.mark.parametrize("gamma", [0.1, 0.5, 2.0])
def test_focal_of_a_sure_frame_has_a_slope_that_is_a_number(gamma: float) -> None:
    logits = torch.tensor([[[200.0, -200.0]], [[0.1, 0.2]]], requires_grad=True)
    (slope,) = torch.autograd.grad(Focal(gamma=gamma).build(COUNTS[:2])(logits, torch.tensor([0, 0])), logits)
    assert slope.isfinite().all() and slope[1].any()


def make_decisions() -> tuple[Tensor, Tensor]:
    """Logits of a detector that is sure, right or wrong."""
    draws = torch.Generator().manual_seed(3)
    found, labels = torch.randint(0, 2, (2, 4, 50), generator=draws)
    return 500.0 * one_hot(found, 2).double(), labels


@pytest.mark.parametrize(
    ("settings", "reference"),
    [
        (Tversky(alpha=0.5, beta=0.5, smooth=1e-12), f1_score),
        (Tversky(alpha=1.0, beta=1.0, smooth=1e-12), jaccard_score),
        (Tversky(alpha=0.2, beta=0.8, smooth=1e-12), lambda true, found: fbeta_score(true, found, beta=2.0)),
    ],
    ids=["dice", "jaccard", "F2"],
)
def test_tversky_of_decisions_is_the_figure_of_scikit_learn(settings: Tversky, reference: Any) -> None:
    logits, labels = make_decisions()
    expected = reference(labels.flatten().numpy(), logits.argmax(dim=-1).flatten().numpy())
    assert value(settings, logits, labels, COUNTS[:2]) == pytest.approx(1.0 - expected, rel=1e-9)


def test_tversky_is_the_soft_dice_loss_at_one_half() -> None:
    logits, labels = make_frames(2)
    p, true = logits.softmax(dim=-1)[..., 1], labels.double()
    dice = (2.0 * (p * true).sum() + 2.0) / (p.sum() + true.sum() + 2.0)
    got = value(Tversky(alpha=0.5, beta=0.5, smooth=1.0), logits, labels, COUNTS[:2])
    assert got == pytest.approx(1.0 - float(dice), rel=1e-12)


def test_tversky_is_the_mean_over_the_classes_but_the_background() -> None:
    logits, labels = make_decisions()
    three = torch.cat([logits, torch.full_like(logits[..., :1], -500.0)], dim=-1)
    alone = value(Tversky(), logits, labels, COUNTS[:2])
    assert value(Tversky(), three, labels) == pytest.approx(alone / 2.0)


def test_tversky_pushes_false_alarms_down_where_there_is_no_seizure() -> None:
    logits = torch.zeros(2, 5, 2, requires_grad=True)
    Tversky().build(COUNTS[:2])(logits, torch.zeros(2, 5, dtype=torch.int64)).backward()
    assert logits.grad is not None and (logits.grad[..., 1] > 0).all()


def test_tversky_refuses_models_of_one_frame() -> None:
    with pytest.raises(ParameterError, match=r"'tversky' compares stretches of frames.*one frame for each window"):
        Tversky().build(COUNTS[:2])(torch.zeros(2, 1, 2), torch.tensor([0, 1]))


@pytest.mark.parametrize(
    ("settings", "parameter"),
    [
        (CrossEntropy(class_weights="balanced"), "class_weights"),
        (BinaryCrossEntropy(pos_weight="balanced"), "pos_weight"),
        (Focal(alpha="balanced"), "alpha"),
    ],
    ids=lambda one: getattr(one, "loss", None),
)
@pytest.mark.parametrize("missing", [0, 2])
def test_a_class_without_windows_cannot_be_balanced(settings: Loss, parameter: str, missing: int) -> None:
    counts = COUNTS.copy()
    counts[missing] = 0
    with pytest.raises(ParameterError, match=rf"loss.{parameter}: 'balanced' came, and class {missing} has no windows"):
        settings.build(counts)


@pytest.mark.parametrize("settings", [CrossEntropy(class_weights=(1.0, 2.0)), Focal(alpha=(1.0, 2.0))])
def test_weights_are_one_for_each_class(settings: Loss) -> None:
    with pytest.raises(ParameterError, match="2 numbers came; one for each of 3 classes is needed"):
        settings.build(COUNTS)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"loss": "cross-entropy", "class_weights": "balance"}, "'none' or 'balanced'"),
        ({"loss": "cross-entropy", "class_weights": [1.0, 0.0]}, "class_weights"),
        ({"loss": "cross-entropy", "label_smoothing": 1.0}, "less than 1"),
        ({"loss": "bce", "pos_weight": -1.0}, "greater than 0"),
        ({"loss": "focal", "gamma": -1.0}, "greater than or equal to 0"),
        ({"loss": "tversky", "smooth": 0.0}, "greater than 0"),
        ({"loss": "focall"}, "'focal'"),
    ],
)
def test_what_is_out_of_range_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        parse_settings(LOSSES, settings)
    with pytest.raises(ValidationError):
        CrossEntropy(label_smoothing=-0.1)


@pytest.mark.parametrize(
    "targets",
    [torch.zeros(2, dtype=torch.int64), torch.zeros(2, 4, dtype=torch.int64), torch.zeros(2, 3), torch.zeros(2, 5, 2)],
    ids=["labels of windows", "other frames", "shares of windows", "other classes"],
)
def test_targets_of_another_shape_are_refused(targets: Tensor) -> None:
    with pytest.raises(ParameterError, match=r"came for logits of shape \(2, 5, 3\)"):
        share_out(targets, torch.zeros(2, 5, 3))


def test_a_label_that_is_no_class_is_refused() -> None:
    for label in (-1, 3):
        with pytest.raises(RuntimeError, match="out of bounds"):
            share_out(torch.tensor([label]), torch.zeros(1, 1, 3))
