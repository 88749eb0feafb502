"""The montages in which a recording can be shown, and the leads of each."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ictal.core.channels import Derivation, channel_kind, parse_labels
from ictal.core.electrodes import Electrode, find_electrode
from ictal.core.errors import check_option
from ictal.core.montage import MONTAGES, ElectrodeGraph
from ictal.core.recording import Recording
from ictal.plots.chains import EARS, group_leads
from ictal.preprocessing.mixing import MixedRecording, Weights
from ictal.preprocessing.montage import AS_RECORDED, derive_leads

Hemisphere = Literal["left", "right", "midline", ""]

_LEAST_SHARE = 0.5
_SHOWN_BELOW = ("eog", "ecg", "emg")
_FELT_WEIGHT = 0.2


@dataclass(frozen=True, eq=False)
class DisplayLeads:
    """The leads of a page and how they are made.

    Parameters
    ----------
    labels : tuple of str
    weights : ndarray, shape (n_leads, n_channels)
        Of the channels of the recording.
    kinds : tuple of str
        As :func:`ictal.core.channels.channel_kind` names them.
    hemispheres : tuple of str
        ``left``, ``right``, ``midline``; empty where a lead joins both sides or has no place.
    """

    labels: tuple[str, ...]
    weights: Weights
    kinds: tuple[str, ...]
    hemispheres: tuple[Hemisphere, ...]

    @property
    def feels(self) -> NDArray[np.bool_]:
        """Which lead is spoiled by which channel, shape (n_leads, n_channels): those that make up much of it."""
        strength = np.abs(self.weights)
        return np.asarray(strength >= _FELT_WEIGHT * np.maximum(strength.max(axis=1, keepdims=True), 1e-12))

    def take(self, rows: Sequence[int]) -> DisplayLeads:
        """Return some of the leads."""
        return DisplayLeads(
            tuple(self.labels[row] for row in rows),
            self.weights[list(rows)],
            tuple(self.kinds[row] for row in rows),
            tuple(self.hemispheres[row] for row in rows),
        )

    def apply(self, recording: Recording) -> Recording:
        """Return the recording as these leads; only the channels that they need are read."""
        return MixedRecording(recording, self.weights, self.labels)


def list_montages(recording: Recording, mapping: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the montages in which a recording can be shown, the one to begin with first.

    One needs at least half of its leads, made from electrodes of the file alone: what is read by eye is not
    interpolated.

    Parameters
    ----------
    recording : Recording
    mapping : mapping of str to str, optional
        What an odd label of the file means: ``{"Kanal 1": "Fp1-F7"}``; labels of other files do no harm.

    Examples
    --------
    >>> list_montages(Recording.from_array(np.zeros((2, 256)), 256.0, ["left cortex", "EMG"]))
    ('as-recorded',)
    """
    known = _fitting(recording.channels, mapping)
    possible = [name for name in MONTAGES if _is_possible(recording.channels, name, known)]
    first = [name for name in possible if name == "double-banana"]
    return (*first, AS_RECORDED, *(name for name in possible if name not in first))


def choose_leads(recording: Recording, montage: str, mapping: Mapping[str, str] | None = None) -> DisplayLeads:
    """Return the leads of a recording in a montage; those that cannot be made are left out.

    As recorded are all its channels, in the order of the file. The leads of all other montages stand in reading order:
    left, midline, right; below them the channels of eyes, heart and muscles.

    Raises
    ------
    ParameterError
        If the recording cannot be shown in this montage; those in which it can are listed.

    Examples
    --------
    >>> recording = Recording.from_array(np.zeros((2, 256)), 256.0, ["EEG C3-Ref", "EMG"])
    >>> leads = choose_leads(recording, "as-recorded")
    >>> leads.labels, leads.hemispheres
    (('EEG C3-Ref', 'EMG'), ('left', ''))
    """
    check_option("montage", montage, list_montages(recording, mapping))
    return _derive(recording.channels, montage, _fitting(recording.channels, mapping))


def _fitting(channels: Sequence[str], mapping: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return () if mapping is None else tuple((label, name) for label, name in mapping.items() if label in channels)


def _is_possible(channels: tuple[str, ...], montage: str, mapping: tuple[tuple[str, str], ...]) -> bool:
    leads = _derive(channels, montage, mapping)
    return leads.kinds.count("eeg") >= _LEAST_SHARE * len(MONTAGES[montage].leads)


@functools.lru_cache(maxsize=256)
def _derive(channels: tuple[str, ...], montage: str, mapping: tuple[tuple[str, str], ...]) -> DisplayLeads:
    named = [dict(mapping).get(label, label) for label in channels]
    identity = np.eye(len(channels))
    if montage == AS_RECORDED:
        return _describe(tuple(named), identity)
    leads = derive_leads(MONTAGES[montage], ElectrodeGraph(channels, dict(mapping)), "mask")
    reading_order = [row for chain in group_leads(leads.labels) for row in chain.rows]
    made = [row for row in reading_order if leads.labels[row] not in leads.report.masked]
    below = [row for kind in _SHOWN_BELOW for row, label in enumerate(named) if channel_kind(label) == kind]
    labels = (*(leads.labels[row] for row in made), *(named[row] for row in below))
    return _describe(labels, np.concatenate([leads.weights[made], identity[below]]))


def _describe(labels: tuple[str, ...], weights: Weights) -> DisplayLeads:
    sides = tuple(map(_find_hemisphere, parse_labels(labels)))
    return DisplayLeads(labels, weights, tuple(map(channel_kind, labels)), sides)


def _find_hemisphere(lead: Derivation | None) -> Hemisphere:
    """Return the side of a lead; the ears count only where they are not the reference of something else."""
    if lead is None:
        return ""
    ends = [name for name in (lead.anode, lead.cathode) if find_electrode(name)]
    sides = {Electrode(name).hemisphere for name in ends if name not in EARS or lead.anode in EARS} - {"midline"}
    if len(sides) == 2:
        return ""
    return "left" if "left" in sides else "right" if sides else "midline"
