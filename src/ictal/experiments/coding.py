"""Recordings as codes of a neural codec, and codes as recordings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import torch
from numpy.typing import NDArray

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.io.codes_file import CodedRecording, CodesHeader, encode_events
from ictal.io.edf_write import Identity
from ictal.models.braincodec import BrainCodec, standardise
from ictal.models.codec_file import take_fingerprint
from ictal.preprocessing.resample import Resample
from ictal.preprocessing.step import SegmentRecording

Progress = Callable[[float], None]

_WINDOWS_AT_ONCE = 16


def encode_recording(
    recording: Recording,
    codec: BrainCodec,
    *,
    start_time: datetime | None = None,
    identity: Identity | None = None,
    progress: Progress | None = None,
) -> CodedRecording:
    """Return a recording as codes.

    Parameters
    ----------
    recording : Recording
        At any rate.
    codec : BrainCodec
        In evaluation mode.
    start_time, identity : optional
        When and whose; the header says neither unless they are given.
    progress : callable, optional
        Called with the share that is done.

    Raises
    ------
    RecordingError
        If there is no signal.

    Examples
    --------
    >>> from ictal.models.braincodec import BrainCodecConfig
    >>> codec = BrainCodec(BrainCodecConfig(width=4, widest=8)).eval()
    >>> coded = encode_recording(Recording.from_array(np.zeros((2, 10 * 256)), 256.0), codec)
    >>> coded.codes.shape, coded.header.windows.tolist(), restore_recording(coded, codec).duration
    ((3, 2, 32, 4), [[0, 2048], [2048, 4096], [4096, 5120]], 10.0)
    """
    config = codec.config
    signal = Resample(sampling_rate=config.sampling_rate).apply(recording)
    segments = signal.own_segments if isinstance(signal, SegmentRecording) else signal.segments
    if not segments:
        raise RecordingError("holds no signal", file=recording.source)
    header = CodesHeader(
        codec=take_fingerprint(codec),
        codec_rate=config.sampling_rate,
        codec_samples=signal.n_samples,
        window_samples=config.window_samples,
        segments=segments,
        channels=recording.channels,
        sampling_rate=recording.sampling_rate,
        n_samples=recording.n_samples,
        gaps=recording.gaps,
        events=encode_events(recording.annotations),
        start_time=start_time,
        patient=None if identity is None else identity.patient,
        recording=None if identity is None else identity.recording,
    )
    parts, n_windows = [], len(header.windows)
    for i in range(0, n_windows, _WINDOWS_AT_ONCE):
        ends = header.windows[i : i + _WINDOWS_AT_ONCE]
        stretches = [_read_window(signal, first, last, config.window_samples) for first, last in ends]
        parts.append(encode_windows(codec, np.stack(stretches)))
        if progress is not None:
            progress((i + len(ends)) / n_windows)
    codes, means, deviations = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return CodedRecording(header, codes, means, deviations)


def encode_windows(
    codec: BrainCodec, windows: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Return codes, means and deviations of windows of some channels: (n_windows, n_channels, n_samples) in µV."""
    with torch.inference_mode():
        found = standardise(torch.from_numpy(windows).double())
        codes = codec.encode(found.signal.float().flatten(0, 1).unsqueeze(1))
    sizes = (found.mean[..., 0].numpy(), found.deviation[..., 0].numpy())
    shape = (*windows.shape[:2], *codes.shape[1:])
    mean, deviation = (size.astype(np.float32) for size in sizes)
    return codes.numpy().astype(np.uint8).reshape(shape), mean, deviation


def decode_windows(
    codec: BrainCodec, codes: NDArray[np.uint8], means: NDArray[np.float32], deviations: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return windows in µV, (n_windows, n_channels, n_samples), from what :func:`encode_windows` gave."""
    with torch.inference_mode():
        signal = codec.decode(torch.from_numpy(codes.astype(np.int64)).flatten(0, 1))[:, 0].numpy()
    windows: NDArray[np.float32] = signal.reshape(*means.shape, -1) * deviations[..., None] + means[..., None]
    return windows


def restore_recording(coded: CodedRecording, codec: BrainCodec) -> Recording:
    """Return what codes bring back, at the recording's own rate; windows are decoded when they are read.

    Raises
    ------
    RecordingError
        If another codec wrote the codes, or they are none of this one's.
    """
    header, config = coded.header, codec.config
    if take_fingerprint(codec) != header.codec:
        raise RecordingError(f"was written by another codec, of fingerprint {header.codec[:12]}", field="codec")
    shape = (config.n_frames, config.n_codebooks)
    if coded.codes.shape[2:] != shape or coded.codes.max() >= config.n_entries:
        raise RecordingError(f"are damaged; allowed are {shape} codes a window below {config.n_entries}", field="codes")
    decoded = DecodedRecording(coded, codec)
    return RestoredRecording(Resample(sampling_rate=header.sampling_rate).apply(decoded), header)


class DecodedRecording(Recording):
    """Codes as a signal, at the rate of the codec.

    Parameters
    ----------
    coded : CodedRecording
    codec : BrainCodec
        The one that wrote the codes.
    """

    def __init__(self, coded: CodedRecording, codec: BrainCodec) -> None:
        header = coded.header
        self.channels = header.channels
        self.sampling_rate = header.codec_rate
        self.n_samples = header.codec_samples
        self.gaps = header.gaps
        self.start_time = header.start_time
        self.annotations = header.annotations
        self._coded, self._codec, self._windows = coded, codec, header.windows

    def read_samples(self, first: int, last: int) -> Signal:
        signal = np.full((len(self.channels), last - first), np.nan, np.float32)
        touched = np.flatnonzero((self._windows[:, 0] < last) & (self._windows[:, 1] > first))
        coded = self._coded
        for i in range(0, len(touched), _WINDOWS_AT_ONCE):
            some = touched[i : i + _WINDOWS_AT_ONCE]
            decoded = decode_windows(self._codec, coded.codes[some], coded.means[some], coded.deviations[some])
            for (start, stop), window in zip(self._windows[some], decoded, strict=True):
                low, high = max(start, first), min(stop, last)
                signal[:, low - first : high - first] = window[:, low - start : high - start]
        return signal


class RestoredRecording(RecordingView):
    """A decoded signal with as many samples as the recording had."""

    def __init__(self, inner: Recording, header: CodesHeader) -> None:
        super().__init__(inner)
        self.sampling_rate, self.n_samples = header.sampling_rate, header.n_samples

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)


def _read_window(signal: Recording, first: int, last: int, length: int) -> Signal:
    """Return a window, mirrored at its end where the stretch is over before."""
    window = signal.read_samples(first, last)
    padded: Signal = np.pad(window, ((0, 0), (0, length - (last - first))), mode="symmetric")
    return padded
