from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.data.portions import Portion
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled
from ictal.experiments.patient import clip_scores, gather_windows, measure_stretches, order_by_time, read_patient
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
from ictal.training.restore import restore_task

START = datetime(2020, 1, 1)
SECONDS = 40.0


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_bundled("eegwavenet-untrained")


@pytest.fixture
def write(tmp_path: Path) -> object:
    def write_one(
        name: str, hour: float = 0.0, seizures: tuple[tuple[float, float], ...] | None = ((10.0, 8.0),), seed: int = 0
    ) -> Path:
        signal = np.random.default_rng(seed).normal(0.0, 20.0, (19, round(256 * SECONDS)))
        start = START + timedelta(hours=hour)
        path = tmp_path / f"{name}.edf"
        write_edf(path, Recording.from_array(signal, 256.0, SCALP_19), start_time=start)
        if seizures is not None:
            write_events(tmp_path / f"{name}_events.tsv", Annotations([Event(*one) for one in seizures], SECONDS))
        return path

    return write_one


class TestRead:
    def test_recordings_are_taken_in_the_order_of_time(self, write, detector: Detector) -> None:  # type: ignore[no-untyped-def]
        late, early = write("late", 2.0, seed=1), write("early", 1.0, seed=2)
        with pytest.warns(IctalWarning, match="in the order of their start times: early, late"):
            patient = read_patient([late, early], detector)
        assert [one.prepared.name for one in patient] == ["early", "late"]
        assert {one.prepared.subject for one in patient} == {"patient"}
        assert patient[0].prepared.channels[0] == "Fp1-F3"
        assert patient[0].reference.spans == ((10.0, 18.0),)

    def test_what_was_marked_comes_from_the_table_that_is_given(
        self, write, detector: Detector, tmp_path: Path
    ) -> None:  # type: ignore[no-untyped-def]
        path = write("night", seizures=None)
        with pytest.raises(RecordingError, match="has no events table beside it"):
            read_patient([path], detector)
        write_events(tmp_path / "mine.tsv", Annotations([Event(20.0, 5.0)], SECONDS))
        (one,) = read_patient([path], detector, events=tmp_path / "mine.tsv")
        assert one.reference.spans == ((20.0, 25.0),)
        with pytest.raises(ParameterError, match="one table came for 2 recordings"):
            read_patient([path, write("day", 3.0)], detector, events=tmp_path / "mine.tsv")

    def test_a_recording_that_the_detector_cannot_take_is_refused(self, detector: Detector, tmp_path: Path) -> None:
        path = tmp_path / "odd.edf"
        write_edf(path, Recording.from_array(np.zeros((2, 2560)), 256.0, ["left", "right"]))
        write_events(tmp_path / "odd_events.tsv", Annotations((), 10.0))
        with pytest.raises(RecordingError, match=r"odd\.edf"):
            read_patient([path], detector)


def test_without_start_times_or_with_equal_ones_the_order_is_kept() -> None:
    def at(*times: datetime | None) -> list[int]:
        return order_by_time([Recording.from_array([0.0] * 9, 1.0, start_time=time) for time in times])

    assert at(START + timedelta(hours=1), START) == [1, 0]
    assert at(START + timedelta(hours=1), None) == [0, 1]
    assert at(START, START, START - timedelta(hours=1)) == [0, 1, 2]


def test_windows_are_those_of_the_detector_in_the_stretches(write, detector: Detector) -> None:  # type: ignore[no-untyped-def]
    patient = read_patient([write("a", 1.0, seed=1), write("b", 2.0, ((5.0, 8.0),), seed=2)], detector)
    portions = [Portion("a", "patient", 12.0, 40.0), Portion("b", "patient", 0.0, 20.0)]
    windows = gather_windows(patient, portions, restore_task(detector))
    table = windows.windows
    assert len(table) == 25 + 17
    assert table.count()["sz"] == 4 + 7
    row = 25 + 3
    (signal,) = windows.reader.read_windows(table.recording[row : row + 1], table.start[row : row + 1], 1024)
    np.testing.assert_allclose(signal, patient[1].looked_at.read(3.0, 7.0), atol=1e-3)


def test_stretches_are_judged_where_they_lie(write, detector: Detector) -> None:  # type: ignore[no-untyped-def]
    """The untrained network says about the same of all, so at a threshold below that everything is one event."""
    low = {"threshold": "0.01", "release": "0.01", "minimum_duration": "1"}
    always = detector.with_settings({f"postprocessing.{name}": value for name, value in low.items()})
    patient = read_patient([write("a", seizures=((2.0, 6.0), (25.0, 5.0)))], always)
    figures = measure_stretches(always, patient, [Portion("a", "patient", 20.0, 40.0)])
    assert (figures["event_sensitivity"], figures["event_precision"], figures["event_f1"]) == (1.0, 1.0, 1.0)
    figures = measure_stretches(always, patient, [Portion("a", "patient", 8.0, 25.0)])
    assert figures["event_precision"] == 0.0
    assert np.isnan(figures["event_sensitivity"])
    assert figures["false_alarms_per_day"] > 0


def test_only_windows_inside_a_stretch_count() -> None:
    values = np.column_stack([1 - np.arange(10) / 10, np.arange(10) / 10])
    scores = Scores(values, start=1.5, step=1.0)  # windows of 4 s begin at 0, 1, …
    assert clip_scores(scores, 4.0, (3.0, 9.0)).seizure.tolist() == [0.3, 0.4, 0.5]
    assert clip_scores(scores, 4.0, (3.0, 9.0)).start == 1.5
    assert clip_scores(scores, 4.0, (2.2, 9.0)).start == pytest.approx(2.3)
    assert len(clip_scores(scores, 4.0, (3.0, 6.0))) == 0
