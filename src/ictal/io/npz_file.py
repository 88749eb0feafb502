"""Files of plain arrays: what all kinds of them have in common."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError
from ictal.io.atomic import atomic_write


def write_arrays(path: Path | str, format: str, version: int, arrays: Mapping[str, Any]) -> None:
    """Write arrays as one ``.npz``, with the name and the version of what they are.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    kept = {name: np.asarray(values) for name, values in arrays.items()}
    with atomic_write(path) as file:
        np.savez_compressed(file, allow_pickle=False, format=np.array(format), version=np.array(version), **kept)


def read_arrays(path: Path | str, format: str, version: int, what: str) -> dict[str, NDArray[Any]]:
    """Read what :func:`write_arrays` wrote.

    Parameters
    ----------
    path : path or str
    format, version
        Of what it must be.
    what : str
        What it holds, for messages.

    Raises
    ------
    RecordingError
        If the file is not such a file or is damaged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(f"{folder}/a.npz", "ictal-example", 1, {"values": [1.0, 2.0]})
    ...     read_arrays(f"{folder}/a.npz", "ictal-example", 1, "examples")["values"]
    array([1., 2.])
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if "format" not in archive or str(archive["format"]) != format:
                raise RecordingError(f"holds no {what} of ictal", file=path)
            if int(archive["version"]) != version:
                problem = f"{int(archive['version'])} is not allowed; this release reads version {version}"
                raise RecordingError(problem, file=path, field="version")
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except (OSError, EOFError, MemoryError, ValueError, TypeError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise RecordingError(f"is not a file of {what}, or is damaged", file=path) from error
