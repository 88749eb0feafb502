"""The whole recording at a glance: probability, line length, artefacts and a spectrogram of each hemisphere."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.io.atomic import ensure_folder
from ictal.io.npz_file import read_arrays, write_arrays
from ictal.review.display_montages import DisplayLeads, choose_leads, list_montages
from ictal.review.night_measures import FREQUENCIES, Measures, Reals, measure_windows
from ictal.review.night_windows import place_windows, read_windows
from ictal.review.page_codec import encode_block

N_COLUMNS = 1440
MOST_COLUMNS = 8000

FORMAT = "ictal-night"
VERSION = 1

_DARKEST, _BRIGHTEST = 5.0, 99.5
"""Percentiles of the power that the darkest and the brightest byte stand for."""

_LEAST_CONTRAST = 20.0
"""dB; below, differences that mean nothing would be shown as if they meant something."""

_HIGHEST_SHARE = 0.49


@dataclass(frozen=True, slots=True)
class DsaAxes:
    """What the bytes of the spectrogram mean.

    Parameters
    ----------
    sides : tuple of str
        ``left`` and ``right``, or ``all`` where a recording has no two sides.
    frequencies : tuple of float
        Hz.
    low, high : float
        dB of 1 µV²/Hz, of byte 0 and of byte 255.
    """

    sides: tuple[str, ...]
    frequencies: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NightHeader:
    """The strips of a night; ``NightHeader`` of the page's ``types.js``. ``None`` is not known.

    Parameters
    ----------
    n_columns : int
    step : float
        Seconds of a column.
    probability : tuple of float or None
        The highest of each column; ``None`` where nothing was analysed.
    line_length : tuple of float or None
        µV/s, median over the leads.
    artefacts : tuple of float or None
        Share of the channels, 0 to 1.
    sampled : str
        How much was looked at, in words.
    dsa : DsaAxes
    threshold : float or None
        The probability at which an event begins.
    """

    n_columns: int
    step: float
    probability: tuple[float | None, ...]
    line_length: tuple[float | None, ...]
    artefacts: tuple[float | None, ...]
    sampled: str
    dsa: DsaAxes
    threshold: float | None = None


@dataclass(frozen=True, eq=False)
class Night:
    """The whole recording at a glance.

    Parameters
    ----------
    header : NightHeader
    dsa : ndarray of uint8, shape (n_sides, n_frequencies, n_columns)
        0 where there is no signal.
    """

    header: NightHeader
    dsa: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Strips:
    """What of a night comes from the signal alone, in columns."""

    measures: Measures
    sides: tuple[str, ...]
    frequencies: Reals
    sampled: str


def read_night(
    recording: Recording,
    scores: Scores | None = None,
    n_columns: int = N_COLUMNS,
    *,
    mapping: Mapping[str, str] | None = None,
    cache: Path | str | None = None,
    threshold: float | None = None,
) -> Night:
    """Look at a whole recording.

    Of a long one only short stretches are read, spread evenly; the header says how much. Only EEG channels count, in
    the montage that is shown first, without the leads in which an artefact is seen.

    Parameters
    ----------
    recording : Recording
        As recorded.
    scores : Scores, optional
        Of a detector.
    n_columns : int
        At most; a column has two seconds or more.
    mapping : mapping of str to str, optional
        What an odd label of the file means.
    cache : path, optional
        The ``.npz`` that keeps what was measured, for as long as the recording's file stays as it is. Where it cannot
        be written, nothing is kept.
    threshold : float, optional
        The probability at which an event of `scores` begins, to be told.

    Raises
    ------
    ParameterError
        If the number of columns is not allowed.
    RecordingError
        If the recording cannot be read.

    Examples
    --------
    >>> recording = Recording.from_array(np.zeros((1, 6000)), 100.0, ["left cortex"])
    >>> night = read_night(recording, Scores([[0.1, 0.9]], start=30.0, step=30.0))
    >>> night.header.n_columns, night.header.step, night.header.probability[14:16], night.header.sampled
    (30, 2.0, (None, 0.9), 'all of it')
    """
    if not 1 <= n_columns <= MOST_COLUMNS:
        raise ParameterError(f"columns: {n_columns!r} is not allowed; allowed are 1 to {MOST_COLUMNS}.")
    key = _describe_source(recording, n_columns, mapping)
    strips = None if cache is None else _read_strips(cache, key)
    if strips is None:
        strips = _measure(recording, n_columns, mapping)
        if cache is not None:
            with contextlib.suppress(OutputError):
                _write_strips(cache, key, strips)
    line_length, artefacts, power = strips.measures
    step = recording.duration / len(line_length)
    dsa, low, high = shade_power(power)
    header = NightHeader(
        n_columns=len(line_length),
        step=step,
        probability=_plain(highest_scores(scores, step, len(line_length)), 4),
        line_length=_plain(line_length, 1),
        artefacts=_plain(artefacts, 3),
        sampled=strips.sampled,
        dsa=DsaAxes(strips.sides, tuple(strips.frequencies.tolist()), low, high),
        threshold=threshold,
    )
    return Night(header, dsa)


def encode_night(night: Night) -> bytes:
    """Return a night as the browser reads it; see :mod:`ictal.review.page_codec`."""
    return encode_block(asdict(night.header), night.dsa)


def highest_scores(scores: Scores | None, step: float, n_columns: int) -> Reals:
    """Return the highest seizure probability of each column of `step` seconds, shape (n_columns,).

    A frame counts for every column that it overlaps. NaN where nothing was analysed.

    Examples
    --------
    >>> highest_scores(Scores([[0.9, 0.1], [0.2, 0.8]], start=0.0, step=1.0), 0.5, 6)
    array([0.1, 0.1, 0.8, 0.8, nan, nan])
    """
    if scores is None or not len(scores):
        return np.full(n_columns, np.nan)
    edges = (np.arange(n_columns + 1) * step - scores.start) / scores.step
    first = np.clip(np.floor(edges[:-1] + 1e-6), 0, len(scores)).astype(np.int64)
    last = np.clip(np.ceil(edges[1:] - 1e-6), 0, len(scores)).astype(np.int64)
    padded = np.append(np.where(scores.analysed, scores.seizure, np.nan), np.nan)
    highest = np.fmax.reduceat(padded, np.stack([first, last], axis=1).reshape(-1))[::2]
    return np.where(first < last, highest, np.nan)


def shade_power(power: Reals) -> tuple[NDArray[np.uint8], float, float]:
    """Return power in dB as bytes, and the dB of the lowest and of the highest byte.

    Examples
    --------
    >>> shade_power(np.array([-10.0, 0.0, np.nan, 10.0]))
    (array([  0, 121,   0, 243], dtype=uint8), -10.0, 11.0)
    """
    known = power[np.isfinite(power)]
    low, high = (0.0, _LEAST_CONTRAST) if not known.size else np.percentile(known, [_DARKEST, _BRIGHTEST])
    missing = max(0.0, _LEAST_CONTRAST - (high - low))
    low, high = float(np.floor(low - missing / 2)), float(np.ceil(high + missing / 2))
    share = np.clip((np.nan_to_num(power, nan=low) - low) / (high - low), 0.0, 1.0)
    return np.rint(255 * share).astype(np.uint8), low, high


def _measure(recording: Recording, n_columns: int, mapping: Mapping[str, str] | None) -> _Strips:
    leads = choose_leads(recording, list_montages(recording, mapping)[0], mapping)
    eeg = [row for row, kind in enumerate(leads.kinds) if kind == "eeg"]
    leads = leads.take(eeg) if eeg else leads
    sides = _find_sides(leads)
    masks = np.array([[side in ("all", place) for place in leads.hemispheres] for side in sides])
    used = np.flatnonzero(np.abs(leads.weights).max(axis=0) > 0).tolist()
    needed = recording.select([recording.channels[index] for index in used])
    leads = DisplayLeads(leads.labels, leads.weights[:, used], leads.kinds, leads.hemispheres)
    frequencies = FREQUENCIES[: np.searchsorted(FREQUENCIES, _HIGHEST_SHARE * recording.sampling_rate, side="right")]
    windows = place_windows(needed, n_columns)
    blocks = [
        measure_windows(block, recording.sampling_rate, leads, masks, frequencies)
        for block in read_windows(needed, windows)
    ]
    empty = Measures(np.zeros(0), np.zeros(0), np.zeros((len(sides), len(frequencies), 0)))
    measures = Measures(
        *(windows.average(np.concatenate(parts, axis=-1)) for parts in zip(empty, *blocks, strict=True))
    )
    return _Strips(measures, sides, frequencies, windows.describe(recording))


def _find_sides(leads: DisplayLeads) -> tuple[str, ...]:
    return ("left", "right") if {"left", "right"} <= set(leads.hemispheres) else ("all",)


def _plain(values: Reals, digits: int) -> tuple[float | None, ...]:
    return tuple(round(value, digits) if np.isfinite(value) else None for value in values.tolist())


def _describe_source(recording: Recording, n_columns: int, mapping: Mapping[str, str] | None) -> str:
    """Return a text that changes with all that a night depends on."""
    source = recording.source
    try:
        status = None if source is None else source.stat()
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=source) from None
    file = [] if status is None else [str(source), status.st_size, status.st_mtime_ns]
    settings = [recording.channels, n_columns, sorted((mapping if mapping is not None else {}).items())]
    return hashlib.sha256(json.dumps([file, settings]).encode()).hexdigest()


def _write_strips(path: Path | str, key: str, strips: _Strips) -> None:
    line_length, artefacts, power = strips.measures
    ensure_folder(Path(path).parent)
    arrays = {
        "key": key,
        "line_length": line_length,
        "artefacts": artefacts,
        "power": power.astype(np.float32),
        "sides": np.array(strips.sides),
        "frequencies": strips.frequencies,
        "sampled": strips.sampled,
    }
    write_arrays(path, FORMAT, VERSION, arrays)


def _read_strips(path: Path | str, key: str) -> _Strips | None:
    """Return what was kept, or ``None`` if there is nothing, or it is of something else."""
    try:
        arrays = read_arrays(path, FORMAT, VERSION, "strips of a night")
    except RecordingError:
        return None
    if str(arrays.get("key")) != key:
        return None
    measures = Measures(arrays["line_length"], arrays["artefacts"], arrays["power"].astype(np.float64))
    return _Strips(measures, tuple(arrays["sides"].tolist()), arrays["frequencies"], str(arrays["sampled"]))
