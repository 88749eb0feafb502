"""Simulated datasets: many subjects, written as BIDS in the form of SzCORE, with the whole truth beside them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.errors import IctalWarning, ParameterError, check_option, check_positive
from ictal.io.atomic import ensure_folder
from ictal.io.bids import SZCORE_CHANNELS, BidsName, write_bids_recording, write_dataset, write_json, write_participants
from ictal.io.edf_write import Identity
from ictal.io.events_tsv import write_events
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import POPULATIONS, UNSEEN
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.rodent import simulate_animal
from ictal.simulation.subject import Subject

RODENT = "rodent"

PHYSICAL_RANGE = (-3276.8, 3276.7)
"""µV: what 16 bits hold in steps of 0.1 µV, as clinical amplifiers have them."""

NOT_RECORDED = Identity(recording="Startdate X X X simulated")
"""What the header of each EDF file says: the equipment is none."""

TRUTH_FOLDER = Path("derivatives", "phantom")
"""Where everything that was planted is written, out of the way of tools that read all tables of a subject."""

_README = """\
Simulated EEG, made by `ictal simulate`. Nobody was recorded, and no figure on it is evidence of clinical performance.

Each recording lies beside its seizures (`_events.tsv`), which are known to the sample. `derivatives/phantom` holds the
rest of the truth: the physiology of each subject, and when each artefact, pattern and stage of sleep was.
"""


@dataclass(frozen=True, slots=True)
class PlannedHuman:
    """One recording of 19 electrodes.

    Parameters
    ----------
    name : BidsName
    subject : Subject
    seed : int
    duration : float
        Seconds.
    n_seizures : int
    difficulty : float
        0 to 1.
    sampling_rate, line_frequency : float
        Hz.
    """

    name: BidsName
    subject: Subject
    seed: int
    duration: float
    n_seizures: int
    difficulty: float
    sampling_rate: float = 256.0
    line_frequency: float = 50.0

    @property
    def population(self) -> str:
        """Whom the subject was drawn from."""
        return self.subject.population

    @property
    def seizure_kind(self) -> str:
        """Kind of the seizures."""
        return self.subject.epilepsy.kind

    def simulate(self) -> SimulatedRecording:
        """Return the recording."""
        return simulate_recording(
            self.duration,
            seed=self.seed,
            subject=self.subject,
            seizures=self.n_seizures,
            difficulty=self.difficulty,
            sampling_rate=self.sampling_rate,
            line_frequency=self.line_frequency,
        )

    def describe(self) -> dict[str, Any]:
        """Return how it is made, as JSON can hold it."""
        return {**asdict(self), "name": self.name.stem}


@dataclass(frozen=True, slots=True)
class PlannedAnimal:
    """One recording of a rodent's cortex; parameters as for :class:`PlannedHuman`."""

    name: BidsName
    seed: int
    duration: float
    n_seizures: int
    sampling_rate: float = 500.0
    line_frequency: float = 50.0
    population: str = RODENT
    seizure_kind: str = "spike-train"

    def simulate(self) -> SimulatedRecording:
        """Return the recording."""
        return simulate_animal(
            self.duration,
            seed=self.seed,
            seizures=self.n_seizures,
            sampling_rate=self.sampling_rate,
            line_frequency=self.line_frequency,
        )

    def describe(self) -> dict[str, Any]:
        """Return how it is made, as JSON can hold it."""
        return {**asdict(self), "name": self.name.stem}


Planned = PlannedHuman | PlannedAnimal
"""One recording that can be made at any time, always the same."""


