"""Arrays as recordings: nothing about axes, rate and unit is guessed, and any part reads as the whole does."""

from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.io.array_files import open_array_file
from ictal.io.arrays import AXES, ArrayLayout, find_axes, find_signal, read_array

RATE = 50.0
SIGNAL = np.random.default_rng(1).normal(0.0, 40.0, (3, 240)).astype(np.float32)
"""Channels, samples; in segments of 60."""

ARRANGED = {
    "channels samples": SIGNAL,
    "samples channels": SIGNAL.T,
    "segments channels samples": SIGNAL.reshape(3, 4, 60).transpose(1, 0, 2),
    "segments samples channels": SIGNAL.reshape(3, 4, 60).transpose(1, 2, 0),
}
SINGLE = {"samples": SIGNAL[0], "segments samples": SIGNAL[0].reshape(4, 60)}


def save(folder: Path, suffix: str, array: np.ndarray) -> Path:
    path = folder / f"night{suffix}"
    if suffix == ".npy":
        np.save(path, array)
    elif suffix == ".npz":
        np.savez_compressed(path, data=array)
    elif suffix == ".mat":
        scipy.io.savemat(path, {"data": array})
    else:
        with h5py.File(path, "w") as file:
            file.create_dataset("data", data=array, chunks=True, compression="gzip")
    return path


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".mat", ".h5"])
@pytest.mark.parametrize("axes", ARRANGED)
def test_any_part_of_any_arrangement(tmp_path: Path, suffix: str, axes: str) -> None:
    recording = read_array(save(tmp_path, suffix, ARRANGED[axes]), ArrayLayout(axes, RATE, ["a", "b", "c"], "uV"))
    assert (recording.channels, recording.n_samples, recording.duration) == (("a", "b", "c"), 240, 4.8)
    assert (recording.gaps, recording.notes) == ((), ())
    np.testing.assert_array_equal(recording.read(), SIGNAL)
    for first, last in [(0, 0), (0, 1), (59, 61), (60, 120), (13, 229), (240, 240)]:
        np.testing.assert_array_equal(recording.read_samples(first, last), SIGNAL[:, first:last])
    np.testing.assert_array_equal(recording.select(["c", "a"]).read(1.0, 2.0), SIGNAL[[2, 0], 50:100])


@pytest.mark.parametrize("axes", SINGLE)
def test_one_channel(tmp_path: Path, axes: str) -> None:
    recording = read_array(save(tmp_path, ".npy", SINGLE[axes]), ArrayLayout(axes, RATE))
    assert recording.channels == ("EEG1",)
    np.testing.assert_array_equal(recording.read(), SIGNAL[:1])


def test_every_arrangement_is_tested() -> None:
    assert {*ARRANGED, *SINGLE} == set(AXES)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([axes for axes in AXES if "segments" in axes]), st.integers(0, 30), st.data())
def test_pauses_are_gaps_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory, axes: str, pause: int, data: st.DataObject
) -> None:
    array = ARRANGED.get(axes, SINGLE.get(axes))
    assert array is not None
    path = save(tmp_path_factory.mktemp("pauses"), ".npy", array)
    recording = read_array(path, ArrayLayout(axes, RATE, pause=pause / RATE))
    expected = np.full((len(recording.channels), 4 * 60 + 3 * pause), np.nan, np.float32)
    for number in range(4):
        start = number * (60 + pause)
        expected[:, start : start + 60] = SIGNAL[: len(expected), number * 60 : number * 60 + 60]
    assert recording.n_samples == expected.shape[1]
    first = data.draw(st.integers(0, recording.n_samples))
    last = data.draw(st.integers(first, recording.n_samples))
    np.testing.assert_array_equal(recording.read_samples(first, last), expected[:, first:last])
    assert [last - first for first, last in recording.segments] == ([60] * 4 if pause else [240])


