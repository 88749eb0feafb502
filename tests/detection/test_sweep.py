from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.detection import sweep as sweep_module
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled
from ictal.detection.result import Detection
from ictal.detection.scorer import Groups, ReadWindows, Scorer, Values
from ictal.detection.settings import Windows
from ictal.detection.sweep import Sweep
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

RATE, LENGTH, STEP = 32.0, 4.0, 1.0
WINDOW, HOP = 128, 32


class MeanScorer(Scorer):
    """Answers each window with the mean of its rows, `delay` windows late; or with those of a few frames of it."""

    def __init__(self, delay: int = 0, frames: int = 1, hop: int = HOP) -> None:
        self._hop = hop
        self._delay = delay * frames
        self._frames = frames
        self._waiting: list[float] = []
        self.n_pushed: list[int] = []

    def push(self, signal: Signal) -> Values:
        n_windows = (signal.shape[1] - WINDOW) // self._hop + 1
        assert signal.shape[1] == (n_windows - 1) * self._hop + WINDOW
        self.n_pushed.append(n_windows)
        for i in range(n_windows):
            window = signal[:, i * self._hop : i * self._hop + WINDOW]
            self._waiting += [float(part.mean()) for part in np.split(window, self._frames, axis=1)]
        return self._give(max(len(self._waiting) - self._delay, 0))

    def finish(self) -> Values:
        return self._give(len(self._waiting))

    def _give(self, count: int) -> Values:
        ready, self._waiting = self._waiting[:count], self._waiting[count:]
        return np.array([[1 - value, value] for value in ready]).reshape(-1, 2)

    def log_odds(self, signals: Signal) -> Values:
        raise AssertionError("a sweep does not ask")

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> Values:
        assert all(frames == [0] for frames in asked.values())
        heights = np.mean([read(window, window).mean(axis=1) for window in asked], axis=0)
        return np.array([heights[list(group)].sum() for group in groups])


def ramp(seconds: float, gaps: Sequence[tuple[float, float]] = (), n_channels: int = 2) -> Recording:
    """A signal whose value is the time in thousandths of a second, plus the number of its channel."""
    time = np.arange(round(seconds * RATE)) / RATE / 1000
    return Recording.from_array(time + np.arange(n_channels)[:, None], RATE, gaps=gaps)


def make_sweep(recording: Recording, scorer: Scorer | None = None, rows: Sequence[int] = (0,)) -> Sweep:
    return Sweep(recording, MeanScorer() if scorer is None else scorer, Windows(length=LENGTH, step=STEP), rows)


def ignore(share: float) -> None:
    """Take no notice of the progress."""


def expected_means(recording: Recording, row: int = 0) -> np.ndarray:
    """Every window on the grid, NaN where any of its samples is."""
    signal = recording.read()[row].astype(np.float64)
    starts = range(0, len(signal) - WINDOW + 1, HOP)
    return np.array([signal[start : start + WINDOW].mean() for start in starts])


@pytest.fixture
def blocks_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda seconds: monkeypatch.setattr(sweep_module, "BLOCK_SECONDS", seconds)


@pytest.mark.parametrize("seconds", [4.0, 4.5, 7.9, 30.0])
def test_every_whole_window_has_its_frame(seconds: float) -> None:
    recording = ramp(seconds)
    values = make_sweep(recording).score(ignore)
    assert len(values) == int(seconds) - 3
    np.testing.assert_allclose(values[:, 1], expected_means(recording), atol=1e-6)


