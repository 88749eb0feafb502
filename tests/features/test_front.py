"""What every front refuses."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.features.front import Front, FrontConfig


class Loudest(Front):
    """The largest value of each channel."""

    kind: ClassVar[Literal["table"]] = "table"
    Config: ClassVar[type[FrontConfig]] = FrontConfig

    def __init__(self, config: FrontConfig) -> None:
        super().__init__(config, (config.n_channels,))

    def extract(self, signal: Tensor) -> Tensor:
        return signal.amax(dim=2)


def test_features_of_whole_windows() -> None:
    front = Loudest(FrontConfig(n_channels=2, sampling_rate=4.0, window=2.0))
    assert front(torch.arange(32.0).reshape(2, 2, 8)).tolist() == [[7.0, 15.0], [23.0, 31.0]]


@pytest.mark.parametrize("shape", [(1, 2, 7), (1, 3, 8), (2, 8)])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    front = Loudest(FrontConfig(n_channels=2, sampling_rate=4.0, window=2.0))
    with pytest.raises(ParameterError, match=r"allowed is \(batch, 2, 8\)"):
        front(torch.zeros(shape))


def test_features_keep_their_precision_where_the_network_does_not() -> None:
    class Mixed(Loudest):
        def extract(self, signal: Tensor) -> Tensor:
            return (signal @ signal.transpose(1, 2)).amax(dim=2)

    front = Mixed(FrontConfig(n_channels=2, sampling_rate=4.0, window=2.0))
    signal = 50 * torch.randn(1, 2, 8)
    with torch.autocast("cpu", torch.bfloat16):
        found = front(signal)
    assert found.dtype == torch.float32
    assert torch.equal(found, front(signal))


def test_settings_are_frozen_and_unknown_ones_refused() -> None:
    with pytest.raises(ValidationError, match="n_chanels"):
        FrontConfig(n_channels=2, n_chanels=3)
