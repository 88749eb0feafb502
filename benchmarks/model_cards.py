"""Count, and with ``--times`` measure, every model with the setup of its card; write facts.json and docs/models.md.

Without ``--times`` the speeds and memories that stand in facts.json are kept. With it, those of the models that are
named are measured anew, or of all; see ``benchmarks/models.py`` for how.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from ictal.experiments.recipe import RECIPES
from ictal.models.card import Card, Paper, Setup
from ictal.models.cards import CARDS
from ictal.models.facts import Cost, Facts, parse_facts
from ictal.models.table import CODECS, MODELS
from models import ENGINES, KINDS, make, measure_engines

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "src" / "ictal" / "models" / "facts.json"
PAGE = ROOT / "docs" / "models.md"

INTRODUCTION = """\
# The models

Every architecture of ictal, with the settings that its recipe, its paper or its detector gives it; with others, the
figures are others. `ictal models` lists them in short, `ictal recipes` what can be trained; [training.md](training.md)
says how, and [detectors.md](detectors.md) which detectors come trained. This page is written by
`benchmarks/model_cards.py`.

- *Parameters* are the numbers that are trained. Rules have none; what trees and the candidate rule learn depends on the
  data.
- *Multiply-adds* are those of convolutions and products of matrices in the network, without the features in front;
  for an hour, in windows that follow one another.
- *Sees* is the stretch of the signal that one answer looks at.
- *CPU* is what the processors work for one hour of EEG with ONNX Runtime, features included. The cards have torch, and
  memory (the largest private one of the process, the signal that it reads included), too.
"""


def main() -> None:
    """Count, and measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", nargs="*", metavar="NAME", help="measure these anew; all if none is named")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N", help="read less of the hour, and scale up")
    asked = parser.parse_args()
    sheet: dict[str, Any] = json.loads(SHEET.read_text(encoding="utf-8")) if SHEET.exists() else {}
    known = {name: parse_facts(entry) for name, entry in sheet.get("models", {}).items()}
    facts = {name: count(name) for name in CARDS}
    facts = {name: replace(found, costs=known[name].costs) if name in known else found for name, found in facts.items()}
    measured = sheet.get("measured", {})
    write(facts, measured)
    if asked.times is None:
        return
    for name in [name for name in asked.times or CARDS if facts[name].kind in KINDS]:
        measured[name] = describe_conditions(asked.repeats, asked.threads, asked.minutes)
        facts[name] = replace(facts[name], costs=measure_costs(name, asked.repeats, asked.threads, asked.minutes))
        print(name, facts[name].costs, flush=True)
        write(facts, measured)


