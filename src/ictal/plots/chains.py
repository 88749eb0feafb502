"""How leads stand together on the page: by side of the head, then by chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ictal.core.channels import parse_label
from ictal.core.electrodes import Electrode, find_electrode

EARS = ("A1", "A2")
"""Taken for references: C3-A2 is a left lead."""

READING_ORDER = (
    "left parasagittal",
    "left temporal",
    "midline",
    "right parasagittal",
    "right temporal",
    "across",
    "",
)


class Chain(NamedTuple):
    """Leads that are drawn without a space between them; `rows` are their numbers in the order they came."""

    name: str
    rows: tuple[int, ...]


def group_leads(labels: Sequence[str]) -> tuple[Chain, ...]:
    """Put leads into chains in reading order; labels that name no electrode keep together, unnamed, at the end.

    Examples
    --------
    >>> [chain.name for chain in group_leads(["Fp2-F8", "Fp1-F3", "Fz-Cz", "F3-C3"])]
    ['left parasagittal', 'midline', 'right temporal']
    >>> group_leads(["EEG1", "EEG2"])
    (Chain(name='', rows=(0, 1)),)
    """
    names = [name_chain(label) for label in labels]
    chains = (Chain(name, tuple(i for i, found in enumerate(names) if found == name)) for name in READING_ORDER)
    return tuple(chain for chain in chains if chain.rows)


def name_chain(label: str) -> str:
    """Return the chain of one lead, ``across`` where it joins the two sides, and nothing where it has no place.

    Examples
    --------
    >>> name_chain("T7-P7"), name_chain("C4-AVG"), name_chain("C3-C4"), name_chain("left cortex")
    ('left temporal', 'right parasagittal', 'across', '')
    """
    derivation = parse_label(label)
    if derivation is None:
        return ""
    named = (derivation.anode, derivation.cathode)
    ends = [Electrode(name) for name in named if find_electrode(name) and name not in EARS]
    sides = {end.hemisphere for end in ends} - {"midline"}
    if len(sides) == 2:
        return "across"
    if not sides:
        return "midline"
    line = "temporal" if any(end.lobe == "temporal" for end in ends) else "parasagittal"
    return f"{sides.pop()} {line}"
