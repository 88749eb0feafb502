"""The lazy signal, by the one that lives in memory."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import IctalError, ParameterError, RecordingError
from ictal.core.recording import Recording


def ramp(n_channels: int = 2, seconds: float = 4.0, rate: float = 100.0) -> Recording:
    data = np.arange(n_channels)[:, None] * 1000.0 + np.arange(int(seconds * rate))
    return Recording.from_array(data, rate)


def test_reading_is_by_seconds_and_gives_float32_rows() -> None:
    signal = ramp().read(1.0, 1.05)
    assert signal.dtype == np.float32
    np.testing.assert_array_equal(signal, [[100, 101, 102, 103, 104], [1100, 1101, 1102, 1103, 1104]])


@pytest.mark.parametrize(("start", "stop"), [(-1.0, 2.0), (3.0, 2.0), (0.0, 4.1)])
def test_reading_outside_is_refused_with_the_limits(start: float, stop: float) -> None:
    with pytest.raises(ParameterError, match="0 to 4 s"):
        ramp().read(start, stop)


@pytest.mark.parametrize(("unit", "factor"), [("V", 1e6), ("mV", 1e3), ("µV", 1.0), ("nV", 1e-3)])
def test_units_become_microvolts(unit: str, factor: float) -> None:
    recording = Recording.from_array([[2.0]], 100.0, unit=unit)
    np.testing.assert_allclose(recording.read(), [[2.0 * factor]])


def test_what_is_read_may_be_changed() -> None:
    recording = ramp()
    recording.read()[:] = 0
    assert recording.read()[0, 5] == 5


def test_stretches_of_nan_on_all_channels_are_gaps() -> None:
    data = np.zeros((2, 400))
    data[:, 100:150] = np.nan
    recording = Recording.from_array(data, 100.0, gaps=[(3.0, 3.5)])
    assert recording.gaps == ((1.0, 1.5), (3.0, 3.5))
    assert recording.segments == ((0, 100), (150, 300), (350, 400))
    assert np.isnan(recording.read(3.0, 3.5)).all()
    assert np.isfinite(recording.read(3.5, 4.0)).all()


def test_a_channel_that_is_nan_by_itself_is_refused_by_name() -> None:
    data = np.zeros((2, 400))
    data[1, 200] = np.nan
    with pytest.raises(RecordingError, match=r"channel F7: is not a number at 2 s; fill it"):
        Recording.from_array(data, 100.0, ["Fp1", "F7"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": np.zeros((2, 2, 2)), "sampling_rate": 100.0}, "shape"),
        ({"data": np.zeros((2, 9)), "sampling_rate": 0.0}, "sampling_rate"),
        ({"data": np.zeros((2, 9)), "sampling_rate": 100.0, "channels": ["a"]}, "1 labels came for 2 rows"),
        ({"data": np.zeros((2, 9)), "sampling_rate": 100.0, "unit": "kV"}, "unit: 'kV'"),
    ],
)
def test_bad_arrays_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(IctalError, match=message):
        Recording.from_array(**arguments)  # type: ignore[arg-type]


def test_the_representation_says_what_it_is_and_nothing_of_whom() -> None:
    assert repr(ramp()) == "<ArrayRecording: 2 channels, 100 Hz, 4 s>"
