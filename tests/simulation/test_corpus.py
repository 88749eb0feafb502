"""Simulated datasets: the same bytes for the same seed, the truth beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.io.bids import SZCORE_CHANNELS
from ictal.io.edf import read_edf
from ictal.io.events_tsv import read_events
from ictal.simulation.corpus import (
    PHYSICAL_RANGE,
    TRUTH_FOLDER,
    PlannedHuman,
    plan_corpus,
    write_corpus_frame,
    write_planned,
)
from ictal.simulation.exam import plan_exam


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def write(folder: Path, **settings: object) -> Path:
    planned = plan_corpus(2, hours=0.06, seizures_per_hour=30.0, **settings)
    write_corpus_frame(folder, "tiny", planned)
    for recording in planned:
        write_planned(folder, recording)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("corpus"))


def test_the_same_seed_gives_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    assert digest(write(tmp_path / "again")) == digest(tiny)
    other = digest(write(tmp_path / "other", seed=1))
    edf = [name for name in other if name.endswith(".edf")]
    assert len(edf) == 2
    assert all(other[name] != digest(tiny)[name] for name in edf)


def test_a_subject_does_not_depend_on_how_many_there_are() -> None:
    few, many = plan_corpus(2, seed=4), plan_corpus(20, seed=4)
    assert few == many[:2]
    assert len({recording.seed for recording in many}) == 20


def test_recordings_hold_what_their_tables_say(tiny: Path) -> None:
    [path, _] = sorted(tiny.glob("sub-*/ses-*/eeg/*.edf"))
    assert b"simulated" in path.read_bytes()[:256], "the header says what it is"
    recording = read_edf(path)
    assert recording.channels == SZCORE_CHANNELS
    assert recording.duration == pytest.approx(216.0, abs=1.0)
    events = read_events(path.with_name(path.name.replace("_eeg.edf", "_events.tsv")))
    assert len(events.seizures) > 0
    assert {name for event in events for name in event.channels} <= set(SZCORE_CHANNELS)


def test_the_whole_truth_lies_in_derivatives(tiny: Path) -> None:
    [table, _] = sorted((tiny / TRUTH_FOLDER).rglob("*_events.tsv"))
    planted = read_events(table)
    assert len(planted) > len(planted.seizures)
    described = json.loads(table.with_name(table.name.replace("_events.tsv", "_phantom.json")).read_text())
    assert described["subject"]["rhythms"]["alpha_frequency"] > 0


def test_rodents_have_recordings_of_their_own(tmp_path: Path) -> None:
    [planned] = plan_corpus(1, hours=0.05, population="rodent")
    path = write_planned(tmp_path, planned)
    assert read_edf(path).sampling_rate == 500.0


def test_an_amplifier_that_saturates_says_nothing(tmp_path: Path) -> None:
    """Warnings are errors in the tests; this recording has an electrode that loses its contact."""
    planned = plan_exam()[9]
    loudest = np.abs(planned.simulate().read()).max()
    assert loudest > PHYSICAL_RANGE[1]
    write_planned(tmp_path, planned)


def test_difficulty_is_drawn_unless_given() -> None:
    drawn = {one.difficulty for one in plan_corpus(8) if isinstance(one, PlannedHuman)}
    assert len(drawn) == 8
    assert {one.difficulty for one in plan_corpus(8, difficulty=0.3) if isinstance(one, PlannedHuman)} == {0.3}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_subjects": 0}, "subjects: 0"),
        ({"n_subjects": 1, "seed": -1}, "seed -1"),
        ({"n_subjects": 1, "hours": 0.0}, "hours: 0"),
        ({"n_subjects": 1, "population": "martian"}, "population: 'martian'"),
        ({"n_subjects": 1, "population": "unseen"}, "population: 'unseen'"),
        ({"n_subjects": 1, "population": "adult,unseen"}, "population: 'unseen'"),
        ({"n_subjects": 1, "population": "adult,rodent"}, "rodents and humans"),
        ({"n_subjects": 1, "seizures_per_hour": 31.0}, "seizures per hour: 31.0"),
    ],
)
def test_values_out_of_range_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        plan_corpus(**settings)


def test_subjects_are_drawn_from_several_populations_in_turn() -> None:
    planned = plan_corpus(5, hours=0.05, population="adult,icu")
    assert [one.population for one in planned] == ["adult", "icu", "adult", "icu", "adult"]
    assert planned[1] == plan_corpus(5, hours=0.05, population="icu")[1]
