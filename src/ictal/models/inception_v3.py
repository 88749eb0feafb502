"""Inception v3 up to its last map: convolutions, then blocks of paths side by side.

Every name and shape is that of torchvision's `inception_v3`, so weights that were learned from photographs fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError

N_MAPS = 2048
"""Maps that the trunk answers with."""

SMALLEST = 75
"""Pixels of a side that leave one on the last maps."""

HEADS = ("AuxLogits.", "fc.")
"""Where the published keys begin that belong to the classifiers and not to the trunk."""

_FIRST_KEY = "Conv2d_1a_3x3.conv.weight"


class Conv(nn.Sequential):
    """A convolution without bias, its norm and a rectifier."""

    def __init__(self, n_in: int, n_out: int, kernel: int | tuple[int, int], stride: int = 1, pad: bool = True) -> None:
        rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (rows // 2, columns // 2) if pad else 0
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, (rows, columns), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(n_out, eps=0.001)
        self.relu = nn.ReLU()
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")


Path = Sequence[str | tuple[str, ...]]
"""The names of the layers that maps go through; a tuple of names is a fork whose ends are put side by side."""


class Paths(nn.ModuleDict):
    """Paths that read the same maps; what they answer is put side by side.

    Parameters
    ----------
    layers : mapping of str to Module
    *paths : sequences of str
        Each names the layers on its way, in their order; a fork at its end is a tuple of names.

    Examples
    --------
    >>> wide, tall = nn.Conv2d(1, 2, (1, 3), padding=(0, 1)), nn.Conv2d(1, 4, (3, 1), padding=(1, 0))
    >>> block = Paths({"wide": wide, "tall": tall, "pool": nn.MaxPool2d(3, 1, 1)}, [("wide", "tall")], ["pool"])
    >>> block(torch.zeros(1, 1, 5, 5)).shape
    torch.Size([1, 7, 5, 5])
    """

    def __init__(self, layers: Mapping[str, nn.Module], *paths: Path) -> None:
        super().__init__(layers)
        self.paths = paths

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (B, sum of the ends' maps, rows, columns)."""
        return torch.cat(list(chain.from_iterable(self._follow(path, maps) for path in self.paths)), dim=1)

    def _follow(self, path: Path, maps: Tensor) -> list[Tensor]:
        ends = [maps]
        for step in path:
            ends = [self[name](ends[0]) for name in ((step,) if isinstance(step, str) else step)]
        return ends


