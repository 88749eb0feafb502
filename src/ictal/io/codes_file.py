"""A recording as the codes of a neural codec: one compressed file that the same codec can bring back."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.io.array_files import reading
from ictal.io.atomic import atomic_write
from ictal.io.events_json import decode_event, encode_event

SUFFIX = ".braincodec"


class CodesHeader(BaseModel):
    """What a file of codes says of the recording.

    Attributes
    ----------
    codec : str
        Fingerprint of the codec that wrote the codes; no other can read them.
    codec_rate : float
        Hz at which the signal was coded.
    codec_samples : int
        Samples of the recording at that rate.
    window_samples : int
        Samples of a window at that rate.
    segments : tuple of (first, last)
        The stretches with signal, in samples at that rate; each is coded by itself, its last window filled up.
    channels : tuple of str
        Labels, as the recording spelled them.
    sampling_rate, n_samples
        Of the recording.
    gaps : tuple of (start, stop)
        Seconds without signal.
    events : list of dict
        What the recording itself said happened.
    start_time, patient, recording
        Who and when; ``None`` unless it was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal["ictal-codes"] = "ictal-codes"
    version: Literal[1] = 1
    codec: str
    codec_rate: float = Field(gt=0)
    codec_samples: int = Field(gt=0)
    window_samples: int = Field(gt=0)
    segments: tuple[tuple[int, int], ...]
    channels: tuple[str, ...] = Field(min_length=1)
    sampling_rate: float = Field(gt=0)
    n_samples: int = Field(gt=0)
    gaps: tuple[tuple[float, float], ...] = ()
    events: list[dict[str, Any]] = Field(default_factory=list)
    start_time: datetime | None = None
    patient: str | None = None
    recording: str | None = None

    @property
    def annotations(self) -> Annotations:
        """The events over the recording."""
        return Annotations([decode_event(event) for event in self.events], self.n_samples / self.sampling_rate)

    @property
    def windows(self) -> NDArray[np.int64]:
        """First and last sample of each window, at the rate of the codec: (n_windows, 2)."""
        return place_windows(self.segments, self.window_samples)


@dataclass(frozen=True, eq=False)
class CodedRecording:
    """A recording as codes.

    Attributes
    ----------
    header : CodesHeader
    codes : ndarray of uint8, shape (n_windows, n_channels, n_frames, n_codebooks)
    means, deviations : ndarray of float32, shape (n_windows, n_channels)
        µV.
    """

    header: CodesHeader
    codes: NDArray[np.uint8]
    means: NDArray[np.float32]
    deviations: NDArray[np.float32]

    @property
    def bit_rate(self) -> float:
        """Bits for a second of one channel with signal, the sizes of windows and the filled ends included."""
        n_bits = 8 * (self.codes.nbytes + self.means.nbytes + self.deviations.nbytes)
        seconds = sum(last - first for first, last in self.header.segments) / self.header.codec_rate
        return n_bits / seconds / len(self.header.channels)


def place_windows(segments: Sequence[tuple[int, int]], length: int) -> NDArray[np.int64]:
    """Return first and last sample of windows that cover segments, each from its begin: (n_windows, 2).

    Examples
    --------
    >>> place_windows([(0, 5), (8, 10)], 4).tolist()
    [[0, 4], [4, 5], [8, 10]]
    """
    windows = [(start, min(start + length, last)) for first, last in segments for start in range(first, last, length)]
    return np.array(windows, dtype=np.int64).reshape(-1, 2)


def encode_events(annotations: Annotations) -> list[dict[str, Any]]:
    """Return events as the header keeps them."""
    return [encode_event(event) for event in annotations]


def write_codes(path: Path | str, coded: CodedRecording) -> None:
    """Write a coded recording as one compressed file; the same recording gives the same bytes.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    header = np.frombuffer(coded.header.model_dump_json().encode(), dtype=np.uint8)
    with atomic_write(path) as file:
        np.savez_compressed(
            file, header=header, codes=coded.codes, means=coded.means, deviations=coded.deviations, allow_pickle=False
        )


def read_codes(path: Path | str) -> CodedRecording:
    """Read what :func:`write_codes` wrote.

    Raises
    ------
    RecordingError
        If there is no such file, it is damaged, or of another kind or version.
    """
    file = Path(path)
    if not file.is_file():
        raise RecordingError("is a folder" if file.is_dir() else "there is no such file", file=file)
    if not zipfile.is_zipfile(file):
        raise RecordingError("is no compressed recording, or is cut off", file=file)
    with reading(file), np.load(file, allow_pickle=False) as arrays:
        names = ("header", "codes", "means", "deviations")
        header, codes, means, deviations = (arrays[name] for name in names)
    try:
        known = CodesHeader.model_validate_json(header.tobytes())
        known.annotations  # noqa: B018 - events that cannot be are found here
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RecordingError(f"{first['msg']}", file=file, field=f"header, {field}") from None
    except ParameterError as error:
        raise RecordingError(str(error), file=file, field="header") from None
    coded = CodedRecording(known, codes, means, deviations)
    problem = _find_problem(coded)
    if problem:
        raise RecordingError(f"is damaged: {problem}", file=file)
    return coded


def _find_problem(coded: CodedRecording) -> str:
    """Return what does not fit together, or nothing."""
    header, codes = coded.header, coded.codes
    ends = [number for segment in header.segments for number in segment]
    if ends != sorted(set(ends)) or not ends or ends[0] < 0:
        return "its segments do not follow one another"
    if ends[-1] > header.codec_samples or abs(_drift(header)) > 1:
        return "its segments are not as long as the recording"
    shape = (sum(-(-(last - first) // header.window_samples) for first, last in header.segments), len(header.channels))
    if codes.dtype != np.uint8 or codes.ndim != 4 or codes.shape[:2] != shape:
        return f"codes of shape {codes.shape} came for {shape[0]} windows of {shape[1]} channels"
    for name, sizes in (("means", coded.means), ("deviations", coded.deviations)):
        if sizes.dtype != np.float32 or sizes.shape != shape or not np.isfinite(sizes).all():
            return f"its {name} are not one number for each window and channel"
    return "" if (coded.deviations > 0).all() else "a deviation is not above 0"


def _drift(header: CodesHeader) -> float:
    """Return by how many samples of the codec the two lengths of the recording differ."""
    return header.codec_samples - header.n_samples / header.sampling_rate * header.codec_rate
