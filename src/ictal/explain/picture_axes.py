"""From what counted in the pictures of windows back to the leads, frequencies and seconds of a stretch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.cells import Cells, share_cells
from ictal.explain.overlap_add import overlap_add, split_between
from ictal.explain.spectrum import COLUMN
from ictal.features.pictures import PictureFront


def carry_back(front: PictureFront, attributions: Tensor, stretch: Stretch, method: str) -> Attribution:
    """Return how much each lead, frequency and column of a stretch counted, from how much each pixel did.

    Each pixel gives what it counts to the rows and columns that it was resized from, in the shares that it took of
    them; windows that overlap are added up. So the sum stays, but for what fell on the border of tiles, where there is
    no EEG.

    Parameters
    ----------
    front : PictureFront
    attributions : Tensor, shape (n_windows, C, H, W) or (n_windows, H, W)
        To the pictures of the windows; without the axis of pictures leads are not told apart, unless they are tiled or
        there is one only. Of features of one channel that are run on each lead, C are the leads.
    stretch : Stretch
        The windows' own.
    method : str
        What they were found by.

    Raises
    ------
    ParameterError
        If the attributions are not those of the pictures of the stretch.

    Examples
    --------
    >>> from ictal.features.spectrograms import SpectrogramConfig, StftFront
    >>> front = StftFront(SpectrogramConfig(n_channels=2, size=(32, 32)))
    >>> stretch = Stretch(np.zeros((2, 2048)), 256.0, 0.0, ("F7-T7", "T7-P7"), 1024, 256, 1, slice(0, 5), (1.5, 6.5))
    >>> attribution = carry_back(front, torch.ones(5, 2, 32, 32), stretch, "saliency")
    >>> attribution.values.shape, round(attribution.values.sum()), attribution.frequencies[:3]
    ((2, 50, 32), 10240, (1.0, 2.0, 3.0))
    """
    pictures = attributions.detach().double().cpu()
    n_pictures = len(stretch.leads) if front.config.n_channels == 1 else front.shape[0]
    if pictures.ndim == 3 and n_pictures == 1:
        pictures = pictures[:, None]
    if tuple(pictures.shape[-2:]) != front.shape[1:] or (pictures.ndim == 4 and pictures.shape[1] != n_pictures):
        raise ParameterError(
            f"attributions: shape {tuple(attributions.shape)} came; allowed is (n_windows, {n_pictures}, "
            f"{front.shape[1]}, {front.shape[2]}), with or without the second axis."
        )
    if pictures.ndim == 4 and front.tiled and front.config.n_channels > 1:
        pictures = take_tiles(front, pictures)
    native = front.rows.double().cpu().T @ pictures @ front.columns.double().cpu()
    values = overlap_add(native.numpy(), split_between(front.times, front.config.window), stretch)
    told = values.ndim == 3
    return Attribution(
        values if told else values[None],
        stretch.start,
        COLUMN,
        leads=stretch.leads if told else (),
        frequencies=tuple(front.frequencies.tolist()),
        method=method,
    )


def carry_columns(front: PictureFront, columns: Tensor, stretch: Stretch, method: str) -> Attribution:
    """Return how much each column of a stretch counted, from how much each column of the pictures of its windows did.

    Parameters
    ----------
    front : PictureFront
    columns : Tensor, shape (n_windows, W)
    stretch, method
        As for :func:`carry_back`.

    Examples
    --------
    >>> from ictal.features.spectrograms import SpectrogramConfig, StftFront
    >>> front = StftFront(SpectrogramConfig(n_channels=2, size=(32, 32)))
    >>> stretch = Stretch(np.zeros((2, 2048)), 256.0, 0.0, ("F7-T7", "T7-P7"), 1024, 256, 1, slice(0, 5), (1.5, 6.5))
    >>> carry_columns(front, torch.ones(5, 32), stretch, "attention-rollout").values.shape
    (1, 1, 32)
    """
    across, width = front.grid[1], len(front.columns)
    inside = columns.detach().double().cpu()[:, : across * width]
    one_tile = torch.unflatten(inside, 1, (across, width)).sum(dim=1)
    native = one_tile @ front.columns.double().cpu()
    values = overlap_add(native.numpy(), split_between(front.times, front.config.window), stretch)
    return Attribution(values[None, None], stretch.start, COLUMN, method=method)


def spread_cells(values: Tensor, front: PictureFront, rows: Cells, columns: Cells) -> Tensor:
    """Return pictures of which each cell is shared evenly by the pixels that it covers.

    Parameters
    ----------
    values : Tensor, shape (..., n_rows, n_columns)
        Of a grid of cells.
    front : PictureFront
    rows, columns : Cells
        Where the grid lies in the pictures, in pixels.

    Returns
    -------
    Tensor, shape (..., H, W)

    Examples
    --------
    >>> from ictal.features.spectrograms import SpectrogramConfig, StftFront
    >>> front = StftFront(SpectrogramConfig(n_channels=2, size=(4, 4)))
    >>> spread_cells(torch.tensor([[4.0, 8.0]]), front, Cells(stride=4.0), Cells(stride=2.0))[0].tolist()
    [0.5, 0.5, 1.0, 1.0]
    """
    down, across = (
        torch.as_tensor(share_cells(cells.edges(values.shape[axis]), np.arange(front.shape[axis] + 1)))
        for axis, cells in ((-2, rows), (-1, columns))
    )
    return down.T @ values.double() @ across


def take_tiles(front: PictureFront, pictures: Tensor) -> Tensor:
    """Return the pictures of channels, shape (n, n_channels, h, w), from those that they are tiles of, (n, 1, H, W).

    Examples
    --------
    >>> import torch
    >>> from ictal.features.spectrograms import SpectrogramConfig, StftFront
    >>> front = StftFront(SpectrogramConfig(n_channels=3, size=(4, 4), tiled=True))
    >>> take_tiles(front, torch.arange(16).reshape(1, 1, 4, 4))[0, :, 0, 0].tolist()
    [0, 2, 8]
    """
    down, across = front.grid
    height, width = len(front.rows), len(front.columns)
    inside = pictures[:, 0, : down * height, : across * width]
    tiles = inside.reshape(-1, down, height, across, width).transpose(2, 3).flatten(1, 2)
    return tiles[:, : front.config.n_channels]