def test_what_the_file_says_is_taken(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", EEG=SIGNAL, SFreq=128, ch_names=["C3", "C4", "Cz"], units="mv", labels=[0, 1])
    recording = read_array(tmp_path / "a.npz", ArrayLayout("channels samples"))
    assert (recording.sampling_rate, recording.channels, recording.notes) == (128.0, ("C3", "C4", "Cz"), ())
    np.testing.assert_allclose(recording.read(), SIGNAL * 1000.0, rtol=1e-6)


def test_what_is_given_goes_before_what_the_file_says(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=SIGNAL, other=SIGNAL[:2], fs=128, channels=["C3", "C4", "Cz"], unit="V")
    layout = ArrayLayout("channels samples", 64.0, ["x", "y"], "uV", 2.0, ["other"])
    recording = read_array(tmp_path / "a.npz", layout)
    assert (recording.sampling_rate, recording.channels) == (64.0, ("x", "y"))
    np.testing.assert_allclose(recording.read(), SIGNAL[:2] * 2.0, rtol=1e-6)


def test_a_unit_that_nobody_says_is_noted(tmp_path: Path) -> None:
    recording = read_array(save(tmp_path, ".npy", SIGNAL), ArrayLayout("channels samples", RATE))
    assert recording.notes == ("unit: is not said; the numbers are taken as µV",)


def test_axes_and_rate_are_never_guessed(tmp_path: Path) -> None:
    path = save(tmp_path, ".npy", SIGNAL)
    with pytest.raises(RecordingError, match=r"night\.npy: axes: nothing came for an array of shape \(3, 240\)"):
        read_array(path, ArrayLayout(sampling_rate=RATE))
    with pytest.raises(
        RecordingError, match=r"axes: 'segments samples channels' came for an array of shape \(3, 240\)"
    ):
        read_array(path, ArrayLayout("segments samples channels", RATE))
    with pytest.raises(RecordingError, match=r"night\.npy: sampling_rate: is not said; give it in Hz"):
        read_array(path, ArrayLayout("channels samples"))


def test_axes_are_known_where_only_one_is_longer_than_1() -> None:
    assert find_axes(Path("a"), (9,), None) == "samples"
    assert find_axes(Path("a"), (1, 9), None) == "channels samples"
    assert find_axes(Path("a"), (9, 1), None) == "samples channels"
    assert find_axes(Path("a"), (9, 1), "channels samples") == "channels samples"
    with pytest.raises(RecordingError, match="an array of 1 to 3 axes"):
        find_axes(Path("a"), (2, 2, 2, 2), None)


def test_the_signal_is_known_by_its_name_or_by_being_the_only_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "named.npz", Y=SIGNAL, X=SIGNAL, fs=1.0)
    np.savez(tmp_path / "only.npz", whatever=SIGNAL, fs=1.0)
    np.savez(tmp_path / "many.npz", this=SIGNAL, that=SIGNAL)
    np.savez(tmp_path / "none.npz", fs=1.0)
    assert find_signal(open_array_file(tmp_path / "named.npz")) == "X"
    assert find_signal(open_array_file(tmp_path / "only.npz")) == "whatever"
    with pytest.raises(RecordingError, match="variables: it could be any of this, that; say which"):
        find_signal(open_array_file(tmp_path / "many.npz"))
    with pytest.raises(RecordingError, match="there is no array of numbers"):
        find_signal(open_array_file(tmp_path / "none.npz"))


