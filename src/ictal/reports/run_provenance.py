"""Where the figures of a run come from: data, split, detector and the machine that made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ictal.core.version import __version__
from ictal.detection.detector import Detector
from ictal.evaluation.folds import FoldSummary, folder_of

Facts = list[tuple[str, str]]

DETECTOR = "detector.ictal"
SIMULATED = "simulated"
UNTOLD = "the run does not say"


def list_provenance(folder: Path, record: Mapping[str, Any], recipe: Mapping[str, Any]) -> dict[str, Facts]:
    """Return names and values by heading.

    Parameters
    ----------
    folder : Path
        Of the run.
    record, recipe : mapping
        What ``run.json`` and ``recipe.toml`` say.
    """
    return {
        "Recipe": list(_of_recipe(folder, record, recipe)),
        "Data": list(_of_data(folder, record, recipe)),
        "Environment": list(_of_machine(record)),
    }


def list_detectors(folder: Path, folds: Sequence[FoldSummary]) -> Facts:
    """Return the fold and the fingerprint of each detector that a cross-validation has made."""
    files = ((fold.name, folder / folder_of(fold.name) / DETECTOR) for fold in folds)
    return [(name, Detector.read(path).fingerprint) for name, path in files if path.is_file()]


def tell_origin(record: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    """Return whether the signals are simulated: by the run itself, or by the corpus where it still lies there.

    Examples
    --------
    >>> tell_origin({"data": {"corpus": "simulated scores"}}, {})
    'simulated'
    >>> tell_origin({"data": {"corpus": "bids", "simulated": False}}, {})
    'recorded'
    """
    data = record["data"]
    if "simulated" in data:
        return SIMULATED if data["simulated"] else "recorded"
    corpus = recipe.get("data", {}).get("corpus")
    names = [str(data["corpus"]), "" if corpus is None else _name_dataset(Path(corpus))]
    return SIMULATED if any("simulat" in name.lower() for name in names) else UNTOLD


def name_corpus(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe with the name of the folder of its data alone: where it lies can tell of whom it is."""
    data = dict(recipe.get("data", {}))
    if "corpus" in data:
        data["corpus"] = Path(data["corpus"]).name
    return {**recipe, "data": data}


def _of_recipe(folder: Path, record: Mapping[str, Any], recipe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Recipe", f"{record['recipe']}: {recipe['summary']}" if recipe.get("summary") else record["recipe"]
    yield "SHA-256 of the recipe", _hash_file(folder / "recipe.toml")
    yield "Model", str(recipe.get("model", {}).get("name", ""))
    way = recipe.get("split", {})
    name = record.get("split", way.get("by", ""))
    yield "Split", f"{name}, seed {way.get('seed', 0)}; {100 * way.get('validation', 0.0):.0f} % of the rest watched"
    yield "SHA-256 of the splits", _hash_file(folder / "splits.json")
    if (folder / DETECTOR).is_file():
        yield "Fingerprint of the detector", Detector.read(folder / DETECTOR).fingerprint


def _of_data(folder: Path, record: Mapping[str, Any], recipe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = record["data"]
    yield (
        "Data",
        f"{data['corpus']}: {data['n_subjects']} subjects, {data['n_recordings']} recordings, {data['hours']:.1f} h, "
        f"{data['n_seizures']} seizures",
    )
    yield "Simulated or recorded", tell_origin(record, recipe)
    yield "Hash of the signals", str(data["sha256"])
    if (folder / "evaluation.json").is_file():
        yield "SHA-256 of the evaluation", _hash_file(folder / "evaluation.json")


def _of_machine(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    git, versions = record.get("git", {}), record.get("versions", {})
    yield "Seed, threads", f"{record.get('seed')}, {record.get('threads')}"
    yield "Versions", ", ".join(f"{package} {version}" for package, version in versions.items())
    if git:
        yield "Commit", git["commit"] + (", with changes that are not committed" if git.get("changed") else "")
    yield "Machine", str(record.get("machine", ""))
    yield "This page", f"made by ictal {__version__}"


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else UNTOLD


def _name_dataset(folder: Path) -> str:
    try:
        return str(json.loads((folder / "dataset_description.json").read_bytes()).get("Name", ""))
    except (OSError, ValueError, AttributeError):
        return ""
