"""Bring a recording of any montage to a target montage, and say how every lead came about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from ictal.core.channels import Derivation, channel_kind
from ictal.core.electrodes import positions
from ictal.core.errors import RecordingError, check_option
from ictal.core.montage import AVERAGE, MONTAGES, SURROUND, ElectrodeGraph, Montage, share_surround
from ictal.core.recording import Recording, RecordingView
from ictal.preprocessing.interpolation import interpolation_weights
from ictal.preprocessing.mixing import MixedRecording, MixingStream, Weights
from ictal.preprocessing.step import Step, Stream

AS_RECORDED = "as-recorded"
"""Every EEG channel of the file as it is."""

_NAMED_CHANNELS = 8
FEWEST_TO_INTERPOLATE = 4
"""Joined electrodes below which splines are not trusted."""

_FEWEST_TO_AVERAGE = 2
"""Electrodes below which there is no mean to speak of."""


@dataclass(frozen=True, slots=True)
class MontageReport:
    """How the leads of a montage came about.

    Attributes
    ----------
    montage : str
        Name of the target.
    direct, computed, interpolated, masked : tuple of str
        Leads that are a channel of the file; sums of channels; from spherical splines; unavailable, held at 0.
    missing_electrodes : tuple of str
        Electrodes that are not in the file and that a lead was interpolated or masked for want of.
    """

    montage: str
    direct: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    interpolated: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    missing_electrodes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know, in words."""
        wanting = f" (missing: {', '.join(self.missing_electrodes)})" if self.missing_electrodes else ""
        told = {"interpolated": self.interpolated, "masked, held at 0": self.masked}
        return tuple(f"montage: {what}: {', '.join(leads)}{wanting}" for what, leads in told.items() if leads)


class Leads(NamedTuple):
    """Leads and the channel weights that make them, shape (n_leads, n_channels)."""

    labels: tuple[str, ...]
    weights: Weights
    report: MontageReport


