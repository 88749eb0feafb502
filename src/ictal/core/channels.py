"""What a channel label says: which electrodes, or which other kind of signal.

Every label is read as a step from one electrode to another or to a reference, so that a file of any montage is a graph
of electrodes; :mod:`ictal.core.montage` finds its leads as paths in that graph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ictal.core.electrodes import find_electrode

COMMON_REFERENCE = "REF?"
"""The reference of labels that name none (``Fp1``); all such channels of a file are taken to share it."""

_PREFIX = re.compile(r"^(?:EEG|POL|E)[\s:_]+", re.IGNORECASE)
_DUPLICATE_SUFFIX = re.compile(r"^(.+-.+)-\d+$")
_DUMMY = re.compile(r"^[-.\s_]*$|^[-.\s_]+\d+$")
_NUMBERED = re.compile(r"^[A-H]\d{1,2}$")
_NUMBERED_ONLY = re.compile(r"^[BDEGH]\d{1,2}$")
_FEWEST_NUMBERED = 4
_KINDS = (
    ("annotation", re.compile(r"\b(EDF|BDF) ANNOTATIONS\b")),
    ("ecg", re.compile(r"E[CK]G")),
    ("eog", re.compile(r"EOG|\b[LR]OC\b|\b[LR]UE\b|\b[LR][UL]C\b")),
    ("emg", re.compile(r"EMG|\bCHIN|MASSETER|DELT|TIB")),
    (
        "other",
        re.compile(
            r"RESP|THOR|ABD|AIRFLOW|FLOW|NASAL|SNOR|SAO2|SPO2|OSAT|PULSE|PLETH|\bHR\b|\bPR\b|PHOTIC|\bDC\d*\b|\bIBI\b"
            r"|BURST|SUPPR|TEMP|EVENT|MARK|TRIG|STATUS|STIM|\bVNS\b|ACC|GYR|POSITION|LIGHT|PRESS|PULS|BATT"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The voltage between two electrodes, or between an electrode and a reference.

    Parameters
    ----------
    anode : str
        Canonical electrode name.
    cathode : str
        Canonical electrode name, or the reference as the file calls it, in capitals (``REF``, ``LE``, ``AVG``).

    Examples
    --------
    >>> str(Derivation("Fp1", "F7"))
    'Fp1-F7'
    """

    anode: str
    cathode: str

    def __str__(self) -> str:
        return f"{self.anode}-{self.cathode}"

    @property
    def is_bipolar(self) -> bool:
        """Whether both ends are electrodes on the head."""
        return find_electrode(self.cathode) is not None


def parse_label(label: str) -> Derivation | None:
    """Return what a label measures, or ``None`` if it names no 10-20 or 10-10 electrode.

    Examples
    --------
    >>> str(parse_label("EEG FP1-REF")), str(parse_label("T8-P8-1")), str(parse_label("F7-T3"))
    ('Fp1-REF', 'T8-P8', 'F7-T7')
    >>> parse_label("EEG EKG1-REF") is None
    True
    """
    text = _PREFIX.sub("", label.strip())
    text = _DUPLICATE_SUFFIX.sub(r"\1", text)
    anode_text, *rest = re.split(r"\s*[-–/:]\s*|_(?=\w)|\s+", text.strip(" ."), maxsplit=1)
    anode = find_electrode(anode_text.strip("."))
    if anode is None:
        return None
    cathode_text = rest[0].strip(" .") if rest else ""
    if not cathode_text:
        return Derivation(anode, COMMON_REFERENCE)
    cathode = find_electrode(cathode_text) or cathode_text.upper()
    return None if cathode == anode else Derivation(anode, cathode)


def parse_labels(labels: Sequence[str]) -> list[Derivation | None]:
    """Return what the labels of one file measure, each or ``None``.

    Caps with many electrodes number them A1, A2 … B1, B2 … H32, and some of those numbers look like 10-20 names (C3,
    F7). Where a file holds numbers that no 10-20 electrode has, none of them is read as one.

    Examples
    --------
    >>> [str(lead) for lead in parse_labels(["C3", "F7"])]
    ['C3-REF?', 'F7-REF?']
    >>> parse_labels(["C3", "F7", "B1", "B2", "D1", "D2"])
    [None, None, None, None, None, None]
    """
    numbered = [bool(_NUMBERED.match(label.strip())) for label in labels]
    if sum(bool(_NUMBERED_ONLY.match(label.strip())) for label in labels) < _FEWEST_NUMBERED:
        return [parse_label(label) for label in labels]
    return [None if is_number else parse_label(label) for label, is_number in zip(labels, numbered, strict=True)]


def channel_kind(label: str) -> str:
    """Return ``eeg``, ``ecg``, ``eog``, ``emg``, ``annotation``, ``dummy`` or ``other`` from a label alone.

    A label that says nothing else (``EEG1``, ``Ch 3``, ``left cortex``) is taken for EEG, since animal laboratories
    name their channels freely.

    Examples
    --------
    >>> [channel_kind(label) for label in ("FP1-F7", "EEG EKG1-REF", "-", "IBI", "mouse 4")]
    ['eeg', 'ecg', 'dummy', 'other', 'eeg']
    """
    if parse_label(label) is not None:
        return "eeg"
    if _DUMMY.match(label):
        return "dummy"
    text = label.upper()
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "eeg")
