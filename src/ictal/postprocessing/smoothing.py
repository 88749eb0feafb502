"""Centred moving average of a stream of probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class MovingAverage:
    """The mean of the frames around each frame, fed in blocks of any size.

    At the ends the average is over the frames that are there; a frame of NaN stays NaN and counts in no average.
    A frame is answered once the frames after it that it needs have come.

    Parameters
    ----------
    n_frames : int
        Frames in the average; an even number is widened by one, so that it is centred.

    Examples
    --------
    >>> average = MovingAverage(3)
    >>> average.push(np.array([0.0, 3.0, 6.0])), average.finish()
    (array([1.5, 3. ]), array([4.5]))
    """

    def __init__(self, n_frames: int) -> None:
        self._half = max(n_frames, 1) // 2
        self._frames: Values = np.empty(0)
        self._n_before = 0

    def push(self, values: Values) -> Values:
        """Take the next frames and return the averages that are ready."""
        return self._advance(values, ahead=self._half)

    def finish(self) -> Values:
        """Return the averages of the frames that waited for more."""
        return self._advance(np.empty(0), ahead=0)

    def _advance(self, values: Values, ahead: int) -> Values:
        frames = np.concatenate([self._frames, values])
        last = max(len(frames) - ahead, self._n_before)
        ready = _averages(frames, self._half)[self._n_before : last]
        kept = min(last, self._half)
        self._frames, self._n_before = frames[last - kept :], kept
        return ready


def _averages(frames: Values, half: int) -> Values:
    """Return the centred mean over ``2 * half + 1`` frames that leaves out NaN, shape (n_frames,)."""
    if half == 0 or len(frames) == 0:
        return frames
    known = np.isfinite(frames)
    padded = np.zeros((2, len(frames) + 2 * half))
    padded[0, half : half + len(frames)] = np.where(known, frames, 0.0)
    padded[1, half : half + len(frames)] = known
    # Added up frame by frame, not as differences of a running sum: the result may not depend on how blocks were cut.
    sums = np.zeros((2, len(frames)))
    for offset in range(2 * half + 1):
        sums += padded[:, offset : offset + len(frames)]
    return np.where(known, sums[0] / np.maximum(sums[1], 1.0), np.nan)
