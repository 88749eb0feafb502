"""When seizures happen, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.simulation.schedule import check_inside, check_request, random_onsets, random_spans


@given(count=st.integers(0, 20), minutes=st.floats(1.0, 10.0), seed=st.integers(0, 1000))
def test_spans_are_inside_apart_and_to_the_hundredth(count: int, minutes: float, seed: int) -> None:
    duration = max(count, 1) * 60.0 * minutes
    spans = random_spans(count, duration, 20.0, 80.0, np.random.default_rng(seed))
    check_inside(spans, duration)
    assert len(spans) == count
    part = duration / max(count, 1)
    for number, (start, stop) in enumerate(spans):
        assert number * part < start < stop < (number + 1) * part
        assert 19.99 <= stop - start <= 80.01
        assert (start, stop) == (round(start, 2), round(stop, 2))


@pytest.mark.parametrize(("count", "duration"), [(-1, 600.0), (2, 119.0)])
def test_too_many_or_too_few_are_refused(count: int, duration: float) -> None:
    with pytest.raises(ParameterError, match=f"seizures: {count} in {duration:g} s .* at least 60 s"):
        random_spans(count, duration, 10.0, 20.0, np.random.default_rng(0))


@pytest.mark.parametrize("spans", [[(-1.0, 5.0)], [(90.0, 101.0)], [(10.0, 30.0), (20.0, 40.0)]])
def test_seizures_outside_or_on_top_of_each_other_are_refused(spans: list[tuple[float, float]]) -> None:
    with pytest.raises(ParameterError, match="inside the recording of 100 s"):
        check_inside(spans, 100.0)


def test_seizures_may_touch() -> None:
    check_inside([(50.0, 100.0), (0.0, 50.0)], 100.0)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ((0.0, 0, 256.0, 50.0), "duration: 0.0"),
        ((0.5, 0, 256.0, 50.0), "duration: 0.5 s .* at least 1 s"),
        ((10.0, -1, 256.0, 50.0), "seed: -1 .* 0 or more"),
        ((10.0, 0, 64.0, 50.0), "sampling_rate: 64.0 Hz .* at least 100"),
        ((10.0, 0, 256.0, 0.0), "line_frequency: 0.0"),
    ],
)
def test_requests_that_cannot_be_simulated_are_refused(request_: tuple[float, int, float, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        check_request(*request_)


def test_onsets_keep_to_their_spans_and_their_rate() -> None:
    spans = [(10.0, 3610.0), (5000.0, 8600.0)]
    onsets = random_onsets(spans, 6.0, np.random.default_rng(0))
    assert onsets == sorted(onsets)
    assert all(any(start <= onset < stop for start, stop in spans) for onset in onsets)
    assert len(onsets) == pytest.approx(720, rel=0.15)
