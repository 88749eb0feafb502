"""The frozen exam: simulated recordings that no detector was trained on, the same for everybody and for ever.

Its plan stands here and its hashes in ``exam.sha256`` beside this file; both were fixed before any detector was
trained. Seeds are of a form that :func:`~ictal.simulation.corpus.plan_corpus` never makes. A quarter of the subjects
is from the population ``unseen``, whose physiologies and whose kind of seizure no training population holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import numpy as np

from ictal.io.bids import BidsName
from ictal.simulation.corpus import Planned, PlannedHuman
from ictal.simulation.populations import POPULATIONS

NAME = "ictal exam 1"
HOURS = 1.0
SEIZURES = (2, 5)
"""At least, and less than, so many in each recording."""

POPULATION_COUNTS = {"adult": 7, "child": 4, "icu": 4, "neonate": 3, "unseen": 6}
DIFFICULTIES = (0.45, 1.0)
_KEY = (1886, 2026)


def plan_exam() -> tuple[Planned, ...]:
    """Return the recordings of the exam: one hour of each of 24 subjects.

    Examples
    --------
    >>> len(plan_exam())
    24
    """
    names = [population for population, count in POPULATION_COUNTS.items() for _ in range(count)]
    planned: list[Planned] = []
    for number, population in enumerate(names, start=1):
        rng = np.random.default_rng([*_KEY, number])
        subject = POPULATIONS.load(population)(rng)
        planned.append(
            PlannedHuman(
                name=BidsName(f"{number:02d}"),
                subject=subject,
                seed=int(rng.integers(2**31)),
                duration=3600.0 * HOURS,
                n_seizures=int(rng.integers(*SEIZURES)),
                difficulty=round(float(rng.uniform(*DIFFICULTIES)), 3),
            )
        )
    return tuple(planned)


def read_hashes() -> dict[str, str]:
    """Return the SHA-256 of every EDF file and event table of the exam, by its path in the dataset."""
    text = resources.files("ictal.simulation").joinpath("exam.sha256").read_text(encoding="ascii")
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in text.splitlines())}


def hash_files(folder: Path | str, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of some files of a folder, by their path in it; a file that is not there has none."""
    found = {}
    for path in paths:
        file = Path(folder, path)
        if file.is_file():
            with file.open("rb") as stream:
                found[path] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def changed_files(folder: Path | str) -> tuple[str, ...]:
    """Return which files of the exam in a folder are missing or differ from the frozen ones."""
    frozen = read_hashes()
    found = hash_files(folder, frozen)
    return tuple(path for path, digest in frozen.items() if found.get(path) != digest)
