"""What is settled before a simulated recording is made: who, how long, asleep or awake, which seizures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from ictal.core.events import Event
from ictal.simulation.layers import Layer
from ictal.simulation.seizure import Seizure
from ictal.simulation.states import States
from ictal.simulation.subject import Subject


@dataclass(frozen=True)
class Scene:
    """Everything that the parts of a phantom may know of each other.

    Parameters
    ----------
    subject : Subject
    states : States
        When the subject sleeps, and when the eyes are closed.
    seizures : tuple of Seizure
        Sorted and apart.
    n_samples : int
    sampling_rate, line_frequency : float
        Hz.
    difficulty : float
        0 to 1.
    seed : int
        0 or more.
    """

    subject: Subject
    states: States
    seizures: tuple[Seizure, ...]
    n_samples: int
    sampling_rate: float
    line_frequency: float
    difficulty: float
    seed: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.n_samples / self.sampling_rate

    def seed_for(self, part: str) -> list[int]:
        """Return the seed of one part of the phantom: no part changes when another one is added or drawn."""
        return [self.seed, crc32(part.encode())]

    def stream(self, part: str) -> np.random.Generator:
        """Return the random numbers of one part of the phantom."""
        return np.random.default_rng(self.seed_for(part))


@dataclass(frozen=True)
class Part:
    """What one part of the phantom adds: layers of signal, and the events that are true because of them."""

    layers: tuple[Layer, ...] = ()
    events: tuple[Event, ...] = ()


Builder = Callable[[Scene], Part]