@settings(deadline=None)
@given(
    edges=st.lists(st.integers(0, 40 * 32), max_size=8, unique=True).map(sorted),
    block=st.floats(0.1, 50.0),
    delay=st.integers(0, 30),
)
def test_windows_lie_on_one_grid_across_gaps(edges: list[int], block: float, delay: int) -> None:
    gaps = [(a / RATE, b / RATE) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    recording = ramp(40.0, gaps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_module, "BLOCK_SECONDS", block)
        values = make_sweep(recording, MeanScorer(delay)).score(ignore)
    np.testing.assert_allclose(values[:, 1], expected_means(recording), atol=1e-6)
    np.testing.assert_allclose(values[:, 0], 1 - expected_means(recording), atol=1e-6)


def test_blocks_are_as_long_as_they_may_be(blocks_of: Callable[[float], None]) -> None:
    blocks_of(10.0)
    scorer = MeanScorer()
    make_sweep(ramp(40.0, gaps=[(25.0, 26.5)]), scorer).score(ignore)
    assert scorer.n_pushed == [10, 10, 2, 10]  # windows start at 0 to 9, 10 to 19, 20 and 21, 27 to 36


def test_no_more_is_read_than_the_blocks(watched: Any, blocks_of: Callable[[float], None]) -> None:
    blocks_of(10.0)
    source = watched(ramp(40.0))
    make_sweep(source).score(ignore)
    assert source.reads == [(i * 10 * HOP, min(i * 10 * HOP + 9 * HOP + WINDOW, 40 * HOP)) for i in range(4)]


def test_progress_grows_to_the_whole(blocks_of: Callable[[float], None]) -> None:
    blocks_of(5.0)
    told: list[float] = []
    make_sweep(ramp(40.0)).score(told.append)
    assert told == sorted(told)
    assert len(told) == 8
    assert told[0] == pytest.approx(5 / 40)
    assert 0.9 <= told[-1] <= 1.0


@settings(deadline=None)
@given(
    edges=st.lists(st.integers(0, 40 * 32), max_size=6, unique=True).map(sorted),
    block=st.floats(0.1, 50.0),
    delay=st.integers(0, 30),
    frames=st.sampled_from([1, 4]),
)
def test_what_is_told_on_the_way_is_what_is_answered_at_last(
    edges: list[int], block: float, delay: int, frames: int
) -> None:
    gaps = [(a / RATE, b / RATE) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    recording = ramp(40.0, gaps)
    told: list[Values] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_module, "BLOCK_SECONDS", block)
        sweep = Sweep(
            recording, MeanScorer(delay, frames, 2 * HOP), Windows(length=LENGTH, step=2.0, frames=frames), [0]
        )
        values = sweep.score(ignore, lambda answers: told.append(answers.copy()))
        unasked = Sweep(
            recording, MeanScorer(delay, frames, 2 * HOP), Windows(length=LENGTH, step=2.0, frames=frames), [0]
        )
        np.testing.assert_array_equal(unasked.score(ignore), values)
    assert [len(one) for one in told] == sorted(len(one) for one in told)
    for one in told:
        np.testing.assert_array_equal(one, values[: len(one)])
    if told and delay == 0:
        assert len(told[-1]) == len(values)


def test_each_block_tells_more(blocks_of: Callable[[float], None]) -> None:
    blocks_of(10.0)
    told: list[int] = []
    make_sweep(ramp(40.0)).score(ignore, lambda answers: told.append(len(answers)))
    make_sweep(ramp(40.0), MeanScorer(delay=15)).score(ignore, lambda answers: told.append(len(answers)))
    assert told == [10, 20, 30, 37, 0, 5, 15, 22]


def test_only_the_rows_asked_for_are_scored() -> None:
    recording = ramp(10.0, n_channels=4)
    values = make_sweep(recording, rows=[2]).score(ignore)
    np.testing.assert_allclose(values[:, 1], expected_means(recording, row=2), atol=1e-6)


def test_room_for_a_window_but_not_on_the_grid_is_not_analysed() -> None:
    recording = ramp(10.0, gaps=[(0.0, 0.5), (4.9, 10.0)])
    sweep = make_sweep(recording)
    assert np.isnan(sweep.score(ignore)).all()


def test_drops_of_groups_are_of_the_rows_that_are_scored(blocks_of: Callable[[float], None]) -> None:
    """The drop of each row is its height here; frames are counted on the grid, windows as pushed."""
    heights = np.array([0.2, 1.0, 0.49, 0.0, 0.51])
    recording = Recording.from_array(np.repeat(heights[:, None], 20 * 32, axis=1), RATE, gaps=[(5.0, 9.0)])
    blocks_of(3.0)
    sweep = make_sweep(recording, rows=[0, 2, 4])
    sweep.score(ignore)
    np.testing.assert_allclose(sweep.group_drops([0, 10, 16], [[0], [1, 2]]), [0.2, 1.0], atol=1e-6)
    unscored = make_sweep(recording, rows=[0, 2, 4])
    assert (
        unscored.group_drops([0, 10, 16], [[0], [1, 2]]).tolist()
        == sweep.group_drops([0, 10, 16], [[0], [1, 2]]).tolist()
    )


@pytest.mark.parametrize("gaps", [(), ((5.0, 9.0),), ((0.0, 0.5), (30.0, 40.0))])
def test_what_can_be_answered_is_known_before_anything_is_read(watched: Any, gaps: tuple[tuple[float, float]]) -> None:
    source = watched(ramp(40.0, gaps))
    sweep = make_sweep(source)
    answered = sweep.answered
    assert source.reads == []
    np.testing.assert_array_equal(answered, np.isfinite(sweep.score(ignore)[:, 0]))


def test_frames_are_those_whose_middle_lies_within() -> None:
    sweep = make_sweep(ramp(40.0))
    assert sweep.frames_within((10.0, 12.0)).tolist() == [8, 9]  # the first frame is from 1.5 to 2.5 s
    assert sweep.frames_within((10.1, 12.1)).tolist() == [9, 10]
    assert sweep.frames_within((38.6, 90.0)).tolist() == []


class Reader(MeanScorer):
    """Reads 30 windows more than it is asked about, and keeps them."""

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> Values:
        self.signal = read(max(min(asked) - 30, 0), max(asked))
        return np.zeros(len(groups))


def test_windows_before_a_gap_are_left_out() -> None:
    scorer = Reader()
    sweep = make_sweep(ramp(40.0, gaps=[(12.0, 13.0)]), scorer)
    sweep.group_drops([20, 26], [[0]])
    np.testing.assert_allclose(scorer.signal[0, [0, -1]], [0.013, 0.030 - 1 / RATE / 1000], atol=1e-6)
    sweep.group_drops([6], [[0]])
    np.testing.assert_allclose(scorer.signal[0, [0, -1]], [0.0, 0.010 - 1 / RATE / 1000], atol=1e-6)


def test_drops_look_at_the_frames_of_the_event_alone() -> None:
    signal = np.zeros((2, 30 * 32))
    signal[0, : 15 * 32] = 1.0
    signal[1, 15 * 32 :] = 1.0
    sweep = make_sweep(Recording.from_array(signal, RATE, gaps=[(12.0, 13.0)]), rows=[0, 1])
    sweep.score(ignore)
    assert sweep.group_drops([3, 4, 5], [[0], [1]]).tolist() == [1.0, 0.0]
    assert sweep.group_drops([20, 26], [[0], [1]]).tolist() == [0.0, 1.0]


class Forgetful(MeanScorer):
    """Answers one window too few."""

    def finish(self) -> Values:
        return super().finish()[:-1]


def test_a_model_for_other_windows_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"windows: the model gave 16 answers to 17 windows; windows\.length"):
        make_sweep(ramp(20.0), Forgetful(delay=1)).score(ignore)


