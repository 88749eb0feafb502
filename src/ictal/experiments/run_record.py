"""What every run folder says of itself: the resolved recipe, versions, data, git state, seeds."""

from __future__ import annotations

import json
import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ictal.core.errors import OutputError, ParameterError
from ictal.core.version import __version__
from ictal.data.store import Store
from ictal.experiments.recipe import Recipe, write_recipe
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.json_file import read_json_file

FORMAT = "ictal-run"
VERSION = 1
RECORD, RECIPE = "run.json", "recipe.toml"
PACKAGES = ("torch", "lightning", "numpy", "scipy", "onnxruntime", "scikit-learn", "optuna")


@dataclass(frozen=True)
class RunRecord:
    """What a run folder is.

    Attributes
    ----------
    kind : str
        ``train``, ``crossval``, ``tune`` or ``finetune``.
    recipe : str
        Name of the recipe.
    content : dict
        All of ``run.json``.
    """

    kind: str
    recipe: str
    content: dict[str, Any]


def open_run(folder: Path, kind: str, recipe: Recipe, store: Store, **facts: Any) -> Path:
    """Make a run folder, or find the one that a run with the same recipe and data left.

    Parameters
    ----------
    folder : Path
        New, empty, or of the same run, which then goes on.
    kind : str
        What runs.
    recipe : Recipe
        As resolved; it is written to ``recipe.toml``.
    store : Store
        What it runs on.
    **facts
        More that belongs into ``run.json``, as JSON can hold it.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        If the folder holds something else, or another run.
    """
    ensure_folder(folder)
    text = write_recipe(recipe)
    record = {"format": FORMAT, "version": VERSION, "kind": kind, "recipe": recipe.name, "data": describe_data(store)}
    record |= facts
    if (folder / RECORD).is_file():
        _check_same(folder, record, text)
        return folder
    if any(folder.iterdir()):
        raise OutputError(f"{folder}: the folder is not empty and holds no run; choose another one.")
    record |= {"versions": list_versions(), "git": describe_git(), "seed": recipe.training.seed}
    record |= {"threads": recipe.training.threads, "machine": platform.machine()}
    with atomic_write(folder / RECIPE, "w") as file:
        file.write(text)
    with atomic_write(folder / RECORD, "w") as file:
        file.write(json.dumps(record, indent=1) + "\n")
    return folder


def read_run(folder: Path | str) -> RunRecord:
    """Return what a run folder says of itself.

    Raises
    ------
    RecordingError
        If it is none.
    """
    content = read_json_file(Path(folder) / RECORD, "the record of a run", FORMAT, VERSION)
    return RunRecord(str(content.get("kind", "")), str(content.get("recipe", "")), content)


def describe_data(store: Store) -> dict[str, Any]:
    """Return how large a store is, and the hash of all its signals."""
    import hashlib

    signals = "".join(sorted(row.signal.sha256 for row in store.manifest.recordings))
    return {
        "corpus": store.manifest.corpus,
        "n_subjects": len({one.subject for one in store.recordings}),
        "n_recordings": len(store),
        "hours": round(store.manifest.hours, 3),
        "n_seizures": sum(len(one.annotations.seizures) for one in store.recordings),
        "sha256": hashlib.sha256(signals.encode()).hexdigest(),
    }


def list_versions() -> dict[str, str]:
    """Return the versions of ictal, Python and the packages that figures depend on."""
    versions = {"ictal": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def describe_git() -> dict[str, Any]:
    """Return the commit of the folder in which ictal runs and whether something is uncommitted; empty without git."""
    answers = []
    for command in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"]):
        try:
            done = subprocess.run(["git", *command], capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return {}
        answers.append(done.stdout.strip())
    return {"commit": answers[0], "changed": bool(answers[1])}


def _check_same(folder: Path, record: dict[str, Any], recipe: str) -> None:
    there = read_run(folder).content
    for key, value in record.items():
        if there.get(key) != json.loads(json.dumps(value)):
            raise OutputError(f"{folder}: holds a run with another {key}; choose another folder.")
    if (folder / RECIPE).read_text(encoding="utf-8") != recipe:
        raise ParameterError(
            f"{folder}: holds a run of other settings; {RECIPE} there says which. Choose another folder."
        )
