"""The verb that converts a corpus to BIDS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import EXIT_BAD_INPUT, EXIT_OK, complain, complain_at_length, count, progress_bar, say
from ictal.apps.options import Identity
from ictal.apps.verbs import VERBS
from ictal.io.edf_fields import list_labels


def convert(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="Folder of the corpus as its owner ships it.", metavar="SRC")],
    output: Annotated[Path, typer.Argument(help="Folder of the dataset.", metavar="DST")],
    corpus: Annotated[
        str | None, typer.Option(help="Which corpus it is; found from the folder where not given.", metavar="NAME")
    ] = None,
    montage: Annotated[
        str, typer.Option(help="as-recorded, or szcore: 19 electrodes or the double banana, at 256 Hz.")
    ] = "as-recorded",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    keep_identity: Identity = False,
) -> None:
    """Convert a corpus to BIDS in the form of SzCORE; what an earlier run converted is kept."""
    with progress_bar("convert") as progress:
        done = VERBS.load("convert")(
            source,
            output,
            corpus=corpus,
            montage=montage,
            keep_identity=keep_identity,
            n_jobs=jobs,
            progress=progress,
        )
    tell_conversion(done, debug=context.obj is True)
    raise typer.Exit(EXIT_BAD_INPUT if done.left_out else EXIT_OK)


def tell_conversion(done: Any, *, debug: bool = False) -> None:
    """Print what was converted, what was not and why, and how many remarks there are of each kind."""
    for problem, outcomes in done.left_out.items():
        if debug:
            complain_at_length(outcomes[0].trace)
        recordings = [outcome.task.recording for outcome in outcomes]
        hours = sum(recording.duration for recording in recordings) / 3600.0
        n_seizures = sum(len(recording.annotations.seizures) for recording in recordings)
        lost = f"{count(len(recordings), 'recording')} of {hours:.1f} h with {count(n_seizures, 'seizure')}"
        complain(f"error: {list_labels([recording.name for recording in recordings])}: {problem} ({lost})")
    whole = f"{done.corpus.hours:.1f} h with {count(done.corpus.n_seizures, 'seizure')}"
    n_there, n_left_out = done.counts.get("there", 0), done.counts.get("left-out", 0)
    say(f"{done.corpus.name}: {count(len(done.corpus), 'recording')} of {whole}")
    say(
        f"in the dataset: {count(len(done.outcomes) - n_left_out, 'recording')} of {done.hours:.1f} h "
        f"with {count(done.n_seizures, 'seizure')}; {n_there} there already, {n_left_out} left out"
    )
    for kind, number in done.remarks.items():
        say(f"remark: {kind}: {number}")
    say(f"{done.folder} (which file became which: sourcedata/recordings.tsv)")
