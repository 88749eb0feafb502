"""Recordings written as EDF+: read back by edfio and mne, by the specification's own words, and by ourselves."""

from __future__ import annotations

import re
import resource
import tracemalloc
from datetime import date, datetime, time
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import IctalWarning, OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.io.edf import read_edf
from ictal.io.edf_write import Identity, choose_record_samples, place_runs, round_outwards, write_edf


def noise(n_samples: int, n_channels: int = 3, seed: int = 0) -> np.ndarray:
    scales = np.array([[10.0], [1500.0], [0.02], [3e5]])[:n_channels]
    signal = np.random.default_rng(seed).normal(0, 1, (n_channels, n_samples)) * scales + 7 * scales
    return signal.astype(np.float32)


def half_steps(data: np.ndarray) -> np.ndarray:
    """Half a digital step of each channel, with room for a range rounded outwards and for float32."""
    low, high = np.nanmin(data, axis=1, keepdims=True), np.nanmax(data, axis=1, keepdims=True)
    digits = 8 - 2 - np.ceil(np.log10(np.abs([low, high]).max(axis=0) + 1))
    return (high - low + 2 * 10.0**-digits) / 65535 / 2 + np.abs(high) * 2e-7


def test_edfio_and_mne_read_every_sample_to_half_a_step(tmp_path: Path) -> None:
    data = noise(256 * 20, 4)
    write_edf(tmp_path / "a.edf", Recording.from_array(data, 256.0, ["EEG Fp1-REF", "C3", "EMG", "DC"]))
    by_edfio = edfio.read_edf(tmp_path / "a.edf")
    assert [signal.label for signal in by_edfio.signals] == ["EEG Fp1-REF", "C3", "EMG", "DC"]
    assert by_edfio.reserved == "EDF+C"
    assert {signal.physical_dimension for signal in by_edfio.signals} == {"uV"}
    assert {signal.sampling_frequency for signal in by_edfio.signals} == {256.0}
    assert (np.abs([signal.data for signal in by_edfio.signals] - data) <= half_steps(data)).all()
    by_mne = mne.io.read_raw_edf(tmp_path / "a.edf", verbose="error")
    assert by_mne.info["sfreq"] == 256.0
    assert (np.abs(by_mne.get_data() * 1e6 - data) <= half_steps(data)).all()
    assert (np.abs(read_edf(tmp_path / "a.edf").read() - data) <= half_steps(data)).all()


def test_the_range_in_the_header_is_the_one_that_was_used(tmp_path: Path) -> None:
    data = noise(1000)
    write_edf(tmp_path / "a.edf", Recording.from_array(data, 100.0))
    for signal, row in zip(edfio.read_edf(tmp_path / "a.edf").signals, data, strict=True):
        assert signal.physical_min <= row.min() and row.max() <= signal.physical_max
        assert signal.digital.min() <= -32767 + 2 and signal.digital.max() >= 32767 - 2
        share = (row.astype(float) - signal.physical_min) / (signal.physical_max - signal.physical_min)
        assert np.abs(signal.digital - (share * 65535 - 32768)).max() <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ((-1.0, 1.0), (-1.0, 1.0)),
        ((-123.4567891, 0.12345678), (-123.457, 0.123457)),
        ((-99999.99, 1234567.5), (-100000.0, 1234568.0)),
        ((0.0, 0.0), (0.0, 1.0)),
        ((-1e-9, 2e-9), (-1e-5, 1e-6)),
        ((5e7, 9e7), (5e7, 9e7)),
    ],
)
def test_ranges_are_rounded_outwards(wanted: tuple[float, float], written: tuple[float, float]) -> None:
    assert round_outwards(*wanted) == written


@given(st.floats(-9_999_998, 9_999_998), st.floats(0, 1000))
def test_rounded_ranges_survive_eight_characters(low: float, width: float) -> None:
    low_end, high_end = round_outwards(low, low + width)
    assert low_end <= low <= low + width <= high_end and low_end < high_end
    for end in (low_end, high_end):
        assert any(float(text) == end for text in (f"{end:.{d}f}" for d in range(7)) if len(text) <= 8)


def test_a_range_beyond_eight_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"physical range: .* is not allowed; the header holds 8 characters"):
        write_edf(tmp_path / "a.edf", Recording.from_array([0.0, -2e7], 1.0))
    assert not (tmp_path / "a.edf").exists()


