from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.windows import WindowGrid
from ictal.data.loader import BatchSet, WindowLoader
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import cut_windows
from ictal.training.readers import JoinedReader, SignalsInMemory, WindowsInMemory, join_windows, take_windows

DRAWS = np.random.default_rng(0)


def make(name: str, n_samples: int, channels: tuple[str, ...] = ("C3", "C4")) -> BatchSet:
    one = PreparedRecording(name, name, "1", "", channels, 8.0, n_samples, Annotations((), n_samples / 8.0))
    signal = DRAWS.normal(size=(len(channels), n_samples)).astype(np.float32)
    return BatchSet(SignalsInMemory([one], [signal]), cut_windows([one], WindowGrid(1.0, 0.5)))


def test_joined_windows_are_those_of_each_source_in_any_order() -> None:
    sources = [make("anna", 80), make("ben", 48), make("carla", 64)]
    joined = join_windows(sources)
    counts = [len(one.windows) for one in sources]
    assert len(joined.windows) == sum(counts)
    apart = np.concatenate([one.reader.read_windows(one.windows.recording, one.windows.start, 8) for one in sources])
    order = DRAWS.permutation(len(joined.windows))
    table = joined.windows.take(order)
    np.testing.assert_array_equal(joined.reader.read_windows(table.recording, table.start, 8), apart[order])
    assert [joined.windows.recordings[number].name for number in joined.windows.recording[[0, counts[0], -1]]] == [
        "anna",
        "ben",
        "carla",
    ]


def test_joined_windows_of_joined_windows_are_the_same() -> None:
    one, two, three = make("anna", 80), make("ben", 48), make("carla", 64)
    nested, flat = join_windows([join_windows([one, two]), three]), join_windows([one, two, three])
    np.testing.assert_array_equal(nested.windows.recording, flat.windows.recording)
    batches = [next(iter(WindowLoader(each.reader, each.windows, seed=3).epoch(0))).signal for each in (nested, flat)]
    np.testing.assert_array_equal(*batches)


def test_other_channels_or_lengths_are_refused() -> None:
    with pytest.raises(ParameterError, match="1 channels at 8 Hz and 2 channels at 8 Hz"):
        JoinedReader([make("anna", 80).reader, make("ben", 80, ("C3",)).reader])
    one = make("anna", 80)
    longer = BatchSet(one.reader, cut_windows(one.reader.recordings, WindowGrid(2.0, 0.5)))
    with pytest.raises(ParameterError, match="8 samples of bckg, sz and 16 samples of bckg, sz"):
        join_windows([one, longer])


def test_a_signal_must_be_as_long_as_its_recording() -> None:
    recording = make("anna", 80).reader.recordings[0]
    with pytest.raises(ParameterError, match=r"\(2, 79\) came for anna; allowed is \(2, 80\)"):
        SignalsInMemory([recording], [np.zeros((2, 79), np.float32)])


def test_windows_that_were_cut_are_read_in_any_order() -> None:
    signal, persons = DRAWS.normal(size=(8, 2, 8)), [*"ababbaba"]
    reader = WindowsInMemory(signal, persons, ("C3", "C4"), 8.0)
    table = reader.tabulate(np.array([0, 1, 0, 0, 0, 1, 1, 0]), ("bckg", "sz"))
    assert table.count() == {"bckg": 5, "sz": 3}
    assert [table.subjects[number] for number in table.subject] == persons
    order = DRAWS.permutation(8)
    taken = take_windows(BatchSet(reader, table), order)
    read = taken.reader.read_windows(taken.windows.recording, taken.windows.start, 8)
    np.testing.assert_array_equal(read, signal[order].astype(np.float32))
    assert read.dtype == np.float32
    with pytest.raises(ParameterError, match="the windows have 8 samples"):
        reader.read_windows([0], [0], 4)
