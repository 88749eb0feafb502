"""Pictures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ictal.io.atomic import atomic_write
from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENCODERS = {".png": style.encode_png, ".svg": style.encode_svg}


def write_figure(stem: Path, figure: Figure) -> tuple[Path, ...]:
    """Write a figure as PNG and as SVG, each file whole or not at all.

    Parameters
    ----------
    stem : Path
        Their path without the ending.
    figure : Figure

    Returns
    -------
    tuple of Path

    Raises
    ------
    OutputError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_figure(Path(folder, "event-1.5"), style.new_figure(10.0, 10.0))]
    ['event-1.5.png', 'event-1.5.svg']
    """
    files = []
    for ending, encode in ENCODERS.items():
        path = stem.with_name(stem.name + ending)
        with atomic_write(path) as file:
            file.write(encode(figure))
        files.append(path)
    return tuple(files)
