"""Each part of a scene has random numbers of its own."""

from __future__ import annotations

import numpy as np

from ictal.simulation.populations import draw_subject
from ictal.simulation.scene import Scene
from ictal.simulation.states import States


def make(seed: int) -> Scene:
    states = States((("wake", 0.0, 10.0),))
    return Scene(draw_subject(0), states, (), 2560, 256.0, 50.0, 0.5, seed)


def test_parts_and_seeds_have_numbers_of_their_own() -> None:
    drawn = [tuple(make(seed).stream(part).uniform(size=3)) for seed in (0, 1) for part in ("alpha", "blinks")]
    assert len(set(drawn)) == 4
    np.testing.assert_array_equal(make(0).stream("alpha").uniform(size=3), drawn[0])


def test_the_duration_is_that_of_the_samples() -> None:
    assert make(0).duration == 10.0