def plan_corpus(
    n_subjects: int,
    hours: float = 1.0,
    seed: int = 0,
    *,
    population: str = "adult",
    seizures_per_hour: float = 2.0,
    difficulty: float | None = None,
    sampling_rate: float | None = None,
    line_frequency: float = 50.0,
) -> tuple[Planned, ...]:
    """Return the recordings of a simulated dataset, one for each subject.

    Parameters
    ----------
    n_subjects : int
        1 or more.
    hours : float
        Of each subject.
    seed : int
        0 or more; subject 3 of a seed is the same whatever the number of subjects.
    population : str
        A name in :data:`~ictal.simulation.populations.POPULATIONS`, or ``"rodent"``; not ``"unseen"``, which is kept
        for the exam. Of several with commas between them the subjects are drawn in turn.
    seizures_per_hour : float
        On average, 0 to 30; the number in a recording is drawn.
    difficulty : float, optional
        0 to 1; drawn for each subject from 0.2 to 0.9 where not given.
    sampling_rate : float, optional
        Hz; 256, and 500 for rodents, where not given.
    line_frequency : float
        Hz.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Examples
    --------
    >>> [recording] = plan_corpus(1, hours=0.1)
    >>> recording.name.stem
    'sub-01_ses-01_task-szMonitoring_run-00'
    """
    populations = _check_populations(population)
    if n_subjects < 1 or seed < 0:
        raise ParameterError(
            f"subjects: {n_subjects!r} with seed {seed!r} is not allowed; there must be 1 or more, the seed 0 or more."
        )
    duration = 3600.0 * check_positive("hours", hours)
    if not 0 <= seizures_per_hour <= 30:
        raise ParameterError(f"seizures per hour: {seizures_per_hour!r} is not allowed; it must be 0 to 30.")
    width = max(2, len(str(n_subjects)))
    planned: list[Planned] = []
    for number in range(1, n_subjects + 1):
        rng = np.random.default_rng([seed, number])
        name = BidsName(f"{number:0{width}d}")
        own_seed = int(rng.integers(2**31))
        count = min(int(rng.poisson(seizures_per_hour * hours)), int(duration // 120))
        drawn = float(rng.uniform(0.2, 0.9))
        drawn_from = populations[(number - 1) % len(populations)]
        if drawn_from == RODENT:
            rate = 500.0 if sampling_rate is None else sampling_rate
            planned.append(PlannedAnimal(name, own_seed, duration, count, rate, line_frequency))
            continue
        subject: Subject = POPULATIONS.load(drawn_from)(rng)
        hardness = drawn if difficulty is None else difficulty
        rate = 256.0 if sampling_rate is None else sampling_rate
        planned.append(PlannedHuman(name, subject, own_seed, duration, count, hardness, rate, line_frequency))
    return tuple(planned)


def _check_populations(text: str) -> tuple[str, ...]:
    """Return the populations that a text names: one, several with commas between them, and rodents by themselves."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        check_option("population", name, (*(known for known in POPULATIONS if known != UNSEEN), RODENT))
    if RODENT in names and len(set(names)) > 1:
        raise ParameterError(f"population: {text!r} is not allowed; rodents and humans have other channels.")
    return names


def write_corpus_frame(folder: Path | str, name: str, planned: Iterable[Planned]) -> Path:
    """Write all of a simulated dataset but its recordings.

    Parameters
    ----------
    folder : path
        The dataset.
    name : str
        Of the dataset.
    planned : iterable of Planned

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    credits = {"Name": name, "License": "CC0", "Authors": ["ictal"], "HowToAcknowledge": "Simulated with ictal."}
    root = write_dataset(folder, credits, _README)
    rows = [(recording.name.subject, recording.population, recording.seizure_kind) for recording in planned]
    columns = {
        "population": {"Description": "Whom the simulated subject was drawn from."},
        "seizure_kind": {"Description": "Kind of the simulated seizures."},
    }
    write_participants(root, rows, columns)
    truth = {"Name": f"{name}: everything that was planted", "DatasetType": "derivative", "BIDSVersion": "1.8.0"}
    generator = {"GeneratedBy": [{"Name": "ictal simulate"}]}
    write_json(ensure_folder(root / TRUTH_FOLDER) / "dataset_description.json", {**truth, **generator})
    return root


def write_planned(folder: Path | str, planned: Planned) -> Path:
    """Write one recording of a simulated dataset with its truth.

    Returns
    -------
    Path
        The EDF file.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    recording = planned.simulate()
    sidecar = {
        "TaskDescription": "Simulated EEG; nobody was recorded.",
        "EEGReference": "Common Average" if isinstance(planned, PlannedHuman) else "n/a",
        "PowerLineFrequency": planned.line_frequency,
        "InstitutionName": "simulated",
    }
    ordered = recording.select(SZCORE_CHANNELS) if isinstance(planned, PlannedHuman) else recording
    with warnings.catch_warnings():
        # An amplifier saturates, and says nothing.
        warnings.filterwarnings("ignore", ".*physical range", IctalWarning)
        path = write_bids_recording(
            folder, planned.name, ordered, sidecar, physical_range=PHYSICAL_RANGE, identity=NOT_RECORDED
        )
    place = ensure_folder(Path(folder) / TRUTH_FOLDER / planned.name.folder)
    write_events(place / f"{planned.name.stem}_desc-truth_events.tsv", recording.truth)
    write_json(place / f"{planned.name.stem}_desc-truth_phantom.json", planned.describe())
    return path
