"""A recording of a corpus that is an array."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.arrays import ArrayLayout
from ictal.io.corpora.array_recording import ArrayCorpusRecording


def test_the_signal_comes_with_the_annotations(tmp_path: Path) -> None:
    data = np.arange(40.0).reshape(2, 20)
    np.save(tmp_path / "a.npy", data)
    marks = Annotations([Event(1.0, 2.0)], 5.0)
    layout = ArrayLayout("channels samples", 4.0, unit="mV")
    recording = ArrayCorpusRecording("a", tmp_path / "a.npy", "rat", "1", marks, layout=layout)
    signal = pickle.loads(pickle.dumps(recording)).read()  # noqa: S301
    assert signal.annotations == marks
    np.testing.assert_array_equal(signal.read(), data * 1000.0)
    assert recording.duration == 5.0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    recording = ArrayCorpusRecording("a", tmp_path / "a.npy", "rat", "1", Annotations((), 5.0))
    with pytest.raises(RecordingError, match=r"a\.npy: there is no such file"):
        recording.read()
