"""What is reviewed in the browser: a recording with twelve candidates and one with two, made once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.apps.page.browsing import Desks, Server, serve
from tests.reports.browser import chromium

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.io.discover import find_recordings
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
from ictal.io.scores_file import write_scores
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

__all__ = ["chromium"]

DURATION = 600.0
START = datetime(2002, 3, 2, 21, 30, 15)
LONG, SHORT = "sub-01_task-sz", "sub-02_task-sz"
"""The places of the two recordings."""

CONFIDENCES = (0.35, 0.55, 0.95, 0.62, 0.44, 0.71, 0.52, 0.30, 0.91, 0.58, 0.41, 0.66)
ONSETS = (30.0, 75.0, 121.0, 190.0, 240.0, 280.0, 330.0, 372.0, 419.0, 470.0, 515.0, 560.0)
LENGTHS = (12.0, 8.0, 36.0, 10.0, 6.0, 9.0, 14.0, 7.0, 33.0, 11.0, 5.0, 20.0)
PROPOSED = tuple(
    Event(onset, length, confidence=confidence, channels=("F8-T8", "T8-P8") if length > 30 else ())
    for onset, length, confidence in zip(ONSETS, LENGTHS, CONFIDENCES, strict=True)
)
"""What `ictal detect` left for the long recording, of which the two longest are the seizures."""

PROPOSED_SHORT = (Event(10.0, 8.0, confidence=0.8), Event(40.0, 6.0, confidence=0.6))


def write_results(recording: Path, results: Path, events: tuple[Event, ...], duration: float) -> None:
    """Write the table, the scores and the record that a detection leaves."""
    (found,) = find_recordings([recording])
    seizure = np.full(round(duration) - 3, 0.1)
    for event in events:
        seizure[round(event.onset) : round(event.stop)] = event.confidence
    results.mkdir(exist_ok=True)
    write_events(found.output(results, "_events.tsv"), Annotations(events, duration))
    write_scores(found.output(results, "_scores.npz"), Scores(np.column_stack([1 - seizure, seizure]), 1.5, 1.0))
    record = {"run": {"detector": "line-length 0000000000000000"}, "threshold": 0.5, "recording_seconds": duration}
    found.output(results, "_detection.json").write_text(json.dumps(record))


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data` and `results`: ten minutes with two seizures, and one minute."""
    root = tmp_path_factory.mktemp("workplace")
    (root / "data").mkdir()
    seizures = [Seizure(120.0, 40.0, focus="T8"), Seizure(420.0, 30.0, focus="T8")]
    for place, duration, planted, events in (
        (LONG, DURATION, seizures, PROPOSED),
        (SHORT, 60.0, [], PROPOSED_SHORT),
    ):
        path = root / "data" / f"{place}_eeg.edf"
        write_edf(path, simulate_recording(duration, seed=2, seizures=planted), start_time=START)
        write_results(path, root / "results", events, duration)
    return root


@pytest.fixture(scope="session")
def office(workplace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The review of the workplace for many readers who do not see each other, so that each test has one of its own."""
    arguments = [workplace / "data", "--results", workplace / "results"]
    readers = [f"reader-{number:02d}" for number in range(60)]
    with serve(arguments, tmp_path_factory.mktemp("office") / "review", readers) as server:
        yield server


@pytest.fixture
def desks(chromium: Any) -> Iterator[Desks]:
    """Opens the page; in the end nothing may have been complained of, and nobody else asked for anything."""
    desks = Desks(chromium)
    yield desks
    desks.close()