def test_several_arrays_are_one_channel_each(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in (4, 7):
            file[f"M1/{number}/data"] = SIGNAL[number % 3]
            file[f"M1/{number}"].attrs["fs"] = 512
    recording = read_array(tmp_path / "a.h5", ArrayLayout(variables=["M1/7/data", "M1/4/data"], unit="uV"))
    assert (recording.channels, recording.sampling_rate) == (("M1/7/data", "M1/4/data"), 512.0)
    np.testing.assert_array_equal(recording.read_samples(5, 90), SIGNAL[[1, 1], 5:90])
    np.savez(tmp_path / "a.npz", a=SIGNAL, b=SIGNAL[0], c=SIGNAL[0, 1:])
    for names in (["a", "b"], ["b", "c"]):
        with pytest.raises(RecordingError, match="only if each is one channel of the same length"):
            read_array(tmp_path / "a.npz", ArrayLayout("channels samples", RATE, variables=names))
    with pytest.raises(RecordingError, match=r"'d' is no array of numbers here; there are a, b, c"):
        read_array(tmp_path / "a.npz", ArrayLayout("samples", RATE, variables=["d"]))


def test_time_without_any_channel_is_a_gap(tmp_path: Path) -> None:
    holed = SIGNAL.copy()
    holed[:, 100:150] = np.nan
    holed[:, 235:] = np.inf
    recording = read_array(save(tmp_path, ".npy", holed), ArrayLayout("channels samples", RATE))
    assert recording.gaps == ((2.0, 3.0), (4.7, 4.8))
    assert np.isnan(recording.read(1.9, 3.1)).sum() == 3 * 50
    holed[1, 30] = np.nan
    spoilt = read_array(save(tmp_path, ".npy", holed), ArrayLayout("channels samples", RATE))
    with pytest.raises(RecordingError, match=r"night\.npy: channel EEG2: is not a number at 0\.6 s, where others are"):
        spoilt.read(0.0, 1.0)


def test_whole_numbers_and_steps_of_the_converter(tmp_path: Path) -> None:
    steps = np.array([[-32768, 0, 32767]], np.int16)
    recording = read_array(save(tmp_path, ".npy", steps), ArrayLayout("channels samples", 1.0, unit="V", gain=4e-7))
    np.testing.assert_allclose(recording.read(), [[-13107.2, 0.0, 13106.8]], rtol=1e-6)
    assert recording.gaps == ()


def test_it_agrees_with_a_recording_in_memory(tmp_path: Path) -> None:
    lazy = read_array(save(tmp_path, ".npz", SIGNAL), ArrayLayout("channels samples", RATE, unit="mV"))
    memory = Recording.from_array(SIGNAL, RATE, unit="mV")
    assert (lazy.channels, lazy.duration) == (memory.channels, memory.duration)
    np.testing.assert_array_equal(lazy.read(), memory.read())


def test_it_may_be_pickled(tmp_path: Path) -> None:
    recording = read_array(save(tmp_path, ".npz", SIGNAL), ArrayLayout("channels samples", RATE))
    recording.read()
    content = pickle.dumps(recording)
    assert len(content) < 2000
    np.testing.assert_array_equal(pickle.loads(content).read(), SIGNAL)  # noqa: S301


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"axes": "samples segments"}, "axes: 'samples segments' is not allowed; allowed are 'samples', 'channels"),
        ({"sampling_rate": 0.0}, "sampling_rate: 0.0 is not allowed"),
        ({"unit": "volts"}, "unit: 'volts' is not allowed"),
        ({"gain": float("nan")}, "gain: nan is not allowed"),
        ({"pause": -1.0}, "pause: -1.0 is not allowed"),
    ],
)
def test_what_a_layout_cannot_say(options: dict[str, object], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        ArrayLayout(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"fs": -1.0}, "sampling_rate: -1.0 is not allowed"),
        ({"fs": "fast"}, "sampling_rate: 'fast' is not allowed"),
        ({"fs": 1.0, "channels": ["C3"]}, "channels: 1 labels came for 3 channels"),
        ({"fs": 1.0, "unit": "counts"}, "unit: 'counts' is not allowed; allowed are V, mV, uV"),
    ],
)
def test_what_a_file_says_wrongly(tmp_path: Path, entries: dict[str, object], problem: str) -> None:
    np.savez(tmp_path / "a.npz", data=SIGNAL, **entries)  # type: ignore[arg-type]
    with pytest.raises(RecordingError, match=problem):
        read_array(tmp_path / "a.npz", ArrayLayout("channels samples"))


def test_an_empty_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((3, 0)))
    with pytest.raises(RecordingError, match="holds no signal"):
        read_array(tmp_path / "a.npy", ArrayLayout("channels samples", 1.0, variables=["data"]))
