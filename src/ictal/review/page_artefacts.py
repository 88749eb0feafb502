"""Which leads of a page are flat, clipped or disconnected, and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ictal.core.channels import channel_kind
from ictal.core.recording import Recording
from ictal.core.spans import Span, intersect_spans, merge_spans
from ictal.preprocessing.artefacts import RULES, join_frames, mark_frames
from ictal.review.display_montages import DisplayLeads


@dataclass(frozen=True, slots=True)
class LeadArtefact:
    """A stretch of one lead that is not EEG.

    Parameters
    ----------
    start, stop : float
        Seconds of the recording.
    lead : str
        As shown; empty for all of them.
    kind : str
        One of :data:`ictal.preprocessing.artefacts.KINDS`.
    """

    start: float
    stop: float
    lead: str
    kind: str


def find_page_artefacts(recording: Recording, span: Span, leads: DisplayLeads) -> tuple[LeadArtefact, ...]:
    """Return the artefacts of a stretch, in whole seconds, in the leads in which they are seen.

    The signal is judged as recorded, channel by channel, with as much around the stretch as an artefact must last, so
    that one at its edge is found.

    Parameters
    ----------
    recording : Recording
        As recorded.
    span : (start, stop)
        Seconds.
    leads : DisplayLeads
        What is shown of the recording.

    Examples
    --------
    >>> from ictal.review.display_montages import choose_leads
    >>> recording = Recording.from_array(np.zeros((1, 2560)), 256.0, ["C3"])
    >>> find_page_artefacts(recording, (4.0, 6.0), choose_leads(recording, "as-recorded"))
    (LeadArtefact(start=4.0, stop=6.0, lead='', kind='flat'),)
    """
    rate = recording.sampling_rate
    frame = RULES.frame_length(rate)
    around = int(np.ceil(max(RULES.durations) * rate / frame))
    first = max(0, int(span[0] * rate) // frame - around) * frame
    last = min(recording.n_samples, (-(-int(np.ceil(span[1] * rate)) // frame) + around) * frame)
    seen = np.flatnonzero(leads.feels.any(axis=0)).tolist()
    channels = [index for index in seen if channel_kind(recording.channels[index]) == "eeg"]
    if not channels:
        return ()
    labels = tuple(recording.channels[index] for index in channels)
    marks = mark_frames(recording.select(labels).read_samples(first, last), rate)
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for start, stop, channel, kind in join_frames(marks, labels, rate):
        for row in np.flatnonzero(leads.feels[:, recording.channels.index(channel)]):
            found[leads.labels[row], kind].append((start + first / rate, stop + first / rate))
    return _share_out({key: intersect_spans(merge_spans(spans), [span]) for key, spans in found.items()}, leads)


def _share_out(found: dict[tuple[str, str], tuple[Span, ...]], leads: DisplayLeads) -> tuple[LeadArtefact, ...]:
    """Return artefacts by start, as one where all leads have the same."""
    eeg = {label for label, kind in zip(leads.labels, leads.kinds, strict=True) if kind == "eeg"}
    together: dict[tuple[Span, str], list[str]] = defaultdict(list)
    for (lead, kind), spans in found.items():
        for span in spans:
            together[span, kind].append(lead)
    listed = [
        LeadArtefact(*span, lead, kind)
        for (span, kind), spoiled in together.items()
        for lead in ([""] if set(spoiled) >= eeg and len(eeg) == len(leads.labels) else spoiled)
    ]
    return tuple(sorted(listed, key=lambda artefact: artefact.start))
