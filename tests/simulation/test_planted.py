"""Things that are planted keep apart from each other and inside of where they may be."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Event
from ictal.core.spans import intersect_spans
from ictal.simulation.layers import Transient
from ictal.simulation.planted import Planted, planted_inside, planted_part


def thing(onset: float, duration: float = 1.0) -> Planted:
    transient = Transient(round(10 * onset), 10, partial(np.full, (2, 10), onset))
    return Planted((transient,), Event(onset, duration, "spike"))


def test_signal_and_events_are_those_of_all_things() -> None:
    part = planted_part(thing(onset) for onset in (1.0, 4.0))
    [layer] = part.layers
    signal = np.zeros((2, 100))
    layer.apply(signal, 0)
    assert sorted(set(signal[0])) == [0.0, 1.0, 4.0]
    assert signal[0, 40:50].tolist() == [4.0] * 10
    assert [event.onset for event in part.events] == [1.0, 4.0]


@given(
    onsets=st.lists(st.floats(0.0, 100.0), max_size=20).map(sorted),
    edges=st.lists(st.integers(0, 100), max_size=6, unique=True).map(sorted),
    apart=st.floats(0.0, 5.0),
)
def test_what_is_kept_is_inside_and_apart(onsets: list[float], edges: list[int], apart: float) -> None:
    spans = [(float(start), float(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=False)]
    kept = [one.event for one in planted_inside([thing(onset) for onset in onsets], spans, apart)]
    assert all(intersect_spans([event.span], spans) == (event.span,) for event in kept)
    assert all(after.onset >= before.stop + apart for before, after in pairwise(kept))
    # Whatever was dropped had no room.
    for onset in set(onsets) - {event.onset for event in kept}:
        outside = intersect_spans([(onset, onset + 1.0)], spans) != ((onset, onset + 1.0),)
        assert outside or any(event.onset <= onset < event.stop + apart for event in kept)
