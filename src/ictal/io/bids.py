"""Datasets in the form of BIDS that SzCORE asks for: where files lie, and the sidecars beside them.

References
----------
BIDS specification, "Electroencephalography": https://bids-specification.readthedocs.io.
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.core.version import __version__
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.edf_write import Identity, write_edf
from ictal.io.event_types import SZCORE_TYPES
from ictal.io.events_tsv import MISSING, write_events
from ictal.io.hed import HED_VERSION, hed_tags

BIDS_VERSION = "1.8.0"
TASK = "szMonitoring"

SZCORE_CHANNELS = tuple(
    f"{name}-Avg"
    for name in (
        *("Fp1", "F3", "C3", "P3", "O1", "F7", "T3", "T5", "Fz", "Cz"),
        *("Pz", "Fp2", "F4", "C4", "P4", "O2", "F8", "T4", "T6"),
    )
)
"""The channels that SzCORE asks for, in its order and spelling."""


@dataclass(frozen=True, slots=True)
class BidsName:
    """The name of one recording of a dataset.

    Parameters
    ----------
    subject, session, run : str
        Letters and digits alone, as BIDS asks.

    Raises
    ------
    ParameterError
        If one holds anything else.

    Examples
    --------
    >>> name = BidsName("03")
    >>> name.folder.as_posix(), name.stem
    ('sub-03/ses-01/eeg', 'sub-03_ses-01_task-szMonitoring_run-00')
    """

    subject: str
    session: str = "01"
    run: str = "00"

    def __post_init__(self) -> None:
        for field in ("subject", "session", "run"):
            value = getattr(self, field)
            if not (value.isascii() and value.isalnum()):
                raise ParameterError(f"{field}: {value!r} is not allowed; BIDS names hold letters and digits alone.")

    @property
    def folder(self) -> Path:
        """Where its files lie in the dataset."""
        return Path(f"sub-{self.subject}", f"ses-{self.session}", "eeg")

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"sub-{self.subject}_ses-{self.session}_task-{TASK}_run-{self.run}"


def write_dataset(folder: Path | str, description: Mapping[str, Any], readme: str) -> Path:
    """Write what describes a dataset as a whole: its description, its README and the sidecar of all event tables.

    Parameters
    ----------
    folder : path
        Made where it is not there.
    description : mapping
        ``Name`` at least; versions and the kind of dataset are filled in, the generator too.
    readme : str
        What a reader should know first.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    root = ensure_folder(folder)
    versions = {"BIDSVersion": BIDS_VERSION, "HEDVersion": HED_VERSION, "DatasetType": "raw"}
    generator = {"GeneratedBy": [{"Name": "ictal", "Version": __version__}]}
    write_json(root / "dataset_description.json", {**versions, **generator, **description})
    write_json(root / f"task-{TASK}_events.json", describe_event_columns())
    with atomic_write(root / "README", "w") as file:
        file.write(readme.strip() + "\n")
    return root


def write_participants(
    folder: Path | str, rows: Iterable[Sequence[str]], columns: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write ``participants.tsv`` and its sidecar.

    Parameters
    ----------
    folder : path
        The dataset.
    rows : iterable of sequence of str
        The subject's name without ``sub-``, then one cell a column.
    columns : mapping
        Name of each further column → what the sidecar says of it.
    """
    with atomic_write(Path(folder) / "participants.tsv", "w") as file:
        file.write("\t".join(("participant_id", *columns)) + "\n")
        for subject, *cells in rows:
            file.write("\t".join((f"sub-{subject}", *cells)) + "\n")
    write_json(Path(folder) / "participants.json", dict(columns))


def write_bids_recording(
    folder: Path | str,
    name: BidsName,
    recording: Recording,
    sidecar: Mapping[str, Any],
    *,
    physical_range: tuple[float, float] | None = None,
    start_time: datetime | None = None,
    identity: Identity | None = None,
) -> Path:
    """Write one recording with its events and its sidecar, with nothing in it that identifies anybody unless given.

    Parameters
    ----------
    folder : path
        The dataset.
    name : BidsName
    recording : Recording
        With its events as annotations.
    sidecar : mapping
        What ``_eeg.json`` says beyond rate, length and number of channels.
    physical_range, start_time, identity : optional
        As in :func:`~ictal.io.edf_write.write_edf`; the table of events says the start time too.

    Returns
    -------
    Path
        The EDF file.
    """
    place = ensure_folder(Path(folder) / name.folder)
    path = place / f"{name.stem}_eeg.edf"
    who = Identity() if identity is None else identity
    write_edf(path, recording, physical_range=physical_range, start_time=start_time, identity=who)
    write_events(place / f"{name.stem}_events.tsv", recording.annotations, start_time)
    write_json(place / f"{name.stem}_eeg.json", {**describe_recording(recording), **sidecar})
    return path


def describe_recording(recording: Recording) -> dict[str, Any]:
    """Return the part of ``_eeg.json`` that a recording knows of itself."""
    return {
        "TaskName": TASK,
        "SamplingFrequency": recording.sampling_rate,
        "EEGChannelCount": len(recording.channels),
        "RecordingDuration": recording.duration,
        "RecordingType": "discontinuous" if recording.gaps else "continuous",
        "EEGReference": MISSING,
        "PowerLineFrequency": MISSING,
        "SoftwareFilters": MISSING,
        "HardwareFilters": MISSING,
        "EEGPlacementScheme": "10-20",
    }


def describe_event_columns() -> dict[str, Any]:
    """Return the sidecar of event tables, with the HED-SCORE tags of each kind of event."""
    return {
        "onset": {"Description": "Start of the event in seconds from the start of the recording."},
        "duration": {"Description": "Duration of the event in seconds."},
        "eventType": {
            "Description": "Kind of event.",
            "Levels": {name: hed_tags(name) for name in SZCORE_TYPES},
            "HED": {name: hed_tags(name) for name in SZCORE_TYPES},
        },
        "confidence": {"Description": "Confidence of the label from 0 to 1.", "HED": "Statistical-uncertainty/#"},
        "channels": {"Description": "Channels on which the event is seen, separated by commas."},
        "dateTime": {"Description": "When the recording began; n/a since a date helps to identify a person."},
        "recordingDuration": {"Description": "Length of the recording in seconds.", "Units": "s"},
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a sidecar: strict JSON, indented, in the order given."""
    with atomic_write(path, "w") as file:
        file.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
