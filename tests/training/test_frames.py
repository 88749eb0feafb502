"""Frames lie on one grid, whatever the portions, and have the labels of their windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.portions import Portion
from ictal.data.schemes import PreictalScheme, SeizureScheme
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.windows import cut_windows
from ictal.preprocessing.chain import Chain
from ictal.training.frames import clip_annotations, kept_frames, plan_frames
from ictal.training.settings import WindowSettings

RATE = 64.0
GAPS: Sequence[tuple[tuple[float, float], ...]] = ((), ((10.25, 11.0), (40.0, 52.5)))
SEIZURES = (EventRow(20.0, 9.5), EventRow(50.0, 6.0, "sz_foc"), EventRow(70.0, 0.0, "spike"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two recordings of one session, of a hundred seconds each, the second with gaps."""
    folder = tmp_path_factory.mktemp("frames") / "store"
    rows = []
    with open_for_writing(folder):
        for number, gaps in enumerate(GAPS):
            recording = Recording.from_array(np.ones((1, 6400)), RATE, ["C3"], gaps=gaps)
            signal = write_signal(folder, f"{number:032x}", "", recording, Chain())
            rows.append(RecordingRow(f"r{number}", "anna", "1", signal, start=100.0 * number, events=SEIZURES))
        write_manifest(folder, Manifest("0", "mine", {}, recordings=tuple(rows)))
    return Store(folder)


