"""Where electrodes are, and every way in which the world spells them.

Positions are those of the extended 10-20 system on a unit sphere, computed from its rule: the line nasion–Cz–inion and
the ring Fpz–T7–Oz–T8 are divided in steps of a tenth; every coronal row is a circle through its ends and its middle.

References
----------
Oostenveld and Praamstra, The five percent electrode system, Clin. Neurophysiol. 2001.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALP_19 = (
    *("Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8"),
    *("T7", "C3", "Cz", "C4", "T8"),
    *("P7", "P3", "Pz", "P4", "P8", "O1", "O2"),
)
"""The nineteen electrodes of the 10-20 system, front to back."""

_ALIASES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8", "01": "O1", "02": "O2", "0Z": "OZ", "M1": "A1", "M2": "A2"}

_ROWS = {
    # row: (degrees from Cz on the midline, positive to the front; degrees on the ring from Fpz)
    "AF": (67.5, 36.0),
    "F": (45.0, 54.0),
    "FC": (22.5, 72.0),
    "C": (0.0, 90.0),
    "CP": (-22.5, 108.0),
    "P": (-45.0, 126.0),
    "PO": (-67.5, 144.0),
}
_RING_NAMES = {"FC": "FT", "C": "T", "CP": "TP"}


@dataclass(frozen=True, slots=True)
class Electrode:
    """An electrode of the 10-20 or 10-10 system.

    Parameters
    ----------
    name : str
        Canonical: ``Fp1``, ``T7`` (not T3), ``P8`` (not T6), ``CPz``.

    Examples
    --------
    >>> Electrode("F7").hemisphere, Electrode("T7").lobe
    ('left', 'temporal')
    """

    name: str

    @property
    def position(self) -> NDArray[np.float64]:
        """Right, front, up on the unit sphere, shape (3,)."""
        return positions()[self.name]

    @property
    def hemisphere(self) -> str:
        """``left``, ``right`` or ``midline``."""
        digits = re.sub(r"\D", "", self.name)
        if not digits:
            return "midline"
        return "left" if int(digits) % 2 else "right"

    @property
    def lobe(self) -> str:
        """``frontal``, ``central``, ``temporal``, ``parietal`` or ``occipital``."""
        letters = re.sub(r"[\dz]", "", self.name)
        if self.name in {"T7", "T8", "F7", "F8", "P7", "P8", "FT9", "FT10", "A1", "A2"} or letters in {"FT", "T", "TP"}:
            return "temporal"
        lobes = {"Fp": "frontal", "AF": "frontal", "F": "frontal", "FC": "frontal", "C": "central"}
        lobes |= {"CP": "parietal", "P": "parietal", "PO": "occipital", "O": "occipital", "I": "occipital"}
        return lobes[letters]


@functools.cache
def positions() -> dict[str, NDArray[np.float64]]:
    """Return the position of every known electrode on the unit sphere, keyed by canonical name."""
    found: dict[str, NDArray[np.float64]] = {}
    for name, degrees in {"Fpz": 90.0, "Oz": -90.0, "Iz": -112.5}.items():
        found[name] = _midline(degrees)
    for name, azimuth in {"Fp1": 18.0, "Fp2": -18.0, "O1": 162.0, "O2": -162.0}.items():
        found[name] = _ring(azimuth)
    for row, (midline, ring) in _ROWS.items():
        found[row + "z"] = _midline(midline)
        ends = _RING_NAMES.get(row, row)
        for side, odd in ((1, 1), (-1, 0)):
            outer = _ring(side * ring)
            found[f"{ends}{8 - odd}"] = outer
            for number, fraction in ((2, 0.25), (4, 0.5), (6, 0.75)):
                found[f"{row}{number - odd}"] = _along_circle(_midline(midline), outer, fraction)
            found[f"{ends}{10 - odd}"] = _ring(side * ring, elevation=-22.5)
    found["A1"], found["A2"] = _ring(100.0, elevation=-35.0), _ring(-100.0, elevation=-35.0)
    return found


def _midline(degrees: float) -> NDArray[np.float64]:
    angle = np.deg2rad(degrees)
    return np.array([0.0, np.sin(angle), np.cos(angle)])


def _ring(azimuth: float, elevation: float = 0.0) -> NDArray[np.float64]:
    turn, rise = np.deg2rad(azimuth), np.deg2rad(elevation)
    return np.array([-np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)])


def _along_circle(middle: NDArray[np.float64], end: NDArray[np.float64], fraction: float) -> NDArray[np.float64]:
    """Return the point `fraction` of the way on the circle through `end`, `middle` and the mirror image of `end`."""
    mirrored = end * np.array([-1.0, 1.0, 1.0])
    axis = np.cross(end - middle, mirrored - middle)
    axis /= np.linalg.norm(axis)
    centre = axis * (axis @ middle)
    arm = middle - centre
    radius = np.linalg.norm(arm)
    towards = end - centre - arm * ((end - centre) @ arm) / radius**2
    towards *= radius / np.linalg.norm(towards)
    angle = fraction * np.arccos(np.clip(((end - centre) @ arm) / radius**2, -1.0, 1.0))
    point: NDArray[np.float64] = centre + arm * np.cos(angle) + towards * np.sin(angle)
    return point


@functools.cache
def _canonical_names() -> dict[str, str]:
    known = {name.upper(): name for name in positions()}
    return known | {alias: known[name.upper()] for alias, name in _ALIASES.items()}


def find_electrode(text: str) -> str | None:
    """Return the canonical name of one electrode, or ``None`` if the text is not one.

    Examples
    --------
    >>> find_electrode("FP1"), find_electrode("T3"), find_electrode("EKG1")
    ('Fp1', 'T7', None)
    """
    return _canonical_names().get(text.strip().upper())
