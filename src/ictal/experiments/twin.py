"""Write the twin of a corpus, several recordings side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, ParameterError, check_option
from ictal.experiments.jobs import work_off
from ictal.experiments.simulate import SimulatedDataset
from ictal.io.corpora.corpus import list_corpus
from ictal.simulation.twin_files import read_clocks, write_twin, write_twin_frame
from ictal.simulation.twins import TWINS, PlannedTwin, plan_twins

Progress = Callable[[float], None]


def simulate_twin(
    output: Path,
    like: str,
    annotations: Path,
    *,
    lengths: Path | None = None,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
    **settings: Any,
) -> SimulatedDataset:
    """Write simulated recordings in the place of those of a corpus; what an earlier run finished is kept.

    Parameters
    ----------
    output : Path
        The folder of the twin: new, empty, or one that an earlier run made.
    like : str
        A name in :data:`~ictal.simulation.twins.TWINS`.
    annotations : Path
        The corpus, or its annotations alone.
    lengths : Path, optional
        A table of how long the files are, for annotations alone: ``sizes`` of CHB-MIT, ``headers`` of Siena.
    n_jobs : int
        Recordings side by side; the bytes do not depend on it.
    progress : callable
        Called with the share of the hours that is done.
    **settings
        As in :func:`~ictal.simulation.twins.plan_twins`.

    Raises
    ------
    ParameterError
        If the corpus has no twin, takes no table of lengths, or a value is out of its range.
    RecordingError
        If the annotations cannot be read.
    OutputError
        If the folder holds something else, or a file cannot be written; what was finished is kept.
    """
    option = TWINS[check_option("like", like, TWINS)].lengths
    if lengths is not None and not option:
        raise ParameterError(f"lengths: {str(lengths)!r} is not allowed; the annotations of {like} say them.")
    corpus = list_corpus(annotations, like, **({} if lengths is None else {option: lengths}))
    planned = plan_twins(corpus, read_clocks(corpus, lengths), **settings)
    root = write_twin_frame(output, corpus, planned)
    paths: dict[str, Path] = {}
    whole, done = sum(each.duration for each in planned), 0.0
    with work_off(partial(try_to_write, root), planned, n_jobs) as answers:
        for task, answer in answers:
            if isinstance(answer, IctalError):
                raise answer
            paths[task.name] = answer
            done += task.duration
            progress(done / whole)
    n_seizures = sum(len(each.seizures) for each in planned)
    return SimulatedDataset(root, tuple(paths[each.name] for each in planned), whole / 3600.0, n_seizures)


def try_to_write(folder: Path, planned: PlannedTwin) -> Path | IctalError:
    """Write one recording, in a process of its own perhaps; an error is an answer too."""
    try:
        return write_twin(folder, planned)
    except IctalError as error:
        return error
