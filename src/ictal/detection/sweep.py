"""One sweep of a scorer over a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.detection.scorer import Groups, Scorer, Values
from ictal.detection.settings import Windows

Progress = Callable[[float], None]
"""Called with the share of a recording that is done, from 0 to 1."""

SoFar = Callable[[Values], None]
"""Called with the answers for the first frames, shape (n_frames, n_classes), which no later window changes."""

BLOCK_SECONDS = 300.0
"""Signal in memory at once: longer blocks are no faster, shorter ones repeat more of the filters' padding."""


class Sweep:
    """Pushes every whole window of a recording through a scorer, block by block.

    Windows lie on one grid from the start of the recording; those that touch a gap are left out. Where a window has
    several frames, the windows of a stretch without gaps begin with its first whole frame, and one more window ends
    with its last: of windows that overlap the middle counts, at the borders of the stretch all they answer.

    Parameters
    ----------
    recording : Recording
        After montage and chain.
    scorer : Scorer
        A fresh one.
    windows : Windows
    rows : sequence of int
        The channels that the scorer sees.

    Attributes
    ----------
    rows : list of int
    """

    def __init__(self, recording: Recording, scorer: Scorer, windows: Windows, rows: Sequence[int]) -> None:
        rate = recording.sampling_rate
        self._recording = recording
        self._scorer = scorer
        self.rows = list(rows)
        self._window, self._hop = round(windows.length * rate), round(windows.step * rate)
        self._n_frames = windows.frames
        self._frame = self._hop if windows.frames == 1 else self._window // windows.frames
        self._middle = windows.grid.middle_frames(windows.frames)
        self._grid = windows.frame_grid

    def score(self, progress: Progress, so_far: SoFar | None = None) -> Values:
        """Return the probabilities of every frame, shape (n_frames, n_classes); NaN where there was no whole window.

        `so_far` is called after each block, with more frames each time.

        Raises
        ------
        ParameterError
            If the model was made for other windows.
        """
        answers: list[Values] = []
        for starts in self._blocks():
            answers.append(self._scorer.push(self._read(starts[0], starts[-1])))
            progress(min((starts[-1] + self._hop) / self._recording.n_samples, 1.0))
            if so_far is not None:
                answers = [np.concatenate(answers)]
                so_far(self._place_settled(answers[0]))
        answers.append(self._scorer.finish())
        scores = np.concatenate(answers)
        self._check(scores)
        return self._place(scores)

    def _check(self, answers: Values) -> None:
        if len(answers) != len(self._starts) * self._n_frames:
            each = "" if self._n_frames == 1 else f" of {self._n_frames} frames"
            raise ParameterError(
                f"windows: the model gave {len(answers)} answers to {len(self._starts)} windows{each}; "
                "windows.length, windows.step and windows.frames must be those that it was made for."
            )

    def _place_settled(self, answers: Values) -> Values:
        """Return the frames before the first window that is not answered yet."""
        n_windows = len(answers) // self._n_frames
        values = self._place(answers)
        return values if n_windows >= len(self._starts) else values[: self._starts[n_windows] // self._frame]

    def _place(self, answers: Values) -> Values:
        """Return the answers of the first windows on the grid of all frames."""
        n_classes, frames = answers.shape[1], self._frames[: len(answers) // self._n_frames]
        values = np.full((len(self.answered), n_classes), np.nan)
        first, n_kept = self._middle
        middle = slice(first, first + n_kept)
        for kept in (slice(None), middle):
            values[frames[:, kept]] = answers[: frames.size].reshape(*frames.shape, n_classes)[:, kept]
        return values

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which frames lie in a whole window, shape (n_frames,); nothing is read to know it."""
        last = self._recording.n_samples - (self._window if self._n_frames == 1 else self._frame)
        answered = np.zeros(max(last // self._frame + 1, 0), dtype=bool)
        answered[self._frames] = True
        return answered

    def frames_within(self, span: Span) -> NDArray[np.intp]:
        """Return the frames whose middle lies in a span of seconds, whether or not they are answered."""
        middles = self._grid.frame_start + (np.arange(len(self.answered)) + 0.5) * self._grid.step
        return np.flatnonzero((middles >= span[0]) & (middles < span[1]))

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        """The first samples of all windows. Between gaps there may be room for one, and none that lies on the grid."""
        return np.concatenate([np.empty(0, dtype=np.intp), *self._blocks()])

    @property
    def _frames(self) -> NDArray[np.intp]:
        """The frames of all windows, shape (n_windows, n_frames of one)."""
        return np.asarray(self._starts[:, None] // self._frame + np.arange(self._n_frames))

    def _blocks(self) -> Iterator[NDArray[np.intp]]:
        """Yield the first samples of the windows of each block, one hop apart."""
        size = max(int(BLOCK_SECONDS * self._recording.sampling_rate) // self._hop, 1)
        unit = self._hop if self._n_frames == 1 else self._frame
        for begin, end in self._recording.segments:
            first, last = -(-begin // unit) * unit, end - self._window
            starts = np.arange(first, last + 1, self._hop, dtype=np.intp)
            for i in range(0, len(starts), size):
                yield starts[i : i + size]
            final = last // unit * unit
            if len(starts) and final > starts[-1] and self._n_frames > 1:
                yield np.array([final], dtype=np.intp)

    def _read(self, first: int, last: int) -> Signal:
        """Return the signal from the window that starts at a sample to that of another, shape (n_rows, n_samples)."""
        signal = self._recording.read_samples(int(first), int(last) + self._window)
        return signal if len(self.rows) == len(signal) else signal[self.rows]

    def group_drops(self, frames: Sequence[int], groups: Groups) -> Values:
        """Return how far the log-odds of these frames fall without each group of the scorer's rows.

        Only the signal of their windows is read, and of a rule what it compares them with.
        """
        asked: dict[int, list[int]] = {}
        for frame in frames:
            number = int(np.searchsorted(self._starts, frame * self._frame, side="right")) - 1
            asked.setdefault(number, []).append(int(frame - self._starts[number] // self._frame))
        return self._scorer.group_drops(asked, self._read_windows, groups)

    def _read_windows(self, first: int, last: int) -> Signal:
        """Return the signal from the window with one number to that of another, or what of it is after the last gap."""
        starts = self._starts[first : last + 1]
        breaks = np.flatnonzero(np.diff(starts) != self._hop)
        return self._read(starts[breaks[-1] + 1 if len(breaks) else 0], starts[-1])
