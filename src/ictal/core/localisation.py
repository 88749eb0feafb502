"""Where on the head an event is: how much each lead carries it, slice by slice, and what a reader would call that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.channels import Derivation, parse_label
from ictal.core.electrodes import Electrode, find_electrode
from ictal.core.errors import ParameterError
from ictal.core.spans import Span

Values = NDArray[np.float64]

CARRYING_SHARE = 0.5
"""A lead carries an event if its weight is at least this share of the highest."""


LATERAL = 1.5
"""What is highest on the midline is of a hemisphere that has this many times more than the other."""


@dataclass(frozen=True, eq=False)
class Localisation:
    """How much each lead carries an event, at its onset and in slices of time from there on.

    Parameters
    ----------
    leads : tuple of str
        As the recording names them after the montage.
    onset : array-like, shape (n_leads,)
        Weights at the onset, 1 for the lead that carries it most; 0 everywhere where nothing could be found out.
    slices : tuple of (start, stop)
        Stretches of the event, in seconds of the recording, the first from its onset or that of its clearest part.
    weights : array-like, shape (n_slices, n_leads)
        Weights in each slice, 0 to 1; low everywhere where the signal is hardly unlike that before the event.

    Examples
    --------
    >>> found = Localisation(("F7-T7", "T7-P7", "F8-T8"), [0.7, 1.0, 0.1], ((8.0, 13.0),), [[0.5, 0.6, 0.0]])
    >>> found.carrying
    ('T7-P7', 'F7-T7')
    >>> find_focus(found.of_onset).lobe
    'temporal'
    """

    leads: tuple[str, ...]
    onset: Values
    slices: tuple[Span, ...]
    weights: Values

    def __init__(self, leads: tuple[str, ...], onset: ArrayLike, slices: tuple[Span, ...], weights: ArrayLike) -> None:
        at_onset, over_time = np.asarray(onset, dtype=np.float64), np.asarray(weights, dtype=np.float64)
        if at_onset.shape != (len(leads),) or over_time.shape != (len(slices), len(leads)):
            raise ParameterError(
                f"localisation: weights of shapes {at_onset.shape} and {over_time.shape} came; allowed are "
                f"({len(leads)},) and ({len(slices)}, {len(leads)})."
            )
        object.__setattr__(self, "leads", tuple(leads))
        object.__setattr__(self, "onset", at_onset)
        object.__setattr__(self, "slices", tuple(slices))
        object.__setattr__(self, "weights", over_time)

    @property
    def of_onset(self) -> dict[str, float]:
        """The weight of each lead at the onset."""
        return dict(zip(self.leads, self.onset.tolist(), strict=True))

    @property
    def of_slices(self) -> tuple[tuple[Span, dict[str, float]], ...]:
        """Each slice with the weight of each lead in it."""
        rows = (dict(zip(self.leads, row, strict=True)) for row in self.weights.tolist())
        return tuple(zip(self.slices, rows, strict=True))

    @property
    def carrying(self) -> tuple[str, ...]:
        """The leads that carry the onset, the most important first."""
        highest = self.onset.max(initial=0.0)
        if highest <= 0:
            return ()
        ranked = np.argsort(-self.onset, kind="stable")
        return tuple(self.leads[i] for i in ranked if self.onset[i] >= CARRYING_SHARE * highest)


@dataclass(frozen=True, slots=True)
class Focus:
    """Where on the head something is, as readers of EEG say it.

    Parameters
    ----------
    hemisphere : str
        ``left``, ``right`` or ``midline``.
    lobe : str
        ``frontal``, ``central``, ``temporal``, ``parietal`` or ``occipital``, by :attr:`Electrode.lobe`.
    electrode : str
        The one with the highest weight.
    """

    hemisphere: str
    lobe: str
    electrode: str


def weigh_electrodes(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the mean weight of the leads that touch each electrode; labels without a place are left out.

    Where two neighbouring leads share an electrode and both carry much, as at a phase reversal, it gets the most.

    Examples
    --------
    >>> weigh_electrodes({"Fp1-F7": 1.0, "F7-T7": 0.0})
    {'Fp1': 1.0, 'F7': 0.5, 'T7': 0.0}
    """
    touching: dict[str, list[float]] = {}
    for lead, weight in place_leads(weights).items():
        for name in (lead.anode, lead.cathode):
            if find_electrode(name):
                touching.setdefault(name, []).append(weight)
    return {name: float(np.mean(found)) for name, found in touching.items()}


def place_leads(weights: Mapping[str, float]) -> dict[Derivation, float]:
    """Return the weights by derivation, without labels that name no electrode."""
    read = ((parse_label(label), weight) for label, weight in weights.items())
    return {lead: weight for lead, weight in read if lead is not None}


def find_focus(weights: Mapping[str, float]) -> Focus | None:
    """Return where the weights of leads say that something is; ``None`` if no lead has both a weight and a place.

    Electrodes get the mean of their leads. The electrodes of either hemisphere are added up, and the hemisphere with
    more is taken; of its electrodes and those of the midline, the highest is the place. Its lobe is that of the cortex
    below it: F7, T7 and P7 with their neighbours of the lower row are temporal, Fp, AF and the rest of F frontal, C
    central, P parietal and O occipital. An electrode of the midline has no side, unless one hemisphere has clearly
    more: of a parasagittal focus, Fz may see as much as its neighbour, and has fewer leads to share it with.

    Parameters
    ----------
    weights : mapping of str to float
        Of every lead, 0 or more.

    References
    ----------
    Koessler et al., Automated cortical projection of EEG sensors: anatomical correlation via the international 10-10
    system, NeuroImage 2009. Ebersole, Defining epileptogenic foci: past, present, future, J. Clin. Neurophysiol. 1997.

    Examples
    --------
    >>> find_focus({"Fp1-F7": 0.3, "F7-T7": 0.9, "T7-P7": 1.0, "P7-O1": 0.4, "F8-T8": 0.2, "T8-P8": 0.6})
    Focus(hemisphere='left', lobe='temporal', electrode='T7')
    >>> find_focus({"left cortex": 1.0}) is None
    True
    """
    electrodes = {Electrode(name): weight for name, weight in weigh_electrodes(weights).items()}
    if not any(weight > 0 for weight in electrodes.values()):
        return None
    sums = dict.fromkeys(("left", "right", "midline"), 0.0)
    for electrode, weight in electrodes.items():
        sums[electrode.hemisphere] += weight
    lesser = "" if sums["left"] == sums["right"] else min("left", "right", key=lambda side: sums[side])
    ends = [name for lead in place_leads(weights) for name in (lead.anode, lead.cathode)]
    # Of equals, the one that two leads share: the other may have got its weight from its neighbour alone.
    highest = max(
        (electrode for electrode in electrodes if electrode.hemisphere != lesser),
        key=lambda electrode: (electrodes[electrode], ends.count(electrode.name)),
    )
    side = highest.hemisphere
    if side == "midline" and lesser:
        greater = "right" if lesser == "left" else "left"
        side = greater if sums[greater] > LATERAL * sums[lesser] else side
    return Focus(side, highest.lobe, highest.name)
