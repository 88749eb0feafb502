"""Twins are written side by side, go on where they were stopped, and refuse what they cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import OutputError, ParameterError
from ictal.experiments.twin import simulate_twin, try_to_write
from ictal.io.corpora.corpus import list_corpus
from ictal.simulation.twins import plan_twins

SUMMARY = """\
Data Sampling Rate: 256 Hz

Channels in EDF Files:
Channel 1: FP1-F7

File Name: chb03_01.edf
File Start Time: 10:00:00
File End Time: 10:00:20
Number of Seizures in File: 1
Seizure Start Time: 5 seconds
Seizure End Time: 12 seconds

File Name: chb03_02.edf
File Start Time: 11:00:00
File End Time: 11:00:30
Number of Seizures in File: 0
"""


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    """The summary of one case, without any signal."""
    case = tmp_path / "real" / "chb03"
    case.mkdir(parents=True)
    (case / "chb03-summary.txt").write_text(SUMMARY)
    return case.parent


def test_the_bytes_do_not_depend_on_how_many_work(annotations: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    one = simulate_twin(tmp_path / "one", "chb-mit", annotations, progress=shares.append)
    two = simulate_twin(tmp_path / "two", "chb-mit", annotations, n_jobs=2)
    assert shares == pytest.approx([0.4, 1.0])
    assert (one.hours, one.n_seizures) == (pytest.approx(50 / 3600), 1)
    assert [path.name for path in one.recordings] == ["chb03_01.edf", "chb03_02.edf"]
    assert [path.read_bytes() for path in one.recordings] == [path.read_bytes() for path in two.recordings]


def test_the_twin_is_listed_as_its_corpus_is(annotations: Path, tmp_path: Path) -> None:
    twin = simulate_twin(tmp_path / "twin", "chb-mit", annotations)
    real, made = list_corpus(annotations), list_corpus(twin.folder)
    assert [(each.name, each.annotations, each.start) for each in made] == [
        (each.name, each.annotations, each.start) for each in real
    ]
    assert made.remarks == ()


def test_a_second_run_writes_what_is_missing_alone(annotations: Path, tmp_path: Path) -> None:
    first, second = simulate_twin(tmp_path / "twin", "chb-mit", annotations).recordings
    content, written = second.read_bytes(), first.stat().st_mtime_ns
    second.unlink()
    simulate_twin(tmp_path / "twin", "chb-mit", annotations)
    assert (second.read_bytes(), first.stat().st_mtime_ns) == (content, written)
    simulate_twin(tmp_path / "twin", "chb-mit", annotations, seed=1)
    assert second.read_bytes() != content


def test_what_cannot_be_is_refused(annotations: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="helsinki"):
        simulate_twin(tmp_path / "twin", "tusz", annotations)
    with pytest.raises(ParameterError, match="lengths"):
        simulate_twin(tmp_path / "twin", "helsinki", annotations, lengths=annotations)
    assert not (tmp_path / "twin").exists()


def test_an_error_in_a_worker_is_an_answer(annotations: Path, tmp_path: Path) -> None:
    (tmp_path / "chb03").write_text("a file where a folder should be")
    (planned, *_) = plan_twins(list_corpus(annotations))
    assert isinstance(try_to_write(tmp_path, planned), OutputError)
