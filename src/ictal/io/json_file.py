"""JSON files of our own, which say what they are and which version of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ictal.core.errors import RecordingError


def read_json_file(path: Path | str, what: str, file_format: str, version: int) -> dict[str, Any]:
    """Return the content of a file whose ``format`` and ``version`` are those expected.

    Parameters
    ----------
    path : path
    what : str
        What the file is, for messages: ``"an events file"``.
    file_format : str
        What ``format`` must say.
    version : int
        What ``version`` must say.

    Raises
    ------
    RecordingError
        If the file is not there, cannot be read, is not JSON, or is something else.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     n = Path(folder, "a.json").write_text('{"format": "a list", "version": 1, "names": []}')
    ...     read_json_file(f"{folder}/a.json", "a list", "a list", 1)["names"]
    []
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
    except ValueError:
        raise RecordingError("is not JSON", file=path) from None
    if not isinstance(content, dict) or content.get("format") != file_format:
        raise RecordingError(f"is not {what}; 'format' must be {file_format!r}", file=path)
    if content.get("version") != version:
        problem = f"{content.get('version')!r} is not allowed; this release reads version {version}"
        raise RecordingError(problem, file=path, field="version")
    return content