def write(facts: dict[str, Facts], measured: dict[str, Any]) -> None:
    """Write both files."""
    models = {name: asdict(found) for name, found in facts.items()}
    SHEET.write_text(json.dumps({"measured": measured, "models": models}, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(write_page(facts, measured), encoding="utf-8")


def count(name: str) -> Facts:
    """Return what can be counted of a model."""
    import torch

    from ictal.models.cost import count_multiply_adds, count_parameters
    from ictal.training.network import FrontedNetwork

    setup = CARDS[name].setup
    n_samples = round(setup.window * setup.sampling_rate)
    kind = (MODELS if name in MODELS else CODECS).load(name)
    if kind.kind in ("rule", "estimator"):
        return Facts(kind.kind, 0 if kind.kind == "rule" else None, None, setup.window)
    network, shape = (kind(kind.Config(**setup.config)), (1, n_samples)) if name in CODECS else (make(name), None)
    part = network.model if isinstance(network, FrontedNetwork) else network
    if shape is None:
        shape = network.front.shape if isinstance(network, FrontedNetwork) else (setup.n_channels, n_samples)
    multiply_adds = count_multiply_adds(part.eval(), torch.zeros(1, *shape))
    sees = getattr(network, "receptive_field", setup.window)
    return Facts(kind.kind, count_parameters(part), multiply_adds, round(float(sees), 3))


def measure_costs(name: str, repeats: int, threads: int, minutes: float) -> dict[str, Cost]:
    """Return what an hour costs with each engine; what cannot be measured is said, and left out."""
    found = measure_engines(name, repeats, threads, minutes)
    costs = {}
    for engine in ENGINES:
        figures = found.get(engine, found)
        if "seconds" not in figures:
            print(f"{name}, {engine}: {figures['problem']}")
            continue
        wall, processor = (min(times) for times in zip(*figures["seconds"], strict=True))
        costs[engine] = Cost(round(wall, 4), round(processor, 4), round(figures["memory"], 1))
    return costs


def describe_conditions(repeats: int, threads: int, minutes: float) -> dict[str, Any]:
    """Return how speed is measured, and how busy the machine is just before."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": named[0] if named else platform.machine(),
        "cores": os.cpu_count(),
        "threads": threads,
        "repeats": repeats,
        "minutes": minutes,
        "load": round(os.getloadavg()[0], 1),
        **{engine: version(engine) for engine in ENGINES},
    }


def write_page(facts: dict[str, Facts], measured: dict[str, Any]) -> str:
    """Return the page: a table of all, then a card each."""
    rows = [
        "| model | kind | parameters | multiply-adds a window | an hour | sees | CPU for an hour | recipe |",
        "|---|---|---|---|---|---|---|---|",
        *(write_row(name, found) for name, found in sorted(facts.items())),
    ]
    cards = "\n".join(write_card(name, found) for name, found in sorted(facts.items()))
    return "\n".join([INTRODUCTION, *rows, "", write_conditions(measured), cards])


def write_row(name: str, facts: Facts) -> str:
    """Return the line of a model."""
    cost, recipes = facts.costs.get("onnxruntime"), CARDS[name].recipes
    cells = [
        f"[{name}](#{name})",
        facts.kind,
        tell(facts.parameters, "{:,}".format),
        tell(facts.multiply_adds, shorten),
        tell(count_per_hour(facts, CARDS[name].setup), shorten),
        f"{facts.receptive_field:.3g} s",
        tell(None if cost is None else cost.processor_seconds, tell_time),
        f"`{recipes[0]}`" if recipes else "–",
    ]
    return f"| {' | '.join(cells)} |"


def write_card(name: str, facts: Facts) -> str:
    """Return all that is known of a model."""
    card = CARDS[name]
    lines = [f"\n## {name}\n", f"{card.title}.\n", *map(write_paper, card.papers)]
    lines += [f"- **Reads:** {card.reads}", f"- **Counted as:** {write_setup(card.setup)}."]
    lines.append(f"- **Size:** {write_size(facts, card.setup)}.")
    lines += [f"- **An hour of EEG, {title}:** {write_cost(facts.costs[engine])}." for engine, title in titled(facts)]
    if card.recipes:
        lines.append(f"- **Recipes:** {', '.join(f'`{recipe}`' for recipe in card.recipes)}")
    lines.append(f"- **Ours, not published:** {card.ours}")
    lines += [f"- **Published:** {figure}" for figure in published_figures(card)]
    return "\n".join(lines)


def titled(facts: Facts) -> Iterable[tuple[str, str]]:
    """Return the engines that were measured, and what they are called."""
    titles = {"onnxruntime": "ONNX Runtime", "torch": "torch"}
    return [(engine, titles[engine]) for engine in ENGINES if engine in facts.costs]


def write_paper(paper: Paper) -> str:
    """Return a line of the literature."""
    return f"- {paper.authors}: *{paper.title}*, {paper.venue}{'' if paper.year is None else f', {paper.year}'}"


def write_setup(setup: Setup) -> str:
    """Return in words what a model was counted and timed with."""
    said = [f"{setup.origin}: {setup.n_channels} channel{'s' if setup.n_channels > 1 else ''}"]
    said += [f"{setup.sampling_rate:g} Hz", f"windows of {setup.window:g} s"]
    said += [f"{setup.n_classes} classes"] if setup.n_classes > 2 else []
    said += [f"behind `{setup.features['features']}`"] if setup.features is not None else []
    return ", ".join([*said, *(f"`{key} = {value}`" for key, value in setup.config.items())])


def write_size(facts: Facts, setup: Setup) -> str:
    """Return parameters, arithmetic and receptive field."""
    per_hour = count_per_hour(facts, setup)
    said = [f"parameters {tell(facts.parameters, '{:,}'.format)}"]
    if facts.multiply_adds is not None and per_hour is not None:
        said += [f"{shorten(facts.multiply_adds)} multiply-adds a window", f"{shorten(per_hour)} an hour"]
    return ", ".join([*said, f"sees {facts.receptive_field:.3g} s"])


def write_cost(cost: Cost) -> str:
    """Return what an hour costs."""
    return f"{tell_time(cost.processor_seconds)} of CPU, {cost.memory:.0f} MB"


def write_conditions(measured: dict[str, Any]) -> str:
    """Return how speed was measured, once for all models of which it was measured alike."""
    alike: dict[str, list[str]] = {}
    for name, conditions in measured.items():
        alike.setdefault(json.dumps({**conditions, "load": None}), []).append(name)
    return "\n".join([*(write_measurement({name: measured[name] for name in names}) for names in alike.values()), ""])


def write_measurement(measured: dict[str, Any]) -> str:
    """Return how the speed of some models was measured."""
    conditions = next(iter(measured.values()))
    loads = [each["load"] for each in measured.values()]
    how = f"the best of {conditions['repeats']} times {conditions['minutes']:g} minutes, scaled to an hour"
    n_threads = f"{conditions['threads']} thread{'s' if conditions['threads'] > 1 else ''}"
    where = f"{n_threads} on {conditions['cores']} cores ({conditions['processor']})"
    versions = f"ONNX Runtime {conditions['onnxruntime']}, torch {conditions['torch']}"
    load = f"{min(loads):g} to {max(loads):g}" if len(loads) > 1 else f"{loads[0]:g}"
    return f"- Speed of {', '.join(sorted(measured))}: {how}; {where}; {versions}; load of the machine {load}."


def published_figures(card: Card) -> list[str]:
    """Return what the headers of a model's recipes say under *Published*, each once."""
    said = []
    for recipe in card.recipes:
        text = files("ictal.experiments").joinpath("recipes", RECIPES[recipe]).read_text(encoding="utf-8")
        header = re.split(r"\n(?!#)", text, maxsplit=1)[0]
        found = re.search(r"^# Published: (.*(?:\n#(?! [A-Z][a-z ]*:|   ictal).*)*)", header, flags=re.MULTILINE)
        said += [] if found is None else [" ".join(found[1].replace("\n#", " ").split())]
    return list(dict.fromkeys(said))


def count_per_hour(facts: Facts, setup: Setup) -> int | None:
    """Return the multiply-adds of an hour of windows that follow one another."""
    return None if facts.multiply_adds is None else round(facts.multiply_adds * 3600 / setup.window)


def tell(value: Any, write: Callable[[Any], str]) -> str:
    """Return a value, or that there is none."""
    return "n/a" if value is None else "none" if value == 0 else write(value)


def shorten(value: float) -> str:
    """Return a number with three digits and a letter."""
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{float(f'{value / size:.3g}'):g} {unit}"
    return f"{value:g}"


def tell_time(seconds: float) -> str:
    """Return milliseconds with two digits."""
    return f"{float(f'{1000 * seconds:.2g}'):,.0f} ms"


if __name__ == "__main__":
    main()
