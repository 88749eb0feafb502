"""Windows against a walk over every start of the grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.core.spans import Span
from ictal.core.windows import WindowGrid
from ictal.data.labels import label_windows
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.data.schemes import PreictalScheme, SeizureScheme
from ictal.data.windows import WindowTable, cut_windows

RATE = 8.0
spans = st.lists(
    st.tuples(st.integers(0, 45), st.integers(1, 20)).map(lambda row: (row[0], row[0] + row[1])), max_size=3
)


@st.composite
def stores(draw: st.DrawFn) -> list[PreparedRecording]:
    """Up to three recordings with seizures, checks of impedance and gaps, all at whole seconds."""
    store = []
    for number in range(draw(st.integers(1, 3))):
        duration = draw(st.integers(0, 60))
        events = [Event(a, b - a) for a, b in draw(spans)] + [Event(a, b - a, "impd") for a, b in draw(spans)]
        gaps = tuple((a, min(b, duration)) for a, b in draw(spans) if a < duration)
        marks = Annotations(events, duration)
        subject = draw(st.sampled_from("xy"))
        samples = int(duration * RATE)
        store.append(PreparedRecording(f"r{number}", subject, "1", "", ("C3",), RATE, samples, marks, gaps))
    return store


def shares_time(start: float, stop: float, others: list[Span] | tuple[Span, ...]) -> bool:
    return any(start < b and a < stop for a, b in others)


@given(stores(), st.integers(1, 9), st.data())
def test_a_window_is_cut_wherever_there_is_room_for_one(
    store: list[PreparedRecording], length: int, data: st.DataObject
) -> None:
    step = data.draw(st.integers(1, int(length * RATE))) / RATE
    scheme = SeizureScheme(exclude=("impd",))
    windows = cut_windows(store, WindowGrid(length, step), scheme)
    expected = []
    for number, recording in enumerate(store):
        artefacts = [event.span for event in recording.annotations if event.event_type == "impd"]
        start = 0.0
        while start + length <= recording.duration:
            if not shares_time(start, start + length, [*artefacts, *recording.gaps]):
                label = label_windows(scheme.timeline(recording.annotations), np.array([start]), length)
                expected.append((number, int(start * RATE), *label.tolist()))
            start += step
    rows = zip(windows.recording.tolist(), windows.start.tolist(), windows.labels.tolist(), strict=True)
    assert list(rows) == expected
    assert windows.length == length * RATE
    assert (windows.recording.dtype, windows.start.dtype, windows.labels.dtype) == (np.int32, np.int64, np.int8)


@given(stores(), spans, st.integers(1, 9))
def test_portions_give_those_of_the_same_windows_that_lie_inside(
    store: list[PreparedRecording], wanted: list[Span], length: int
) -> None:
    grid = WindowGrid(length, 1.0)
    portions = [Portion("r0", store[0].subject, *span) for span in wanted]
    inside = cut_windows(store, grid, portions=portions)
    everything = cut_windows(store, grid)
    joined = Annotations([Event(a, b - a) for a, b in wanted], 100.0).spans
    expected = [
        row
        for row, (number, start) in enumerate(zip(everything.recording, everything.times, strict=True))
        if number == 0 and any(a <= start and start + length <= b for a, b in joined)
    ]
    assert inside.start.tolist() == everything.start[expected].tolist()
    assert inside.labels.tolist() == everything.labels[expected].tolist()
    assert not inside.recording.any()


@given(st.integers(1, 7), st.integers(1, 400), st.lists(st.tuples(st.floats(0, 40), st.floats(0, 9)), max_size=3))
def test_no_window_reads_a_sample_of_a_gap(length: int, samples: int, holes: list[tuple[float, float]]) -> None:
    """Gaps begin and end anywhere; what the signal itself has as not a number is what must not be cut."""
    duration = samples / RATE
    gaps = tuple((start, min(start + long, duration)) for start, long in holes if start < duration)
    signal = Recording.from_array(np.ones((1, samples)), RATE, gaps=gaps)
    prepared = PreparedRecording("a", "x", "1", "", ("C3",), RATE, samples, Annotations((), duration), signal.gaps)
    windows = cut_windows([prepared], WindowGrid(length, 1.0))
    whole = [
        first
        for first in range(0, samples - int(length * RATE) + 1, int(RATE))
        if np.isfinite(signal.read_samples(first, first + int(length * RATE))).all()
    ]
    assert windows.start.tolist() == whole


@given(stores(), st.integers(1, 5))
def test_frames_are_the_labels_of_the_windows_between_them(store: list[PreparedRecording], n_frames: int) -> None:
    """Seconds of a window and windows of a second are the same seconds."""
    framed = cut_windows(store, WindowGrid(n_frames, 1.0), n_frames=n_frames)
    seconds = cut_windows(store, WindowGrid(1.0, 1.0))
    label_of = dict(zip(zip(seconds.recording, seconds.start, strict=True), seconds.labels, strict=True))
    assert framed.labels.shape == (len(framed), n_frames)
    for number, start, labels in zip(framed.recording, framed.start, framed.labels, strict=True):
        assert labels.tolist() == [label_of[number, start + i * int(RATE)] for i in range(n_frames)]


def night(name: str = "a", subject: str = "x", rate: float = RATE, *events: Event) -> PreparedRecording:
    return PreparedRecording(name, subject, "1", "", ("C3",), rate, int(60 * rate), Annotations(events, 60.0))


def test_a_seizure_in_the_next_recording_makes_this_one_preictal() -> None:
    store = [night("a"), night("b", "x", RATE, Event(10.0, 5.0))]
    scheme = PreictalScheme(horizon=30.0, postictal=0.0)
    grid = WindowGrid(1.0, 1.0)
    alone = cut_windows(store, grid, scheme)
    assert not alone.labels[alone.recording == 0].any()
    together = cut_windows(store, grid, scheme, starts={"a": 0.0, "b": 60.0})
    assert together.times[(together.recording == 0) & (together.labels == 1)].tolist() == list(range(40, 60))


def test_who_and_how_many() -> None:
    store = [night("a", "x", RATE, Event(0.0, 6.0)), night("b", "y"), night("c", "x")]
    windows = cut_windows(store, WindowGrid(2.0, 2.0), n_frames=2)
    assert windows.classes == ("bckg", "sz")
    assert windows.count() == {"bckg": 174, "sz": 6}
    assert windows.subjects == ("x", "y")
    assert [windows.subjects[number] for number in windows.subject[[0, 30, 60]]] == ["x", "y", "x"]
    assert np.flatnonzero(windows.window_labels).tolist() == [0, 1, 2]
    some = windows.take([31, 1])
    assert (some.times.tolist(), some.recording.tolist(), some.labels.tolist()) == ([2, 2], [1, 0], [[0, 0], [1, 1]])
    assert len(windows.take(windows.window_labels > 0)) == 3
    assert len(windows.take([])) == 0


@pytest.mark.parametrize(
    ("store", "arguments", "said"),
    [
        ([], {}, "none came"),
        ([night("a"), night("b", "x", 16.0)], {}, "a has 8 Hz and b 16 Hz"),
        ([night()], {"grid": WindowGrid(1.3, 1.0)}, "window length: 1.3 s is not allowed at 8 Hz"),
        ([night()], {"grid": WindowGrid(2.0, 0.3)}, "window step: 0.3 s is not allowed at 8 Hz"),
        ([night()], {"portions": [Portion("z", "x", 0.0, 9.0)]}, "there is no recording 'z' in the store"),
        ([night()], {"grid": WindowGrid(1.5, 1.5), "rule": "seconds"}, "must be whole seconds"),
        ([night()], {"n_frames": -1}, "n_frames: -1 is not allowed"),
    ],
)
def test_what_cannot_be_cut_is_refused(store: list[PreparedRecording], arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        cut_windows(store, **{"grid": WindowGrid(2.0, 1.0), **arguments})
    assert said in str(refused.value)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ParameterError, match="have 3, 2 and 2 entries"):
        WindowTable((night(),), np.zeros(3, np.int32), np.zeros(2, np.int64), np.zeros(2, np.int8), 8, ("bckg", "sz"))
