"""Scores on disk: one ``.npz`` of plain arrays, no pickle."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.scores import Scores
from ictal.io.npz_file import read_arrays, write_arrays

FORMAT = "ictal-scores"
VERSION = 1


def write_scores(path: Path | str, scores: Scores) -> None:
    """Write scores so that :func:`read_scores` and ``numpy.load`` can read them.

    The arrays are ``format``, ``version``, ``values`` (n_frames, n_classes), ``start``, ``step`` and ``classes``.
    Values are stored exactly, in single precision where that loses nothing.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_scores(f"{folder}/a.npz", Scores([[0.9, 0.1]], start=1.5, step=1.0))
    ...     read_scores(f"{folder}/a.npz").seizure
    array([0.1])
    """
    single = scores.values.astype(np.float32)
    lossless = np.array_equal(single, scores.values, equal_nan=True)
    arrays = {
        "values": single if lossless else scores.values,
        "start": scores.start,
        "step": scores.step,
        "classes": np.array(scores.classes, dtype=np.str_),
    }
    write_arrays(path, FORMAT, VERSION, arrays)


def read_scores(path: Path | str) -> Scores:
    """Read what :func:`write_scores` wrote.

    Raises
    ------
    RecordingError
        If the file is not such a file or is damaged.
    """
    arrays = read_arrays(path, FORMAT, VERSION, "scores")
    try:
        classes = tuple(str(name) for name in arrays["classes"])
        return Scores(arrays["values"], float(arrays["start"]), float(arrays["step"]), classes)
    except (ParameterError, KeyError) as error:
        raise RecordingError(f"holds scores that do not fit together: {error}", file=path) from error
    except (ValueError, TypeError) as error:
        raise RecordingError("is not a file of scores, or is damaged", file=path) from error
