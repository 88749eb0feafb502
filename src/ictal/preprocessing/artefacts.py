"""Mark what is not EEG: flat, clipped and disconnected stretches of single channels.

The signal is judged a second at a time, so that a pipeline can mark the blocks that it reads anyway with
:func:`mark_frames` and join the marks at the end with :func:`join_frames`. Meant for the signal as recorded: a filter
rounds off clipping and takes out the mains by which a loose electrode is known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ictal.core.artefacts import Artefact
from ictal.core.recording import Recording, Signal
from ictal.preprocessing.notch import MAINS
from ictal.preprocessing.products import multiply_rows

Marks = NDArray[np.uint8]

KINDS = ("flat", "clipped", "disconnected")
"""Kind ``i`` is marked as ``i + 1``; 0 is signal, or a gap."""

_NUMBERS_A_BLOCK = 2**22

_FEWEST_TO_SHARE = 4
"""Channels below which what is common to them may as well be one bad electrode."""


class ArtefactRules(BaseModel):
    """What counts as which artefact.

    Attributes
    ----------
    frame : float
        Seconds that are judged at a time.
    flat_range : float
        Flat: the frame spans at most this many µV.
    clipped_share, clipped_range : float
        Clipped: at least this share of the samples sits exactly on the highest or lowest value of a frame that spans
        at least this many µV.
    largest_range : float
        Disconnected: the frame spans more µV than any brain makes,
    mains_share, mains_range : float
        or a sine of 50 or 60 Hz is at least this share of the power of a frame that spans at least this many µV. Where
        more than half of four channels or more hum, what is common to them is taken off first: it is the reference's
        or the room's, and every montage takes it off.
    flat_duration, clipped_duration, disconnected_duration : float
        Seconds below which a stretch is not reported.

    Examples
    --------
    >>> ArtefactRules(flat_duration=10.0).flat_range
    0.5
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    frame: float = Field(default=1.0, gt=0)
    flat_range: float = Field(default=0.5, ge=0)
    clipped_share: float = Field(default=0.05, gt=0, le=1)
    clipped_range: float = Field(default=200.0, ge=0)
    largest_range: float = Field(default=5000.0, gt=0)
    mains_share: float = Field(default=0.9, gt=0, le=1)
    mains_range: float = Field(default=20.0, ge=0)
    flat_duration: float = Field(default=3.0, ge=0)
    clipped_duration: float = Field(default=1.0, ge=0)
    disconnected_duration: float = Field(default=2.0, ge=0)

    def frame_length(self, sampling_rate: float) -> int:
        """Return the samples of a frame."""
        return max(2, round(self.frame * sampling_rate))

    @property
    def durations(self) -> tuple[float, ...]:
        """The shortest stretch of each of :data:`KINDS` in seconds."""
        return (self.flat_duration, self.clipped_duration, self.disconnected_duration)


RULES = ArtefactRules()
"""The rules that are used where none are given."""


def mark_frames(signal: Signal, sampling_rate: float, rules: ArtefactRules = RULES) -> Marks:
    """Return what kind of artefact every whole frame of every channel is.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_channels, n_samples)
        µV; begins at a frame. NaN is a gap.
    sampling_rate : float
        Hz.
    rules : ArtefactRules

    Returns
    -------
    ndarray of uint8, shape (n_channels, n_frames)
        0 for signal, ``i + 1`` for kind ``i`` of :data:`KINDS`.

    Examples
    --------
    >>> mark_frames(np.zeros((1, 512), np.float32), 256.0)
    array([[1, 1]], dtype=uint8)
    """
    length = rules.frame_length(sampling_rate)
    n_frames = signal.shape[1] // length
    marks = np.zeros((len(signal), n_frames), np.uint8)
    frames = signal[:, : n_frames * length].reshape(len(signal), n_frames, length)
    # A channel at a time: its frames stay in the processor's cache from the first look to the last.
    humming = np.array([_hums(channel, sampling_rate, rules) for channel in frames]).reshape(len(signal), n_frames)
    shared = (humming.mean(axis=0) > 0.5) & (len(signal) >= _FEWEST_TO_SHARE)
    if shared.any():
        apart = frames[:, shared] - np.median(frames[:, shared], axis=0)
        humming[:, shared] &= np.array([_hums(channel, sampling_rate, rules) for channel in apart])
    for row, channel, hums in zip(marks, frames, humming, strict=True):
        row[:] = _mark_channel(channel, hums, rules)
    return marks


