"""What a network of the base refuses, and the axes of what it answers."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.network import PictureConfig, PictureNetwork, SignalConfig, SignalNetwork, TableConfig, TableNetwork


class Means(SignalNetwork):
    """The mean of each channel is a logit."""

    def answer(self, examples: Tensor) -> Tensor:
        return examples.mean(dim=2)


class Rows(PictureNetwork):
    """Each column of a picture is a frame."""

    def answer(self, examples: Tensor) -> Tensor:
        return examples[:, 0, :2].transpose(1, 2)


class Numbers(TableNetwork):
    """Two of the numbers are the logits."""

    def answer(self, examples: Tensor) -> Tensor:
        return examples[:, :2]


def test_a_frame_has_an_axis_of_its_own() -> None:
    network = Means(SignalConfig(n_channels=2, sampling_rate=4.0, window=1.0))
    assert network(torch.ones(3, 2, 4)).tolist() == [[[1.0, 1.0]]] * 3
    assert (network.receptive_field, network.frame_rate, network.n_classes) == (1.0, 1.0, 2)


def test_frames_are_left_as_they_are() -> None:
    assert Rows(PictureConfig(n_channels=1, height=3, width=5))(torch.zeros(2, 1, 3, 5)).shape == (2, 5, 2)
    assert Numbers(TableConfig(n_features=7))(torch.zeros(2, 7)).shape == (2, 1, 2)


@pytest.mark.parametrize("shape", [(1, 2, 5), (1, 3, 4), (2, 4)])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    network = Means(SignalConfig(n_channels=2, sampling_rate=4.0, window=1.0))
    with pytest.raises(ParameterError, match=r"allowed is \(batch, 2, 4\)"):
        network(torch.zeros(shape))


def test_windows_are_whole_samples_and_keys_known() -> None:
    with pytest.raises(ValidationError, match=r"76\.8 samples"):
        SignalConfig(n_channels=1, window=0.3)
    with pytest.raises(ValidationError, match="hight"):
        PictureConfig(n_channels=1, hight=3)
