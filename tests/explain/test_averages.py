"""Averages: those of numpy, each subject the same, and no more memory for many windows than for few."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.explain.averages import AverageAttribution, average_subjects, average_windows

LEADS, HERTZ = ("F7-T7", "T7-P7"), (2.0, 6.0, 10.0)


def draw(rng: np.random.Generator, loudness: float = 1.0) -> Attribution:
    return Attribution(loudness * rng.normal(size=(2, 3, 4)), 0.0, 0.25, LEADS, HERTZ, "saliency")


def average(windows: list[Attribution], subject: str = "anna") -> AverageAttribution:
    found = average_windows(windows, category="hit", class_name="sz", subject=subject)
    assert found is not None
    return found


def shares(one: Attribution) -> np.ndarray:
    positive = np.maximum(one.values, 0.0)
    return np.asarray(positive / positive.sum())


@given(st.integers(0, 1000), st.integers(2, 12))
def test_the_mean_over_windows_is_that_of_their_shares(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    windows = [draw(rng, loudness) for loudness in 10.0 ** rng.uniform(-3, 3, n)]
    found, direct = average(windows), np.stack([shares(one) for one in windows])
    np.testing.assert_allclose(found.mean.values, direct.mean(axis=0), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.standard_error, direct.std(axis=0, ddof=1) / np.sqrt(n), rtol=1e-9, atol=1e-12)
    assert found.mean.values.sum() == pytest.approx(1.0)
    assert (found.n_windows, found.n_subjects, found.subject) == (n, 1, "anna")
    assert (found.mean.leads, found.mean.frequencies, found.mean.step) == (LEADS, HERTZ, 0.25)


def test_subjects_count_the_same_however_many_windows_they_have() -> None:
    rng = np.random.default_rng(0)
    many, few = average([draw(rng) for _ in range(30)], "anna"), average([draw(rng) for _ in range(3)], "bert")
    both = average_subjects([many, few])
    subjects = np.stack([many.mean.values, few.mean.values])
    np.testing.assert_allclose(both.mean.values, subjects.mean(axis=0))
    np.testing.assert_allclose(both.standard_error, subjects.std(axis=0, ddof=1) / np.sqrt(2))
    assert (both.subject, both.n_windows, both.n_subjects) == (None, 33, 2)


def test_of_one_there_is_no_standard_error() -> None:
    one = average([draw(np.random.default_rng(0))])
    assert np.isnan(one.standard_error).all()
    assert np.isnan(average_subjects([one]).standard_error).all()


def test_windows_in_which_nothing_speaks_for_the_class_are_not_counted() -> None:
    against = Attribution(-np.ones((2, 3, 4)), 0.0, 0.25, LEADS, HERTZ)
    for_it = draw(np.random.default_rng(1))
    found = average([against, for_it, against])
    assert found.n_windows == 1
    np.testing.assert_allclose(found.mean.values, shares(for_it))
    assert average_windows([against], category="hit", class_name="sz", subject="anna") is None
    assert average_windows([], category="hit", class_name="sz", subject="anna") is None


def test_many_windows_need_no_more_memory_than_few() -> None:
    size = (18, 100, 40)

    def windows(n: int) -> Iterator[Attribution]:
        rng = np.random.default_rng(0)
        for _ in range(n):
            yield Attribution(rng.random(size), 0.0, 0.25, tuple(map(str, range(18))), tuple(range(100)))

    peaks = []
    for n in (5, 50):
        tracemalloc.start()
        average_windows(windows(n), category="hit", class_name="sz", subject="anna")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 12 * 8 * np.prod(size)


def test_what_does_not_lie_on_the_same_axes_is_refused() -> None:
    rng = np.random.default_rng(0)
    other = Attribution(rng.random((2, 3, 4)), 0.0, 0.25, ("F8-T8", "T8-P8"), HERTZ)
    longer = Attribution(rng.random((2, 3, 5)), 0.0, 0.25, LEADS, HERTZ)
    for one, named in ((other, "leads"), (longer, "columns")):
        with pytest.raises(ParameterError, match=named):
            average([draw(rng), one])
        with pytest.raises(ParameterError, match=named):
            average_subjects([average([draw(rng)]), average([one])])


def test_kinds_are_not_mixed() -> None:
    rng = np.random.default_rng(0)
    missed = average_windows([draw(rng)], category="miss", class_name="sz", subject="anna")
    assert missed is not None
    with pytest.raises(ParameterError, match="miss"):
        average_subjects([average([draw(rng)]), missed])
    with pytest.raises(ParameterError, match="none came"):
        average_subjects([])
