"""Seizures of a subject, and which values are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.simulation.populations import draw_subject
from ictal.simulation.seizure import KINDS, Kind, Seizure, nearest, place_seizures
from ictal.simulation.subject import Subject


def subject(**changed: object) -> Subject:
    drawn = draw_subject(0)
    return replace(drawn, epilepsy=replace(drawn.epilepsy, **changed))


def test_event_types_are_names_of_hed_score(test_data: Path) -> None:
    known = json.loads((test_data / "annotations/szcore/events.json").read_text())["eventType"]["HED"]
    assert {kind.event_type for kind in KINDS.values()} <= set(known)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_rhythms_slow_down(kind: Kind) -> None:
    start, stop = kind.frequencies
    assert 0.5 <= stop < start <= 30.0
    assert 0 < kind.durations[0] < kind.durations[1]
    assert 0 <= kind.postictal[0] <= kind.postictal[1]


@pytest.mark.parametrize("kind", KINDS)
def test_placed_seizures_are_as_their_kind(kind: str) -> None:
    card = KINDS[kind]
    for number in range(20):
        placed = place_seizures(3, 3600.0, subject(kind=kind, focus="T7"), seed=number)
        assert len(placed) == 3
        for seizure in placed:
            assert seizure.kind == kind
            assert card.durations[0] <= seizure.duration + 0.01 and seizure.duration <= card.durations[1] + 0.01
            assert seizure.focus in card.foci
            assert 0.6 * card.frequencies[0] < seizure.start_frequency < 1.6 * card.frequencies[0]
            assert seizure.muscle == card.muscle
            assert seizure.crossing == 1 or card.crossing[0] <= seizure.crossing <= card.crossing[1]


def test_a_subject_that_seizes_longer_or_faster_does_so() -> None:
    def mean(name: str, **changed: object) -> float:
        placed = place_seizures(20, 36_000.0, subject(kind="focal-temporal", **changed), seed=0)
        return sum(getattr(seizure, name) for seizure in placed) / len(placed)

    assert mean("duration", seizure_duration=80.0) > 1.4 * mean("duration", seizure_duration=45.0)
    assert mean("start_frequency", seizure_frequency=8.0) == pytest.approx(8.0, rel=0.05)
    assert mean("start_frequency", seizure_frequency=5.5) == pytest.approx(5.5, rel=0.05)


def test_a_frequency_that_the_kind_cannot_have_is_passed_over() -> None:
    [seizure] = place_seizures(1, 600.0, subject(kind="absence", seizure_frequency=8.0), seed=0)
    assert 3.0 < seizure.start_frequency < 4.2
    assert seizure.stop_frequency < seizure.start_frequency


def test_same_seed_same_seizures() -> None:
    first, again, other = (place_seizures(4, 3600.0, subject(), seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_some_seizures_stay_on_their_side() -> None:
    crossings = [seizure.crossing for seizure in place_seizures(60, 36_000.0, subject(kind="focal-temporal"), seed=0)]
    assert 0.1 < sum(crossing == 1 for crossing in crossings) / 60 < 0.5


@given(st.sampled_from(sorted(KINDS)), st.floats(0.5, 2.0), st.floats(0.5, 2.0))
def test_tempo_scales_frequencies(kind: str, start: float, stop: float) -> None:
    seizure = Seizure(0.0, 10.0, kind, tempo=(start, stop))
    assert seizure.start_frequency == pytest.approx(start * KINDS[kind].frequencies[0])
    assert seizure.stop_frequency == pytest.approx(stop * KINDS[kind].frequencies[1])


def test_the_nearest_electrode_is_itself_where_allowed() -> None:
    assert nearest("F8", ("F3", "F8")) == "F8"
    assert nearest("T8", ("F3", "F4", "F7", "F8", "Fz")) == "F8"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"duration": 0.0}, "seizure duration: 0.0"),
        ({"tempo": (1.0, -1.0)}, "seizure tempo: -1.0"),
        ({"kind": "grand-mal"}, "seizure kind: 'grand-mal' is not allowed; allowed are 'focal-temporal'"),
        ({"focus": "T3"}, "seizure focus: 'T3' is not allowed; allowed are 'Fp1'"),
        ({"crossing": 1.5}, "seizure crossing: 1.5 .* 0 to 1"),
        ({"fast_share": -0.1}, "seizure fast_share: -0.1 .* 0 to 1"),
        ({"postictal": float("nan")}, "seizure postictal: nan"),
    ],
)
def test_values_out_of_range_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Seizure(**{"onset": 0.0, "duration": 10.0, **changed})


@pytest.mark.parametrize("count", [-1, 11])
def test_more_seizures_than_fit_are_refused(count: int) -> None:
    with pytest.raises(ParameterError, match=f"seizures: {count} in 600 s"):
        place_seizures(count, 600.0, subject(), seed=0)