@pytest.fixture(scope="module")
def phantom() -> Recording:
    whole = simulate_recording(150.0, seed=5, seizures=[Seizure(70.0, 35.0, focus="T8")], difficulty=0.3)
    return Recording.from_array(whole.read(), whole.sampling_rate, whole.channels, gaps=[(31.3, 33.1)])


@pytest.mark.parametrize("name", ["line-length", "spike-rate", "eegwavenet-untrained"])
def test_block_size_changes_neither_scores_nor_events(
    name: str, phantom: Recording, blocks_of: Callable[[float], None]
) -> None:
    detector: Detector = load_bundled(name).with_settings({"leads.otherwise": "as-recorded"})
    if name == "eegwavenet-untrained":
        level = middle_of_widest_step(detector.analyse(phantom).scores.seizure)
        changes = {"threshold": str(level), "minimum_duration": "0", "merge_gap": "0"}
        detector = detector.with_settings({f"postprocessing.{key}": value for key, value in changes.items()})
    whole = detector.analyse(phantom)
    assert len(whole.events) >= 1
    for seconds in (0.7, 5.0, 17.3, 61.0):
        blocks_of(seconds)
        assert_same(detector.analyse(phantom), whole)


def middle_of_widest_step(scores: Values) -> float:
    """Return a threshold that makes events of scores that mean nothing, and that no rounding can reach."""
    ordered = np.sort(scores[np.isfinite(scores)])
    ordered = ordered[len(ordered) // 3 : -len(ordered) // 3]
    widest = int(np.diff(ordered).argmax())
    assert ordered[widest + 1] - ordered[widest] > 1e-4
    return float(ordered[widest : widest + 2].mean())


def assert_same(found: Detection, expected: Detection) -> None:
    np.testing.assert_allclose(found.scores.values, expected.scores.values, rtol=0, atol=1e-5)
    spans: list[ArrayLike] = [[(event.onset, event.stop) for event in each.events] for each in (found, expected)]
    np.testing.assert_allclose(*spans, atol=1e-9)
    assert [event.channels for event in found.events] == [event.channels for event in expected.events]
    assert found.artefacts == expected.artefacts
