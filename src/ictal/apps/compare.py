"""``ictal compare``: several detectors on the same subjects, as a table and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ictal.apps.console import progress_bar, say
from ictal.apps.verbs import VERBS
from ictal.core.tables import Table

VIEWS = Table("view", {"table": "ictal.apps.compare_table:describe_comparison"})
"""How a comparison is printed; loaded when it is."""


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Folders of runs or cross-validations; event tables with --reference.", metavar="RUN"),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write one HTML page here.", metavar="FILE")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="What readers marked, where a RUN is a folder of event tables.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="Compare the others with this RUN: first, best (by event F1), or its name.")
    ] = "first",
    false_alarms_per_day: Annotated[
        float, typer.Option(help="False alarms in 24 h at which sensitivity is asked for.", metavar="N")
    ] = 5.0,
    resamples: Annotated[int, typer.Option(min=1, help="Draws of subjects for the intervals.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
) -> None:
    """Compare detectors on what all were tested on: figures, intervals, paired tests, and plain words."""
    with progress_bar("compare") as progress:
        found = VERBS.load("compare")(
            runs,
            output,
            reference=reference,
            against=against,
            false_alarms_per_day=false_alarms_per_day,
            n_resamples=resamples,
            seed=seed,
            progress=progress,
        )
    say(VIEWS.load("table")(found))
    if output is not None:
        say("")
        say(f"report  {output}")
