"""A small recording, what a detector found in it, and what a reader marked: all of it known by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.reports.browser import chromium

from ictal.core.artefacts import Artefact
from ictal.core.events import Annotations, Event
from ictal.core.localisation import Localisation
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording, Signal
from ictal.core.scores import Scores
from ictal.detection.result import Detection

__all__ = ["chromium"]

LEADS = MONTAGES["double-banana"].labels
RATE = 64.0
DURATION = 600.0
TEMPORAL = ("F7-T7", "T7-P7")


def localise(carrying: tuple[str, ...], slices: tuple[tuple[float, float], ...]) -> Localisation:
    """Some leads carry an event wholly at its onset, and the right side joins them in the last slice."""
    onset = [1.0 if lead in carrying else 0.1 for lead in LEADS]
    weights = np.tile(onset, (len(slices), 1)) * 0.8
    weights[-1, [LEADS.index(lead) for lead in ("F8-T8", "T8-P8")]] = 0.9
    return Localisation(LEADS, onset, slices, weights)


class LazyNoise(Recording):
    """Noise that is made when it is read, and remembers what was."""

    def __init__(self, duration: float, channels: tuple[str, ...] = LEADS, source: Path | None = None) -> None:
        self.channels = channels
        self.sampling_rate = RATE
        self.n_samples = round(duration * RATE)
        self.start_time = datetime(1987, 6, 5, 22, 30)
        self.source = source
        self.reads: list[tuple[float, float]] = []

    def read_samples(self, first: int, last: int) -> Signal:
        self.reads.append((first / RATE, last / RATE))
        noise = np.random.default_rng(first).normal(0.0, 20.0, (len(self.channels), last - first))
        return noise.astype(np.float32)


def make_detection(**changes: Any) -> Detection:
    """Ten minutes with events at 100 and 400 s, a gap at 200 s, and windows of 4 s every second."""
    events = Annotations(
        [
            Event(100.0, 20.0, confidence=0.91, channels=TEMPORAL),
            Event(400.0, 40.0, confidence=0.62, channels=("Fp2-F8",)),
        ],
        DURATION,
    )
    seizure = np.full(597, 0.1)
    seizure[98:118], seizure[398:438] = 0.9, 0.8
    seizure[198:218] = np.nan
    detection = Detection(
        events=events,
        scores=Scores(np.column_stack([1 - seizure, seizure]), start=1.5, step=1.0),
        detector="line-length",
        threshold=0.5,
        montage="double-banana",
        leads=LEADS,
        interpolated=("Fz-Cz",),
        masked=("P8-O2",),
        missing_electrodes=("O2",),
        gaps=((200.0, 219.0),),
        artefacts=(
            Artefact(10.0, 40.0, "Fp1-F3", "flat"),
            Artefact(20.0, 70.0, "F3-C3", "flat"),
            Artefact(500.0, 506.0, "Fp2-F4", "clipped"),
        ),
        notes=("number of records: was -1, counted from the file size",),
        start_time=datetime(1987, 6, 5, 22, 30),
        duration=DURATION,
        sampling_rate=RATE,
        localised=(
            localise(TEMPORAL, tuple((100.0 + 5 * i, 105.0 + 5 * i) for i in range(4))),
            localise(("Fp2-F8",), ((400.0, 440.0),)),
        ),
        settings={"window": {"length": 4.0}, "chain": [{"step": "notch", "frequency": 50.0}], "taps": list(range(60))},
        provenance={"ictal": "0.1.0"},
    )
    # Other events lie elsewhere.
    other = {"localised": ()} if "events" in changes else {}
    return replace(detection, **{**other, **changes})


@pytest.fixture(scope="session")
def detection() -> Detection:
    return make_detection()


@pytest.fixture(scope="session")
def reference() -> Annotations:
    """The first event is a hit, the second is a false alarm, 300 s is a miss."""
    return Annotations([Event(105.0, 30.0), Event(300.0, 12.0), Event(0.0, DURATION, "bckg")], DURATION)


@pytest.fixture
def recording() -> LazyNoise:
    return LazyNoise(DURATION, source=Path("/clinic/Doe_Jane_19870605.edf"))


@pytest.fixture(scope="session")
def lazy_noise() -> Callable[..., LazyNoise]:
    return LazyNoise


@pytest.fixture(scope="session")
def changed() -> Callable[..., Detection]:
    return make_detection
