"""From the channels of a file to the leads of a detector."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.detection.artefacts import ArtefactWatch, watch_used
from ictal.detection.settings import Leads
from ictal.preprocessing.montage import Leads as DerivedLeads
from ictal.preprocessing.montage import MontageRecording, MontageStep


class LeadRecording(MontageRecording):
    """The leads of a detector, and a watch over the channels that they are made of.

    Attributes
    ----------
    watch : ArtefactWatch
        What was judged so far.
    """

    def __init__(self, watch: ArtefactWatch, leads: DerivedLeads) -> None:
        super().__init__(watch, leads)
        self.watch = watch


def take_leads(recording: Recording, wanted: Leads, mapping: Mapping[str, str]) -> LeadRecording:
    """Return the recording in the montage of a detector, or in the one that it takes otherwise.

    Parameters
    ----------
    recording : Recording
        As read from its file.
    wanted : Leads
        What the detector looks at.
    mapping : mapping of str to str
        What odd labels of the file mean.

    Raises
    ------
    RecordingError
        If fewer leads than the detector needs are there and it takes no other montage.

    Examples
    --------
    >>> recording = Recording.from_array([[0.0] * 256] * 2, 256.0, ["left", "right"])
    >>> take_leads(recording, Leads(otherwise="as-recorded"), {}).report.montage
    'as-recorded'
    """
    leads = _choose_leads(recording, wanted, mapping)
    used = np.flatnonzero(leads.weights.any(axis=0))
    watch = watch_used(recording, used.tolist())
    weights = leads.weights[:, used] if len(watch.channels) == len(used) else leads.weights
    return LeadRecording(watch, DerivedLeads(leads.labels, weights, leads.report))


def _choose_leads(recording: Recording, wanted: Leads, mapping: Mapping[str, str]) -> DerivedLeads:
    step = MontageStep(to=wanted.montage, missing=wanted.missing, mapping=dict(mapping))
    if wanted.otherwise is None:
        leads = step.derive(recording.channels, recording.source)
        _require(leads, wanted.minimum, recording)
        return leads
    other = step.model_copy(update={"to": wanted.otherwise})
    try:
        leads = step.derive(recording.channels, recording.source)
    except RecordingError:
        return other.derive(recording.channels, recording.source)
    if _n_there(leads) < wanted.minimum:
        return other.derive(recording.channels, recording.source)
    return leads


def _n_there(leads: DerivedLeads) -> int:
    return len(leads.report.direct) + len(leads.report.computed)


def _require(leads: DerivedLeads, minimum: int, recording: Recording) -> None:
    if _n_there(leads) < minimum:
        raise RecordingError(
            f"only {_n_there(leads)} of the {len(leads.labels)} leads of {leads.report.montage} are there and the "
            f"detector needs {minimum}; missing are {', '.join(leads.report.missing_electrodes)}; "
            "--map NAME=LABEL names odd channels",
            file=recording.source,
            field="channels",
        )
