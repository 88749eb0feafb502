from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.recording import Recording
from ictal.core.windows import WindowGrid
from ictal.detection.artefacts import ArtefactWatch, watch_used
from ictal.detection.library import load_bundled
from ictal.preprocessing.artefacts import find_artefacts

RATE = 64
SECONDS = 24


def bad_recording(gaps: list[tuple[float, float]] | None = None) -> Recording:
    """Three channels with one kind of artefact each, and some signal between; not a whole number of seconds long."""
    rng = np.random.default_rng(0)
    signal = rng.normal(0, 20, (3, SECONDS * RATE + 17))
    signal[0, 3 * RATE : 9 * RATE + 5] = 12.0
    signal[1, 5 * RATE : 8 * RATE] = np.clip(8 * signal[1, 5 * RATE : 8 * RATE], -100, 150)
    signal[2, 10 * RATE : 15 * RATE] *= 1000
    signal[0, 20 * RATE :] = -3.0
    return Recording.from_array(signal, float(RATE), ["Fp1", "F7", "T7"], gaps=[] if gaps is None else gaps)


def frames_seen(reads: list[tuple[int, int]]) -> set[int]:
    """The seconds that lie wholly in one of the reads."""
    return {
        frame
        for first, last in reads
        for frame in range(SECONDS)
        if first <= frame * RATE and (frame + 1) * RATE <= last
    }


@st.composite
def reads_of(draw: st.DrawFn, overlap: int) -> list[tuple[int, int]]:
    """Reads that cover everything and overlap their neighbours, in any order."""
    end = SECONDS * RATE + 17
    inner = draw(st.lists(st.integers(1, end - 1), max_size=8, unique=True).map(sorted))
    pieces = [(max(a - overlap, 0), b) for a, b in itertools.pairwise([0, *inner, end])]
    return draw(st.permutations(pieces))


def test_the_signal_passes_unchanged() -> None:
    recording = bad_recording()
    watch = ArtefactWatch(recording)
    np.testing.assert_array_equal(watch.read(1.3, 7.7), recording.read(1.3, 7.7))
    assert (watch.channels, watch.sampling_rate, watch.n_samples) == (recording.channels, RATE, recording.n_samples)


def test_there_is_something_to_be_found() -> None:
    kinds = {(artefact.channel, artefact.kind) for artefact in find_artefacts(bad_recording())}
    assert kinds == {("Fp1", "flat"), ("F7", "clipped"), ("T7", "disconnected")}


@given(reads=reads_of(overlap=RATE))
def test_marks_are_those_of_one_pass_whatever_is_read_when(reads: list[tuple[int, int]]) -> None:
    """As the blocks of a sweep, which overlap by a window and the padding of the filters."""
    recording = bad_recording()
    watch = ArtefactWatch(recording)
    for first, last in reads:
        watch.read_samples(first, last)
    assert watch.artefacts() == find_artefacts(recording)


@given(reads=st.lists(st.tuples(st.integers(0, SECONDS * RATE), st.integers(0, 6 * RATE)), max_size=8))
def test_seconds_that_were_not_read_whole_count_as_signal(reads: list[tuple[int, int]]) -> None:
    recording = bad_recording()
    end = recording.n_samples
    spans = [(first, min(first + length, end)) for first, length in reads]
    watch = ArtefactWatch(recording)
    for first, last in spans:
        watch.read_samples(first, last)
    seen = frames_seen(spans)
    signal = recording.read()
    noise = np.random.default_rng(1).normal(0, 20, signal.shape)
    for frame in set(range(SECONDS)) - seen:
        signal[:, frame * RATE : (frame + 1) * RATE] = noise[:, frame * RATE : (frame + 1) * RATE]
    assert watch.artefacts() == find_artefacts(Recording.from_array(signal, float(RATE), recording.channels))


def test_gaps_are_no_artefacts() -> None:
    recording = bad_recording(gaps=[(4.0, 6.5), (10.0, 12.0)])
    watch = ArtefactWatch(recording)
    watch.read()
    assert watch.artefacts() == find_artefacts(recording)
    assert not any(a.start < 6.0 and a.stop > 4.0 for a in watch.artefacts())


