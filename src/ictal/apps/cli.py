"""The command line: each verb is a thin call of one function."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.calibrate import calibrate
from ictal.apps.compare import compare
from ictal.apps.compress import compress
from ictal.apps.console import (
    EXIT_BAD_INPUT,
    EXIT_INTERRUPTED,
    EXIT_OK,
    RESEARCH_ONLY,
    allow_any_letter,
    complain,
    complain_at_length,
    count,
    end_with,
    progress_bar,
    say,
)
from ictal.apps.convert import convert
from ictal.apps.crossval import crossval
from ictal.apps.download import download
from ictal.apps.explain import explain
from ictal.apps.finetune import finetune
from ictal.apps.options import (
    Animals,
    Changes,
    DetectorName,
    Identity,
    Names,
    Paths,
    SeizureLabels,
    Threshold,
    read_changes,
    read_mapping,
    read_names,
)
from ictal.apps.prepare import prepare
from ictal.apps.report import report
from ictal.apps.review import load_server, review, tell_where
from ictal.apps.score import VIEWS, score
from ictal.apps.simulate import simulate
from ictal.apps.train import recipes, train
from ictal.apps.tune import tune
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError, check_option
from ictal.core.version import __version__

app = typer.Typer(
    name="ictal",
    help=f"Finds seizures in EEG. {RESEARCH_ONLY}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        say(f"ictal {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; allowed anywhere.")] = False,
) -> None:
    """Finds seizures in EEG."""


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the results.")] = Path("ictal-demo"),
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 0,
    night: Annotated[
        bool, typer.Option("--review", help="Simulate a night instead, and open it in the browser to be reviewed.")
    ] = False,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="With --review: open the browser.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --review: 0 takes a free one.")] = 8484,
) -> None:
    """Simulate a recording, detect its seizures, write a report and score the events."""
    serve = load_server() if night else None
    with progress_bar("demo") as progress:
        result = VERBS.load("demo")(output, seed, progress, night=night)
    say(f"simulated recording  {result.recording}")
    say(f"detected events      {result.events}")
    say(f"report               {result.report}")
    say("")
    say(VIEWS.load("table")(result.scores))
    say(f"Simulated EEG is no evidence of clinical performance. {RESEARCH_ONLY}")
    if serve is None:
        return
    decided = output / "review"
    say("")
    say(f"when you have decided:  ictal score {result.dataset} {decided / 'readers' / 'reader' / 'events'}")
    say("")
    where: dict[str, Any] = {"results": result.results, "review": decided, "port": port, "open_page": open_page}
    serve([result.dataset], tell=tell_where, **where)


app.command()(simulate)
app.command()(download)
app.command()(convert)
app.command()(prepare)
app.command()(train)
app.command()(crossval)
app.command()(tune)
app.command()(finetune)
app.command()(calibrate)
app.command()(recipes)


@app.command()
def detect(
    context: typer.Context,
    paths: Paths,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the results.")] = Path("ictal-results"),
    detector: DetectorName = None,
    formats: Annotated[str, typer.Option("--format", help="What to write: tsv, json, edf; commas between.")] = "tsv",
    threshold: Threshold = None,
    changes: Changes = [],  # noqa: B006 - typer reads the default and never changes it
    names: Names = [],  # noqa: B006
    animals: Animals = [],  # noqa: B006
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    report: Annotated[bool, typer.Option("--report", help="Write an HTML report beside the events.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare in the report with the events table beside each recording.")
    ] = False,
    seizure_labels: SeizureLabels = [],  # noqa: B006
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Make anew what is there.")] = False,
    keep_identity: Identity = False,
) -> None:
    """Find seizures: events, scores, and a record of what was run, for each recording."""
    outcomes = []
    with progress_bar("detect") as progress:
        for outcome in VERBS.load("detect")(
            paths,
            n_jobs=jobs,
            progress=progress,
            animals=animals,
            output=output,
            detector=detector,
            changes=read_changes(changes, threshold),
            outputs=(*read_names(formats), *(["report"] if report else [])),
            mapping=read_mapping(names),
            overwrite=overwrite,
            keep_identity=keep_identity,
            compare=compare,
            seizure_labels=tuple(seizure_labels),
        ):
            outcomes.append(outcome)
            tell_outcome(outcome, debug=context.obj is True)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    if len(outcomes) > 1:
        found = sum(outcome.n_events for outcome in outcomes)
        skipped = sum(outcome.status == "skipped" for outcome in outcomes)
        done = f"{count(len(outcomes) - failed - skipped, 'recording')} done with {count(found, 'seizure')}"
        say(f"{done}, {skipped} there already, {failed} failed; results are in {output}")
    raise typer.Exit(EXIT_BAD_INPUT if failed else EXIT_OK)


def tell_outcome(outcome: Any, *, debug: bool = False) -> None:
    """Print one line for a recording: what ran and why, what was found, where it is; notes and errors to stderr."""
    title, table = outcome.task.title, outcome.task.target("events.tsv")
    if outcome.status == "skipped":
        say(f"{title}: there already, in {table} (--overwrite makes it anew)")
        return
    for note in outcome.notes:
        complain(f"note: {title}: {note}")
    if outcome.status == "failed":
        if debug:
            complain_at_length(outcome.trace)
        complain(f"error: {outcome.problem}")
        return
    say(
        f"{title}: {count(outcome.n_events, 'seizure')}, {outcome.seizure_time:.0f} of {outcome.duration:.0f} s"
        f"{describe_unanalysed(outcome)}, by {outcome.detector} ({outcome.reason}) → {table}"
    )


def describe_unanalysed(outcome: Any) -> str:
    """Return what the line of a recording says about time that was not analysed, or nothing."""
    if outcome.unanalysed == 0:
        return ""
    return f", {outcome.unanalysed:.0f} s not analysed" if outcome.analysed > 0 else ", nothing analysed"


app.command()(score)
app.command()(compare)
app.command()(compress)


app.command()(explain)
app.command()(report)
app.command()(review)


@app.command()
def doctor(paths: Paths, names: Names = []) -> None:  # noqa: B006
    """Say what is in files, what was mended, what is missing, and which detectors can run."""
    n_refused = 0
    for page in VERBS.load("doctor")(paths, read_mapping(names)):
        say(page.text)
        n_refused += page.refused
    raise typer.Exit(EXIT_BAD_INPUT if n_refused else EXIT_OK)


@app.command()
def models() -> None:
    """List the bundled detectors, and every architecture."""
    say(VERBS.load("models")())


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="What to measure: detect or train.", metavar="detect|train")] = "detect",
    hours: Annotated[float, typer.Option(min=0.01, help="Length of the simulated recording; of detect.")] = 1.0,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each measurement; the median counts.")] = 5,
    model: Annotated[
        list[str], typer.Option("--model", help="A network; of train. All where none is named.", metavar="NAME")
    ] = [],  # noqa: B006
) -> None:
    """Measure ictal on this machine."""
    check_option("bench", what, ["detect", "train"])
    with progress_bar("bench") as progress:
        if what == "detect":
            table = VERBS.load("bench")(hours, repeats, progress)
        else:
            table = PARTS.load("bench training")(model, repeats=repeats, progress=progress)
    say(table)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Our products are small: threads of the linear algebra library would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    allow_any_letter(sys.stdout)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    sys.exit(end_with(lambda: run(arguments if arguments else ["--help"], debug=debug), debug=debug))


def run(arguments: list[str], *, debug: bool = False) -> int:
    """Run one command line and return its exit code.

    Parameters
    ----------
    arguments : list of str
        What stands behind ``ictal``.
    debug : bool
        Whether recordings that fail show their traceback.

    Raises
    ------
    ParameterError
        If the command line itself is wrong, so that it is told as every other error is.
    """
    try:
        code = app(args=arguments, prog_name="ictal", standalone_mode=False, obj=debug)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as problem:
        said = getattr(problem, "format_message", None)
        if said is None:
            raise
        context = getattr(problem, "ctx", None)
        command = "ictal" if context is None else context.command_path
        raise ParameterError(f"{said().rstrip('.')} (`{command} --help` lists what is allowed)") from None
    if code == EXIT_INTERRUPTED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else EXIT_OK
