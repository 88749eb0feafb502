"""Multiply-adds are counted as one counts them by hand, in fast versions of layers too."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ictal.models.cost import count_multiply_adds, count_parameters

STEPS, WIDTH, HIDDEN, FEEDFORWARD = 5, 16, 7, 32
ENCODER_LAYER = STEPS * WIDTH * 4 * WIDTH + 2 * STEPS * STEPS * WIDTH + 2 * STEPS * WIDTH * FEEDFORWARD


@pytest.mark.parametrize(
    ("module", "shape", "expected"),
    [
        (nn.Linear(3, 2), (1, 3), 6),
        (nn.Conv2d(8, 8, (1, 3), groups=4), (1, 8, 1, 10), 8 * 8 * 2 * 3),
        (nn.ConvTranspose1d(4, 6, 4, stride=2), (1, 4, 10), 10 * 4 * 6 * 4),
        (nn.LSTM(WIDTH, HIDDEN, batch_first=True), (1, STEPS, WIDTH), STEPS * 4 * HIDDEN * (WIDTH + HIDDEN)),
        (
            nn.LSTM(WIDTH, HIDDEN, num_layers=2, bidirectional=True, batch_first=True),
            (1, STEPS, WIDTH),
            STEPS * 2 * 4 * HIDDEN * (WIDTH + HIDDEN + 2 * HIDDEN + HIDDEN),
        ),
        (
            nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 4, FEEDFORWARD, batch_first=True), 2),
            (1, STEPS, WIDTH),
            2 * ENCODER_LAYER,
        ),
    ],
    ids=["linear", "grouped convolution", "transposed convolution", "LSTM", "two layers both ways", "encoder"],
)
def test_multiply_adds_are_those_of_the_formula(module: nn.Module, shape: tuple[int, ...], expected: int) -> None:
    for frozen in (module.eval(), module.eval().requires_grad_(False)):
        assert count_multiply_adds(frozen, torch.zeros(shape)) == expected


def test_counting_leaves_the_fast_path_as_it_was() -> None:
    before = torch.backends.mha.get_fastpath_enabled()
    with pytest.raises(RuntimeError):
        count_multiply_adds(nn.Linear(3, 2), torch.zeros(1, 4))
    assert torch.backends.mha.get_fastpath_enabled() == before


def test_parameters_are_those_that_are_trained() -> None:
    assert count_parameters(nn.BatchNorm1d(4)) == 8