def test_a_given_range_clips_and_says_so(tmp_path: Path) -> None:
    data = np.array([[-300.0, -200.0, 0.0, 200.0]])
    with pytest.warns(IctalWarning, match=r"a\.edf: physical range: 1 samples lie beyond it and are clipped"):
        write_edf(tmp_path / "a.edf", Recording.from_array(data, 4.0), physical_range=(-200.0, 200.0))
    (signal,) = edfio.read_edf(tmp_path / "a.edf").signals
    assert (signal.physical_min, signal.physical_max) == (-200.0, 200.0)
    np.testing.assert_allclose(signal.data, [-200, -200, 0, 200], atol=0.01)


def test_a_constant_channel_keeps_its_value(tmp_path: Path) -> None:
    write_edf(tmp_path / "a.edf", Recording.from_array(np.full((1, 100), 12.5), 100.0))
    np.testing.assert_allclose(edfio.read_edf(tmp_path / "a.edf").signals[0].data, 12.5, atol=1e-4)


EVENTS = Annotations(
    [
        Event(0.0, 0.0, "Eyes closed"),
        Event(3.25, 4.5, "sz", confidence=0.876),
        Event(3.25, 1.0, "sz_foc_ia"),
        Event(9.999, 0.5, "µ-rhythm; left"),
    ],
    10.0,
)
TEXTS = ["Eyes closed", "sz_foc_ia", "sz 0.88", "µ-rhythm; left"]


def test_edfio_and_mne_read_the_annotations(tmp_path: Path) -> None:
    write_edf(tmp_path / "a.edf", Recording.from_array(noise(2560), 256.0), EVENTS)
    by_edfio = edfio.read_edf(tmp_path / "a.edf").annotations
    assert [note.text for note in by_edfio] == TEXTS
    assert [(note.onset, note.duration) for note in by_edfio] == [(0.0, None), (3.25, 1.0), (3.25, 4.5), (9.999, 0.5)]
    by_mne = mne.io.read_raw_edf(tmp_path / "a.edf", verbose="error").annotations
    assert by_mne.description.tolist() == TEXTS
    np.testing.assert_allclose(by_mne.onset, [0.0, 3.25, 3.25, 9.999])


def test_annotations_of_the_recording_are_written_unless_others_are_given(tmp_path: Path) -> None:
    rec = Recording.from_array(noise(2560), 256.0, annotations=EVENTS)
    write_edf(tmp_path / "a.edf", rec)
    write_edf(tmp_path / "b.edf", rec, Annotations((), 10.0))
    assert len(edfio.read_edf(tmp_path / "a.edf").annotations) == 4
    assert len(edfio.read_edf(tmp_path / "b.edf").annotations) == 0


def test_many_annotations_at_one_time_fit(tmp_path: Path) -> None:
    crowd = Annotations([Event(9.5, 0.1 + i, f"event number {i} of a crowd") for i in range(200)], 10.0)
    write_edf(tmp_path / "a.edf", Recording.from_array(noise(2560), 256.0), crowd)
    read = edfio.read_edf(tmp_path / "a.edf").annotations
    assert sorted((note.onset, note.duration, note.text) for note in read) == [
        (event.onset, pytest.approx(event.duration), event.event_type)
        for event in sorted(crowd, key=lambda event: (event.onset, event.duration))
    ]


def test_nobody_is_named_unless_asked(tmp_path: Path) -> None:
    rec = Recording.from_array(noise(256), 256.0, start_time=datetime(2020, 5, 6, 7, 8, 9))
    write_edf(tmp_path / "a.edf", rec)
    head = (tmp_path / "a.edf").read_bytes()[8:184]
    assert head[:80].rstrip() == b"X X X X" and head[80:160].rstrip() == b"Startdate X X X X"
    assert head[160:] == b"01.01.8500.00.00"


def test_start_and_identity_are_written_when_given(tmp_path: Path) -> None:
    rec = Recording.from_array(noise(256), 256.0)
    start = datetime(2020, 5, 6, 7, 8, 9, 250_000)
    write_edf(tmp_path / "a.edf", rec, start_time=start)
    by_edfio = edfio.read_edf(tmp_path / "a.edf")
    assert (by_edfio.startdate, by_edfio.starttime) == (date(2020, 5, 6), time(7, 8, 9, 250_000))
    assert read_edf(tmp_path / "a.edf").start_time == start
    who = Identity("P7 F 01-MAY-1990 X", "Startdate 06-MAY-2020 X X X")
    write_edf(tmp_path / "a.edf", rec, start_time=start, identity=who)
    assert edfio.read_edf(tmp_path / "a.edf").patient.code == "P7"
    assert "P7" not in repr(who)