def _hums(frames: Signal, sampling_rate: float, rules: ArtefactRules) -> NDArray[np.bool_]:
    """Return which frames of one channel are mains and little else, shape (n_frames,)."""
    large = np.flatnonzero(frames.max(axis=1) - frames.min(axis=1) >= rules.mains_range)
    hums = np.zeros(len(frames), dtype=bool)
    hums[large] = _mains_share(frames[large], sampling_rate) >= rules.mains_share
    return hums


def _mark_channel(frames: Signal, hums: NDArray[np.bool_], rules: ArtefactRules) -> Marks:
    """Return the marks of the frames of one channel, shape (n_frames,)."""
    highest, lowest = frames.max(axis=1), frames.min(axis=1)
    span = highest - lowest
    marks = (3 * hums).astype(np.uint8)
    railed = np.flatnonzero(span >= rules.clipped_range)
    at_rails = _share_at(frames[railed], highest[railed]), _share_at(frames[railed], lowest[railed])
    marks[railed[np.maximum(*at_rails) >= rules.clipped_share]] = 2
    marks[span > rules.largest_range] = 3
    marks[span <= rules.flat_range] = 1
    return marks


def join_frames(
    marks: Marks, channels: tuple[str, ...], sampling_rate: float, rules: ArtefactRules = RULES
) -> tuple[Artefact, ...]:
    """Return the stretches that adjoining marks make, the short ones left out.

    Parameters
    ----------
    marks : ndarray of uint8, shape (n_channels, n_frames)
        As from :func:`mark_frames`, of blocks in a row.
    channels : tuple of str
    sampling_rate : float
        Hz.
    rules : ArtefactRules

    Returns
    -------
    tuple of Artefact
        By start, then in the order of the channels.

    Examples
    --------
    >>> join_frames(np.array([[0, 1, 1, 1, 0]], np.uint8), ("Fp1-F7",), 256.0)
    (Artefact(start=1.0, stop=4.0, channel='Fp1-F7', kind='flat'),)
    """
    seconds = rules.frame_length(sampling_rate) / sampling_rate
    found = []
    for channel, row in zip(channels, marks, strict=True):
        for number, (kind, shortest) in enumerate(zip(KINDS, rules.durations, strict=True), start=1):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], row == number, [False]])))
            for first, last in (edges.reshape(-1, 2) * seconds).tolist():
                if last - first >= shortest - 1e-9:
                    found.append(Artefact(first, last, channel, kind))
    return tuple(sorted(found, key=lambda artefact: artefact.start))


def find_artefacts(recording: Recording, rules: ArtefactRules = RULES) -> tuple[Artefact, ...]:
    """Return the flat, clipped and disconnected stretches of a recording, read block by block.

    Parameters
    ----------
    recording : Recording
        As recorded, before any filter.
    rules : ArtefactRules

    Returns
    -------
    tuple of Artefact
        By start, then in the order of the channels; a rest shorter than a frame at the end is not judged.

    Examples
    --------
    >>> find_artefacts(Recording.from_array(np.zeros((1, 1280)), 256.0, ["Fz"]))
    (Artefact(start=0.0, stop=5.0, channel='Fz', kind='flat'),)
    """
    length = rules.frame_length(recording.sampling_rate)
    step = length * max(1, _NUMBERS_A_BLOCK // max(1, len(recording.channels)) // length)
    marks = [
        mark_frames(
            recording.read_samples(start, min(start + step, recording.n_samples)), recording.sampling_rate, rules
        )
        for start in range(0, recording.n_samples, step)
    ]
    if not marks:
        return ()
    return join_frames(np.concatenate(marks, axis=1), recording.channels, recording.sampling_rate, rules)


def _share_at(frames: Signal, level: Signal) -> NDArray[np.float64]:
    return np.asarray((frames == level[:, None]).mean(axis=1))


def _mains_share(frames: Signal, sampling_rate: float) -> NDArray[np.float64]:
    """Return the share of the power of every frame that is a sine of 50 or 60 Hz, whichever is more."""
    length = frames.shape[1]
    lines = [line for line in MAINS if line < 0.49 * sampling_rate]
    if not lines:
        return np.zeros(len(frames))
    turns = np.outer(np.arange(length), 2 * np.pi * np.array(lines) / sampling_rate)
    waves = np.concatenate([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)
    centred = frames - frames.mean(axis=1, keepdims=True)
    projected = multiply_rows(centred, waves).reshape(len(frames), 2, len(lines))
    power = np.einsum("ij,ij->i", centred, centred)
    return np.asarray(2 / length * (projected**2).sum(axis=1).max(axis=1) / np.maximum(power, 1e-20))
