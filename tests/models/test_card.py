"""What the card of a model says."""

from __future__ import annotations

from ictal.models.card import Setup


def test_the_facts_of_a_setup_are_those_that_training_fills_in() -> None:
    setup = Setup("recipe tcn", n_channels=18, sampling_rate=256.0, window=60.0, n_frames=120, n_classes=3)
    assert setup.facts == {
        "n_channels": 18,
        "n_classes": 3,
        "sampling_rate": 256.0,
        "window": 60.0,
        "frame": 0.5,
    }
