"""Montages, and how one is made from another.

The channels of a file are the edges of a graph whose nodes are electrodes and references. A lead is the sum of the
edges along a path from its anode to its cathode: one edge where the file holds it already, two over a shared
reference, more across a chain. So referential, bipolar and mixed files need no case of their own.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.channels import Derivation, parse_labels
from ictal.core.electrodes import SCALP_19, find_electrode, positions
from ictal.core.errors import ParameterError, check_option

Weights = NDArray[np.float64]

AVERAGE = "AVG"
"""The cathode of a lead against the mean of all anodes of its montage."""

SURROUND = "LAP"
"""The cathode of a lead against the mean of the electrodes around its anode."""

_MEANS = (AVERAGE, SURROUND)
_WIDEST_ANGLE = np.deg2rad(50.0)
"""From an electrode of the 10-20 system to those around it; the ones behind them are at 55 degrees or more."""


@dataclass(frozen=True, slots=True)
class Montage:
    """Leads in reading order.

    Parameters
    ----------
    name : str
        As in :data:`MONTAGES`.
    leads : tuple of Derivation
        A cathode of ``AVG`` is the average of all anodes of the montage, one of ``LAP`` that of the anodes around.

    Examples
    --------
    >>> str(MONTAGES["double-banana"].leads[0])
    'Fp1-F3'
    """

    name: str
    leads: tuple[Derivation, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The leads as text."""
        return tuple(str(lead) for lead in self.leads)

    @property
    def electrodes(self) -> tuple[str, ...]:
        """Every electrode that the leads need, in order of first use."""
        ends = [end for lead in self.leads for end in (lead.anode, lead.cathode) if end not in _MEANS]
        return tuple(dict.fromkeys(ends))


def _montage(name: str, *chains: str) -> Montage:
    leads = []
    for chain in chains:
        names = chain.split()
        leads += [Derivation(anode, cathode) for anode, cathode in itertools.pairwise(names)]
    return Montage(name, tuple(leads))


MONTAGES = {
    # The order is that of the SzCORE data sets; double banana and longitudinal bipolar are one thing.
    "double-banana": _montage(
        "double-banana",
        "Fp1 F3 C3 P3 O1",
        "Fp1 F7 T7 P7 O1",
        "Fz Cz Pz",
        "Fp2 F4 C4 P4 O2",
        "Fp2 F8 T8 P8 O2",
    ),
    "average": Montage("average", tuple(Derivation(name, AVERAGE) for name in SCALP_19)),
    "laplacian": Montage("laplacian", tuple(Derivation(name, SURROUND) for name in SCALP_19)),
}


def share_surround(electrode: str, others: Iterable[str]) -> dict[str, float]:
    """Return the electrodes around one, and the share of each in their mean: the nearer, the more.

    The difference to that mean is the source derivation, a Laplacian in µV.

    References
    ----------
    Hjorth, An on-line transformation of EEG scalp potentials into orthogonal source derivations,
    Electroencephalogr. Clin. Neurophysiol. 1975.

    Examples
    --------
    >>> {name: round(share, 2) for name, share in share_surround("Cz", SCALP_19).items()}
    {'Fz': 0.25, 'C3': 0.25, 'C4': 0.25, 'Pz': 0.25}
    """
    places = positions()
    angles = {name: float(np.arccos(places[electrode] @ places[name])) for name in others if name != electrode}
    nearness = {name: 1 / angle for name, angle in angles.items() if angle <= _WIDEST_ANGLE}
    total = sum(nearness.values())
    return {name: near / total for name, near in nearness.items()}


class ElectrodeGraph:
    """The electrodes of a file and the channels that join them.

    Parameters
    ----------
    channels : sequence of str
        Labels of the file. Of labels that measure the same, the first is used.
    mapping : mapping of str to str, optional
        What an odd label of the file means: ``{"Kanal 1": "Fp1-F7"}``.

    Examples
    --------
    >>> graph = ElectrodeGraph(["FP1-REF", "F7-REF"])
    >>> graph.lead(Derivation("Fp1", "F7"))
    array([ 1., -1.])
    """

    def __init__(self, channels: Sequence[str], mapping: Mapping[str, str] | None = None) -> None:
        self.n_channels = len(channels)
        self._edges: dict[str, dict[str, tuple[int, float]]] = {}
        named = dict(mapping or {})
        for label in named:
            check_option("map", label, channels)
        derivations = parse_labels([named.get(label, label) for label in channels])
        for index, (label, derivation) in enumerate(zip(channels, derivations, strict=True)):
            if derivation is None and label in named:
                raise ParameterError(
                    f"map: {label}={named[label]}: {named[label]!r} is not allowed; "
                    "give an electrode (Fp1) or a lead (Fp1-F7)."
                )
            if derivation is not None:
                self._edges.setdefault(derivation.anode, {}).setdefault(derivation.cathode, (index, 1.0))
                self._edges.setdefault(derivation.cathode, {}).setdefault(derivation.anode, (index, -1.0))

    @property
    def electrodes(self) -> tuple[str, ...]:
        """The electrodes with a position that any channel touches."""
        return tuple(name for name in self._edges if find_electrode(name))

    def lead(self, wanted: Derivation) -> Weights | None:
        """Return the channel weights of one lead, shape (n_channels,), or ``None`` where no path joins its ends."""
        return self._paths_from(wanted.cathode).get(wanted.anode)

    def potentials(self) -> dict[str, Weights]:
        """Return the weights of every electrode of the largest joined group against one node of that group.

        Which node that is does not matter to differences, nor to interpolation, whose weights add up to one.
        """
        largest: dict[str, Weights] = {}
        seen: set[str] = set()
        for root in self._edges:
            if root in seen:
                continue
            group = self._paths_from(root)
            seen |= set(group)
            placed = {name: weights for name, weights in group.items() if find_electrode(name)}
            if len(placed) > len(largest):
                largest = placed
        return largest

    def _paths_from(self, root: str) -> dict[str, Weights]:
        """Return, for every node that can be reached, the weights of (node - root) along a shortest path."""
        if root not in self._edges:
            return {}
        paths = {root: np.zeros(self.n_channels)}
        queue = deque([root])
        while queue:
            node = queue.popleft()
            for neighbour, (channel, sign) in self._edges[node].items():
                if neighbour not in paths:
                    paths[neighbour] = paths[node].copy()
                    paths[neighbour][channel] -= sign
                    queue.append(neighbour)
        return paths
