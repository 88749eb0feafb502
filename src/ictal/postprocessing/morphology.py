"""Opening and closing of a mask over time, as published detectors clean what is above their threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError

Mask = NDArray[np.bool_]


def open_and_close(mask: Mask, opening: int, closing: int) -> Mask:
    """Return a mask without its short runs, and then without its short gaps.

    A run is opened away where it is shorter than `opening` frames, and a gap closed where it is shorter than `closing`.
    Closing takes what lies outside of the mask as negative, so that as many frames as its reach are lost at the ends.
    :class:`~ictal.postprocessing.settings.PostProcessing` does the same with `opening` and `merge_gap` but for those
    ends, in a stream too.

    Parameters
    ----------
    mask : ndarray of bool, shape (n_frames,)
    opening, closing : int
        Frames, at least 1, which changes nothing.

    Returns
    -------
    ndarray of bool, shape (n_frames,)
        What ``scipy.ndimage.binary_closing(binary_opening(mask, ones(opening)), ones(closing))`` gives.

    Raises
    ------
    ParameterError
        If the mask has another form, or a length is below 1.

    References
    ----------
    Serra, Image Analysis and Mathematical Morphology, 1982. SeizureTransformer (arXiv 2504.00336) takes 5 samples for
    both.

    Examples
    --------
    >>> open_and_close(np.array([0, 1, 1, 0, 1, 1, 0, 0, 1, 0], bool), 2, 3).astype(int)
    array([0, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    """
    if mask.ndim != 1 or mask.dtype != np.bool_:
        raise ParameterError(f"mask: {mask.dtype} of shape {mask.shape} came; allowed is bool of shape (n_frames,).")
    for name, length in (("opening", opening), ("closing", closing)):
        if length < 1:
            raise ParameterError(f"{name}: {length} is not allowed; it must be at least 1 frame.")
    turns = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))).reshape(-1, 2)
    cleaned = np.zeros_like(mask)
    last = -closing
    for start, stop in turns[turns[:, 1] - turns[:, 0] >= opening].tolist():
        cleaned[last if start - last < closing else start : stop] = True
        last = stop
    cleaned[: closing // 2] = False
    cleaned[len(mask) - min((closing - 1) // 2, len(mask)) :] = False
    return cleaned
