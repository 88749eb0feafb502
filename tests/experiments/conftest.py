"""Two animals in one file, whose seizures are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf
from ictal.simulation.rodent import SpikeTrain, simulate_animal


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
