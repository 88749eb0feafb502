"""Muscles that stay tense: how often, how fast, and at which electrodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import welch

from ictal.core.electrodes import SCALP_19
from ictal.simulation.scene import Scene
from ictal.simulation.tension import tense, tension


def test_it_fills_its_share_of_a_recording(make_scene: Callable[..., Scene]) -> None:
    shares = []
    for seed in range(5):
        part = tension(make_scene(4 * 3600.0, tension_share=0.3, seed=seed))
        assert {event.event_type for event in part.events} == {"muscle"}
        shares.append(sum(event.duration for event in part.events) / (4 * 3600.0))
    assert np.mean(shares) == pytest.approx(0.3, abs=0.07)
    assert not tension(make_scene(3600.0, tension_share=0.0)).events


def test_it_is_fast_and_lies_over_its_muscles() -> None:
    seen = tense(("left temporalis",), 20.0, 30 * 256, 256.0, seed=1)
    heights = seen.std(axis=1)
    assert SCALP_19[int(heights.argmax())] in {"F7", "T7"}
    assert heights.max() == pytest.approx(20.0, rel=0.3)
    frequencies, powers = welch(seen[int(heights.argmax())], 256.0, nperseg=512)
    assert powers[frequencies > 20.0].sum() > 0.9 * powers.sum()


def test_it_lasts() -> None:
    seen = tense(("left frontalis", "right frontalis"), 20.0, 60 * 256, 256.0, seed=2)
    seconds = seen[SCALP_19.index("Fp1")].reshape(60, 256).std(axis=1)
    assert (seconds[4:-4] > 0.3 * np.median(seconds)).all()
