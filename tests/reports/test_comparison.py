"""Hits, misses and false alarms by any overlap, against NEDC OVLP, which follows the same rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.reports.comparison import compare_events

events = st.lists(st.builds(Event, st.integers(0, 50).map(float), st.integers(1, 20).map(float)), max_size=8)


def test_counts_are_those_of_nedc_overlap(test_data: Path) -> None:
    cases = json.loads((test_data / "oracles/scoring/nedc.json").read_text())["cases"]
    compared = 0
    for case in cases:
        expected = case["expected"].get("ovlp")
        if case["category"] == "malformed" or expected is None:
            continue
        hits = misses = alarms = 0
        for reference, hypothesis in zip(case["parsed"]["ref"], case["parsed"]["hyp"], strict=True):
            found = compare_events(parse(hypothesis), parse(reference))
            hits, misses = hits + len(found.hits), misses + len(found.misses)
            alarms += len(found.false_alarms)
        truth = expected["seiz"]
        assert (hits, misses, alarms) == (truth["hits"], truth["misses"], truth["false_alarms"]), case["name"]
        compared += 1
    assert compared > 40


def parse(rows: list[tuple[float, float, str]]) -> Annotations:
    stop = max((row[1] for row in rows), default=0.0)
    return Annotations([Event(a, b - a) for a, b, label in rows if label == "seiz"], stop)


@given(events, events)
def test_every_event_is_on_one_side(detected: list[Event], reference: list[Event]) -> None:
    found = compare_events(Annotations(detected, 100.0), Annotations(reference, 100.0))
    assert sorted([*found.hits, *found.misses], key=repr) == sorted(reference, key=repr)
    assert sorted([*found.true_detections, *found.false_alarms], key=repr) == sorted(detected, key=repr)

    def seconds(event: Event) -> set[int]:
        return set(range(int(event.onset), int(event.stop)))

    claimed = set().union(*(seconds(event) for event in detected))
    true = set().union(*(seconds(event) for event in reference))
    assert all(seconds(event) & claimed for event in found.hits)
    assert not any(seconds(event) & claimed for event in found.misses)
    assert not any(seconds(event) & true for event in found.false_alarms)


@pytest.mark.parametrize("kind", ["bckg", "lpd", "artefact"])
def test_what_is_no_seizure_neither_hits_nor_alarms(kind: str) -> None:
    other = Annotations([Event(0.0, 10.0, kind)], 10.0)
    seizure = Annotations([Event(0.0, 10.0, "sz_foc_ia")], 10.0)
    assert compare_events(other, seizure).misses == seizure.events
    assert compare_events(seizure, other).false_alarms == seizure.events
    assert compare_events(other, seizure).false_alarms == ()


def test_touching_is_not_overlapping() -> None:
    found = compare_events(Annotations([Event(0.0, 5.0)], 10.0), Annotations([Event(5.0, 5.0)], 10.0))
    assert (len(found.misses), len(found.false_alarms)) == (1, 1)
