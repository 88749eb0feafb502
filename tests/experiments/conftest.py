"""Two animals in one file, whose seizures are known; and corpora of noise that swells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
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


@pytest.fixture(scope="session")
def bursts() -> Callable[..., Path]:
    """Make a folder of subjects, one channel each: noise that swells in seizures of 30 s, and for 12 s now and then."""

    def write(
        folder: Path, *, n_subjects: int, seconds: float, n_seizures: int, heights: tuple[float, float] = (1.8, 4.0)
    ) -> Path:
        for number in range(n_subjects):
            rng = np.random.default_rng(number)
            height = np.ones(round(seconds))
            starts = 60 + rng.permutation(int(seconds - 100) // 200) * 200
            for start in starts[n_seizures:]:
                height[start : start + 12] = rng.uniform(1.5, 2.5)
            for start in starts[:n_seizures]:
                height[start : start + 30] = rng.uniform(*heights)
            signal = 20.0 * np.repeat(height, 128) * rng.normal(0.0, 1.0, round(seconds) * 128)
            marked = [Event(float(start), 30.0) for start in starts[:n_seizures]]
            subject = f"s{number:02}"
            (folder / subject).mkdir(parents=True, exist_ok=True)
            recording = Recording.from_array(signal[None], 128.0, ["cortex"])
            write_edf(folder / subject / f"{subject}_eeg.edf", recording)
            write_events(folder / subject / f"{subject}_events.tsv", Annotations(marked, seconds))
        return folder

    return write
