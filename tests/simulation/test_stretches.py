"""Stretches of a pattern fill their share and keep away from seizures."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.spans import complement_spans, intersect_spans, total_time
from ictal.simulation.populations import draw_subject
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure
from ictal.simulation.states import States
from ictal.simulation.stretches import MARGIN, away_from_seizures, pattern_stretches, random_stretches

SEIZURES = (Seizure(10.0, 50.0), Seizure(1000.0, 60.0), Seizure(3500.0, 90.0))


def scene(seed: int, share: float, pattern: str = "lpd", seizures: tuple[Seizure, ...] = ()) -> Scene:
    subject = draw_subject(0)
    subject = replace(subject, epilepsy=replace(subject.epilepsy, pattern=pattern, pattern_share=share))
    return Scene(subject, States((("wake", 0.0, 3600.0),)), seizures, 36_000, 10.0, 50.0, 0.5, seed)


@given(duration=st.floats(1.0, 1e5), share=st.floats(0.0, 1.0), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_stretches_last_as_long_as_asked(duration: float, share: float, seed: int) -> None:
    spans = random_stretches(duration, share * duration, 30.0, 400.0, np.random.default_rng(seed))
    assert all(start >= 0.0 and stop <= duration + 1e-6 for start, stop in spans)
    assert all(29.999 < stop - start < 400.001 for start, stop in spans)
    assert all(after[0] - before[1] > -1e-6 for before, after in pairwise(spans))
    assert -1e-6 < share * duration - sum(stop - start for start, stop in spans) < 30.001


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_the_pattern_fills_its_share(share: float) -> None:
    spans = pattern_stretches(scene(1, share))
    assert total_time(spans) / 3600.0 == pytest.approx(share, abs=0.01)
    assert pattern_stretches(scene(1, share)) == spans != pattern_stretches(scene(2, share))


@pytest.mark.parametrize("seed", range(8))
def test_patterns_keep_away_from_seizures_and_are_elsewhere_as_before(seed: int) -> None:
    spans = pattern_stretches(scene(seed, 0.9, seizures=SEIZURES))
    guarded = [(seizure.onset - MARGIN, seizure.stop + MARGIN) for seizure in SEIZURES]
    assert not intersect_spans(spans, guarded)
    assert total_time(away_from_seizures(scene(seed, 0.9, seizures=SEIZURES))) == 3600.0 - 80.0 - 100.0 - 120.0
    before = pattern_stretches(scene(seed, 0.9))
    assert intersect_spans(spans, before) == spans
    lost = total_time(before) - total_time(spans)
    assert 30.0 < lost < 300.0 + 30.0 * 4
    untouched = [span for span in before if not intersect_spans([span], guarded)]
    assert set(untouched) <= set(spans)
    assert complement_spans(spans, 0.0, 3600.0)


def test_without_a_pattern_there_is_no_stretch() -> None:
    assert pattern_stretches(scene(0, 0.5, pattern="")) == ()


def test_an_unknown_pattern_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"pattern: 'lpds' .*'lpd'"):
        pattern_stretches(scene(0, 0.5, pattern="lpds"))


def test_there_may_be_no_room() -> None:
    assert pattern_stretches(scene(0, 0.5, seizures=(Seizure(15.0, 3560.0),))) == ()
