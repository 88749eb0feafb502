"""What was counted and measured of each model: ``facts.json``, which ``benchmarks/model_cards.py`` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What an hour of EEG costs on a processor, in windows that follow one another.

    Attributes
    ----------
    seconds : float
        On the clock.
    processor_seconds : float
        That its processors worked.
    memory : float
        MB, the largest private memory of the process.
    """

    seconds: float
    processor_seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a model, with the setup of its card.

    Attributes
    ----------
    kind : str
        See :data:`ictal.models.table.MODELS`; or ``codec``.
    parameters : int or None
        Numbers that are trained; 0 of a rule, ``None`` where they depend on the data.
    multiply_adds : int or None
        Of convolutions and products of matrices for one window, without the features in front; ``None`` where there are
        none.
    receptive_field : float
        Seconds that one answer looks at.
    costs : dict of str to Cost
        By engine, ``onnxruntime`` or ``torch``; what was not measured is not there.
    """

    kind: str
    parameters: int | None
    multiply_adds: int | None
    receptive_field: float
    costs: Mapping[str, Cost] = field(default_factory=dict)


def read_facts() -> dict[str, Facts]:
    """Return the facts of every model, by its name.

    Examples
    --------
    >>> facts = read_facts()["eegwavenet"]
    >>> facts.kind, facts.parameters, facts.receptive_field
    ('waveform', 45734, 4.0)
    """
    return {name: parse_facts(entry) for name, entry in read_sheet()["models"].items()}


def parse_facts(entry: Mapping[str, Any]) -> Facts:
    """Return the facts that stand in an entry of the file."""
    costs = {engine: Cost(**cost) for engine, cost in entry["costs"].items()}
    return Facts(**{**entry, "costs": costs})


def read_sheet() -> dict[str, Any]:
    """Return all that the file says: ``models``, and under ``measured`` how speed was measured."""
    sheet: dict[str, Any] = json.loads((files("ictal.models") / "facts.json").read_text(encoding="utf-8"))
    return sheet