class InceptionTrunk(nn.Sequential):
    """The trunk of Inception v3, from a picture to 2048 maps.

    A side of 299 pixels leaves 8 on the last maps, 224 leave 5, 100 leave 1.

    References
    ----------
    Szegedy et al., Rethinking the Inception architecture for computer vision, CVPR 2016, in the version whose weights
    torchvision publishes. The auxiliary classifier, which only training used, is left out. First weights are those of
    He et al. 2015, with which maps keep their size through the depth.

    Examples
    --------
    >>> trunk = InceptionTrunk().eval()
    >>> trunk(torch.zeros(1, 3, 107, 75)).shape
    torch.Size([1, 2048, 2, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        layers = {
            "Conv2d_1a_3x3": Conv(3, 32, 3, stride=2, pad=False),
            "Conv2d_2a_3x3": Conv(32, 32, 3, pad=False),
            "Conv2d_2b_3x3": Conv(32, 64, 3),
            "maxpool1": nn.MaxPool2d(3, 2),
            "Conv2d_3b_1x1": Conv(64, 80, 1),
            "Conv2d_4a_3x3": Conv(80, 192, 3, pad=False),
            "maxpool2": nn.MaxPool2d(3, 2),
            "Mixed_5b": _make_square(192, n_pool=32),
            "Mixed_5c": _make_square(256, n_pool=64),
            "Mixed_5d": _make_square(288, n_pool=64),
            "Mixed_6a": _make_first_reduction(288),
            "Mixed_6b": _make_factorised(768, inner=128),
            "Mixed_6c": _make_factorised(768, inner=160),
            "Mixed_6d": _make_factorised(768, inner=160),
            "Mixed_6e": _make_factorised(768, inner=192),
            "Mixed_7a": _make_second_reduction(768),
            "Mixed_7b": _make_forked(1280),
            "Mixed_7c": _make_forked(N_MAPS),
        }
        for name, layer in layers.items():
            self.add_module(name, layer)


def load_published(state_dict: Mapping[str, Tensor]) -> InceptionTrunk:
    """Return the trunk of a published Inception v3, in evaluation mode.

    Parameters
    ----------
    state_dict : mapping of str to Tensor
        With the keys of torchvision's `inception_v3`; those of its two classifiers are passed over, and counters of
        batches may be missing.

    Returns
    -------
    InceptionTrunk
        In the precision of the weights. Those of ImageNet were learned from pictures of values from -1 to 1.

    Raises
    ------
    ParameterError
        If a key or a shape is not that of Inception v3.
    """
    if _FIRST_KEY not in state_dict:
        raise ParameterError(f"state dict: key {_FIRST_KEY!r} is missing.")
    trunk = InceptionTrunk().to(state_dict[_FIRST_KEY].dtype)
    try:
        trunk.load_state_dict({key: value for key, value in state_dict.items() if not key.startswith(HEADS)})
    except RuntimeError as error:
        raise ParameterError(f"state dict: {' '.join(str(error).split())}") from error
    return trunk.eval()


def _make_square(n_in: int, n_pool: int) -> Paths:
    """Figure 5 of the paper: kernels of three and five."""
    layers = {
        "branch1x1": Conv(n_in, 64, 1),
        "branch5x5_1": Conv(n_in, 48, 1),
        "branch5x5_2": Conv(48, 64, 5),
        "branch3x3dbl_1": Conv(n_in, 64, 1),
        "branch3x3dbl_2": Conv(64, 96, 3),
        "branch3x3dbl_3": Conv(96, 96, 3),
        "average": nn.AvgPool2d(3, 1, 1),
        "branch_pool": Conv(n_in, n_pool, 1),
    }
    return Paths(
        layers,
        ["branch1x1"],
        ["branch5x5_1", "branch5x5_2"],
        ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"],
        ["average", "branch_pool"],
    )


def _make_first_reduction(n_in: int) -> Paths:
    """Figure 10: half the rows and columns, by convolution and by pooling."""
    layers = {
        "branch3x3": Conv(n_in, 384, 3, stride=2, pad=False),
        "branch3x3dbl_1": Conv(n_in, 64, 1),
        "branch3x3dbl_2": Conv(64, 96, 3),
        "branch3x3dbl_3": Conv(96, 96, 3, stride=2, pad=False),
        "largest": nn.MaxPool2d(3, 2),
    }
    return Paths(layers, ["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], ["largest"])


def _make_factorised(n_in: int, inner: int) -> Paths:
    """Figure 6: kernels of seven, once wide and once tall."""
    wide, tall = (1, 7), (7, 1)
    layers = {
        "branch1x1": Conv(n_in, 192, 1),
        "branch7x7_1": Conv(n_in, inner, 1),
        "branch7x7_2": Conv(inner, inner, wide),
        "branch7x7_3": Conv(inner, 192, tall),
        "branch7x7dbl_1": Conv(n_in, inner, 1),
        "branch7x7dbl_2": Conv(inner, inner, tall),
        "branch7x7dbl_3": Conv(inner, inner, wide),
        "branch7x7dbl_4": Conv(inner, inner, tall),
        "branch7x7dbl_5": Conv(inner, 192, wide),
        "average": nn.AvgPool2d(3, 1, 1),
        "branch_pool": Conv(n_in, 192, 1),
    }
    return Paths(
        layers,
        ["branch1x1"],
        ["branch7x7_1", "branch7x7_2", "branch7x7_3"],
        ["branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"],
        ["average", "branch_pool"],
    )


def _make_second_reduction(n_in: int) -> Paths:
    """Half the rows and columns again, behind factorised kernels of seven."""
    layers = {
        "branch3x3_1": Conv(n_in, 192, 1),
        "branch3x3_2": Conv(192, 320, 3, stride=2, pad=False),
        "branch7x7x3_1": Conv(n_in, 192, 1),
        "branch7x7x3_2": Conv(192, 192, (1, 7)),
        "branch7x7x3_3": Conv(192, 192, (7, 1)),
        "branch7x7x3_4": Conv(192, 192, 3, stride=2, pad=False),
        "largest": nn.MaxPool2d(3, 2),
    }
    return Paths(
        layers,
        ["branch3x3_1", "branch3x3_2"],
        ["branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"],
        ["largest"],
    )


def _make_forked(n_in: int) -> Paths:
    """Figure 7: kernels of three, wide beside tall."""
    wide, tall = (1, 3), (3, 1)
    layers = {
        "branch1x1": Conv(n_in, 320, 1),
        "branch3x3_1": Conv(n_in, 384, 1),
        "branch3x3_2a": Conv(384, 384, wide),
        "branch3x3_2b": Conv(384, 384, tall),
        "branch3x3dbl_1": Conv(n_in, 448, 1),
        "branch3x3dbl_2": Conv(448, 384, 3),
        "branch3x3dbl_3a": Conv(384, 384, wide),
        "branch3x3dbl_3b": Conv(384, 384, tall),
        "average": nn.AvgPool2d(3, 1, 1),
        "branch_pool": Conv(n_in, 192, 1),
    }
    return Paths(
        layers,
        ["branch1x1"],
        ["branch3x3_1", ("branch3x3_2a", "branch3x3_2b")],
        ["branch3x3dbl_1", "branch3x3dbl_2", ("branch3x3dbl_3a", "branch3x3dbl_3b")],
        ["average", "branch_pool"],
    )
