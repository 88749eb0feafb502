"""What the card of a model says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Paper:
    """Where an architecture was published; code that came without a paper is published, too."""

    authors: str
    title: str
    venue: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a model is counted and timed with.

    Attributes
    ----------
    origin : str
        Where it comes from: ``recipe …``, ``detector …``, or ``as published`` where the recipes differ from that.
    n_channels : int
    sampling_rate, window : float
        Hz, and seconds.
    n_frames, n_classes : int
        Labels of a window, and columns of the logits.
    features : dict or None
        What stands in front, as in a recipe.
    config : dict
        Settings of the model.
    """

    origin: str
    n_channels: int
    sampling_rate: float
    window: float
    n_frames: int = 1
    n_classes: int = 2
    features: dict[str, Any] | None = None
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What follows from the data, by the names that training gives it.

        Examples
        --------
        >>> Setup("recipe tcn", 18, 256.0, 60.0, n_frames=60).facts
        {'n_channels': 18, 'n_classes': 2, 'sampling_rate': 256.0, 'window': 60.0, 'frame': 1.0}
        """
        sizes = {"n_channels": self.n_channels, "n_classes": self.n_classes}
        return {
            **sizes,
            "sampling_rate": self.sampling_rate,
            "window": self.window,
            "frame": self.window / self.n_frames,
        }


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader wants to know of a model.

    Attributes
    ----------
    title : str
        What it is, in a line.
    papers : tuple of Paper
    reads : str
        Its input, in words.
    ours : str
        What is not published, or not as published.
    setup : Setup
    recipes : tuple of str
        Names of :data:`ictal.experiments.recipe.RECIPES`; the first is the one to begin with.
    """

    title: str
    papers: tuple[Paper, ...]
    reads: str
    ours: str
    setup: Setup
    recipes: tuple[str, ...] = ()
