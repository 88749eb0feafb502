"""The verb that simulates a dataset, or the twin of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, count, progress_bar, say
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError

_USUAL_NUMBER = 8

Subjects = Annotated[int | None, typer.Option(min=1, help="How many; 8 where not given, or all of a twin.")]
Population = Annotated[
    str,
    typer.Option(
        help="Whom the subjects are drawn from: adult, child, icu, neonate (commas between several), or rodent.",
        metavar="NAME",
    ),
]
Difficulty = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="0: seizures are large; 1: small. Drawn where not given.", metavar="X"),
]
Exam = Annotated[
    bool, typer.Option("--exam", help="The frozen exam instead, checked byte for byte; the options above are not used.")
]
Like = Annotated[
    str | None,
    typer.Option(
        help="A twin instead, with names, lengths and seizure times of a corpus: chb-mit, siena, helsinki, seizeit2.",
        metavar="NAME",
    ),
]
TwinSource = Annotated[
    Path | None, typer.Option(help="The corpus to twin, or its annotations alone.", metavar="FOLDER")
]
Lengths = Annotated[
    Path | None,
    typer.Option(
        help="How long its files are, where they are not there: names and bytes for chb-mit, headers for siena.",
        metavar="TABLE",
    ),
]
TwinHours = Annotated[
    float | None,
    typer.Option(help="Of a twin at most: files with seizures come first, the last one is cut.", metavar="H"),
]


def simulate(
    output: Annotated[Path, typer.Argument(help="Folder of the dataset.", metavar="OUT")],
    subjects: Subjects = None,
    hours: Annotated[float, typer.Option(help="Of each subject.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    population: Population = "adult",
    seizures_per_hour: Annotated[float, typer.Option(help="On average.", metavar="X")] = 2.0,
    difficulty: Difficulty = None,
    sampling_rate: Annotated[float | None, typer.Option(help="Hz.", metavar="HZ")] = None,
    line_frequency: Annotated[float, typer.Option(help="50 or 60 Hz.", metavar="HZ")] = 50.0,
    exam: Exam = False,
    like: Like = None,
    annotations: TwinSource = None,
    lengths: Lengths = None,
    hours_per_subject: TwinHours = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over what is there.")] = False,
) -> None:
    """Simulate EEG with known seizures as a BIDS dataset in the form of SzCORE, or as the twin of a corpus."""
    twin: dict[str, Any] = {"lengths": lengths, "hours_per_subject": hours_per_subject, "annotations": annotations}
    check_twin(like, exam=exam, **twin)
    how: dict[str, Any] = {"n_jobs": jobs}
    with progress_bar("simulate") as progress:
        if exam:
            dataset = PARTS.load("exam")(output, overwrite=overwrite, progress=progress, **how)
        elif like is not None:
            how |= {**twin, "n_subjects": subjects, "difficulty": difficulty, "seed": seed}
            dataset = PARTS.load("twin")(output, like, progress=progress, **how)
        else:
            how |= {"population": population, "seizures_per_hour": seizures_per_hour, "difficulty": difficulty}
            how |= {"sampling_rate": sampling_rate, "line_frequency": line_frequency, "overwrite": overwrite}
            n_subjects = _USUAL_NUMBER if subjects is None else subjects
            dataset = VERBS.load("simulate")(output, n_subjects, hours, seed, progress=progress, **how)
    written = f"{count(len(dataset.recordings), 'recording')} of {dataset.hours:g} h"
    say(f"{written} with {count(dataset.n_seizures, 'simulated seizure')} in {dataset.folder}")
    if exam:
        say("Every file is the frozen one, byte for byte.")
    say(f"Simulated EEG is no evidence of clinical performance. {RESEARCH_ONLY}")


def check_twin(like: str | None, *, exam: bool, annotations: Path | None, **others: object) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    ParameterError
        If a twin has no annotations or is an exam, or what is no twin has the options of one.
    """
    if like is not None and (annotations is None or exam):
        raise ParameterError("--like: needs --annotations FOLDER, and cannot be the exam.")
    given = [name for name, value in {"annotations": annotations, **others}.items() if value is not None]
    if like is None and given:
        raise ParameterError(f"--{given[0].replace('_', '-')}: is of a twin; give --like NAME too.")
