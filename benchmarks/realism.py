"""Ten statistics of simulated EEG beside those of real clips: prints the table of the docs and draws their figure."""

from __future__ import annotations

import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.plots.style import (
    DETECTED,
    INK,
    LABEL_POINTS,
    MISSED,
    MUTED,
    NOTE_POINTS,
    PAGE_WIDTH,
    encode_png,
    new_figure,
    place_axes,
)
from ictal.simulation.realism import SIMULATIONS, STATISTICS, cut_clip, describe, labelled_spans, usual_range

CORPORA = {"child": ("real/chbmit-clips", True), "icu": ("real/iiic", False)}
"""Population → the folder of real clips of such people, and whether what is not labelled there is background."""

COUNT = 1000
"""Simulated clips of each population and class."""

FIRST_SEED = 1_000_000
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "realism.png"

COLOURS = {"background": (MISSED, "#a5b9d3"), "seizure": (DETECTED, "#f3d0b8")}
"""Of dots and of bands; both are in the palette of the pictures."""

LOGARITHMIC = ("amplitude", "theta", "alpha", "beta", "line length", "kurtosis", "unevenness")
TICKS = {"kurtosis": (1.0, 2.0, 3.0, 5.0), "unevenness": (1.0, 2.0, 5.0)}
HEIGHT = 90.0

Values = dict[str, list[float]]


@dataclass(frozen=True)
class Group:
    """The clips of one class and population: statistic → values."""

    kind: str
    population: str
    simulated: Values
    real: Values

    def inside(self, name: str) -> int:
        """Return how many real values of a statistic lie in the usual range of the simulated ones."""
        low, high = usual_range(self.simulated[name])
        return sum(low <= value <= high for value in self.real[name])


def real_values(folder: Path, kind: str, rest_is_background: bool) -> Values:
    """Return the statistics of all real clips of one class."""
    described = []
    for path in sorted(folder.glob("*_eeg.edf")):
        annotations = read_events(path.with_name(path.name.replace("_eeg.edf", "_events.tsv")))
        recording = read(path)
        for span in labelled_spans(annotations, rest_is_background=rest_is_background)[kind]:
            described.append(describe(cut_clip(recording, span)))
    return {name: [clip[name] for clip in described] for name in STATISTICS}


def describe_simulated(job: tuple[str, str, int]) -> dict[str, float]:
    """Return the statistics of one simulated clip."""
    kind, population, seed = job
    return describe(SIMULATIONS[kind](population, seed))


def make_groups(data: Path) -> list[Group]:
    """Return all clips, real and simulated."""
    groups = []
    with ProcessPoolExecutor() as pool:
        for kind, population in product(SIMULATIONS, CORPORA):
            jobs = [(kind, population, FIRST_SEED + number) for number in range(COUNT)]
            described = list(pool.map(describe_simulated, jobs, chunksize=10))
            simulated = {name: [clip[name] for clip in described] for name in STATISTICS}
            folder, rest_is_background = CORPORA[population]
            groups.append(Group(kind, population, simulated, real_values(data / folder, kind, rest_is_background)))
    return groups


def print_table(groups: list[Group]) -> None:
    """Print how the real clips lie in the simulated ranges, as markdown."""
    print("| class | population | statistic | simulated 5 %, median, 95 % | real lowest, median, highest | inside |")
    print("|---|---|---|---|---|---|")
    for group, name in product(groups, STATISTICS):
        simulated, real = group.simulated[name], group.real[name]
        low, high = usual_range(simulated)
        there = f"{low:.3g}, {np.median(simulated):.3g}, {high:.3g}"
        here = f"{min(real):.3g}, {np.median(real):.3g}, {max(real):.3g}"
        label = STATISTICS[name].label
        print(f"| {group.kind} | {group.population} | {label} | {there} | {here} | {group.inside(name)}/{len(real)} |")
    for kind in (*SIMULATIONS, ""):
        chosen = [group for group in groups if kind in ("", group.kind)]
        inside = sum(group.inside(name) for group in chosen for name in STATISTICS)
        total = sum(len(group.real[name]) for group in chosen for name in STATISTICS)
        print(f"{kind if kind else 'all'}: {inside} of {total} real values inside, {100 * inside / total:.1f} %")


def draw_panel(axes: Axes, groups: list[Group], name: str) -> None:
    """Draw the simulated ranges and medians of one statistic as bands, and the real clips as dots."""
    rng = np.random.default_rng(0)
    for place, group in enumerate(groups):
        ink, shade = COLOURS[group.kind]
        low, high = usual_range(group.simulated[name])
        axes.bar(place, high - low, 0.8, bottom=low, color=shade, linewidth=0)
        median = float(np.median(group.simulated[name]))
        axes.plot([place - 0.4, place + 0.4], [median, median], color=ink, linewidth=1.0)
        values = np.array(group.real[name])
        axes.scatter(place + rng.uniform(-0.25, 0.25, len(values)), values, s=2.5, color=ink, linewidths=0)
    if name in LOGARITHMIC:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=TICKS.get(name, (1.0,))))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5))
    ends = [end for group in groups for end in (*usual_range(group.simulated[name]), *group.real[name])]
    if name in LOGARITHMIC:
        axes.set_ylim(min(ends) / 1.2, max(ends) * 1.2)
    else:
        axes.set_ylim(min(ends) - 0.05 * np.ptp(ends), max(ends) + 0.05 * np.ptp(ends))
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_xticks(range(len(groups)), [group.population.replace("icu", "ICU") for group in groups])
    axes.tick_params(axis="x", length=0)
    axes.set_title(STATISTICS[name].label, fontsize=LABEL_POINTS, color=INK, pad=3)


def draw(groups: list[Group]) -> bytes:
    """Return the figure as PNG."""
    figure = new_figure(PAGE_WIDTH, HEIGHT)
    columns, left, gap = 5, 8.0, 8.5
    width, height = (PAGE_WIDTH - left - 1.0 - (columns - 1) * gap) / columns, 33.0
    for number, name in enumerate(STATISTICS):
        row, column = divmod(number, columns)
        bottom = HEIGHT - 4.5 - height - row * (height + 9.0)
        draw_panel(place_axes(figure, left + column * (width + gap), bottom, width, height), groups, name)
    handles = [
        *(Patch(color=shade, label=f"{kind}: simulated, 5–95 %") for kind, (_, shade) in COLOURS.items()),
        Line2D([], [], color=MUTED, linewidth=1.0, label="simulated median"),
        Line2D([], [], color=MUTED, marker="o", markersize=1.8, linestyle="", label="real clip of 10 s"),
    ]
    figure.legend(
        handles=handles, loc="lower center", ncols=4, frameon=False, fontsize=NOTE_POINTS, labelcolor=MUTED, borderpad=0
    )
    return encode_png(figure)


if __name__ == "__main__":
    if "ICTAL_TEST_DATA" not in os.environ:
        sys.exit("ICTAL_TEST_DATA is not set: the real clips are not here")
    warnings.simplefilter("ignore")
    everyone = make_groups(Path(os.environ["ICTAL_TEST_DATA"]))
    print_table(everyone)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(draw(everyone))
    print(PICTURE)
