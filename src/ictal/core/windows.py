"""Which stretches of a recording are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_positive


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """Windows of `length` seconds that start every `step` seconds.

    Parameters
    ----------
    length, step : float
        Seconds, both above 0; a step longer than the window would leave time unseen and is refused.

    Examples
    --------
    >>> grid = WindowGrid(length=4.0, step=1.0)
    >>> grid.starts(7.0)
    array([0., 1., 2., 3.])
    >>> grid.frame_start
    1.5
    """

    length: float
    step: float

    def __post_init__(self) -> None:
        check_positive("window length", self.length)
        check_positive("window step", self.step)
        if self.step > self.length:
            raise ParameterError(
                f"window step: {self.step!r} s is not allowed; it may be at most the window of {self.length!r} s."
            )

    @property
    def frame_start(self) -> float:
        """When the frame of the first window begins: a frame is the middle `step` seconds of its window."""
        return (self.length - self.step) / 2

    def n_windows(self, duration: float) -> int:
        """Return how many whole windows fit into `duration` seconds."""
        if duration + 1e-9 < self.length:
            return 0
        return int((duration - self.length) / self.step + 1e-9) + 1

    def starts(self, duration: float) -> NDArray[np.float64]:
        """Return the start of every whole window in `duration` seconds, shape (n_windows,)."""
        return np.arange(self.n_windows(duration), dtype=np.float64) * self.step

    def middle_frames(self, n_frames: int) -> tuple[int, int]:
        """Return which of the frames of a window count where windows overlap: the first, and how many.

        They are those in the middle `step` seconds, so that each stretch of time is judged once, with as much context
        before it as after.

        Parameters
        ----------
        n_frames : int
            Frames of equal length that are answered for a window.

        Raises
        ------
        ParameterError
            If what is before, in and after the middle is not whole frames.

        Examples
        --------
        >>> WindowGrid(60.0, 30.0).middle_frames(120), WindowGrid(4.0, 1.0).middle_frames(1)
        ((30, 60), (0, 1))
        """
        if n_frames == 1:
            return 0, 1
        frame = self.length / n_frames
        before, inside = self.frame_start / frame, self.step / frame
        if max(abs(before - round(before)), abs(inside - round(inside))) > 1e-6 or round(inside) < 1:
            raise ParameterError(
                f"window step: {self.step:g} s is not allowed with {n_frames} frames in {self.length:g} s; what is "
                f"before, in and after the middle {self.step:g} s must be whole frames of {frame:g} s."
            )
        return round(before), round(inside)
