from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ictal.explain.cells import Cells, follow, share_cells


@given(first=st.floats(-20, 20), stride=st.floats(0.1, 9), n_cells=st.integers(1, 20), n_columns=st.integers(1, 20))
def test_every_cell_is_shared_wholly(first: float, stride: float, n_cells: int, n_columns: int) -> None:
    shares = share_cells(Cells(first, stride).edges(n_cells), np.arange(n_columns + 1))
    assert shares.shape == (n_cells, n_columns)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_of_a_cell_that_reaches_over_the_ends_the_rest_counts() -> None:
    shares = share_cells([-1.0, 0.1, 3.0, 4.0], [0.0, 1.0, 2.0])
    np.testing.assert_allclose(shares, [[1.0, 0.0], [0.9 / 1.9, 1.0 / 1.9], [0.0, 1.0]])


@settings(deadline=None)
@given(
    layers=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=3),
    chosen=st.integers(0, 100),
)
def test_a_cell_lies_around_the_middle_of_what_it_sees(layers: list[tuple[int, int, int]], chosen: int) -> None:
    modules: list[nn.Module] = []
    for kernel, stride, before in layers:
        modules += [nn.ConstantPad1d((before, 4), 0.0), nn.Conv1d(1, 1, kernel, stride, bias=False)]
        nn.init.ones_(modules[-1].weight)  # type: ignore[arg-type]
    signal = torch.zeros(1, 1, 400, requires_grad=True)
    answers = nn.Sequential(*modules)(signal)[0, 0]
    cell = len(answers) // 3 + chosen % (len(answers) // 3)
    answers[cell].backward()
    assert signal.grad is not None
    (seen,) = signal.grad[0, 0].nonzero(as_tuple=True)
    cells = follow(*layers)
    edges = cells.edges(len(answers))
    assert (edges[cell] + edges[cell + 1]) / 2 == pytest.approx((int(seen[0]) + int(seen[-1]) + 1) / 2)
    assert cells.stride == np.prod([stride for _, stride, _ in layers])


def test_pixels_may_be_of_another_size() -> None:
    assert follow((3, 2, 1), scale=0.5) == Cells(-0.25, 1.0)