SETTINGS = [
    WindowSettings(length=4.0, step=1.0),
    WindowSettings(length=3.0, step=0.25, rule="any"),
    WindowSettings(length=8.0, step=4.0, n_frames=16),
]


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 1),
    start=st.floats(0.0, 95.0),
    length=st.floats(0.5, 60.0),
    windows=st.sampled_from(SETTINGS),
)
def test_the_windows_of_a_portion_are_all_that_lie_in_it(
    store: Store, number: int, start: float, length: float, windows: WindowSettings
) -> None:
    portion = Portion(f"r{number}", "anna", start, min(start + length, 100.0))
    (frames,) = plan_frames(store, [portion], windows, SeizureScheme())
    n_length, hop = round(windows.length * RATE), round(windows.step * RATE)
    begin, end = portion.start * RATE - 1e-6, portion.stop * RATE + 1e-6
    grid = [s for s in range(0, 6400, hop) if s >= begin and s + n_length <= end]
    gaps = [(a * RATE, b * RATE) for a, b in GAPS[number]]
    seen = [s for s in grid if not any(s < b and s + n_length > a for a, b in gaps)]
    assert frames.starts.tolist() == seen
    assert [grid[row] for row in frames.rows] == seen
    n_kept = 1 if windows.n_frames is None else 8
    assert frames.labels.shape == (len(grid), n_kept)
    assert_array_equal((frames.labels == -1).all(axis=1), [s not in seen for s in grid])
    first = -(-round(portion.start * RATE, 6) // hop) * windows.step
    assert frames.start == pytest.approx(first + windows.grid.frame_start - portion.start, abs=1e-9)
    assert frames.step == windows.step / n_kept


@pytest.mark.parametrize("windows", SETTINGS)
def test_labels_are_those_of_cut_windows(store: Store, windows: WindowSettings) -> None:
    """In the order of the portions, which may overlap and touch; pre-ictal looks into the next recording."""
    scheme = PreictalScheme(horizon=45.0, intervention=1.0, postictal=5.0)
    portions = [Portion("r1", "anna", 0.0, 60.0), Portion("r0", "anna", 0.0, 50.0), Portion("r0", "anna", 50.0, 100.0)]
    seen: set[int] = set()
    for portion, frames in zip(portions, plan_frames(store, portions, windows, scheme), strict=True):
        table = cut_windows(
            store.recordings,
            windows.grid,
            scheme,
            rule=windows.rule,
            n_frames=windows.n_frames,
            portions=[portion],
            starts=store.starts,
        )
        middle = slice(None) if windows.n_frames is None else slice(4, 12)
        expected = dict(
            zip(table.start.tolist(), table.labels.reshape(len(table), -1)[:, middle].tolist(), strict=True)
        )
        assert frames.recording == int(portion.recording[1])
        for start, row in zip(frames.starts.tolist(), frames.rows.tolist(), strict=True):
            labels = frames.labels[row].tolist()
            assert labels == expected.get(start, [-1] * len(labels))
            seen.update(labels)
    assert seen == {-1, 0, 1, 2}


def test_the_next_recording_of_a_session_counts(store: Store) -> None:
    """Its seizure, 20 s after its start, is 35 s from the end of the recording before."""
    scheme = PreictalScheme(horizon=60.0, postictal=5.0)
    (frames,) = plan_frames(store, [Portion("r0", "anna", 85.0, 100.0)], SETTINGS[0], scheme)
    assert set(frames.labels.ravel().tolist()) == {1}


@pytest.mark.parametrize(("start", "stop"), [(0.0, 1000.0), (1e-9, 100.0), (0.0, 100.0 - 1e-9)])
def test_what_no_sample_lies_in_changes_nothing(store: Store, start: float, stop: float) -> None:
    """The end of the recording is the end, and times in seconds are not exact."""
    (frames,) = plan_frames(store, [Portion("r0", "anna", start, stop)], SETTINGS[0], SeizureScheme())
    assert len(frames.starts) == len(frames.labels) == 97


def test_no_window_reaches_over_the_border_of_portions_that_touch(store: Store) -> None:
    portions = [Portion("r0", "anna", 0.0, 10.0), Portion("r0", "anna", 10.0, 20.0)]
    before, after = plan_frames(store, portions, SETTINGS[0], SeizureScheme())
    assert before.starts.tolist() == [64 * k for k in range(7)]
    assert after.starts.tolist() == [64 * k for k in range(10, 17)]


@given(n_windows=st.integers(1, 9), windows=st.sampled_from(SETTINGS))
@settings(max_examples=20, deadline=None)
def test_blocks_are_runs_without_a_gap(store: Store, n_windows: int, windows: WindowSettings) -> None:
    (frames,) = plan_frames(store, [Portion("r1", "anna", 0.0, 100.0)], windows, SeizureScheme())
    blocks = [frames.starts[block] for block in frames.blocks(n_windows)]
    assert np.concatenate(blocks).tolist() == frames.starts.tolist()
    for block in blocks:
        assert 1 <= len(block) <= n_windows
        assert set(np.diff(block).tolist()) <= {frames.hop}


def test_a_portion_without_room_for_a_window_has_no_frames(store: Store) -> None:
    (frames,) = plan_frames(store, [Portion("r0", "anna", 5.0, 8.5)], SETTINGS[0], SeizureScheme())
    assert len(frames.starts) == len(frames.labels) == 0
    assert list(frames.blocks(10)) == []


def test_frames_that_do_not_fit_are_refused(store: Store) -> None:
    for step in (1.25, 0.25, 1.0 / 3):
        with pytest.raises(ParameterError, match=r"window step: .* s is not allowed with 16 frames in 8 s"):
            kept_frames(WindowSettings(length=8.0, step=step, n_frames=16))
    with pytest.raises(ParameterError, match="there is no recording 'r7'"):
        plan_frames(store, [Portion("r7", "anna", 0.0, 9.0)], SETTINGS[0], SeizureScheme())


def spans_of(annotations: Annotations) -> list[tuple[float, float]]:
    return [event.span for event in annotations]


def test_references_are_clipped_and_moved(store: Store) -> None:
    (frames,) = plan_frames(store, [Portion("r0", "anna", 25.0, 71.0)], SETTINGS[0], SeizureScheme())
    assert spans_of(frames.reference) == [(0.0, 4.5), (25.0, 31.0), (45.0, 45.0)]
    assert [event.event_type for event in frames.reference] == ["sz", "sz_foc", "spike"]
    assert frames.reference.duration == 46.0


def test_an_instant_on_a_border_belongs_to_what_follows() -> None:
    instants = Annotations([Event(10.0, 0.0), Event(20.0, 0.0)], 60.0)
    assert spans_of(clip_annotations(instants, 10.0, 20.0)) == [(0.0, 0.0)]


@given(
    st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 60)), max_size=6), st.integers(0, 90), st.integers(1, 50)
)
def test_a_clipped_second_is_what_it_was(events: list[tuple[int, int]], start: int, length: int) -> None:
    whole = Annotations([Event(float(onset), float(duration)) for onset, duration in events], 150.0)
    part = clip_annotations(whole, float(start), float(start + length))

    def seconds(annotations: Annotations, stop: int) -> NDArray[np.bool_]:
        middles = np.arange(stop) + 0.5
        return np.array([any(a < middle < b for a, b in spans_of(annotations)) for middle in middles], bool)

    assert_array_equal(seconds(part, length), seconds(whole, start + length)[start:])
    assert all(0.0 <= a <= b <= length for a, b in spans_of(part))
    instants = [e.onset for e in whole if e.duration == 0 and start <= e.onset < start + length]
    assert [e.onset + start for e in part if e.duration == 0] == instants
