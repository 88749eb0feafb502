"""The verb that says why: of one event, or of all that a run tested on average."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, progress_bar, say
from ictal.apps.options import (
    Changes,
    DetectorName,
    Identity,
    Names,
    Threshold,
    is_run,
    read_changes,
    read_mapping,
    read_names,
    read_span,
    refuse_options,
)
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError


def explain(
    source: Annotated[Path, typer.Argument(help="One recording, or the folder of a run.", metavar="RECORDING|RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of pictures and numbers.", metavar="DIR")
    ] = None,
    event: Annotated[
        int | None, typer.Option("--event", min=1, help="Which event, the first is 1; the most confident.", metavar="N")
    ] = None,
    span: Annotated[
        str | None, typer.Option("--span", help="Explain these seconds instead of an event.", metavar="START:STOP")
    ] = None,
    methods: Annotated[
        list[str], typer.Option("--method", "-m", help="How; may be given again, or `all` that fit.", metavar="METHOD")
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    check: Annotated[
        bool, typer.Option("--check", help="Say whether the explanations can be trusted; all methods that fit.")
    ] = False,
    truth: Annotated[
        Path | None, typer.Option(help="With --check: how a simulated recording was made; found beside it.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="An events table in place of what is detected.")] = None,
    reference: Annotated[Path | None, typer.Option(help="Events that a reader marked, for the pictures.")] = None,
    channels: Annotated[
        str | None, typer.Option(help="Only these channels, as those of one animal; commas between.")
    ] = None,
    detector: DetectorName = None,
    threshold: Threshold = None,
    changes: Changes = [],  # noqa: B006
    names: Names = [],  # noqa: B006
    target: Annotated[
        str | None, typer.Option(help="The event type that is asked about; all seizures together.", metavar="TYPE")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of methods and checks that draw at random.")] = 0,
    per_category: Annotated[int, typer.Option(min=1, help="Of a run: windows of a category from each subject.")] = 30,
    data: Annotated[
        Path | None, typer.Option(help="Of a run: the corpus or store, where it has moved since.", metavar="DIR")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Of a run: folds side by side.")] = 1,
    keep_identity: Identity = False,
) -> None:
    """Say which leads, seconds and bands counted for an event; of a run, on average in hits and in errors."""
    if is_run(source):
        given: dict[str, Any] = {"event": event, "span": span, "check": check, "truth": truth, "events": events}
        given |= {"reference": reference, "target": target}
        given |= {"channels": channels, "detector": detector, "threshold": threshold, "set": changes, "map": names}
        refuse_options("a run", **given)
        explain_averages(source, output, methods, per_category=per_category, data=data, seed=seed, n_jobs=jobs)
        return
    refuse_options("a recording", data=data)
    refuse_options("a recording that is not checked", truth=None if check else truth)
    how: dict[str, Any] = {"number": event, "span": None if span is None else read_span(span), "methods": methods}
    how |= {"channels": None if channels is None else read_names(channels), "events": events, "reference": reference}
    how |= {"detector": detector, "changes": read_changes(changes, threshold), "mapping": read_mapping(names)}
    how |= {"target": target, "seed": seed, "keep_identity": keep_identity}
    with progress_bar("explain") as progress:
        work = partial(PARTS.load("check of explanations"), truth=truth) if check else VERBS.load("explain")
        done = work(source, output, progress=progress, **how)
    tell_explanation(done)


def explain_averages(run: Path, output: Path | None, methods: list[str], **how: Any) -> None:
    """Explain the windows of a run, and print where the averages are.

    Raises
    ------
    ParameterError
        If more than one method is named.
    """
    if len(methods) > 1:
        raise ParameterError("--method: of a run one method is allowed.")
    method = {"method": methods[0]} if methods else {}
    with progress_bar("explain") as progress:
        done = PARTS.load("explanation of a run")(
            run, run / "explained" if output is None else output, progress=progress, **method, **how
        )
    for line in done.describe():
        say(line)
    say(f"averages  {done.folder}")
    say(RESEARCH_ONLY)


def tell_explanation(done: Any) -> None:
    """Print what was explained, what counted, how the methods were checked, and what was written."""
    which = "stretch" if done.number is None else f"event {done.number}"
    probability = f"log-odds {done.score:.2f}"
    say(f"{which} at {done.event.onset:.1f} s, {done.event.duration:.1f} s long; {done.detector.name}, {probability}")
    for line in done.describe():
        say(line)
    say("")
    for file in done.files:
        say(f"written  {file}")
    say(RESEARCH_ONLY)
