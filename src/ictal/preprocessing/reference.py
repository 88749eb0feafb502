"""Look at the same potentials against another reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ictal.core.channels import Derivation, channel_kind, parse_label
from ictal.core.electrodes import find_electrode, positions
from ictal.core.errors import RecordingError
from ictal.core.montage import ElectrodeGraph
from ictal.core.recording import Recording
from ictal.preprocessing.interpolation import laplacian_weights
from ictal.preprocessing.mixing import MixedRecording, MixingStream, Weights
from ictal.preprocessing.montage import FEWEST_TO_INTERPOLATE
from ictal.preprocessing.step import Step, Stream


class Reference(Step):
    """Another reference for the EEG channels; channels of another kind are left out.

    Attributes
    ----------
    to : {"average", "bipolar", "laplacian"}
        The mean of all EEG channels; the pairs in `leads`; or the surface Laplacian by spherical splines in µV/cm².
    leads : tuple of str
        For ``bipolar``: pairs of electrodes or of channel labels, ``Fp1-F7``, ``EEG1-EEG2``.
    head_radius : float
        cm, for ``laplacian``.

    Examples
    --------
    >>> recording = Recording.from_array([[4.0, 4.0], [2.0, 2.0]], 1.0, ["C3-Ref", "C4-Ref"])
    >>> Reference(to="average").apply(recording).read()
    array([[ 1.,  1.],
           [-1., -1.]], dtype=float32)
    """

    step: Literal["reference"] = "reference"
    to: Literal["average", "bipolar", "laplacian"] = "average"
    leads: tuple[str, ...] = ()
    head_radius: float = Field(default=9.5, gt=0, allow_inf_nan=False)

    @property
    def causal(self) -> bool:
        """Yes: every sample is made from those of the same moment."""
        return True

    def apply(self, recording: Recording) -> Recording:
        """Return the recording against the other reference.

        Raises
        ------
        RecordingError
            If the channels do not allow it.
        """
        labels, weights = self.derive(recording.channels, recording.source)
        return MixedRecording(recording, weights, labels)

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the step for a live signal; see :meth:`apply` for what is refused."""
        labels, weights = self.derive(channels)
        return MixingStream(weights, labels, sampling_rate)

    def derive(self, channels: Sequence[str], file: Path | None = None) -> tuple[tuple[str, ...], Weights]:
        """Return labels and channel weights of every row; see :meth:`apply` for what is refused."""
        try:
            if self.to == "average":
                return average_weights(channels)
            if self.to == "laplacian":
                return laplacian_rows(channels, self.head_radius)
            return self.leads, np.array([pair_weights(lead, channels) for lead in self.leads])
        except RecordingError as error:
            raise RecordingError(error.problem, file=file, field="channels") from None

    @model_validator(mode="after")
    def _leads_belong_to_bipolar(self) -> Self:
        if (self.to == "bipolar") != bool(self.leads):
            raise ValueError("reference: leads go with to='bipolar', and only with it")
        return self


def average_weights(channels: Sequence[str]) -> tuple[tuple[str, ...], Weights]:
    """Return labels and weights of all EEG channels against their mean.

    Raises
    ------
    RecordingError
        If there are fewer than two, or one of them is bipolar.
    """
    kept = [index for index, label in enumerate(channels) if channel_kind(label) == "eeg"]
    found = [parse_label(channels[index]) for index in kept]
    bipolar = [str(each) for each in found if each is not None and each.is_bipolar]
    if bipolar or len(kept) < 2:
        raise RecordingError(
            f"an average reference needs two or more EEG channels with one reference; {bipolar or len(kept)} came"
        )
    labels = [channels[index] if each is None else each.anode for index, each in zip(kept, found, strict=True)]
    weights = np.zeros((len(kept), len(channels)))
    weights[:, kept] = np.eye(len(kept)) - 1 / len(kept)
    return tuple(f"{label}-AVG" for label in labels), weights


def laplacian_rows(channels: Sequence[str], head_radius: float) -> tuple[tuple[str, ...], Weights]:
    """Return labels and weights of the surface Laplacian at every electrode that is joined with the others.

    Raises
    ------
    RecordingError
        If fewer than four electrodes are joined.
    """
    potentials = ElectrodeGraph(channels).potentials()
    if len(potentials) < FEWEST_TO_INTERPOLATE:
        raise RecordingError(
            f"a Laplacian needs {FEWEST_TO_INTERPOLATE} or more electrodes with one reference; {len(potentials)} came"
        )
    places = positions()
    laplacian = laplacian_weights([places[name] for name in potentials], head_radius)
    return tuple(f"{name}-CSD" for name in potentials), laplacian @ np.array(list(potentials.values()))


def pair_weights(lead: str, channels: Sequence[str]) -> Weights:
    """Return the channel weights of the difference of two electrodes or two channels, shape (n_channels,).

    Raises
    ------
    RecordingError
        If the ends are not in the file, or not joined.

    Examples
    --------
    >>> pair_weights("EEG1-EEG2", ["EEG1", "EEG2"])
    array([ 1., -1.])
    """
    anode, _, cathode = lead.partition("-")
    if anode in channels and cathode in channels:
        weights = np.zeros(len(channels))
        weights[channels.index(anode)] += 1
        weights[channels.index(cathode)] -= 1
        return weights
    plus, minus = find_electrode(anode), find_electrode(cathode)
    path = None if plus is None or minus is None else ElectrodeGraph(channels).lead(Derivation(plus, minus))
    if path is None:
        raise RecordingError(f"the lead {lead} cannot be made from {', '.join(map(repr, channels))}")
    return path
