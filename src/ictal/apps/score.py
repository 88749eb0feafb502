"""``ictal score``: a detector against readers, as a table or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ictal.apps.console import say
from ictal.apps.options import read_names
from ictal.apps.score_curves import describe_curves
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError, check_option
from ictal.core.tables import Table

VIEWS = Table(
    "view",
    {
        "table": "ictal.apps.score_table:describe_scores",
        "json": "ictal.evaluation.scores_json:encode_text",
    },
)
"""How figures are printed; loaded when they are."""

PER = ("dataset", "subject", "recording")
"""How finely the table goes; each shows what comes before it too."""


def score(
    reference: Annotated[Path, typer.Argument(help="What readers marked: an events table, a folder, BIDS.")],
    hypothesis: Annotated[Path, typer.Argument(help="What a detector found; the same tree of tables.")],
    rules: Annotated[
        str, typer.Option("--rule", help="szcore, sample, nedc, or one of NEDC as nedc-ovlp; commas between.")
    ] = "szcore,sample",
    per: Annotated[str, typer.Option(help="Tables down to: dataset, subject, recording.")] = "dataset",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, down to each recording.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON here too.")] = None,
    curves: Annotated[
        Path | None,
        typer.Option(help="Write curves over thresholds here, from what `ictal detect` left.", metavar="FOLDER"),
    ] = None,
    missing: Annotated[
        str | None,
        typer.Option(help="A reference without a hypothesis: error (unless said), or negative, nothing detected."),
    ] = None,
    szcore_compatible: Annotated[
        bool, typer.Option("--szcore-compatible", help="Read and count as the dataset tool of SzCORE, oddities too.")
    ] = False,
    duration_tolerance: Annotated[
        float | None,
        typer.Option(min=0.0, help="Seconds that the lengths of a recording may differ by; else 1, compatible 0."),
    ] = None,
    subjects: Annotated[str | None, typer.Option(help="Only these subjects, as 'sub-0*'.", metavar="PATTERN")] = None,
    resamples: Annotated[int, typer.Option(min=1, help="Draws of subjects for the intervals.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
) -> None:
    """Score event tables: sensitivity, precision, F1, false alarms, by the rules of the field."""
    check_option("per", per, PER)
    if curves is not None and szcore_compatible:
        raise ParameterError("--curves: is not allowed with --szcore-compatible, whose whole seconds no curve is of.")
    scores = VERBS.load("score")(
        reference,
        hypothesis,
        output=output,
        rules=tuple(read_names(rules)),
        missing=missing,
        szcore_compatible=szcore_compatible,
        duration_tolerance=duration_tolerance,
        subjects=subjects,
        n_resamples=resamples,
        seed=seed,
    )
    if as_json:
        say(VIEWS.load("json")(scores).rstrip("\n"))
    else:
        say(VIEWS.load("table")(scores, down_to=per))
    if curves is not None:
        summary = PARTS.load("curves")(
            reference,
            hypothesis,
            curves,
            missing=scores.settings.missing_is,
            duration_tolerance=scores.settings.tolerance,
            subjects=subjects,
            n_resamples=resamples,
            seed=seed,
        )
        if not as_json:
            say(describe_curves(summary))
