"""``ictal simulate`` as a new user runs it, and what may be done with it next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Ictal = Callable[..., Any]


def test_simulate_detect_and_score_go_hand_in_hand(ictal: Ictal, tmp_path: Path) -> None:
    data, results = tmp_path / "data", tmp_path / "results"
    simulated = ictal("simulate", data, "--subjects", 2, "--hours", 0.1, "--seizures-per-hour", 20, "--seed", 3)
    assert simulated.code == 0, simulated.err
    assert "2 recordings of 0.2 h with " in simulated.out
    assert "Simulated EEG is no evidence of clinical performance." in simulated.out
    assert ictal("detect", data, "-o", results).code == 0
    scored = ictal("score", data, results)
    assert scored.code == 0, scored.err
    assert "2 recordings of 2 subjects, 0.2 h" in scored.out


def test_a_folder_with_files_is_refused_in_one_line(ictal: Ictal, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = ictal("simulate", tmp_path)
    assert refused.code == 2
    assert "the folder is not empty" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_an_unknown_population_lists_the_known_ones(ictal: Ictal, tmp_path: Path) -> None:
    refused = ictal("simulate", tmp_path / "out", "--population", "martian")
    assert refused.code == 2
    assert "adult" in refused.err and "rodent" in refused.err


def test_rodents_are_simulated_too(ictal: Ictal, tmp_path: Path) -> None:
    done = ictal("simulate", tmp_path / "mice", "--population", "rodent", "--subjects", 1, "--hours", 0.05)
    assert done.code == 0, done.err
    assert len(list((tmp_path / "mice").glob("sub-01/*/eeg/*.edf"))) == 1


def test_a_twin_lies_where_the_corpus_would(ictal: Ictal, tmp_path: Path, test_data: Path) -> None:
    annotations = test_data / "annotations" / "helsinki"
    small = ("--annotations", annotations, "--subjects", 2, "--hours-per-subject", 0.01)
    done = ictal("simulate", tmp_path / "twin", "--like", "helsinki", *small)
    assert done.code == 0, done.err
    assert "2 recordings of 0.02 h" in done.out
    assert {path.name for path in (tmp_path / "twin").glob("*.edf")} == {"eeg1.edf", "eeg2.edf"}


def test_a_twin_needs_the_annotations_of_its_corpus(ictal: Ictal, tmp_path: Path) -> None:
    refused = ictal("simulate", tmp_path / "twin", "--like", "chb-mit")
    assert refused.code == 2
    assert "--annotations" in refused.err
    alone = ictal("simulate", tmp_path / "twin", "--hours-per-subject", 1)
    assert alone.code == 2
    assert "--like" in alone.err
