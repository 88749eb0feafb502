"""The verb that downloads a public corpus."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import EXIT_BAD_INPUT, EXIT_OK, complain, count, progress_bar, say
from ictal.apps.verbs import PARTS, VERBS


def download(
    corpus: Annotated[str, typer.Argument(help="chb-mit, siena, helsinki or seizeit2.", metavar="CORPUS")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the files; ./CORPUS.")] = None,
    subjects: Annotated[
        str | None, typer.Option(help="Only these, such as 'chb01,chb2?'; commas between.", metavar="PATTERN")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come; write nothing.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=16, help="Files side by side.")] = 4,
    mirror: Annotated[
        str | None, typer.Option(help="The address of a copy in the same layout.", metavar="ADDRESS")
    ] = None,
) -> None:
    """Download a public corpus; every file is checked, and a run that was stopped is gone on with."""
    with progress_bar("list") as progress:
        plan = PARTS.load("download plan")(
            corpus, output, subjects=subjects, mirror=mirror, n_jobs=jobs, progress=progress
        )
    say(plan.licence)
    if dry_run:
        tell_subjects(plan)
    say(describe_plan(plan))
    if dry_run:
        return
    with progress_bar("download") as progress:
        result = VERBS.load("download")(plan, n_jobs=jobs, progress=progress)
    for problem in result.failed:
        complain(f"error: {problem}")
    done = f"{count(len(result.fetched), 'file')} fetched, {len(result.present)} there already"
    say(f"{done}, {len(result.failed)} failed; they are in {plan.folder}")
    if result.not_tried:
        complain(f"error: too many failed one after the other; {count(result.not_tried, 'file')} not tried")
    raise typer.Exit(EXIT_BAD_INPUT if result.failed else EXIT_OK)


def tell_subjects(plan: Any) -> None:
    """Print one line for each subject: how many files, how large."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for file in plan.files:
        sizes[plan.subjects[file.path]].append(plan.sizes.get(file.path, 0))
    for subject, of_files in sizes.items():
        title = subject if subject else "for all"
        say(f"  {title:<10}{count(len(of_files), 'file'):>12}{format_size(sum(of_files)):>12}")


def describe_plan(plan: Any) -> str:
    """Return the line that says what comes, how large it is, and where it goes."""
    unknown = f" and {count(plan.n_unknown, 'file')} of unknown size" if plan.n_unknown else ""
    there = f"; {len(plan.present)} there already" if plan.present else ""
    return f"{count(len(plan.files), 'file')}, {format_size(plan.n_bytes)}{unknown}, for {plan.folder}{there}"


def format_size(n_bytes: int) -> str:
    """Return a size in the unit that fits.

    Examples
    --------
    >>> format_size(45_756_994_304), format_size(1200), format_size(7)
    ('45.8 GB', '1.2 kB', '7 B')
    """
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= one:
            return f"{n_bytes / one:.1f} {unit}"
    return f"{n_bytes} B"
