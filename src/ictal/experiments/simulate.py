"""Write a simulated dataset, several recordings side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, OutputError
from ictal.experiments.jobs import work_off
from ictal.simulation import exam
from ictal.simulation.corpus import Planned, plan_corpus, write_corpus_frame, write_planned

Progress = Callable[[float], None]


@dataclass(frozen=True)
class SimulatedDataset:
    """What was written."""

    folder: Path
    recordings: tuple[Path, ...]
    hours: float
    n_seizures: int


def simulate_corpus(
    output: Path,
    n_subjects: int,
    hours: float,
    seed: int,
    *,
    n_jobs: int = 1,
    overwrite: bool = False,
    progress: Progress = lambda share: None,
    **settings: Any,
) -> SimulatedDataset:
    """Write a simulated dataset as BIDS in the form of SzCORE.

    Parameters
    ----------
    output : Path
        A folder that is not there or empty, unless `overwrite`.
    n_subjects, hours, seed, **settings
        As in :func:`~ictal.simulation.corpus.plan_corpus`.
    n_jobs : int
        Recordings side by side; the bytes do not depend on it.
    overwrite : bool
        Write over what is there; files of other names stay.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If a value is out of its range.
    OutputError
        If the folder is not empty, or a file cannot be written.
    """
    planned = plan_corpus(n_subjects, hours, seed, **settings)
    return write_dataset(output, f"ictal simulated EEG, seed {seed}", planned, n_jobs, overwrite, progress)


def simulate_exam(
    output: Path, *, n_jobs: int = 1, overwrite: bool = False, progress: Progress = lambda share: None
) -> SimulatedDataset:
    """Write the frozen exam and check every file of it; parameters as for :func:`simulate_corpus`.

    Raises
    ------
    OutputError
        If the folder is not empty, a file cannot be written, or one is not, byte for byte, the frozen one.
    """
    dataset = write_dataset(output, exam.NAME, exam.plan_exam(), n_jobs, overwrite, progress)
    changed = exam.changed_files(output)
    if changed:
        raise OutputError(
            f"{output / changed[0]}: differs from the frozen exam, as do {len(changed) - 1} more files; "
            "figures on it cannot be compared. The versions of constraints.txt give the frozen bytes."
        )
    return dataset


def write_dataset(
    output: Path, name: str, planned: tuple[Planned, ...], n_jobs: int, overwrite: bool, progress: Progress
) -> SimulatedDataset:
    """Write planned recordings as one dataset, several side by side."""
    if not overwrite and output.is_dir() and any(output.iterdir()):
        raise OutputError(f"{output}: the folder is not empty; choose another one or give --overwrite.")
    root = write_corpus_frame(output, name, planned)
    paths: dict[str, Path] = {}
    with work_off(partial(try_to_write, root), planned, n_jobs) as answers:
        for done, (task, answer) in enumerate(answers, start=1):
            if isinstance(answer, IctalError):
                raise answer
            paths[task.name.stem] = answer
            progress(done / len(planned))
    return SimulatedDataset(
        folder=root,
        recordings=tuple(paths[recording.name.stem] for recording in planned),
        hours=sum(recording.duration for recording in planned) / 3600.0,
        n_seizures=sum(recording.n_seizures for recording in planned),
    )


def try_to_write(folder: Path, planned: Planned) -> Path | IctalError:
    """Write one recording, in a process of its own perhaps; an error is an answer too."""
    try:
        return write_planned(folder, planned)
    except IctalError as error:
        return error
