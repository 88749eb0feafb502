"""What a network saw when it answered for an event: the stretch of signal, cut from a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.detection.detector import Detector
from ictal.detection.scorer import BACKGROUND
from ictal.detection.settings import Windows

LONGEST = 60.0
"""Seconds of an event that are explained; of a longer one, those from its onset."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A signal as the model sees it, and the frames of it that are asked about.

    Parameters
    ----------
    signal : ndarray, shape (n_leads, n_samples)
        After montage and chain, float32.
    sampling_rate : float
        Hz.
    start : float
        When it begins, in seconds of the recording.
    leads : tuple of str
        Names of the rows.
    window, hop : int
        Samples of a window, and between the starts of two. Of a model with several frames in a window the stretch is
        one window.
    n_frames : int
        Frames of a window.
    asked : slice
        Which frames of all that the model answers for the stretch.
    span : (float, float)
        Seconds of the recording that these frames are about.
    """

    signal: Signal
    sampling_rate: float
    start: float
    leads: tuple[str, ...]
    window: int
    hop: int
    n_frames: int
    asked: slice
    span: Span

    @property
    def n_windows(self) -> int:
        """Windows in the stretch."""
        return int((self.signal.shape[1] - self.window) // self.hop + 1)

    @property
    def stop(self) -> float:
        """When it ends, in seconds of the recording."""
        return float(self.start + self.signal.shape[1] / self.sampling_rate)


def cut_stretch(detector: Detector, recording: Recording, span: Span, mapping: dict[str, str] | None = None) -> Stretch:
    """Return what a detector looked at when it answered for the frames whose middle lies in a span.

    Parameters
    ----------
    detector : Detector
    recording : Recording
        As read from its file.
    span : (float, float)
        Onset and end of an event, or of any stretch, in seconds; of a long one the first :data:`LONGEST` seconds count,
        or those that one window of a model with several frames holds. Of two parts around a gap the longer counts.
    mapping : dict of str to str, optional
        As for :meth:`Detector.analyse`.

    Raises
    ------
    ParameterError
        If no frame without a gap lies there.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> hour = Recording.from_array(np.zeros((2, 256 * 60)), 256.0, ["Fz-Cz", "Cz-Pz"])
    >>> stretch = cut_stretch(load_detector("line-length"), hour, (20.0, 30.0))
    >>> stretch.signal.shape[0], stretch.n_windows == stretch.asked.stop, stretch.start
    (2, True, 0.0)
    """
    leads, prepared = detector.prepare(recording, mapping)
    windows, rate = detector.settings.windows, prepared.sampling_rate
    before = 0.0 if detector.parts.graph is not None else BACKGROUND
    places = [_place(windows, rate, segment, span, before) for segment in prepared.segments]
    found = max((one for one in places if one is not None), key=lambda one: one[2].stop - one[2].start, default=None)
    if found is None:
        raise ParameterError(
            f"stretch: {span[0]:g} to {span[1]:g} s of {recording.duration:g} s came; no frame of {detector.name} "
            "without a gap has its middle there."
        )
    begin, end, asked, seen = found
    return Stretch(
        signal=np.ascontiguousarray(prepared.read_samples(begin, end), dtype=np.float32),
        sampling_rate=rate,
        start=begin / rate,
        leads=leads.channels,
        window=round(windows.length * rate),
        hop=round(windows.step * rate),
        n_frames=windows.frames,
        asked=asked,
        span=seen,
    )


_Place = tuple[int, int, slice, Span]


def _place(windows: Windows, rate: float, segment: tuple[int, int], span: Span, before: float) -> _Place | None:
    if windows.frames == 1:
        return _place_windows(windows, rate, segment, span, before)
    return _place_frames(windows, rate, segment, span)


def _place_windows(windows: Windows, rate: float, segment: tuple[int, int], span: Span, before: float) -> _Place | None:
    """Return first and last sample of the windows, which frames are asked about and what time they are about."""
    window, hop = round(windows.length * rate), round(windows.step * rate)
    numbers = np.arange(-(-segment[0] // hop), (segment[1] - window) // hop + 1)
    begins = windows.grid.frame_start + numbers * windows.step
    chosen = _inside(begins, windows.step, span)
    if len(chosen) == 0:
        return None
    first, last = int(numbers[chosen[0]]), int(numbers[chosen[-1]])
    seen = (float(begins[chosen[0]]), float(begins[chosen[-1]]) + windows.step)
    begin = max(first - round(before / windows.step), int(numbers[0]))
    return begin * hop, last * hop + window, slice(first - begin, last - begin + 1), seen


def _place_frames(windows: Windows, rate: float, segment: tuple[int, int], span: Span) -> _Place | None:
    """The same where a window has several frames: the one window that has most of the span in its middle."""
    window, frame = round(windows.length * rate), round(windows.length * rate) // windows.frames
    first_frame, last_frame = -(-segment[0] // frame), segment[1] // frame
    if last_frame - first_frame < windows.frames:
        return None
    length = min(span[1] - span[0], windows.length)
    wanted = round((span[0] + length / 2 - windows.length / 2) * rate / frame)
    begin = int(np.clip(wanted, first_frame, last_frame - windows.frames))
    begins = (begin + np.arange(windows.frames)) * frame / rate
    chosen = _inside(begins, frame / rate, span)
    if len(chosen) == 0:
        return None
    asked = slice(int(chosen[0]), int(chosen[-1]) + 1)
    seen = (float(begins[chosen[0]]), float(begins[chosen[-1]]) + frame / rate)
    return begin * frame, begin * frame + window, asked, seen


def _inside(begins: NDArray[np.floating[Any]], step: float, span: Span) -> NDArray[np.intp]:
    middles = begins + step / 2
    stop = min(span[1], span[0] + LONGEST)
    return np.flatnonzero((middles >= span[0] - 1e-9) & (middles < stop - 1e-9))
