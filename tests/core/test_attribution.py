from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ictal.core.attribution import BANDS, Attribution
from ictal.core.errors import ParameterError

LEADS = ("F7-T7", "T7-P7")
HERTZ = (2.0, 6.0, 10.0)


@given(arrays(np.float64, (2, 3, 5), elements=st.floats(-100, 100)))
def test_shares_are_of_what_speaks_for_the_score_alone(values: np.ndarray) -> None:
    found = Attribution(values, 10.0, 0.25, LEADS, HERTZ)
    total = 1.0 if (values > 0).any() else 0.0
    for shares in (found.of_leads, found.of_times, found.of_frequencies, np.array([*found.of_bands.values()])):
        assert (shares >= 0).all()
        assert shares.sum() == pytest.approx(total)
    assert (found.evidence[values <= 0] == 0).all()


def test_what_a_method_cannot_tell_has_no_shares() -> None:
    found = Attribution(np.ones((1, 1, 4)), 10.0, 0.5)
    assert (len(found.of_leads), len(found.of_frequencies), found.of_bands) == (0, 0, {})
    np.testing.assert_allclose(found.of_times, 0.25)
    assert (found.times.tolist(), found.stop) == ([10.0, 10.5, 11.0, 11.5], 12.0)


def test_a_band_begins_with_its_lower_edge_and_ends_before_its_upper() -> None:
    edges = tuple(low for low, _ in BANDS.values())
    found = Attribution(np.ones((1, len(edges), 1)), 0.0, 1.0, frequencies=edges)
    assert list(found.of_bands.values()) == pytest.approx([1 / len(edges)] * len(edges))


def test_nothing_counts_where_nothing_speaks_for_it() -> None:
    found = Attribution(np.full((2, 1, 3), np.nan), 0.0, 1.0, LEADS)
    assert found.of_leads.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 4), (2, 2, 4)])
def test_axes_must_have_their_names(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"allowed is \(2, 3, n_times\) for 2 leads and 3 frequencies"):
        Attribution(np.zeros(shape), 0.0, 1.0, LEADS, HERTZ)


def test_columns_last_some_time() -> None:
    with pytest.raises(ParameterError, match="attribution step"):
        Attribution(np.zeros((1, 1, 2)), 0.0, 0.0)
