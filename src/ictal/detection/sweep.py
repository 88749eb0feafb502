"""One sweep of a scorer over a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.detection.scorer import Scorer, Values

Progress = Callable[[float], None]
"""Called with the share of a recording that is done, from 0 to 1."""

BLOCK_SECONDS = 300.0
"""Signal in memory at once: longer blocks are no faster, shorter ones repeat more of the filters' padding."""

DRIVING_SHARE = 0.5
"""A lead drives an event if to lose it costs at least this share of what it costs to lose the most important lead."""


class Sweep:
    """Pushes every whole window of a recording through a scorer, block by block.

    Windows lie on one grid from the start of the recording; those that touch a gap are left out.

    Parameters
    ----------
    recording : Recording
        After montage and chain.
    scorer : Scorer
        A fresh one.
    length, step : float
        Of the windows, in seconds.
    rows : sequence of int
        The channels that the scorer sees.
    """

    def __init__(
        self, recording: Recording, scorer: Scorer, *, length: float, step: float, rows: Sequence[int]
    ) -> None:
        self._recording = recording
        self._scorer = scorer
        self._rows = list(rows)
        self._window = round(length * recording.sampling_rate)
        self._hop = round(step * recording.sampling_rate)
        self._pushed: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def score(self, progress: Progress) -> Values:
        """Return the probabilities of every frame, shape (n_frames, n_classes); NaN where there was no whole window.

        Raises
        ------
        ParameterError
            If the model was made for other windows.
        """
        answers: list[Values] = []
        pushed: list[NDArray[np.intp]] = []
        for first, last in self._blocks():
            answers.append(self._scorer.push(self._read(first, last)))
            pushed.append(np.arange(first, last))
            progress(min(last * self._hop / self._recording.n_samples, 1.0))
        answers.append(self._scorer.finish())
        # Between gaps there may be room for a window and still none that lies on the grid.
        self._pushed = np.concatenate([self._pushed, *pushed])
        return self._place(np.concatenate(answers))

    def _place(self, answers: Values) -> Values:
        if len(answers) != len(self._pushed):
            raise ParameterError(
                f"windows: the model gave {len(answers)} answers to {len(self._pushed)} windows; "
                "windows.length and windows.step must be those that it was made for."
            )
        n_frames = max((self._recording.n_samples - self._window) // self._hop + 1, 0)
        values = np.full((n_frames, answers.shape[1]), np.nan)
        values[self._pushed] = answers
        return values

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the numbers of the windows of each block, as ``(first, last)``."""
        size = max(int(BLOCK_SECONDS * self._recording.sampling_rate) // self._hop, 1)
        for start, stop in self._recording.segments:
            first = -(-start // self._hop)
            last = (stop - self._window) // self._hop + 1
            for begin in range(first, last, size):
                yield begin, min(begin + size, last)

    def _read(self, first: int, last: int) -> Signal:
        """Return the signal of windows ``[first, last)``, shape (n_rows, n_samples)."""
        signal = self._recording.read_samples(first * self._hop, (last - 1) * self._hop + self._window)
        return signal if len(self._rows) == len(signal) else signal[self._rows]

    def driving_rows(self, frames: Sequence[int]) -> list[int]:
        """Return the channels without which these frames would score clearly lower, the most important first."""
        order = np.searchsorted(self._pushed, frames)
        drops = self._scorer.lead_drops(order.tolist(), self._read_pushed)
        largest = float(drops.max(initial=0.0))
        if largest <= 0.0:
            return []
        ranked = np.argsort(-drops, kind="stable")
        return [self._rows[i] for i in ranked if drops[i] >= DRIVING_SHARE * largest]

    def _read_pushed(self, number: int) -> Signal:
        window = int(self._pushed[number])
        return self._read(window, window + 1)
