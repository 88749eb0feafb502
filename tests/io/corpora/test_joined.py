"""Files joined: the signal of each in its place, gaps between them, events whole again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.io.corpora.corpus import CorpusRecording
from ictal.io.corpora.joined import join_recordings
from ictal.io.edf import EdfRecording
from ictal.io.edf_write import write_edf
from ictal.io.formats import read

RATE = 8.0


def piece(
    seconds: float,
    events: Sequence[Event] = (),
    channels: Sequence[str] = ("Fp1", "Cz"),
    rate: float = RATE,
    gaps: Sequence[tuple[float, float]] = (),
    seed: int = 0,
) -> Recording:
    noise = np.random.default_rng(seed).normal(size=(len(channels), round(seconds * rate)))
    return Recording.from_array(noise, rate, channels, annotations=Annotations(events, seconds), gaps=gaps)


class Named(RecordingView):
    """A recording that says it comes from a file."""

    def __init__(self, inner: Recording, name: str) -> None:
        super().__init__(inner)
        self.source = Path(name)

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)


def spans(recording: Recording) -> list[tuple[float, float]]:
    return [event.span for event in recording.annotations]


def test_each_signal_is_in_its_place_and_nothing_between() -> None:
    first, second = piece(10.0, seed=1), piece(5.0, seed=2)
    whole = join_recordings([(first, 100.0), (second, 112.0)])
    assert (whole.duration, whole.gaps, whole.channels) == (17.0, ((10.0, 12.0),), first.channels)
    assert np.array_equal(whole.read(0.0, 10.0), first.read())
    assert np.array_equal(whole.read(12.0, 17.0), second.read())
    assert np.isnan(whole.read(10.0, 12.0)).all()
    assert whole.segments == ((0, 80), (96, 136))


@given(st.data())
def test_any_stretch_is_that_of_the_whole(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 20)), min_size=1, max_size=5))
    recordings, expected, now = [], [], 0
    for seed, (n_samples, gap) in enumerate(pieces):
        part = piece(n_samples / RATE, seed=seed)
        recordings.append((part, now / RATE))
        expected += [part.read(), np.full((2, gap), np.nan, dtype=np.float32)]
        now += n_samples + gap
    signal = np.concatenate(expected, axis=1)
    whole = join_recordings(data.draw(st.permutations(recordings)))
    assert whole.n_samples == signal.shape[1] - pieces[-1][1]
    first = data.draw(st.integers(0, whole.n_samples))
    last = data.draw(st.integers(first, whole.n_samples))
    assert np.array_equal(whole.read_samples(first, last), signal[:, first:last], equal_nan=True)


def test_gaps_within_a_file_stay() -> None:
    whole = join_recordings([(piece(10.0, gaps=[(4.0, 5.0)]), 0.0), (piece(5.0, gaps=[(0.0, 1.0)]), 10.0)])
    assert whole.gaps == ((4.0, 5.0), (10.0, 11.0))


def test_events_are_in_seconds_of_the_whole() -> None:
    whole = join_recordings([(piece(10.0, [Event(2.0, 3.0)]), 50.0), (piece(10.0, [Event(4.0, 1.0)]), 63.0)])
    assert spans(whole) == [(2.0, 5.0), (17.0, 18.0)]
    assert whole.annotations.duration == whole.duration == 23.0


@pytest.mark.parametrize(
    ("stop", "onset", "gap", "n_events"),
    [
        (10.0, 0.0, 0.0, 1),
        (10.0, 0.0, 5.0, 1),
        (9.0, 1.0, 5.0, 1),
        (8.5, 0.0, 5.0, 2),
        (10.0, 1.5, 5.0, 2),
        (10.0, 0.0, 10.0, 1),
        (10.0, 0.0, 11.0, 2),
    ],
)
def test_an_event_that_touches_both_sides_of_a_short_gap_is_one(
    stop: float, onset: float, gap: float, n_events: int
) -> None:
    first, second = piece(10.0, [Event(5.0, stop - 5.0)]), piece(10.0, [Event(onset, 3.0)])
    whole = join_recordings([(first, 0.0), (second, 10.0 + gap)])
    assert len(whole.annotations) == n_events
    assert spans(whole)[0][0] == 5.0
    assert spans(whole)[-1][1] == 10.0 + gap + onset + 3.0


def test_the_gap_may_be_chosen() -> None:
    pair = [(piece(10.0, [Event(5.0, 5.0)]), 0.0), (piece(10.0, [Event(0.0, 3.0)]), 14.0)]
    assert len(join_recordings(pair, largest_gap=3.0).annotations) == 2
    assert len(join_recordings(pair, largest_gap=4.0).annotations) == 1


def test_an_event_may_last_through_several_files() -> None:
    through = [piece(10.0, [Event(8.0, 2.0)]), piece(10.0, [Event(0.0, 10.0)]), piece(10.0, [Event(0.0, 1.0)])]
    whole = join_recordings([(part, 12.0 * place) for place, part in enumerate(through)])
    assert spans(whole) == [(8.0, 25.0)]


@pytest.mark.parametrize("other", [Event(0.0, 3.0, "sz_foc"), Event(0.0, 3.0, channels=("Cz",))])
def test_events_of_other_kinds_or_places_stay_apart(other: Event) -> None:
    whole = join_recordings([(piece(10.0, [Event(5.0, 5.0)]), 0.0), (piece(10.0, [other]), 12.0)])
    assert len(whole.annotations) == 2


def test_channels_that_all_have_in_the_order_of_the_first() -> None:
    first, second = piece(2.0, channels=["Fp1", "ECG", "Cz"], seed=1), piece(2.0, channels=["Cz", "Fp1", "VNS"], seed=2)
    whole = join_recordings([(first, 0.0), (second, 2.0)])
    assert whole.channels == ("Fp1", "Cz")
    assert np.array_equal(whole.read(0.0, 2.0), first.read()[[0, 2]])
    assert np.array_equal(whole.read(2.0, 4.0), second.read()[[1, 0]])
    assert whole.notes == ("ECG, VNS: left out, since not every file has them",)


def test_other_rates_and_other_channels_are_refused_by_name() -> None:
    first, fast = Named(piece(2.0), "a.edf"), Named(piece(2.0, rate=16.0), "b.edf")
    with pytest.raises(RecordingError, match=r"b\.edf: has 16 Hz, a\.edf 8 Hz"):
        join_recordings([(first, 0.0), (fast, 2.0)])
    other = Named(piece(2.0, channels=["O1"]), "c.edf")
    with pytest.raises(RecordingError, match=r"c\.edf: has no channel that a\.edf"):
        join_recordings([(first, 0.0), (other, 2.0)])


def test_channels_shared_by_pairs_alone() -> None:
    parts = [Named(piece(2.0, channels=labels), name) for labels, name in [("AB", "a"), ("BC", "b"), ("CA", "c")]]
    with pytest.raises(RecordingError, match="c: has no channel"):
        join_recordings([(part, 2.0 * place) for place, part in enumerate(parts)])


def test_a_small_overlap_is_mended_and_a_large_one_refused() -> None:
    first, second = Named(piece(10.0, seed=1), "a.edf"), Named(piece(10.0, [Event(2.0, 1.0)], seed=2), "b.edf")
    whole = join_recordings([(first, 0.0), (second, 9.5)])
    assert whole.duration == 20.0
    assert spans(whole) == [(12.0, 13.0)]
    assert whole.notes == ("b.edf: begins 0.5 s before the file before it ends; placed at that end",)
    with pytest.raises(RecordingError, match=r"b\.edf: begins 4 s before the file before it ends; at most 1 s"):
        join_recordings([(first, 0.0), (second, 6.0)])


def test_recordings_of_a_corpus(tmp_path: Path) -> None:
    recordings = []
    for number, begins in enumerate((0.0, 23.0)):
        path = tmp_path / f"{number}.edf"
        write_edf(
            path, piece(20.0, channels=["Fp1", "Cz", "O1"], rate=64.0), start_time=datetime(2059, 1, 1, 23, number)
        )
        marks = Annotations([Event(12.0, 8.0) if number == 0 else Event(0.0, 4.0)], 20.0)
        recordings.append(CorpusRecording(str(number), path, "a", "1", marks, start=begins, channels=("Cz", "Fp1")))
    whole = join_recordings(recordings[::-1])
    assert spans(whole) == [(12.0, 27.0)]
    assert (whole.start_time, whole.source) == (datetime(2059, 1, 1, 23, 0), tmp_path / "0.edf")
    assert whole.channels == ("Cz", "Fp1")


def test_selected_channels_are_all_that_is_read(quiet: Path, tmp_path: Path) -> None:
    write_edf(tmp_path / "b.edf", read(quiet).select(["Pz", "Cz"]))
    whole = join_recordings([(read(quiet), 0.0), (read(tmp_path / "b.edf"), 20.0)])
    assert whole.channels == ("Cz", "Pz")
    assert all(isinstance(part, EdfRecording) and part.channels == ("Cz", "Pz") for _, part in whole.parts)


def test_what_cannot_be_joined() -> None:
    with pytest.raises(ParameterError, match="none came"):
        join_recordings([])
    unplaced = CorpusRecording("chb24_01", Path("x.edf"), "chb24", "1", Annotations((), 10.0))
    with pytest.raises(ParameterError, match="chb24_01 has no start"):
        join_recordings([unplaced])
    elsewhere = CorpusRecording("chb21_01", Path("y.edf"), "chb01", "2", Annotations((), 10.0), start=0.0)
    with pytest.raises(ParameterError, match="chb24, session 1; chb01, session 2"):
        join_recordings([unplaced, elsewhere])
    with pytest.raises(ParameterError, match="offset"):
        join_recordings([(piece(2.0), float("nan"))])


def test_one_is_itself() -> None:
    only = piece(10.0, [Event(2.0, 3.0)])
    whole = join_recordings([(only, 5.0)])
    assert np.array_equal(whole.read(), only.read())
    assert whole.annotations == only.annotations
    assert whole.gaps == ()
