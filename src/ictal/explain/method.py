"""What every method of explanation is: what it suits, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from ictal.core.attribution import Attribution
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore


class Method(NamedTuple):
    """A method of explanation.

    Attributes
    ----------
    refuse : callable
        From a network to the reason why it cannot be explained so; ``None`` where it can.
    explain : callable
        From the score that is asked about, the stretch and a seed to the attribution.
    """

    refuse: Callable[[nn.Module], str | None]
    explain: Callable[[EventScore, Stretch, int], Attribution]

    def suits(self, network: nn.Module) -> bool:
        """Whether it can explain a network."""
        return self.refuse(network) is None