def loop_spoiled(bad_seconds: NDArray[np.bool_], grid: WindowGrid, n_windows: int) -> list[bool]:
    """Look at a window in steps of a hundredth of a second."""
    answer = []
    for number in range(n_windows):
        moments = number * grid.step + (np.arange(round(grid.length * 100)) + 0.5) / 100
        inside = moments[moments < len(bad_seconds)].astype(int)
        answer.append(bad_seconds[inside].sum() / len(moments) >= 0.5)
    return answer


@settings(deadline=None)
@given(
    flat=st.lists(st.sets(st.integers(0, 3)), min_size=6, max_size=20),
    length=st.sampled_from([1.0, 1.5, 2.0, 4.0, 5.0]),
    step=st.sampled_from([0.5, 1.0]),
)
def test_a_window_is_spoiled_as_a_plain_loop_says(flat: list[set[int]], length: float, step: float) -> None:
    """Half of four channels flat for half of the window, counted second by second."""
    signal = np.random.default_rng(2).normal(0, 20, (4, len(flat) * RATE))
    for second, channels in enumerate(flat):
        signal[list(channels), second * RATE : (second + 1) * RATE] = 5.0
    watch = ArtefactWatch(Recording.from_array(signal, float(RATE)))
    watch.read()
    grid = WindowGrid(length, step)
    n_windows = grid.n_windows(len(flat))
    bad_seconds = np.array([len(channels) >= 2 for channels in flat])
    assert watch.spoiled(grid, n_windows).tolist() == loop_spoiled(bad_seconds, grid, n_windows)


def test_time_that_nobody_read_spoils_nothing() -> None:
    watch = ArtefactWatch(Recording.from_array(np.zeros((2, 10 * RATE)), float(RATE)))
    assert not watch.spoiled(WindowGrid(2.0, 1.0), 9).any()
    watch.read(0.0, 4.0)
    assert watch.spoiled(WindowGrid(2.0, 1.0), 9).tolist() == [True] * 4 + [False] * 5


def test_no_event_where_nothing_was_analysed() -> None:
    """A storm of spikes on every lead, but most of the leads are off: frames are NaN, and no event touches them."""
    rng = np.random.default_rng(3)
    signal = rng.normal(0, 15, (19, 120 * 256))
    signal[:, 60 * 256 : 90 * 256] *= 8
    signal[2:, 55 * 256 : 95 * 256] = 0.0
    detection = load_bundled("line-length").analyse(Recording.from_array(signal, 256.0, SCALP_19))
    left_out = detection.scores.times[~detection.scores.analysed]
    np.testing.assert_array_equal(left_out, np.arange(54.5, 95.0))
    assert not any(event.onset < 95.5 and event.stop > 54.5 for event in detection.events)
    healthy = rng.normal(0, 15, (19, 120 * 256))
    healthy[:, 60 * 256 : 90 * 256] *= 8
    assert len(load_bundled("line-length").detect(Recording.from_array(healthy, 256.0, SCALP_19))) == 1


def test_only_used_channels_are_watched() -> None:
    recording = bad_recording()
    assert watch_used(recording, [0, 2]).channels == ("Fp1", "T7")
    np.testing.assert_array_equal(watch_used(recording, [2, 0]).read(), recording.read()[[2, 0]])


def test_detection_finds_the_artefacts_of_one_pass() -> None:
    signal = np.random.default_rng(4).normal(0, 20, (4, 60 * 256))
    signal[1, 10 * 256 : 20 * 256] = 0.0
    recording = Recording.from_array(signal, 256.0, ["Fp1", "F7", "T7", "P7"])
    found = load_bundled("line-length").analyse(recording).artefacts
    assert found == find_artefacts(recording)
    assert [(a.start, a.stop, a.channel, a.kind) for a in found] == [(10.0, 20.0, "F7", "flat")]


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.5])
def test_a_rest_shorter_than_a_second_is_not_judged(seconds: float) -> None:
    watch = ArtefactWatch(Recording.from_array(np.zeros((1, int(seconds * RATE))), float(RATE)))
    watch.read()
    assert watch.artefacts() == ()  # flat is reported from three seconds
    assert watch.spoiled(WindowGrid(0.5, 0.5), 1).tolist() == [seconds >= 1.0]
