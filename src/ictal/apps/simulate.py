"""The verb that simulates a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ictal.apps.console import RESEARCH_ONLY, count, progress_bar, say
from ictal.apps.verbs import PARTS, VERBS


def simulate(
    output: Annotated[Path, typer.Argument(help="Folder of the dataset.", metavar="OUT")],
    subjects: Annotated[int, typer.Option(min=1, help="How many.")] = 8,
    hours: Annotated[float, typer.Option(help="Of each subject.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    population: Annotated[
        str, typer.Option(help="Whom the subjects are drawn from: adult, child, icu, neonate, rodent.")
    ] = "adult",
    seizures_per_hour: Annotated[float, typer.Option(help="On average.", metavar="X")] = 2.0,
    difficulty: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="0: seizures are large; 1: small. Drawn where not given.", metavar="X"),
    ] = None,
    sampling_rate: Annotated[float | None, typer.Option(help="Hz.", metavar="HZ")] = None,
    line_frequency: Annotated[float, typer.Option(help="50 or 60 Hz.", metavar="HZ")] = 50.0,
    exam: Annotated[
        bool,
        typer.Option("--exam", help="The frozen exam instead, checked byte for byte; the options above are not used."),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over what is there.")] = False,
) -> None:
    """Simulate EEG with known seizures as a BIDS dataset in the form of SzCORE."""
    with progress_bar("simulate") as progress:
        if exam:
            dataset = PARTS.load("exam")(output, n_jobs=jobs, overwrite=overwrite, progress=progress)
        else:
            dataset = VERBS.load("simulate")(
                output,
                subjects,
                hours,
                seed,
                population=population,
                seizures_per_hour=seizures_per_hour,
                difficulty=difficulty,
                sampling_rate=sampling_rate,
                line_frequency=line_frequency,
                n_jobs=jobs,
                overwrite=overwrite,
                progress=progress,
            )
    written = f"{count(len(dataset.recordings), 'recording')} of {dataset.hours:g} h"
    say(f"{written} with {count(dataset.n_seizures, 'simulated seizure')} in {dataset.folder}")
    if exam:
        say("Every file is the frozen one, byte for byte.")
    say(f"Simulated EEG is no evidence of clinical performance. {RESEARCH_ONLY}")
