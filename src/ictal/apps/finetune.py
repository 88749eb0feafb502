"""The verb that adapts a detector to a patient."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, complain, count, progress_bar, say
from ictal.apps.options import Names, SeizureLabels, read_mapping, read_pairs
from ictal.apps.verbs import VERBS
from ictal.core.errors import ParameterError

Layers = Annotated[
    str | None, typer.Option(help="What learns: head, the last part of the network, or all.", metavar="head|all")
]

Recordings = Annotated[
    list[Path],
    typer.Option(
        "--recording", "-r", help="Of the patient; may be given several times. With a review, all where not given."
    ),
]
Review = Annotated[
    Path | None,
    typer.Option(
        "--from-review", help="What a reader accepted and rejected in `ictal review` teaches.", metavar="FOLDER"
    ),
]
ReaderName = Annotated[
    str | None, typer.Option("--reader", help="Whose decisions, where several readers made some.", metavar="NAME")
]

TITLES = {
    "event_sensitivity": "event sensitivity",
    "event_precision": "event precision",
    "event_f1": "event F1",
    "false_alarms_per_day": "false alarms /24 h",
    "auroc": "AUROC",
}
"""Figure → what it is called."""

TOLD = ("event_f1", "event_sensitivity", "false_alarms_per_day")
"""What is told of each subject."""

LAYERS = "finetuning.layers"


def finetune(
    detector: Annotated[str, typer.Argument(help="A .ictal file with weights.", metavar="DETECTOR")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The adapted detector.", metavar="FILE.ictal")],
    recording: Recordings = [],  # noqa: B006 - typer reads the default and never changes it
    review: Review = None,
    reader: ReaderName = None,
    hours: Annotated[float, typer.Option(help="How much is adapted on.", metavar="H")] = 1.0,
    protocol: Annotated[
        str,
        typer.Option(help="first-hour: strictly the first; first-seizure: the first with a seizure.", metavar="NAME"),
    ] = "first-hour",
    events: Annotated[
        Path | None,
        typer.Option(help="Seizures of the one recording: what is around them is adapted on.", metavar="TABLE"),
    ] = None,
    layers: Layers = None,
    evaluate: Annotated[
        list[Path], typer.Option("--evaluate", help="Later recordings to judge by.", metavar="FILE")
    ] = [],  # noqa: B006
    rehearse: Annotated[
        Path | None, typer.Option(help="A prepared store of other patients, shown among the rest.", metavar="STORE")
    ] = None,
    changes: Annotated[
        list[str], typer.Option("--set", help="Change a setting, as finetuning.epochs=5.", metavar="KEY=VALUE")
    ] = [],  # noqa: B006
    names: Names = [],  # noqa: B006
    seizure_labels: SeizureLabels = [],  # noqa: B006
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output if it is there.")] = False,
) -> None:
    """Adapt a detector to a patient, and judge it before and after by what comes later."""
    check_source(recording, review, reader)
    with progress_bar("finetune") as progress:
        done = VERBS.load("finetune")(
            detector,
            recording,
            output,
            hours=hours,
            protocol=protocol,
            events=events,
            review=review,
            reader=reader,
            evaluate=evaluate,
            rehearse=rehearse,
            changes=read_settings(changes, layers),
            seizure_labels=seizure_labels,
            mapping=read_mapping(names),
            overwrite=overwrite,
            progress=progress,
        )
    tell_gain(done.gain, done.lesson)
    say(f"detector  {done.detector}")
    say(f"record    {done.record}")
    say(RESEARCH_ONLY)


def check_source(recordings: list[Path], review: Path | None, reader: str | None) -> None:
    """Refuse a call that does not say what is adapted on.

    Raises
    ------
    ParameterError
        If neither recordings nor a review came, or a reader without a review.

    Examples
    --------
    >>> check_source([], None, None)
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: --recording: none came; give those of the patient, or --from-review.
    """
    if not recordings and review is None:
        raise ParameterError("--recording: none came; give those of the patient, or --from-review.")
    if reader is not None and review is None:
        raise ParameterError(f"--reader: {reader!r} is not allowed without --from-review.")


def read_settings(texts: list[str], layers: str | None) -> dict[str, str]:
    """Return the settings to change.

    Raises
    ------
    ParameterError
        If the layers are given twice.

    Examples
    --------
    >>> read_settings(["finetuning.epochs=5"], "head")
    {'finetuning.epochs': '5', 'finetuning.layers': 'head'}
    """
    changes = read_pairs("--set", texts)
    if layers is None:
        return changes
    if LAYERS in changes:
        raise ParameterError(f"--layers: is the same setting as --set {LAYERS}; give one of them.")
    return {**changes, LAYERS: layers}


def tell_gain(gain: Any, lesson: Any = None) -> None:
    """Print what was adapted on, and the figures before and after on what came later, or on others."""
    held_out = () if lesson is None else lesson.held_out
    say(f"adapted on  {gain.hours_used:.2f} h with {count(gain.seizures_used, 'seizure')} ({gain.protocol})")
    if lesson is not None:
        patients = f" of {lesson.n_patients} patients" if held_out else ""
        say(f"taught by   {lesson.accepted} accepted and {lesson.rejected} rejected events{patients}")
    which = f"of {', '.join(held_out)}, held out" if held_out else "all of it later"
    say(f"judged by   {gain.hours_left:.2f} h with {count(gain.seizures_left, 'seizure')}, {which}")
    say()
    say(f"{'':<20}{'before':>10}{'after':>10}")
    for name, title in TITLES.items():
        say(f"{title:<20}{show(gain.before[name], name):>10}{show(gain.after[name], name):>10}")
    say()
    for note in () if lesson is None else lesson.notes:
        complain(f"note: {note}")
    if gain.problem:
        complain(f"note: the detector stays as it was: {gain.problem}")


def describe_gains(gains: Sequence[Any]) -> Iterator[str]:
    """Yield what adapting to a patient is worth by each protocol: subjects and the means over them.

    Parameters
    ----------
    gains : sequence of ProtocolGain
        From :func:`ictal.experiments.finetune_folds.crossval_finetuned`.
    """
    for gain in gains:
        yield f"{gain.protocol}: {count(len(gain.patients), 'subject')}, adapted in {gain.n_adapted}"
        for one in gain.patients:
            told = ", ".join(f"{TITLES[name]} {_tell_step(one, name)}" for name in TOLD)
            kept = "" if not one.problem else "; stays as it was"
            seizures = f"{count(one.seizures_used, 'seizure')} used, {one.seizures_left} left"
            yield f"  {one.subject:<12}{seizures}; {told}{kept}"
        for one in gain.left_out:
            yield f"  {one.subject:<12}left out: {one.left_out}"
        for name, figure in gain.figures.items():
            yield f"  {TITLES[name]:<20}{_tell_figure(figure, name)}"
        yield ""


def _tell_step(one: Any, name: str) -> str:
    return f"{show(one.before[name], name)} → {show(one.after[name], name)}"


def _tell_figure(figure: Any, name: str) -> str:
    """Return means before and after, the difference with its interval, and both p-values."""
    found = figure.difference
    low, high = show(found.low, name), show(found.high, name)
    interval = f" [{low}, {high}]" if math.isfinite(found.low) else ""
    return (
        f"{show(figure.before.value, name)} → {show(figure.after.value, name)}, difference "
        f"{show(found.value, name)}{interval} in {count(found.n_subjects, 'subject')}; "
        f"p = {found.sign_flip:.3g} (sign flips), {found.wilcoxon:.3g} (Wilcoxon)"
    )


def show(value: float, name: str) -> str:
    """Return a figure as a table shows it.

    Examples
    --------
    >>> show(0.8125, "auroc"), show(12.345, "false_alarms_per_day"), show(math.nan, "auroc")
    ('0.812', '12.3', 'n/a')
    """
    if not math.isfinite(value):
        return "n/a"
    return f"{value:.1f}" if name == "false_alarms_per_day" else f"{value:.3f}"
