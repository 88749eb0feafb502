"""Arrays of segments of equal length with one label for each: 1 for a seizure, 0 for none.

So rodent laboratories keep training sets: SeizyML a file ``X.h5`` (segments, samples, channels) beside ``X.csv`` with
one label a line, others a ``.npz`` with ``data`` and ``labels``. The segments of a file become one recording, and their
labels events: windows of the length of a segment are the segments again.

References
----------
Antonoudiou et al., SeizyML: an application for semi-automated seizure detection using interpretable machine learning
models, Neuroinformatics 2025; https://github.com/neurosimata/seizy_ml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.array_files import SUFFIXES, ArrayFile, find_key, open_array_file
from ictal.io.arrays import RATE_KEYS, ArrayFileRecording, ArrayLayout, find_axes, find_signal
from ictal.io.corpora.array_recording import ArrayCorpusRecording
from ictal.io.corpora.corpus import Remark
from ictal.io.corpora.found_files import first_folder
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import Found

LABEL_KEYS = ("labels", "label", "y", "targets")
"""What the labels may be called inside the file of the array, in small letters."""

LABEL_FILES = (
    "{stem}.csv",
    "{base}labels.npy",
    "{base}labels.csv",
    "{base}Y.npy",
    "{base}y.npy",
    "../verified_predictions/{stem}.csv",
)
"""Where else they may be, beside the array: `stem` is its name without suffix, `base` what stands before ``X`` or
``data`` in it (``0_`` of ``0_X``), else the name and ``_``. In the last SeizyML keeps what a reader has checked."""

SETTINGS = ("settings.yaml", "user_settings.yaml", "config.yaml", "temp_config.yaml")
"""Where SeizyML says the sampling rate, the length of a segment and the channels: beside the data or above."""

SEIZYML_SAMPLES, SEIZYML_RATE = 500, 100.0
"""The segments that SeizyML makes by itself: 5 s at 100 Hz."""

_SIGNAL_NAME = re.compile(r"(?:X|x|data|eeg)$")
_SETTING = re.compile(r"^(fs|win):\s*([\d.]+)\s*$")
_DATA_FOLDER = "data"


def find_arrays(root: Path) -> Iterator[Path]:
    """Yield every file of arrays in a folder and below it, sorted, without hidden folders."""
    if root.is_dir():
        for path in sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
                yield path


def find_labels(path: Path) -> Path | None:
    """Return where the labels of an array are: one of :data:`LABEL_FILES`, or the file itself, or nowhere."""
    base, n_found = _SIGNAL_NAME.subn("", path.stem)
    names = {"stem": path.stem, "base": base if n_found else f"{path.stem}_"}
    beside = (path.parent / pattern.format(**names) for pattern in LABEL_FILES)
    found = next((file for file in beside if file.is_file() and file != path and _holds_labels(file)), None)
    if found is not None or path.suffix.lower() == ".npy":
        return found
    try:
        file = open_array_file(path)
    except RecordingError:
        return None
    return path if find_key(_vectors(file), LABEL_KEYS) is not None and len(file.shapes) > 1 else None


def read_labels(path: Path) -> NDArray[np.int64]:
    """Return labels: of a text one a line, of a file of arrays the array that is called so, or the only one.

    Raises
    ------
    RecordingError
        If there are none, or one is neither 0 nor 1.
    """
    numbers = _read_label_lines(path) if path.suffix.lower() == ".csv" else _read_label_array(open_array_file(path))
    if not np.isin(numbers, (0, 1)).all():
        listed = ", ".join(f"{value:g}" for value in np.unique(numbers)[:6])
        raise RecordingError(f"{listed} came; allowed are 0 and 1 (a seizure)", file=path, field="labels")
    return numbers.astype(np.int64)


def label_events(labels: NDArray[np.int64], length: float, pause: float = 0.0, *, join: bool = True) -> list[Event]:
    """Return the seizures that labels of segments say.

    Parameters
    ----------
    labels : ndarray, shape (n_segments,)
        1 or 0.
    length, pause : float
        Seconds of a segment, and between two.
    join : bool
        Whether segments with a seizure that follow each other are one seizure.

    Examples
    --------
    >>> [event.span for event in label_events(np.array([0, 1, 1, 0, 1]), 5.0)]
    [(5.0, 15.0), (20.0, 25.0)]
    >>> len(label_events(np.array([0, 1, 1, 0, 1]), 5.0, join=False))
    3
    """
    if not join or pause > 0:
        return [Event(number * (length + pause), length) for number in np.flatnonzero(labels).tolist()]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labels, [0]]))).tolist()
    return [Event(first * length, (last - first) * length) for first, last in list(pairwise(edges))[::2]]


def list_labelled_array(
    root: Path, name: str, path: Path, labels_path: Path, layout: ArrayLayout, segment: float | None
) -> Found:
    """Return the recording that an array with labels is, and what had to be taken for granted.

    Parameters
    ----------
    root : Path
        The folder of the corpus.
    name : str
        Of the recording.
    path, labels_path : Path
        The array, and where its labels are.
    layout : ArrayLayout
        What the caller knows of all arrays.
    segment : float or None
        Seconds of a segment; with it the sampling rate need not be known.

    Raises
    ------
    RecordingError
        If array and labels do not fit together, or rate or axes are not known.
    """
    labels = read_labels(labels_path)
    is_seizyml = path.suffix.lower() == ".h5" and labels_path.suffix.lower() == ".csv"
    if is_seizyml:
        layout, segment = _read_settings(root, path, layout, segment)
    file = open_array_file(path)
    settled = settle_layout(file, layout, segment, len(labels), is_seizyml=is_seizyml)
    recording = ArrayFileRecording(file, settled)
    if recording.n_segments != len(labels):
        problem = f"{len(labels)} labels came for {recording.n_segments} segments"
        raise RecordingError(problem, file=labels_path, field="labels")
    remarks = [Remark("unit", name, f"{note}.") for note in recording.notes]
    if layout.sampling_rate is None and segment is None and settled.sampling_rate is not None:
        text = f"nothing says how fast it was sampled; taken as {recording.sampling_rate:g} Hz, as SeizyML does."
        remarks.append(Remark("assumed-rate", name, text))
    if not is_seizyml:
        text = (
            f"its {len(labels)} segments follow each other here, but nothing says that they did in the animal, nor "
            "that they are of one animal: a seizure ends with its segment, and all are of one subject."
        )
        remarks.append(Remark("segments", name, text))
    length, pause = (n / recording.sampling_rate for n in (recording.segment_samples, recording.pause_samples))
    events = label_events(labels, length, pause, join=is_seizyml)
    folder = first_folder(root, path)
    subject = path.stem if folder in ("", _DATA_FOLDER) else folder
    marks = Annotations(events, recording.duration)
    return ArrayCorpusRecording(name, path, subject, name, marks, layout=settled), remarks


def settle_layout(
    file: ArrayFile, layout: ArrayLayout, segment: float | None, n_labels: int, *, is_seizyml: bool
) -> ArrayLayout:
    """Return a layout with what array and labels settle together.

    The first of two axes is of segments where it is as long as the labels; the three axes of SeizyML are known. The
    length of a segment gives the sampling rate; where SeizyML says neither, segments of 500 samples are its own 5 s.

    Raises
    ------
    RecordingError
        If the axes are not known, or rate and length of a segment do not fit together.
    """
    name = layout.variables[0] if layout.variables else find_signal(file)
    shape = file.shapes.get(name, ())
    axes = layout.axes
    if axes is None and is_seizyml and len(shape) == 3:
        axes = "segments samples channels"
    elif axes is None and len(shape) == 2 and shape[0] == n_labels:
        axes = "segments samples"
    axes = find_axes(file.path, shape, axes)
    n_samples = shape[axes.split().index("samples")]
    rate = layout.sampling_rate
    if segment is not None:
        by_segment = n_samples / segment
        if rate is not None and abs(rate - by_segment) > 1e-6 * rate:
            problem = f"{rate:g} Hz came, but {n_samples} samples in {segment:g} s are {by_segment:g} Hz"
            raise RecordingError(problem, file=file.path, field="sampling_rate")
        rate = by_segment
    elif rate is None and is_seizyml and n_samples == SEIZYML_SAMPLES and file.find(RATE_KEYS, name) is None:
        rate = SEIZYML_RATE
    return replace(layout, axes=axes, sampling_rate=rate, variables=(name,))


def _read_settings(
    root: Path, path: Path, layout: ArrayLayout, segment: float | None
) -> tuple[ArrayLayout, float | None]:
    """Return rate, channels and length of a segment as the settings of SeizyML say, where the caller does not."""
    folders = [folder for folder in path.parents if folder.is_relative_to(root)]
    settings = next((file for folder in folders for name in SETTINGS if (file := folder / name).is_file()), None)
    if settings is None:
        return layout, segment
    said, channels = parse_settings(read_lines(settings))
    if layout.sampling_rate is None and "fs" in said:
        layout = replace(layout, sampling_rate=said["fs"])
    if not layout.channels:
        layout = replace(layout, channels=channels)
    return layout, said.get("win") if segment is None else segment


def parse_settings(lines: Sequence[str]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the numbers ``fs`` and ``win`` and the channels in the settings of SeizyML, a small part of YAML.

    Examples
    --------
    >>> parse_settings(["channels:", "- eeg1", "- eeg2", "data_dir: data", "fs: 100", "win: 5"])
    ({'fs': 100.0, 'win': 5.0}, ('eeg1', 'eeg2'))
    >>> parse_settings(["channels: [hippocampus, 'frontal cortex']"])
    ({}, ('hippocampus', 'frontal cortex'))
    """
    numbers = {match[1]: float(match[2]) for line in lines if (match := _SETTING.match(line))}
    channels: list[str] = []
    in_channels = False
    for line in lines:
        if line.startswith("channels:"):
            in_channels = True
            channels += line.partition(":")[2].strip(" []").split(",")
        elif in_channels and line.startswith("- "):
            channels.append(line[2:])
        else:
            in_channels = False
    return numbers, tuple(text for channel in channels if (text := channel.strip(" '\"")))


def _holds_labels(path: Path) -> bool:
    """Whether a text begins like labels, so that a table of something else is not taken for them."""
    if path.suffix.lower() != ".csv":
        return True
    with path.open("rb") as file:
        first = file.read(32).removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].strip()
    return re.fullmatch(rb"[01](\.0*)?(e\+00)?", first) is not None


def _read_label_lines(path: Path) -> NDArray[np.float64]:
    lines = read_lines(path)
    try:
        return np.array([float(line) for line in lines if line])
    except ValueError as error:
        raise RecordingError(f"is no list of labels: {error}", file=path) from None


def _read_label_array(file: ArrayFile) -> NDArray[Any]:
    vectors = _vectors(file)
    name = find_key(vectors, LABEL_KEYS)
    if name is None and len(vectors) == 1:
        name = vectors[0]
    if name is None:
        raise RecordingError("holds no labels", file=file.path)
    return file.read(name).ravel()


def _vectors(file: ArrayFile) -> list[str]:
    return [name for name, shape in file.shapes.items() if sum(size > 1 for size in shape) <= 1]
