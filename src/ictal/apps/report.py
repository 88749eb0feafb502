"""The verb that writes the page of one recording, or of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ictal.apps.console import progress_bar, say
from ictal.apps.options import (
    Changes,
    DetectorName,
    Identity,
    Names,
    SeizureLabels,
    Threshold,
    is_run,
    read_changes,
    read_mapping,
    read_names,
    refuse_options,
)
from ictal.apps.verbs import PARTS, VERBS


def report(
    source: Annotated[Path, typer.Argument(help="One recording, or the folder of a run.", metavar="RECORDING|RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The HTML file; RECORDING_report.html, or report.html in RUN.")
    ] = None,
    channels: Annotated[
        str | None, typer.Option(help="Only these channels, as those of one animal; commas between.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option(help="Report these events, as after a review, and not the detected ones.")
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="Events to compare with: hits, misses, false alarms.")] = None,
    seizure_labels: SeizureLabels = [],  # noqa: B006 - typer reads the default and never changes it
    detector: DetectorName = None,
    threshold: Threshold = None,
    changes: Changes = [],  # noqa: B006
    names: Names = [],  # noqa: B006
    keep_identity: Identity = False,
    explain: Annotated[
        str | None,
        typer.Option(
            help="Show why: what counted for each event, of a run on average (`ictal explain`).", metavar="METHOD"
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Of a run: the corpus or store, where it has moved since.", metavar="DIR")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="Of a run: misses and false alarms that are shown.")] = 10,
) -> None:
    """Write one HTML page: a recording's events and their EEG, or all that a run was worth."""
    with progress_bar("report") as progress:
        if is_run(source):
            given = {"channels": channels, "events": events, "reference": reference, "seizure-label": seizure_labels}
            refuse_options("a run", **given, detector=detector, threshold=threshold, set=changes, map=names)
            written = PARTS.load("report of a run")(
                source, output, data=data, n_worst=worst, method=explain, progress=progress
            )
        else:
            written = VERBS.load("report")(
                source,
                output,
                channels=None if channels is None else read_names(channels),
                events=events,
                reference=reference,
                seizure_labels=seizure_labels,
                detector=detector,
                changes=read_changes(changes, threshold),
                mapping=read_mapping(names),
                keep_identity=keep_identity,
                explain=explain,
                progress=progress,
            )
    say(f"report  {written}")
