"""The report of what adapting to a patient is worth: one HTML file that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from ictal.evaluation.bootstrap import LEVEL, N_RESAMPLES
from ictal.evaluation.comparison import Difference
from ictal.evaluation.measures import EVENTS, FIGURES
from ictal.evaluation.patient_gain import GAINS, ProtocolGain
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file
from ictal.reports.page import load_template
from ictal.reports.run_figures import UNDEFINED, show_estimate, show_figure

TEMPLATE = "finetune.html.j2"
FILE = "finetune.html"

WORDS = {
    "first-hour": "Strictly the first {hours:g} h of signal of each subject, often without a seizure.",
    "first-seizure": "{hours:g} h of signal that end with the first seizure, or the first {hours:g} h where it lies in "
    "them; what is before is not used.",
}
"""Protocol → what it is."""

TITLES = {
    name: f"event {FIGURES[name].title}"
    if FIGURES[name].of == EVENTS and name != "false_alarms_per_day"
    else FIGURES[name].title
    for name in GAINS
}
"""Figure → what it is called."""


def write_finetune_report(folder: Path, gains: Sequence[ProtocolGain], hours: float) -> Path:
    """Write ``finetune.html`` of a cross-validation into its folder, without scripts and links to the outside.

    Parameters
    ----------
    folder : Path
        With ``run.json``.
    gains : sequence of ProtocolGain
    hours : float
        Of each subject that were adapted on.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    RecordingError
        If ``run.json`` is missing or damaged.
    OutputError
        If the report cannot be written.
    """
    record = read_json_file(folder / "run.json", "the record of a run", "ictal-run", 1)
    template = load_template(TEMPLATE, figure=show_figure, estimate=show_estimate, change=show_change, p=show_p)
    page = template.generate(
        recipe=record["recipe"],
        gains=gains,
        hours=hours,
        words={name: text.format(hours=hours) for name, text in WORDS.items()},
        titles=TITLES,
        level=f"{100 * LEVEL:.0f} %",
        n_resamples=N_RESAMPLES,
    )
    with atomic_write(folder / FILE, "w") as file:
        file.writelines(page)
    return folder / FILE


def show_change(difference: Difference, name: str) -> str:
    """Return a difference with its sign and its interval, where it has one.

    Examples
    --------
    >>> show_change(Difference(0.125, -0.0625, 0.25, 5, 0.1, 0.1), "event_f1")
    '+0.125 [-0.062, +0.250]'
    """
    shown = _show_signed(difference.value, name)
    if not math.isfinite(difference.low):
        return shown
    return f"{shown} [{_show_signed(difference.low, name)}, {_show_signed(difference.high, name)}]"


def show_p(value: float) -> str:
    """Return a p-value.

    Examples
    --------
    >>> show_p(0.03125), show_p(math.nan)
    ('0.031', '–')
    """
    return f"{value:.2g}" if math.isfinite(value) else UNDEFINED


def _show_signed(value: float, name: str) -> str:
    if not math.isfinite(value):
        return UNDEFINED
    return f"{value:+.1f}" if name == "false_alarms_per_day" else f"{value:+.3f}"
