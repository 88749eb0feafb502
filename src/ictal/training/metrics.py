"""What a validation says of a network."""

from __future__ import annotations

from typing import Literal, get_args

Monitor = Literal[
    "loss",
    "auroc",
    "pr_auc",
    "balanced_accuracy",
    "f1",
    "sensitivity",
    "specificity",
    "event_sensitivity",
    "event_precision",
    "event_f1",
    "false_alarms_per_day",
]
"""A figure of the validation that can be watched. Those of windows come first, those of events by SzCORE after them."""

MONITORS: tuple[str, ...] = get_args(Monitor)

LOWER_IS_BETTER = frozenset({"loss", "false_alarms_per_day"})
"""All others are better the higher they are."""
