"""Where simulated seizures are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.montage import MONTAGES
from ictal.explain.planted import describe_planted, read_seizures
from ictal.io.bids import write_json
from ictal.simulation.corpus import plan_corpus
from ictal.simulation.rodent_seizures import SpikeTrain
from ictal.simulation.seizure import Seizure

LEADS = MONTAGES["double-banana"].labels


@pytest.mark.parametrize("population", ["adult", "neonate", "icu", "rodent"])
def test_the_seizures_of_a_record_are_those_of_the_recording(tmp_path: Path, population: str) -> None:
    for planned in plan_corpus(3, hours=0.2, seed=4, population=population, seizures_per_hour=10):
        write_json(tmp_path / "record.json", planned.describe())
        found = read_seizures(tmp_path / "record.json")
        assert [seizure.span for seizure in found] == [event.span for event in planned.simulate().annotations]


def test_other_files_are_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "other.json", {"seed": 3})
    for path in (tmp_path / "other.json", tmp_path / "none.json"):
        with pytest.raises(RecordingError, match="is no record"):
            read_seizures(path)


@pytest.mark.parametrize("focus", ["T7", "F8", "C3", "P4"])
def test_a_focal_seizure_is_on_leads_of_its_focus(focus: str) -> None:
    planted = describe_planted(Seizure(20.0, 60.0, focus=focus, crossing=1.0), LEADS, (20.0, 35.0))
    touching = {lead for lead in LEADS if focus in lead.split("-")}
    assert touching & set(planted.leads)
    assert len(planted.leads) <= 10
    assert planted.span == (20.0, 80.0)


def test_it_is_on_more_leads_when_it_has_crossed() -> None:
    seizure = Seizure(20.0, 60.0, focus="T7", crossing=0.3)
    early = describe_planted(seizure, LEADS, (0.0, 30.0)).leads
    late = describe_planted(seizure, LEADS, (60.0, 200.0)).leads
    assert "T8-P8" not in early
    assert {"T8-P8", "F8-T8"} & set(late)


def test_its_band_falls_as_it_slows() -> None:
    seizure = Seizure(20.0, 60.0, fast_share=0.0)
    early, late = (describe_planted(seizure, LEADS, asked).band for asked in ((20.0, 25.0), (70.0, 80.0)))
    assert early[0] <= seizure.start_frequency <= early[1] + 1.0
    assert late[0] <= seizure.stop_frequency + 0.5
    assert late[0] < early[0]


def test_fast_seizures_are_in_fast_bands() -> None:
    low, high = describe_planted(Seizure(5.0, 15.0, kind="tonic", fast_share=0.0), LEADS, (5.0, 20.0)).band
    assert 7.0 < low < high < 30.0


def test_absences_are_told_by_electrodes_against_an_average_too() -> None:
    planted = describe_planted(Seizure(5.0, 15.0, kind="absence"), ("Fz-Avg", "O1-Avg", "F3", "Pz"), (5.0, 20.0))
    assert {"Fz-Avg", "F3"} & set(planted.leads)
    assert 2.0 < planted.band[0] < 4.0


def test_animals_have_no_leads_that_are_told_apart() -> None:
    planted = describe_planted(SpikeTrain(30.0, 20.0), ("EEG1",), (0.0, 60.0))
    assert planted.leads == ()
    assert 1.0 < planted.band[0] < planted.band[1] < 60.0


def test_a_stretch_beside_the_seizure_is_refused() -> None:
    with pytest.raises(ParameterError, match="outside the seizure"):
        describe_planted(Seizure(20.0, 30.0), LEADS, (60.0, 70.0))


def test_leads_without_electrodes_are_not_told_apart() -> None:
    planted = describe_planted(Seizure(20.0, 30.0), ("left", "right"), (20.0, 50.0))
    assert planted.leads == ()
    assert np.isfinite(planted.band).all()
