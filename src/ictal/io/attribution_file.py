"""Attributions on disk: one ``.npz`` of plain arrays, no pickle."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError, RecordingError
from ictal.io.npz_file import read_arrays, write_arrays

FORMAT = "ictal-attribution"
VERSION = 1


def write_attribution(path: Path | str, attribution: Attribution) -> None:
    """Write an attribution so that :func:`read_attribution` and ``numpy.load`` can read it.

    The arrays are ``format``, ``version``, ``values`` (n_leads, n_frequencies, n_times) in single precision, ``start``
    and ``step`` in seconds, ``leads``, ``frequencies`` in Hz and ``method``.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> found = Attribution([[[1.0, 3.0]]], 60.0, 0.5, ("F7-T7",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_attribution(f"{folder}/a.npz", found)
    ...     read_attribution(f"{folder}/a.npz").of_times
    array([0.25, 0.75])
    """
    arrays = {
        "values": attribution.values.astype(np.float32),
        "start": attribution.start,
        "step": attribution.step,
        "leads": np.array(attribution.leads, dtype=np.str_),
        "frequencies": np.array(attribution.frequencies, dtype=np.float64),
        "method": attribution.method,
    }
    write_arrays(path, FORMAT, VERSION, arrays)


def read_attribution(path: Path | str) -> Attribution:
    """Read what :func:`write_attribution` wrote.

    Raises
    ------
    RecordingError
        If the file is not such a file or is damaged.
    """
    arrays = read_arrays(path, FORMAT, VERSION, "attribution")
    try:
        return Attribution(
            arrays["values"],
            float(arrays["start"]),
            float(arrays["step"]),
            tuple(str(lead) for lead in arrays["leads"]),
            tuple(float(hertz) for hertz in arrays["frequencies"]),
            str(arrays["method"]),
        )
    except (ParameterError, KeyError, ValueError, TypeError) as error:
        raise RecordingError(f"holds an attribution that does not fit together: {error}", file=path) from error
