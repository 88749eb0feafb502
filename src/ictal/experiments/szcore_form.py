"""A recording as SzCORE asks for it: 19 electrodes against their average, or the double banana, at 256 Hz.

References
----------
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025: "Data".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ictal.core.channels import parse_labels
from ictal.core.events import Event
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.io.bids import SZCORE_CHANNELS
from ictal.preprocessing.montage import MontageStep
from ictal.preprocessing.resample import Resample

SZCORE_RATE = 256.0
"""Hz."""

_OLD_NAMES = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}
"""Electrodes that SzCORE calls by the names of 1958."""


def spell_as_szcore(electrode: str) -> str:
    """Return what SzCORE calls an electrode.

    Examples
    --------
    >>> spell_as_szcore("T7"), spell_as_szcore("Fp1")
    ('T3', 'Fp1')
    """
    return _OLD_NAMES.get(electrode, electrode)


SZCORE_LEADS = tuple(
    f"{spell_as_szcore(lead.anode)}-{spell_as_szcore(lead.cathode)}" for lead in MONTAGES["double-banana"].leads
)
"""The double banana in the order and spelling of SzCORE."""


class RelabelledRecording(RecordingView):
    """A recording with other labels, one for each channel.

    Parameters
    ----------
    inner : Recording
    labels : sequence of str
    """

    def __init__(self, inner: Recording, labels: Sequence[str]) -> None:
        super().__init__(inner)
        self.channels = tuple(labels)

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)


def is_referential(labels: Sequence[str]) -> bool:
    """Whether most channels that name electrodes are against one and the same reference.

    Examples
    --------
    >>> is_referential(["EEG Fp1-REF", "EEG F7-REF", "EKG"]), is_referential(["FP1-F7", "F7-T7", "T7-P7"])
    (True, False)
    """
    against = Counter(lead.cathode for lead in parse_labels(labels) if lead is not None)
    return bool(against) and 2 * max(against.values()) > sum(against.values())


def bring_to_szcore(recording: Recording) -> Recording:
    """Return a recording in the montage and at the rate of SzCORE; nothing is read before it is needed.

    A referential recording becomes 19 electrodes against their average, any other one the double banana. Electrodes
    that are missing are interpolated, or held at 0 where too few are joined; the notes name them.

    Raises
    ------
    RecordingError
        If not a single lead can be made.

    Examples
    --------
    >>> import numpy as np
    >>> bipolar = Recording.from_array(np.zeros((2, 512)), 512.0, ["FP1-F7", "F7-T7"])
    >>> bring_to_szcore(bipolar)
    <ResampledRecording: 18 channels, 256 Hz, 1 s>
    """
    referential = is_referential(recording.channels)
    leads = MontageStep(to="average" if referential else "double-banana").apply(recording)
    if referential:
        by_name = dict(zip((_spell_lead(label) for label in leads.channels), leads.channels, strict=True))
        ordered = leads.select([by_name[label] for label in SZCORE_CHANNELS])
        named = RelabelledRecording(ordered, SZCORE_CHANNELS)
    else:
        named = RelabelledRecording(leads, SZCORE_LEADS)
    return Resample(sampling_rate=SZCORE_RATE).apply(named)


def rename_channels(event: Event, labels: Sequence[str]) -> Event:
    """Return an event on those of its channels that a recording has, by the names that it has for them.

    Where it has none of them, the event is on no channel in particular.

    Examples
    --------
    >>> rename_channels(Event(0.0, 1.0, channels=("EEG T7-Ref", "EKG")), SZCORE_CHANNELS).channels
    ('T3-Avg',)
    """
    if all(label in labels for label in event.channels):
        return event
    places = {str(lead): label for lead, label in zip(parse_labels(labels), labels, strict=True) if lead is not None}
    electrodes = {name.removesuffix("-AVG"): label for name, label in places.items() if name.endswith("-AVG")}
    found = []
    for label, lead in zip(event.channels, parse_labels(event.channels), strict=True):
        if label in labels:
            found.append(label)
        elif lead is not None:
            found.append(places.get(str(lead)) or electrodes.get(lead.anode, ""))
    return replace(event, channels=tuple(dict.fromkeys(filter(None, found))))


def _spell_lead(label: str) -> str:
    return f"{spell_as_szcore(label.removesuffix('-AVG'))}-Avg"