def record_onsets(path: Path, n_records: int, record_bytes: int, text_bytes: int) -> list[float]:
    """Read the time-keeping list of each record straight from the bytes."""
    raw = path.read_bytes()
    records = raw[len(raw) - n_records * record_bytes :]
    starts = [record[-text_bytes:] for record in (records[i * record_bytes :][:record_bytes] for i in range(n_records))]
    return [float(re.match(rb"([+-]\d+\.?\d*)\x14\x14\x00", start)[1]) for start in starts]


def test_gaps_become_edf_d_with_its_time_keeping(tmp_path: Path) -> None:
    data = noise(100 * 10)
    data[:, 300:620] = np.nan
    rec = Recording.from_array(data, 100.0, annotations=Annotations([Event(7.0, 1.0)], 10.0))
    write_edf(tmp_path / "a.edf", rec, start_time=datetime(2020, 5, 6, 7, 8, 9, 500_000))
    by_edfio = edfio.read_edf(tmp_path / "a.edf")
    assert by_edfio.reserved == "EDF+D"
    assert by_edfio.data_record_duration == 0.2
    kept = np.concatenate([data[:, :300], data[:, 620:]], axis=1)
    assert (np.abs([signal.data for signal in by_edfio.signals] - kept) <= half_steps(kept)).all()
    assert by_edfio.num_data_records == 15 + 19
    text_bytes = by_edfio.bytes_in_header_record and 64
    onsets = record_onsets(tmp_path / "a.edf", 34, 3 * 20 * 2 + text_bytes, text_bytes)
    expected = [0.5 + 0.2 * i for i in range(15)] + [0.5 + 6.2 + 0.2 * i for i in range(19)]
    np.testing.assert_allclose(onsets, expected, atol=1e-9)
    again = read_edf(tmp_path / "a.edf")
    assert again.gaps == ((3.0, 6.2),)
    assert again.annotations.events == (Event(7.0, 1.0, "sz"),)
    np.testing.assert_array_equal(np.isnan(again.read()), np.isnan(data))


def test_a_gap_at_the_beginning_moves_the_start(tmp_path: Path) -> None:
    data = noise(1000)
    data[:, :250] = np.nan
    start = datetime(2020, 5, 6, 7, 8, 9)
    write_edf(tmp_path / "a.edf", Recording.from_array(data, 100.0), EVENTS, start_time=start)
    again = read_edf(tmp_path / "a.edf")
    assert again.start_time == datetime(2020, 5, 6, 7, 8, 11, 500_000)
    assert again.n_samples == 750
    assert [event.onset for event in again.annotations] == [-2.5, 0.75, 0.75, 7.499]


def test_what_does_not_fill_a_record_is_filled_up_and_said(tmp_path: Path) -> None:
    data = noise(1009)  # a prime: nothing divides it
    with pytest.warns(IctalWarning, match=r"a\.edf: data records: 0\.91 s were added by holding the last value"):
        write_edf(tmp_path / "a.edf", Recording.from_array(data, 100.0))
    again = edfio.read_edf(tmp_path / "a.edf").signals[1].data
    assert len(again) == 1100
    assert (np.abs(again[:1009] - data[1]) <= half_steps(data)[1]).all()
    assert (again[1009:] == again[1008]).all()


def test_a_gap_shorter_than_a_record_is_bridged(tmp_path: Path) -> None:
    data = noise(1009)
    data[:, 501:504] = data[:, 800:850] = np.nan
    with pytest.warns(IctalWarning, match="were added by holding the last value"):
        write_edf(tmp_path / "a.edf", Recording.from_array(data, 100.0))
    again = read_edf(tmp_path / "a.edf")
    signal = again.read()[0]
    known = ~np.isnan(data[0])
    assert (np.abs(signal[: len(data[0])][known] - data[0][known]) <= half_steps(data)[0]).all()
    assert (signal[501:504] == signal[500]).all()
    assert again.gaps == ((8.0, 8.5),)


