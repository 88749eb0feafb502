"""The exam is frozen: its plan, its hashes, and that no training corpus can hold it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ictal.simulation.corpus import plan_corpus, write_planned
from ictal.simulation.exam import POPULATION_COUNTS, changed_files, hash_files, plan_exam, read_hashes
from ictal.simulation.populations import UNSEEN, UNSEEN_KIND

BUILD_ONE = """
import tempfile
from ictal.simulation.corpus import write_planned
from ictal.simulation.exam import hash_files, plan_exam
with tempfile.TemporaryDirectory() as folder:
    path = write_planned(folder, plan_exam()[0]).relative_to(folder).as_posix()
    print(path, hash_files(folder, [path])[path])
"""


def test_every_recording_of_the_plan_has_its_hashes() -> None:
    stems = {recording.name.stem for recording in plan_exam()}
    assert {Path(path).name.rsplit("_", 1)[0] for path in read_hashes()} == stems
    assert len(read_hashes()) == 2 * len(stems)
    assert all(len(digest) == 64 for digest in read_hashes().values())


def test_a_file_that_is_built_again_is_the_frozen_one(tmp_path: Path) -> None:
    planned = plan_exam()[-1]
    path = write_planned(tmp_path, planned)
    table = path.with_name(f"{planned.name.stem}_events.tsv")
    names = [str(file.relative_to(tmp_path)) for file in (path, table)]
    frozen = read_hashes()
    assert hash_files(tmp_path, names) == {name: frozen[name] for name in names}
    assert len(changed_files(tmp_path)) == len(frozen) - 2


@pytest.mark.parametrize("variable", ["OPENBLAS_CORETYPE=Nehalem", "NPY_DISABLE_CPU_FEATURES=AVX512F AVX512_SKX AVX2"])
def test_another_processor_gives_the_same_bytes(variable: str) -> None:
    """Other code for products and for exponentials, as a processor without the newest instructions runs it."""
    name, _, value = variable.partition("=")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD_ONE],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, name: value},
        check=True,
    )
    path, digest = done.stdout.split()
    assert read_hashes()[path] == digest


def test_the_exam_holds_what_training_never_does() -> None:
    planned = plan_exam()
    assert len(planned) == sum(POPULATION_COUNTS.values())
    unseen = [recording for recording in planned if recording.population == UNSEEN]
    assert sum(recording.seizure_kind == UNSEEN_KIND for recording in unseen) >= 3
    assert all(recording.n_seizures >= 2 for recording in planned)
    seeds = {recording.seed for recording in planned}
    assert len(seeds) == len(planned)
    for seed in range(20):
        assert seeds.isdisjoint(recording.seed for recording in plan_corpus(50, seed=seed))


def test_what_is_missing_or_changed_is_named(tmp_path: Path) -> None:
    assert set(changed_files(tmp_path)) == set(read_hashes())
