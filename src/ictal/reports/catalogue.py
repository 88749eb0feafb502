"""What ictal has to offer: the bundled detectors, and every architecture."""

from __future__ import annotations

from ictal.detection.library import describe_detectors
from ictal.models.cards import CARDS
from ictal.models.facts import Facts, read_facts

ROW = "{:<24}{:<12}{:>12}{:>9}   {}"


def list_models() -> str:
    """Return the text of ``ictal models``: a line for each detector, and a table of architectures.

    What the table counts is counted with the setup of a model's card; torch is not asked.

    Examples
    --------
    >>> [line for line in list_models().splitlines() if line.startswith("eegwavenet  ")]
    ['eegwavenet              waveform          45,734      4 s   eegwavenet, eegwavenet-loso …']
    """
    detectors = [f"{name:<22}{summary}" for name, summary in describe_detectors()]
    header = ROW.format("architecture", "kind", "parameters", "sees", "recipes")
    rows = [write_row(name, facts) for name, facts in sorted(read_facts().items())]
    return "\n".join([*detectors, "", header, *rows])


def write_row(name: str, facts: Facts) -> str:
    """Return the line of an architecture; no parameters are none to train, ``–`` stands where the data decides."""
    parameters = "–" if facts.parameters is None else f"{facts.parameters:,}"
    recipes = CARDS[name].recipes
    named = ", ".join(recipes[:2]) + (" …" if len(recipes) > 2 else "")
    return ROW.format(name, facts.kind, parameters, f"{facts.receptive_field:.3g} s", named).rstrip()
