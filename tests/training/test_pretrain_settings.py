"""Settings of a pretraining whose stages do not follow one another are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ictal.training.gradient_balancer import GradientBalancer
from ictal.training.pretrain_settings import LossWeights, PretrainSettings


def test_the_defaults_are_the_published_length() -> None:
    settings = PretrainSettings()
    assert (settings.steps, settings.warm_up) == (96_000, 4_000)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"warm_up": 100}, "warm_up 100 came; it must be fewer than the 100 steps"),
        ({"quantised_from": 100}, "quantised_from 100 came; it must be fewer than the 100 steps"),
        ({"adversarial_from": 5}, "adversarial_from 5 came; it must be quantised_from, 10, or later"),
        ({"weights": {"l1": 0, "line_length": 0, "stft": 0}}, "one of l1, line_length and stft must be above 0"),
        ({"weights": {"l2": 1}}, "l2"),
        ({"precision": "16"}, "precision"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, Any], said: str) -> None:
    settings = {"steps": 100, "warm_up": 10, "quantised_from": 10, "adversarial_from": 50}
    PretrainSettings(**settings)
    with pytest.raises(ValidationError, match=said):
        PretrainSettings(**settings | changes)


def test_every_weight_has_a_name_that_the_balancer_takes() -> None:
    weights = LossWeights(feature=0.25).model_dump()
    assert GradientBalancer(weights).weights == weights
    assert LossWeights(l1=2.0, feature=0.25).total(adversarial=True) == 5.25
