"""Short recordings whose seizures are known, as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import Identity, write_edf
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.rodent import SpikeTrain, simulate_animal
from ictal.simulation.seizure import Seizure


@pytest.fixture(scope="session")
def scalp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes of scalp EEG of a patient with a name; a seizure from 60 to 90 s is marked ``Anfall`` in the file."""
    path = tmp_path_factory.mktemp("scalp") / "night.edf"
    simulated = simulate_recording(120.0, seed=2, seizures=[Seizure(60.0, 30.0, focus="T8")], difficulty=0.0)
    write_edf(
        path,
        simulated,
        Annotations([Event(60.0, 30.0, "Anfall"), Event(5.0, 0.0, "eyes open")], 120.0),
        start_time=datetime(2002, 3, 2, 21, 30, 15),
        identity=Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony"),
    )
    return path


@pytest.fixture(scope="session")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three minutes of two rodents, two screws each; the first has a seizure at 100 s, the second at 60 s."""
    path = tmp_path_factory.mktemp("cage") / "cage.edf"
    animals = [
        simulate_animal(180.0, seed=seed, n_channels=2, seizures=[SpikeTrain(onset, 30.0)], sampling_rate=250.0)
        for seed, onset in [(0, 100.0), (1, 60.0)]
    ]
    write_edf(path, Recording.from_array(np.concatenate([one.read() for one in animals]), 250.0))
    return path


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of noise on 19 electrodes."""
    path = tmp_path_factory.mktemp("quiet") / "quiet.edf"
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 256))
    write_edf(path, Recording.from_array(noise, 256.0, SCALP_19))
    return path
