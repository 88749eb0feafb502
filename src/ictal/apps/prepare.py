"""The verb that makes a prepared store of a corpus."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import EXIT_BAD_INPUT, EXIT_OK, complain, complain_at_length, count, progress_bar, say
from ictal.apps.options import read_pairs
from ictal.apps.verbs import VERBS

_REMARKS_SHOWN = _NAMES_SHOWN = 3
"""Of each kind of remark, and of each reason to leave recordings out; all are in the manifest."""


def prepare(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="Folder of the corpus, as its owner ships it.", metavar="SRC")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the store.", metavar="STORE")],
    recipe: Annotated[
        Path | None,
        typer.Option(help="A TOML file whose table 'chain' holds the steps of preprocessing.", metavar="FILE"),
    ] = None,
    changes: Annotated[
        list[str], typer.Option("--set", help="Change any setting, as chain.steps.3.high=100.", metavar="KEY=VALUE")
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    corpus: Annotated[
        str | None, typer.Option(help="Which corpus it is, where the folder does not say so.", metavar="NAME")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read everything again, compare, and make anew what is damaged.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove signals of other settings or recordings from the store.")
    ] = False,
) -> None:
    """Run a corpus through preprocessing once, for training: a store that a second run goes on with."""
    with progress_bar("prepare") as progress:
        preparation = VERBS.load("prepare")(
            source,
            output,
            corpus=corpus,
            recipe=recipe,
            changes=read_pairs("--set", changes),
            n_jobs=jobs,
            verify=verify,
            prune=prune,
            progress=progress,
            tell=lambda outcome: tell_left_out(outcome, debug=context.obj is True),
        )
    tell_preparation(preparation)
    raise typer.Exit(EXIT_BAD_INPUT if preparation.manifest.left_out else EXIT_OK)


def tell_left_out(outcome: Any, *, debug: bool) -> None:
    """Print the traceback of a recording that is left out; the reasons are told together at the end."""
    if debug:
        complain_at_length(outcome.trace)


def tell_reason(reason: str, rows: list[Any]) -> None:
    """Print which recordings are left out for one reason, and what is lost with them."""
    names = ", ".join(row.name for row in rows[:_NAMES_SHOWN])
    more = f" and {len(rows) - _NAMES_SHOWN} more in the manifest" if len(rows) > _NAMES_SHOWN else ""
    lost = f"{sum(row.hours for row in rows):.2f} h, {count(sum(row.n_seizures for row in rows), 'seizure')}"
    complain(f"error: {names}{more}: left out: {reason} ({lost})")


def tell_preparation(preparation: Any) -> None:
    """Print what is in the store, how much of the corpus that is, and what was odd."""
    manifest, corpus, counts = preparation.manifest, preparation.corpus, preparation.counts
    for kind, remarks in groupby(sorted(manifest.remarks, key=lambda one: one.kind), key=lambda one: one.kind):
        tell_remarks(kind, list(remarks))
    for reason, rows in groupby(sorted(manifest.left_out, key=lambda one: one.reason), key=lambda one: one.reason):
        tell_reason(reason, list(rows))
    made_up = [row for row in manifest.recordings if row.signal.interpolated or row.signal.masked]
    if made_up:
        complain(f"note: {count(len(made_up), 'recording')} with interpolated or masked leads; the manifest names them")
    if preparation.unlisted:
        megabytes = sum(file.stat().st_size for file in preparation.unlisted) / 1e6
        complain(f"note: {megabytes:.0f} MB of other settings or recordings are in the store too; --prune removes them")
    used, there = len(manifest.recordings), len(corpus)
    say(f"recordings  {used} of {there} used: {tell_counts(counts)}")
    say(f"subjects    {manifest.n_subjects} of {len(corpus.subjects)}")
    say(f"signal      {manifest.hours:.2f} of {corpus.hours:.2f} h, {preparation.n_bytes / 1e9:.2f} GB")
    say(f"seizures    {manifest.n_seizures} of {corpus.n_seizures}")
    if manifest.left_out:
        say(f"left out    {len(manifest.left_out)} of {there}, by reason above")
    say(f"store       {preparation.folder}")


def tell_counts(counts: Any) -> str:
    """Return how many recordings were made now, were there, or were mended."""
    words = {"prepared": "prepared now", "there": "there already", "mended": "damaged and made anew"}
    return ", ".join(f"{counts[status]} {said}" for status, said in words.items() if counts[status])


def tell_remarks(kind: str, remarks: list[Any]) -> None:
    """Print the first remarks of a kind, and how many more there are."""
    for remark in remarks[:_REMARKS_SHOWN]:
        complain(f"note: {kind}: {remark.subject_of}: {remark.text}")
    if len(remarks) > _REMARKS_SHOWN:
        complain(f"note: {kind}: {len(remarks) - _REMARKS_SHOWN} more in the manifest")
