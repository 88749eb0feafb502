"""Scenes to try single parts of the phantom on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ictal.simulation.populations import draw_subject
from ictal.simulation.scene import Part, Scene
from ictal.simulation.states import States


@pytest.fixture
def make_scene() -> Callable[..., Scene]:
    """Return a function that makes a scene of somebody who is awake, with some habits of choice."""

    def make(
        seconds: float = 600.0,
        *,
        stages: tuple = (),
        closures: tuple = (),
        seizures: tuple = (),
        rate: float = 256.0,
        seed: int = 0,
        **habits: float,
    ) -> Scene:
        subject = draw_subject(0)
        return Scene(
            subject=replace(subject, habits=replace(subject.habits, **habits)),
            states=States(stages if stages else (("wake", 0.0, seconds),), closures),
            seizures=seizures,
            n_samples=round(seconds * rate),
            sampling_rate=rate,
            line_frequency=50.0,
            difficulty=0.5,
            seed=seed,
        )

    return make


@pytest.fixture
def lay() -> Callable[..., np.ndarray]:
    """Return a function that lays the layers of a part over a silent signal."""

    def layers_of(part: Part, scene: Scene, below: float = 0.0) -> np.ndarray:
        signal = np.full((19, scene.n_samples), below)
        for layer in part.layers:
            layer.apply(signal, 0)
        return signal

    return layers_of
