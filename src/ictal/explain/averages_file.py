"""Average explanations on disk: arrays as they come, what they are of beside them, and a table of their shares."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError, RecordingError
from ictal.explain.averages import AverageAttribution
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.json_file import read_json_file

FORMAT, VERSION = "ictal-averages", 1
FACTS, ARRAYS, TABLE = "averages.json", "averages.npz", "averages.tsv"

COLUMNS = ("class", "category", "subject", "part", "name", "share", "n_windows", "n_subjects")
ALL = "(all subjects)"


class AveragesWriter:
    """Writes averages one by one, and keeps none of them; made by :func:`open_averages`.

    Parameters
    ----------
    archive : ZipFile
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.rows: list[dict[str, Any]] = []
        self.lines: list[tuple[str, ...]] = []
        self.axes: dict[str, Any] = {}
        self._archive = archive

    def add(self, average: AverageAttribution) -> None:
        """Write one more."""
        number, mean = len(self.rows), average.mean
        for name, values in (("mean", mean.values), ("standard_error", average.standard_error)):
            with self._archive.open(f"{number}_{name}.npy", "w") as member:
                np.lib.format.write_array(member, values.astype(np.float32), allow_pickle=False)
        self.rows.append(_encode_row(average))
        self.lines += _format_shares(average)
        if not self.axes:
            self.axes = _encode_axes(mean)


@contextmanager
def open_averages(folder: Path, facts: Mapping[str, Any]) -> Iterator[AveragesWriter]:
    """Open the three files of averages; they appear when all has been added.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    facts : mapping
        What is true of all of them, as JSON can hold it; what is added to it meanwhile is written too.

    Raises
    ------
    OutputError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> mean = Attribution([[[0.25, 0.75]]], 0.0, 1.0, method="saliency")
    >>> with open_averages(folder, {"seed": 0}) as writer:
    ...     writer.add(AverageAttribution("hit", "sz", None, mean, np.zeros((1, 1, 2)), 7, 3))
    >>> (average,) = read_averages(folder)
    >>> average.category, average.mean.values.tolist(), average.n_subjects
    ('hit', [[[0.25, 0.75]]], 3)
    """
    path = ensure_folder(folder) / ARRAYS
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        writer = AveragesWriter(archive)
        yield writer
    content = {"format": FORMAT, "version": VERSION, **facts, **writer.axes, "averages": writer.rows}
    with atomic_write(folder / FACTS, "w") as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    with atomic_write(folder / TABLE, "w") as file:
        file.writelines("\t".join(line) + "\n" for line in (COLUMNS, *writer.lines))


def read_averages(folder: Path) -> Iterator[AverageAttribution]:
    """Read what was written with :func:`open_averages`, one by one and in single precision.

    Raises
    ------
    RecordingError
        If the folder holds no averages, or a file is damaged.
    """
    content = read_json_file(folder / FACTS, "a file of averages", FORMAT, VERSION)
    try:
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            for number, row in enumerate(content["averages"]):
                yield _decode(content, row, arrays[f"{number}_mean"], arrays[f"{number}_standard_error"])
    except (OSError, KeyError, ValueError, TypeError, ParameterError, zipfile.BadZipFile) as problem:
        raise RecordingError(f"is missing, damaged or of another {FACTS}: {problem}", file=folder / ARRAYS) from None


def _encode_axes(mean: Attribution) -> dict[str, Any]:
    return {
        "method": mean.method,
        "leads": list(mean.leads),
        "frequencies": list(mean.frequencies),
        "start": mean.start,
        "step": mean.step,
        "shape": list(mean.values.shape),
    }


def _encode_row(average: AverageAttribution) -> dict[str, Any]:
    return {
        "class": average.class_name,
        "category": average.category,
        "subject": average.subject,
        "n_windows": average.n_windows,
        "n_subjects": average.n_subjects,
    }


def _decode(
    content: Mapping[str, Any], row: Mapping[str, Any], mean: NDArray[Any], error: NDArray[Any]
) -> AverageAttribution:
    attribution = Attribution(
        mean,
        content["start"],
        content["step"],
        tuple(content["leads"]),
        tuple(content["frequencies"]),
        content["method"],
    )
    return AverageAttribution(
        category=row["category"],
        class_name=row["class"],
        subject=row["subject"],
        mean=attribution,
        standard_error=np.asarray(error, dtype=np.float64),
        n_windows=row["n_windows"],
        n_subjects=row["n_subjects"],
    )


def _format_shares(average: AverageAttribution) -> list[tuple[str, ...]]:
    """Return the lines of the table for one average: the share of each lead, and of each band."""
    mean = average.mean
    shares = [("lead", name, share) for name, share in zip(mean.leads, mean.of_leads.tolist(), strict=True)]
    shares += [("band", name, share) for name, share in mean.of_bands.items()]
    subject = ALL if average.subject is None else average.subject
    head, counts = (average.class_name, average.category, subject), (average.n_windows, average.n_subjects)
    return [(*head, part, name, f"{share:.6f}", *map(str, counts)) for part, name, share in shares]
