"""The rule of line length on line lengths with known rises."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.models.line_length import LineLengthConfig, LineLengthRule


def probabilities(lengths: np.ndarray, **config: float) -> np.ndarray:
    rule = LineLengthRule(LineLengthConfig(**config), len(lengths), window=2.0, step=1.0)  # type: ignore[arg-type]
    return rule.combine(np.concatenate([rule.push(lengths[:, :, None]), rule.finish()], axis=1))


def background(n_leads: int = 18, seconds: int = 300) -> np.ndarray:
    return 600.0 * 2.0 ** np.random.default_rng(0).normal(0, 0.2, (n_leads, seconds))


def test_background_stays_low() -> None:
    assert probabilities(background()).max() < 0.4


def test_a_rise_on_enough_leads_is_seen_and_on_those_of_one_electrode_is_not() -> None:
    focal, one_electrode = background(), background()
    focal[:5, 200:240] *= 6.0
    one_electrode[:2, 200:240] *= 50.0
    assert probabilities(focal)[200:240].min() > 0.9
    assert probabilities(one_electrode)[200:240].max() < 0.5


def test_the_probability_is_one_half_at_the_stated_rise() -> None:
    lengths = np.full((4, 60), 500.0)
    lengths[:, 50] *= 2.0
    assert probabilities(lengths, rise=1.0, slowest=0.0, gain=0.0)[50] == pytest.approx(0.5)


def test_a_flat_lead_that_wakes_up_to_nothing_is_no_seizure() -> None:
    lengths = np.full((4, 120), 0.01)
    lengths[:, 60:] = 40.0
    assert probabilities(lengths).max() < 0.1


def test_a_long_seizure_is_still_seen_at_its_end() -> None:
    lengths = background(seconds=400)
    lengths[:, 200:320] *= 5.0
    assert probabilities(lengths)[200:320].min() > 0.9
