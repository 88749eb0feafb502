"""What tests share: where the real data is, a count of what was skipped without it, and small recordings as files."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import Identity, write_edf
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

DATA_VARIABLE = "ICTAL_TEST_DATA"
NO_DATA = f"{DATA_VARIABLE} is not set: the real data is not here"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real recordings, annotations and oracles; set and missing is a failure, unset a counted skip."""
    if DATA_VARIABLE not in os.environ:
        pytest.skip(NO_DATA)
    folder = Path(os.environ[DATA_VARIABLE])
    assert folder.is_dir(), f"{DATA_VARIABLE}={folder} is not a folder"
    return folder


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
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of noise on 19 electrodes."""
    path = tmp_path_factory.mktemp("quiet") / "quiet.edf"
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 20 * 256))
    write_edf(path, Recording.from_array(noise, 256.0, SCALP_19))
    return path


@pytest.fixture
def both(tmp_path: Path, quiet: Path, scalp: Path) -> Path:
    """A folder with a quiet recording and one with a seizure."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(quiet, folder / "a.edf")
    shutil.copy(scalp, folder / "b.edf")
    return folder


@pytest.fixture
def without_privileges() -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Be an ordinary user for a while, since root may write everywhere."""

    @contextlib.contextmanager
    def ordinary_user() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return ordinary_user


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    without_data = [report for report in terminalreporter.stats.get("skipped", []) if NO_DATA in str(report.longrepr)]
    if without_data:
        terminalreporter.write_line(f"{len(without_data)} tests skipped: {NO_DATA}")
