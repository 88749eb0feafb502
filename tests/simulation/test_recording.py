"""A simulated recording behaves like any other and says that it is simulated."""

from __future__ import annotations

import numpy as np

from ictal.core.events import Annotations, Event
from ictal.simulation.recording import SimulatedRecording


def test_it_reads_what_it_holds() -> None:
    course = np.arange(20, dtype=np.float32).reshape(2, 10)
    truth = Annotations([Event(1.0, 2.0)], 5.0)
    recording = SimulatedRecording(course, 2.0, ("EEG1", "EEG2"), truth, "two ramps")
    assert recording.duration == 5.0
    np.testing.assert_array_equal(recording.read(1.0, 2.5), course[:, 2:5])
    assert recording.annotations is truth
    assert recording.notes == ("simulated EEG: two ramps",)
    assert "Simulated" in repr(recording)


def test_readers_cannot_change_it() -> None:
    recording = SimulatedRecording(np.zeros((1, 10), dtype=np.float32), 2.0, ("EEG1",), Annotations((), 5.0), "silence")
    recording.read()[:] = 1.0
    assert not recording.read().any()