@pytest.mark.parametrize(
    ("rate", "n_samples"),
    [
        (256.0, 2688),
        (512.0, 512 * 60),
        (173.61, 4097),
        (99.95, 1999),
        (250 / 3, 250),
        (4.0, 6),
        (0.1, 30),
        (20000.0, 70001),
    ],
)
def test_rates_and_lengths_are_kept(tmp_path: Path, rate: float, n_samples: int) -> None:
    with np.testing.suppress_warnings() as quiet:
        quiet.filter(IctalWarning)
        write_edf(tmp_path / "a.edf", Recording.from_array(noise(n_samples), rate))
    signal = edfio.read_edf(tmp_path / "a.edf").signals[0]
    assert signal.sampling_frequency == pytest.approx(rate, rel=2e-6)
    assert n_samples <= len(signal.data) <= n_samples + max(1, 1.1 * rate)


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.sampled_from([100.0, 128.0, 173.61, 200.0, 256.0, 1000.0]),
)
def test_runs_cover_every_segment(lengths: list[int], rate: float) -> None:
    segments, place = [], 0
    for length in lengths:
        segments.append((place, place + length))
        place += length + 7
    record_samples = choose_record_samples(segments, rate)
    runs = place_runs(segments, record_samples)
    covered = np.zeros(place + 20_000, bool)
    for run in runs:
        stretch = covered[run.first : run.first + run.n_records * record_samples]
        assert not stretch.any()
        stretch[:] = True
    assert all(covered[first:last].all() for first, last in segments)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    n_samples = 20 * data.draw(st.integers(1, 60))
    signal = noise(n_samples, 2, data.draw(st.integers(0, 5)))
    for start in data.draw(st.lists(st.integers(1, 50).map(lambda n: 20 * n), max_size=3)):
        signal[:, start : start + 20] = np.nan
    path = tmp_path_factory.getbasetemp() / "property.edf"
    write_edf(path, Recording.from_array(signal, 200.0))
    last = np.flatnonzero(~np.isnan(signal[0]))[-1] + 1
    again = read_edf(path).read()
    assert again.shape == (2, last)
    np.testing.assert_array_equal(np.isnan(again), np.isnan(signal[:, :last]))
    assert np.nanmax(np.abs(again - signal[:, :last]) / half_steps(signal)) <= 1


class Endless(Recording):
    """A long recording that is made as it is read."""

    channels = tuple(f"EEG{i}" for i in range(20))
    sampling_rate = 256.0

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        self.annotations = Annotations((), self.duration)

    def read_samples(self, first: int, last: int) -> Signal:
        ramp = (np.arange(first, last) % 1000).astype(np.float32)
        return np.repeat(ramp[None], 20, axis=0)


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    peaks = []
    for seconds in (600, 3600):
        tracemalloc.start()
        write_edf(tmp_path / "a.edf", Endless(seconds * 256))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (tmp_path / "a.edf").stat().st_size > 36_000_000
    assert peaks[1] < 1.2 * peaks[0] < 60e6


def test_labels_are_cut_to_what_the_header_holds(tmp_path: Path) -> None:
    rec = Recording.from_array(noise(100, 2), 100.0, ["A very long label indeed", "C3"])
    with pytest.warns(IctalWarning, match="label of A very long label indeed: is cut to 16 letters"):
        write_edf(tmp_path / "a.edf", rec)
    assert edfio.read_edf(tmp_path / "a.edf").signals[0].label == "A very long labe"


class Holed(Endless):
    """A recording of which one channel alone is not a number somewhere."""

    hole = np.nan

    def read_samples(self, first: int, last: int) -> Signal:
        signal = super().read_samples(first, last)
        signal[3, max(1000 - first, 0) : max(1001 - first, 0)] = self.hole
        return signal


def test_what_is_not_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"channel EEG3: is not a number at 3\.90625 s; fill it"):
        write_edf(tmp_path / "a.edf", Holed(2560))
    holed = Holed(2560)
    holed.hole = np.inf
    with pytest.raises(RecordingError, match="channel EEG3: holds an infinite value"):
        write_edf(tmp_path / "a.edf", holed)
    with pytest.raises(RecordingError, match="holds no signal"):
        write_edf(tmp_path / "a.edf", Recording.from_array(np.full((1, 9), np.nan), 1.0))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        with pytest.raises(OutputError, match=r"a\.edf: the file would be larger"):
            write_edf(tmp_path / "a.edf", Endless(25_600))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert list(tmp_path.iterdir()) == []