class MontageStep(Step):
    """Leads of a target montage from whatever channels a file has.

    A lead is the sum of channels along a path between its electrodes. Where there is none, it is interpolated by
    spherical splines from the electrodes that are joined with each other, if these are at least four; otherwise, or by
    choice, it is masked: its row is 0 and its name is in the report. Nothing is interpolated or masked silently.

    Attributes
    ----------
    to : str
        A name in :data:`ictal.core.montage.MONTAGES`, or ``as-recorded`` for all EEG channels of the file.
    missing : {"interpolate", "mask"}
        What becomes of a lead whose electrodes are not joined in the file.
    mapping : dict of str to str
        What an odd label of the file means: ``{"Kanal 1": "Fp1-F7"}``.

    Examples
    --------
    >>> recording = Recording.from_array(np.zeros((2, 256)), 256.0, ["left cortex", "EMG"])
    >>> MontageStep(to="as-recorded").apply(recording).channels
    ('left cortex',)
    """

    step: Literal["montage"] = "montage"
    to: str = "double-banana"
    missing: Literal["interpolate", "mask"] = "interpolate"
    mapping: dict[str, str] = Field(default_factory=dict)

    @property
    def causal(self) -> bool:
        """Yes: every sample is made from those of the same moment."""
        return True

    def apply(self, recording: Recording) -> Recording:
        """Return the recording in the target montage.

        Raises
        ------
        RecordingError
            If not a single lead can be made.
        ParameterError
            If the mapping names a channel that is not there, or something that is no electrode.
        """
        return MontageRecording(recording, self.derive(recording.channels, recording.source))

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the step for a live signal; see :meth:`apply` for what is refused."""
        leads = self.derive(channels)
        return MixingStream(leads.weights, leads.labels, sampling_rate)

    def derive(self, channels: Sequence[str], file: Path | None = None) -> Leads:
        """Return the leads for a file with these channels; see :meth:`apply` for what is refused."""
        if self.to == AS_RECORDED:
            leads = keep_eeg(channels, self.mapping)
        else:
            leads = derive_leads(MONTAGES[self.to], ElectrodeGraph(channels, self.mapping), self.missing)
        if len(leads.report.masked) == len(leads.labels):
            more = len(channels) - _NAMED_CHANNELS
            raise RecordingError(
                f"no lead of {self.to} can be made from {', '.join(map(repr, channels[:_NAMED_CHANNELS]))}"
                f"{f' and {more} more' if more > 0 else ''}; say what they are with --map, "
                f"as in --map 'Fp1-F7=Kanal 1', or use the montage {AS_RECORDED}",
                file=file,
                field="channels",
            )
        return leads

    @model_validator(mode="after")
    def _target_is_known(self) -> Self:
        check_option("montage", self.to, [*MONTAGES, AS_RECORDED])
        return self


class MontageRecording(MixedRecording):
    """A recording in a target montage.

    Attributes
    ----------
    report : MontageReport
        How its leads came about.
    """

    def __init__(self, inner: Recording, leads: Leads) -> None:
        super().__init__(inner, leads.weights, leads.labels)
        self.report = leads.report

    def own_notes(self) -> tuple[str, ...]:
        return self.report.notes


def find_montage_report(recording: Recording) -> MontageReport | None:
    """Return the report of the last montage step that a recording went through, or ``None`` if there was none."""
    while isinstance(recording, RecordingView):
        if isinstance(recording, MontageRecording):
            return recording.report
        recording = recording.inner
    return None


def keep_eeg(channels: Sequence[str], mapping: Mapping[str, str]) -> Leads:
    """Return all channels of kind EEG as leads, named as `mapping` says.

    Examples
    --------
    >>> keep_eeg(["EEG1", "EMG", "EEG2"], {}).labels
    ('EEG1', 'EEG2')
    """
    for label in mapping:
        check_option("map", label, channels)
    named = [mapping.get(label, label) for label in channels]
    kept = [index for index, label in enumerate(named) if channel_kind(label) == "eeg"]
    labels = tuple(named[index] for index in kept)
    return Leads(labels, np.eye(len(channels))[kept], MontageReport(AS_RECORDED, direct=labels))


def derive_leads(montage: Montage, graph: ElectrodeGraph, missing: str) -> Leads:
    """Return the leads of a montage from the channels of a file.

    Parameters
    ----------
    montage : Montage
    graph : ElectrodeGraph
        Of the file.
    missing : {"interpolate", "mask"}

    Examples
    --------
    >>> graph = ElectrodeGraph(["F7-Ref", "T3-Ref", "P3-O1"])
    >>> report = derive_leads(MONTAGES["double-banana"], graph, "interpolate").report
    >>> report.direct, report.computed, len(report.masked)
    (('P3-O1',), ('F7-T7',), 16)
    """
    joined = graph.potentials()
    potentials = dict(joined)
    if missing == "interpolate" and len(joined) >= FEWEST_TO_INTERPOLATE:
        potentials |= _interpolate(joined, [name for name in montage.electrodes if name not in joined])
    weights = np.zeros((len(montage.leads), graph.n_channels))
    leads_of: dict[str, list[str]] = {"direct": [], "computed": [], "interpolated": [], "masked": []}
    wanting: list[str] = []
    for row, lead in zip(weights, montage.leads, strict=True):
        kind, found = _derive_lead(lead, montage, graph, joined.keys(), potentials)
        row[:] = 0.0 if found is None else found
        leads_of[kind].append(str(lead))
        if kind in {"interpolated", "masked"}:
            needed = {lead.anode, lead.cathode} & set(montage.electrodes)
            wanting += [end for end in (lead.anode, lead.cathode) if end in needed and end not in graph.electrodes]
    kinds = {kind: tuple(leads) for kind, leads in leads_of.items()}
    report = MontageReport(montage.name, **kinds, missing_electrodes=tuple(dict.fromkeys(wanting)))
    return Leads(montage.labels, weights, report)


def _derive_lead(
    lead: Derivation,
    montage: Montage,
    graph: ElectrodeGraph,
    joined: Collection[str],
    potentials: Mapping[str, Weights],
) -> tuple[str, Weights | None]:
    if lead.cathode == AVERAGE:
        averaged = [potentials[name] for name in montage.electrodes if name in potentials]
        if lead.anode not in potentials or len(averaged) < _FEWEST_TO_AVERAGE:
            return "masked", None
        kind = "computed" if lead.anode in joined else "interpolated"
        return kind, potentials[lead.anode] - np.mean(averaged, axis=0)
    if lead.cathode == SURROUND:
        return _derive_surround(lead.anode, montage, joined, potentials)
    path = graph.lead(lead)
    if path is not None:
        return "direct" if np.count_nonzero(path) == 1 and path.max() == 1 else "computed", path
    if lead.anode in potentials and lead.cathode in potentials:
        return "interpolated", potentials[lead.anode] - potentials[lead.cathode]
    return "masked", None


def _derive_surround(
    electrode: str, montage: Montage, joined: Collection[str], potentials: Mapping[str, Weights]
) -> tuple[str, Weights | None]:
    """Return an electrode against those around it, and how that came about."""
    shares = share_surround(electrode, [name for name in montage.electrodes if name in potentials])
    if electrode not in potentials or len(shares) < _FEWEST_TO_AVERAGE:
        return "masked", None
    surround = np.sum([share * potentials[name] for name, share in shares.items()], axis=0)
    kind = "computed" if {electrode, *shares} <= set(joined) else "interpolated"
    return kind, potentials[electrode] - surround


def _interpolate(joined: Mapping[str, Weights], wanted: Sequence[str]) -> dict[str, Weights]:
    """Return the weights of electrodes that are not joined, from those that are."""
    if not wanted:
        return {}
    places = positions()
    spline = interpolation_weights([places[name] for name in joined], [places[name] for name in wanted])
    return dict(zip(wanted, spline @ np.array(list(joined.values())), strict=True))
