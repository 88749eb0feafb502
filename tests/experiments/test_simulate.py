"""Datasets are written side by side, and never over somebody's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import OutputError, ParameterError
from ictal.experiments.simulate import simulate_corpus, simulate_exam, try_to_write
from ictal.io.bids import BidsName
from ictal.simulation import exam
from ictal.simulation.corpus import PlannedAnimal


def simulate(folder: Path, **settings: object) -> dict[str, bytes]:
    shares: list[float] = []
    dataset = simulate_corpus(folder, 3, 0.02, 7, seizures_per_hour=0.0, progress=shares.append, **settings)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert [path.name[:6] for path in dataset.recordings] == ["sub-01", "sub-02", "sub-03"]
    assert dataset.hours == pytest.approx(0.06)
    return {path.name: path.read_bytes() for path in dataset.recordings}


def test_the_bytes_do_not_depend_on_how_many_work(tmp_path: Path) -> None:
    assert simulate(tmp_path / "one") == simulate(tmp_path / "two", n_jobs=2)


def test_a_folder_with_files_is_refused_unless_told(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not empty"):
        simulate(tmp_path)
    simulate(tmp_path, overwrite=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_values_out_of_range_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="population"):
        simulate(tmp_path / "out", population="martian")
    assert not (tmp_path / "out").exists()


def test_an_error_in_a_worker_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "sub-01").write_text("a file where a folder should be")
    answer = try_to_write(tmp_path, PlannedAnimal(BidsName("01"), 1, 60.0, 0))
    assert isinstance(answer, OutputError)


def test_an_exam_that_is_not_the_frozen_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = (PlannedAnimal(BidsName("01"), 1, 60.0, 0),)
    monkeypatch.setattr(exam, "plan_exam", lambda: planned)
    with pytest.raises(OutputError, match="differs from the frozen exam, as do 47 more files"):
        simulate_exam(tmp_path / "exam")
