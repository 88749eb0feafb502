"""Scores on disk: one ``.npz`` of plain arrays, no pickle."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.scores import Scores
from ictal.io.atomic import atomic_write

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
    with atomic_write(path) as file:
        np.savez_compressed(
            file,
            format=np.array(FORMAT),
            version=np.array(VERSION),
            values=single if lossless else scores.values,
            start=np.array(scores.start),
            step=np.array(scores.step),
            classes=np.array(scores.classes, dtype=np.str_),
        )


def read_scores(path: Path | str) -> Scores:
    """Read what :func:`write_scores` wrote.

    Raises
    ------
    RecordingError
        If the file is not such a file or is damaged.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if "format" not in archive or str(archive["format"]) != FORMAT:
                raise RecordingError("holds no scores of ictal", file=path)
            if int(archive["version"]) != VERSION:
                problem = f"{int(archive['version'])} is not allowed; this release reads version {VERSION}"
                raise RecordingError(problem, file=path, field="version")
            classes = tuple(str(name) for name in archive["classes"])
            return Scores(archive["values"], float(archive["start"]), float(archive["step"]), classes)
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except (ParameterError, KeyError) as error:
        raise RecordingError(f"holds scores that do not fit together: {error}", file=path) from error
    except (OSError, EOFError, MemoryError, ValueError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise RecordingError("is not a file of scores, or is damaged", file=path) from error
