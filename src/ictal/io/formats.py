"""Every format of recordings that ictal reads, and one way to open them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.core.tables import Table
from ictal.io.animals import pick_channels

FORMATS = Table(
    "format",
    {
        ".edf": "ictal.io.edf:read_edf",
        ".bdf": "ictal.io.edf:read_edf",
        ".vhdr": "ictal.io.mne_bridge:read_with_mne",
        ".set": "ictal.io.mne_bridge:read_with_mne",
        ".fif": "ictal.io.mne_bridge:read_with_mne",
        ".fif.gz": "ictal.io.mne_bridge:read_with_mne",
        ".gdf": "ictal.io.mne_bridge:read_with_mne",
        ".eeg": "ictal.io.mne_bridge:read_with_mne",
    },
)
"""Suffix → function that takes a path and returns a recording. ``.eeg`` is Nihon Kohden's, unless it belongs to a
``.vhdr`` of BrainVision."""

_MAIN_FILES = {".eeg": ".vhdr", ".vmrk": ".vhdr", ".fdt": ".set"}
_MAGIC = (b"0       ", b"\xffBIOSEMI")


def read(path: Path | str, *, channels: Sequence[str] | None = None) -> Recording:
    """Open a recording of any known format; the signal stays on disk until it is asked for.

    The suffix says which format it is, in capital or small letters. EDF and BDF are known by their content too,
    whatever their name.

    Parameters
    ----------
    path : path
        The file; of a recording in several files any of them.
    channels : sequence of str, optional
        Labels as the file spells them; all channels where not given.

    Returns
    -------
    Recording
        In µV.

    Raises
    ------
    RecordingError
        If the file is missing, of no known format, or cannot be read; or a channel is not in it.
    """
    file = main_file(Path(path))
    suffix = known_suffix(file)
    if file.is_dir():
        raise RecordingError("is a folder; give the file of one recording", file=path)
    if not file.exists():
        gone = "is a link to a file that is not here" if file.is_symlink() else "there is no such file"
        raise RecordingError(gone, file=path)
    if suffix not in (".edf", ".bdf") and _looks_like_edf(file):
        suffix = ".edf"
    if suffix is None:
        raise RecordingError(f"is of no known format; known are {', '.join(FORMATS)}", file=path)
    recording: Recording = FORMATS.load(suffix)(file)
    return recording if channels is None else pick_channels(recording, channels)


def known_suffix(path: Path) -> str | None:
    """Return the suffix of a known format that a name ends in, or ``None``.

    Examples
    --------
    >>> known_suffix(Path("night.EDF")), known_suffix(Path("a_raw.fif.gz")), known_suffix(Path("notes.txt"))
    ('.edf', '.fif.gz', None)
    """
    name = path.name.lower()
    return max((suffix for suffix in FORMATS if name.endswith(suffix)), key=len, default=None)


def main_file(path: Path) -> Path:
    """Return the file to open for a recording that is spread over several, and every other path as it is.

    The header goes for the samples and markers beside it: ``.vhdr`` for ``.eeg`` and ``.vmrk``, ``.set`` for ``.fdt``.
    """
    suffix = _MAIN_FILES.get(path.suffix.lower())
    if suffix is None:
        return path
    headers = (path.with_suffix(spelled) for spelled in (suffix, suffix.upper()))
    return next((header for header in headers if header.exists()), path)


def _looks_like_edf(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(8) in _MAGIC
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=file) from error
