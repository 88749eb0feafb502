from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from ictal.core.electrodes import Electrode
from ictal.core.events import Event
from ictal.core.localisation import Localisation, find_focus
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording, RecordingView
from ictal.core.scores import Scores
from ictal.detection.library import load_bundled
from ictal.detection.localise import (
    begin_clearly,
    cut_slices,
    group_leads,
    localise_event,
    share_out,
    trust_places,
)
from ictal.detection.scorer import Groups, ReadWindows, Scorer
from ictal.detection.settings import Windows
from ictal.detection.sweep import Sweep
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

RATE, SECONDS = 64.0, 240.0
LEADS = MONTAGES["double-banana"].labels
EVENT = Event(150.0, 45.0, confidence=0.9)


class Missing(Scorer):
    """Answers every window with 0.5, and misses each group by a number that is given."""

    def __init__(self, drops: Mapping[int, float] | None = None) -> None:
        self.drops = {} if drops is None else drops

    def push(self, signal: NDArray[Any]) -> NDArray[np.float64]:
        return np.full((int((signal.shape[1] - 128) // 64) + 1, 2), 0.5)

    def finish(self) -> NDArray[np.float64]:
        return np.empty((0, 2))

    def log_odds(self, signals: NDArray[Any]) -> NDArray[np.float64]:
        raise AssertionError("signals are not asked about")

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> NDArray[np.float64]:
        return np.array([sum(self.drops.get(lead, 0.0) for lead in group) for group in groups])


def make_signal(rhythms: Mapping[tuple[str, float, float], float], channels: Sequence[str] = LEADS) -> Recording:
    """Noise, and rhythms of 6 Hz that are highest at an electrode: two thirds of it at the next ones."""
    rng, n_samples = np.random.default_rng(0), round(SECONDS * RATE)
    signal = rng.normal(0.0, 5.0, (len(channels), n_samples))
    times = np.arange(n_samples) / RATE
    for (name, start, stop), height in rhythms.items():
        wave = height * np.sin(2 * np.pi * 6 * times) * ((times >= start) & (times < stop))
        for row, lead in enumerate(channels):
            anode, _, cathode = lead.partition("-")
            signal[row] += wave * (potential(anode, name) - potential(cathode, name))
    return Recording.from_array(signal, RATE, channels)


def potential(electrode: str, source: str) -> float:
    cosine = float(Electrode(electrode).position @ Electrode(source).position)
    return float(np.exp(-0.5 * (np.arccos(np.clip(cosine, -1.0, 1.0)) / 0.7) ** 2))


def localise(recording: Recording, event: Event = EVENT, drops: Mapping[int, float] | None = None) -> Localisation:
    sweep = Sweep(recording, Missing(drops), Windows(length=2.0, step=1.0), range(len(recording.channels)))
    return localise_event(event, recording, sweep, sweep.answered)


@pytest.mark.parametrize("name", ["T7", "F8", "C3", "P4", "O2", "Fp1"])
def test_the_electrode_with_a_new_rhythm_is_the_focus(name: str) -> None:
    found = localise(make_signal({(name, 150.0, 195.0): 40.0}))
    focus = find_focus(found.of_onset)
    assert focus is not None
    assert focus.electrode == name
    assert found.onset.max() == 1.0
    assert any(name in lead.split("-") for lead in found.carrying)


def test_a_rhythm_that_was_there_before_carries_nothing() -> None:
    found = localise(make_signal({("T7", 0.0, SECONDS): 100.0, ("C4", 150.0, 195.0): 20.0}))
    focus = find_focus(found.of_onset)
    assert focus is not None
    assert focus.electrode == "C4"


def test_spread_is_followed_and_the_onset_keeps_its_place() -> None:
    found = localise(make_signal({("T7", 150.0, 195.0): 30.0, ("T8", 175.0, 195.0): 90.0}))
    places = [find_focus(weights) for _, weights in found.of_slices]
    assert [place.hemisphere for place in places if place is not None][:4] == ["left"] * 4
    assert places[-1] is not None
    assert places[-1].hemisphere == "right"
    focus = find_focus(found.of_onset)
    assert focus is not None
    assert focus.electrode == "T7"
    assert found.slices[0][0] == EVENT.onset
    assert found.slices[-1][1] == EVENT.stop


def test_before_anything_changes_weights_are_low() -> None:
    quiet, loud = (localise(make_signal({("T7", 150.0, 195.0): height})) for height in (0.0, 60.0))
    assert quiet.weights.min() >= 0.0
    assert 2 * quiet.weights.max(axis=1).mean() < loud.weights.max(axis=1).min()


def test_the_side_that_the_detector_misses_is_believed() -> None:
    recording = make_signal({("T7", 150.0, 195.0): 30.0, ("T8", 150.0, 195.0): 30.0})
    for side in ("left", "right"):
        drops = dict.fromkeys(group_leads(LEADS)[side], 1.0)
        focus = find_focus(localise(recording, drops=drops).of_onset)
        assert focus is not None
        assert focus.hemisphere == side


def test_leads_without_a_place_are_asked_about_one_by_one() -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(0.0, 5.0, (3, round(SECONDS * RATE)))
    signal[:, round(150 * RATE) : round(195 * RATE)] *= 6
    recording = Recording.from_array(signal, RATE, ["left cortex", "right cortex", "EMG"])
    assert localise(recording, drops={1: 2.0}).carrying == ("right cortex",)
    assert len(localise(recording).carrying) == 3


def test_masked_leads_carry_nothing() -> None:
    recording = make_signal({("T7", 150.0, 195.0): 40.0})
    sweep = Sweep(recording, Missing(), Windows(length=2.0, step=1.0), range(18))
    row = LEADS.index("F7-T7")
    found = localise_event(EVENT, recording, sweep, sweep.answered, masked=[row])
    assert found.onset[row] == 0.0
    assert not found.weights[:, row].any()
    focus = find_focus(found.of_onset)
    assert focus is not None
    assert (focus.hemisphere, focus.lobe) == ("left", "temporal")


@pytest.mark.parametrize("event", [Event(0.0, 30.0), Event(4.0, 3.0), Event(235.0, 5.0), Event(150.0, 1.0)])
def test_events_at_either_end_and_short_ones_have_weights(event: Event) -> None:
    found = localise(make_signal({("T7", event.onset, event.stop): 40.0}), event)
    assert np.isfinite(found.onset).all()
    assert np.isfinite(found.weights).all()
    assert found.weights.shape == (len(found.slices), 18)
    assert all(event.onset <= start < stop <= event.stop + 1e-9 for start, stop in found.slices)


def test_gaps_are_not_looked_at() -> None:
    whole = make_signal({("T7", 150.0, 195.0): 40.0})
    broken = Recording.from_array(whole.read(), RATE, LEADS, gaps=[(80.0, 90.0), (160.0, 164.0)])
    focus = find_focus(localise(broken).of_onset)
    assert focus is not None
    assert focus.electrode == "T7"


def test_an_event_that_nobody_analysed_is_localised_by_its_signal_alone() -> None:
    recording = make_signal({("T7", 150.0, 195.0): 40.0})
    sweep = Sweep(recording, Missing({0: 1.0}), Windows(length=2.0, step=1.0), range(18))
    nowhere = np.zeros(len(sweep.answered), dtype=bool)
    assert_allclose(trust_places(("T7", "T8"), EVENT, nowhere, sweep, LEADS), 1.0)
    assert trust_places(("T7", "T8"), EVENT, ~nowhere, sweep, LEADS).min() < 1.0


@given(onset=st.floats(0.0, 1e4), duration=st.floats(1.0, 4000.0))
def test_slices_rise_and_stay_inside(onset: float, duration: float) -> None:
    slices = cut_slices((onset, onset + duration))
    assert 1 <= len(slices) <= 8
    assert slices[0][0] == onset
    assert slices[-1][1] == pytest.approx(onset + duration)
    assert all(a[0] < b[0] for a, b in itertools.pairwise(slices))
    assert all(a[1] <= b[0] + 1e-6 for a, b in itertools.pairwise(slices))


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=19))
def test_shares_never_add_up_to_more_than_one(evidence: list[float]) -> None:
    shares = share_out(np.array([evidence]))
    assert shares.min() >= 0.0
    assert shares.sum() <= 1.0 + 1e-9


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
@pytest.mark.parametrize("focus", ["T7", "C4"])
def test_a_seizure_of_the_phantom_is_put_into_its_lobe(name: str, focus: str) -> None:
    recording = simulate_recording(240.0, seed=3, seizures=[Seizure(130.0, 50.0, focus=focus)], difficulty=0.2)
    detection = load_bundled(name).analyse(recording)
    (event,), (where,) = detection.events, detection.localised
    found = find_focus(where.of_onset)
    assert found is not None
    assert (found.hemisphere, found.lobe) == (Electrode(focus).hemisphere, Electrode(focus).lobe)
    assert event.channels == where.carrying


DAY, NIGHT = 24 * 3600.0, 338 * 256


class Day(RecordingView):
    """The phantom up to its gap, again and again for a day, which remembers what was read of it."""

    def __init__(self, inner: Recording) -> None:
        super().__init__(inner)
        self.n_samples = round(DAY * self.sampling_rate)
        self.gaps = ()
        self.reads: list[tuple[int, int]] = []

    def select(self, labels: Sequence[str]) -> Day:
        chosen = Day(self.inner.select(labels))
        chosen.reads = self.reads
        return chosen

    def read_samples(self, first: int, last: int) -> NDArray[np.float32]:
        self.reads.append((first, last))
        return self.inner.read_samples(0, NIGHT)[:, np.arange(first, last) % NIGHT]


def seconds_read(day: Day) -> int:
    read = np.zeros(round(DAY), dtype=bool)
    for first, last in day.reads:
        read[first // 256 : -(-last // 256)] = True
    return int(read.sum())


@pytest.fixture(scope="module")
def phantom() -> Recording:
    """Two seizures; a quarter of the electrodes was off at the second one."""
    seizures = [Seizure(130.0, 50.0, focus="T7"), Seizure(300.0, 30.0, focus="C4")]
    recording = simulate_recording(380.0, seed=3, seizures=seizures, difficulty=0.2)
    signal = recording.read()
    signal[:12, round(302.5 * 256) : round(306.2 * 256)] = 0.0
    return Recording.from_array(signal, 256.0, recording.channels, gaps=[(340.0, 345.0)])


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
def test_on_request_events_are_where_the_analysis_put_them(phantom: Recording, name: str) -> None:
    detector = load_bundled(name)
    detection = detector.analyse(phantom)
    assert len(detection.events) == 2
    assert not detection.scores.analysed[300:310].all()
    for events in (detection.events.events, detection.events.events[1:]):
        asked = [Event(event.onset, event.duration, "fnsz") for event in events]
        expected = detection.localised[-len(events) :]
        for where, known in zip(detector.localise(phantom, asked), expected, strict=True):
            assert (where.leads, where.slices) == (known.leads, known.slices)
            assert_allclose(where.onset, known.onset, atol=1e-12)
            assert_allclose(where.weights, known.weights, atol=1e-12)
            assert where.carrying == known.carrying
    assert detector.localise(phantom, []) == ()


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
@pytest.mark.parametrize("onset", [0.0, 40_130.3, DAY - 20.0])
def test_of_a_day_only_what_is_around_the_event_is_read(phantom: Recording, name: str, onset: float) -> None:
    """The chain itself needs more than an instant to give one: the network's is scaled by the five minutes before."""
    day, detector = Day(phantom), load_bundled(name)
    detector.prepare(day)[1].read(onset, onset + 0.01)
    of_an_instant = seconds_read(day)
    day.reads.clear()
    (where,) = detector.localise(day, [Event(onset, 20.0)])
    assert where.onset.max() == 1.0
    assert 20 < seconds_read(day) < of_an_instant + 120


def test_an_event_may_be_where_no_window_fits(phantom: Recording) -> None:
    detector = load_bundled("eegwavenet-scalp")
    found = detector.localise(phantom, [Event(341.0, 3.0), Event(338.0, 9.0), Event(379.0, 1.0)])
    assert [np.isfinite(where.onset).all() for where in found] == [True] * 3


@pytest.mark.parametrize(
    ("probabilities", "span"),
    [
        ([0.9, 0.1, 0.9, 0.9, 0.9], (2.0, 5.0)),
        ([0.9, 0.9, 0.9, 0.1, 0.9], (0.0, 5.0)),
        ([0.9, 0.9, 0.9, 0.9, 0.9], (0.0, 5.0)),
    ],
)
def test_an_event_is_looked_for_from_its_clearest_part_on(
    probabilities: list[float], span: tuple[float, float]
) -> None:
    scores = Scores([[1.0 - value, value] for value in probabilities], start=0.0, step=1.0)
    rules = PostProcessing(threshold=0.5, merge_gap=2.0)
    (event,) = find_events(scores, rules, 5.0)
    assert event.span == (0.0, 5.0)
    (begun,) = begin_clearly([event], scores, rules)
    assert begun == Event(span[0], span[1] - span[0], confidence=event.confidence)


def test_what_is_too_short_for_an_event_is_no_part_of_another() -> None:
    scores = Scores([[1.0 - value, value] for value in (0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.9)], start=0.5, step=1.0)
    rules = PostProcessing(threshold=0.5, merge_gap=2.0, minimum_duration=2.0)
    events = find_events(scores, rules, 8.0)
    assert begin_clearly(events, scores, rules) == events.events


def test_what_the_rules_did_not_find_begins_where_it_begins() -> None:
    scores = Scores([[0.9, 0.1]] * 5, start=0.0, step=1.0)
    assert begin_clearly([Event(1.0, 2.0)], scores, PostProcessing()) == (Event(1.0, 2.0),)
