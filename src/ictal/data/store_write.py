"""Signals go into a store: each once, whole or not at all, under the key of what it depends on."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ictal.core.errors import OutputError, RecordingError
from ictal.core.recording import Recording
from ictal.data.fingerprint import hash_file
from ictal.data.manifest import SignalRow, decode_signal, encode_signal
from ictal.data.tiles import count_bytes, count_tiles, encode_header, iterate_tiles, lay_out
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.montage import find_montage_report

if sys.platform != "win32":
    import fcntl

SIGNALS = "signals"
_LOCK_FILE = ".lock"


def signal_path(folder: Path, key: str) -> Path:
    """Return the file of a signal."""
    return folder / SIGNALS / f"{key}.npy"


def _facts_path(folder: Path, key: str) -> Path:
    return folder / SIGNALS / f"{key}.json"


def write_signal(folder: Path, key: str, input_hash: str, source: Recording, chain: Chain) -> SignalRow:
    """Run a recording through a chain into a store, block by block.

    Parameters
    ----------
    folder : Path
        Of the store.
    key, input_hash : str
        From :mod:`ictal.data.fingerprint`.
    source : Recording
        As it was read.
    chain : Chain

    Returns
    -------
    SignalRow
        What is known of the signal, for :func:`finish_signal`.

    Raises
    ------
    RecordingError
        If the recording cannot be read, or the chain makes no numbers of it.
    ParameterError
        If the chain does not fit the recording.
    OutputError
        If the system refuses to write.
    """
    recording = chain.apply(source)
    n_tiles = count_tiles(lay_out(recording.segments))
    if n_tiles == 0:
        raise RecordingError("holds no signal", file=source.source)
    digest = hashlib.sha256()
    with atomic_write(signal_path(folder, key)) as file:
        for piece in _pieces(recording, source, n_tiles):
            digest.update(piece)
            file.write(piece)
    report = find_montage_report(recording)
    return SignalRow(
        key=key,
        input=input_hash,
        sha256=digest.hexdigest(),
        channels=recording.channels,
        sampling_rate=recording.sampling_rate,
        n_samples=recording.n_samples,
        gaps=recording.gaps,
        interpolated=() if report is None else report.interpolated,
        masked=() if report is None else report.masked,
        notes=recording.notes,
    )


def finish_signal(folder: Path, facts: SignalRow) -> None:
    """Write what is known of a signal beside it; without that it counts as not finished.

    Raises
    ------
    OutputError
        If the system refuses to write.
    """
    with atomic_write(_facts_path(folder, facts.key), "w") as file:
        file.write(encode_signal(facts))


def _pieces(recording: Recording, source: Recording, n_tiles: int) -> Iterator[bytes | memoryview]:
    yield encode_header(n_tiles, len(recording.channels))
    for tiles in iterate_tiles(recording, source):
        yield tiles.data.cast("B")


def find_signal(folder: Path, key: str, *, verify: bool = False) -> SignalRow | None:
    """Return what is known of a signal that is there and whole, or ``None``.

    Parameters
    ----------
    folder : Path
        Of the store.
    key : str
    verify : bool
        Read the whole file and compare its hash; otherwise only its size.
    """
    facts = decode_signal(_facts_path(folder, key))
    if facts is None or facts.key != key or find_damage(folder, facts, verify=verify) is not None:
        return None
    return facts


def was_finished(folder: Path, key: str) -> bool:
    """Whether a signal was there once, whatever has become of it."""
    return decode_signal(_facts_path(folder, key)) is not None


def find_damage(folder: Path, facts: SignalRow, *, verify: bool = True) -> str | None:
    """Return what is wrong with the file of a signal, or ``None``.

    Parameters
    ----------
    folder : Path
        Of the store.
    facts : SignalRow
    verify : bool
        Read the whole file and compare its hash; otherwise only its size.
    """
    path = signal_path(folder, facts.key)
    expected = signal_bytes(facts)
    try:
        found = path.stat().st_size
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if found != expected:
        return f"has {found} bytes and not {expected}"
    if verify:
        try:
            return None if hash_file(path) == facts.sha256 else "its bytes have changed since they were written"
        except RecordingError as error:
            return error.problem
    return None


def signal_bytes(facts: SignalRow) -> int:
    """Return how large the file of a signal is."""
    return count_bytes(count_tiles(lay_out(facts.segments)), len(facts.channels))


@contextlib.contextmanager
def open_for_writing(folder: Path) -> Iterator[None]:
    """Make a store that one process alone may write into, and remove what a run that was killed left half-written.

    Raises
    ------
    OutputError
        If the folder holds something else, cannot be written, or another process is writing into it.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / SIGNALS).is_dir():
        raise OutputError(f"{folder}: the folder is not empty and holds no store; choose another one.")
    ensure_folder(folder / SIGNALS)
    with _locked(folder):
        for place in (folder, folder / SIGNALS):
            for half in place.glob(".*.part"):
                half.unlink(missing_ok=True)
        yield


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock that the system takes back however this process ends; Windows has none."""
    with (folder / _LOCK_FILE).open("w") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                problem = "another process is preparing this store; wait for it, or choose another folder"
                raise OutputError(f"{folder}: {problem}.") from None
            except OSError:
                pass  # a file system without locks
        yield


def find_unlisted(folder: Path, listed: Iterable[SignalRow]) -> tuple[Path, ...]:
    """Return the files of signals that are not among those listed, such as those of another chain."""
    keys = {facts.key for facts in listed}
    return tuple(sorted(file for file in (folder / SIGNALS).iterdir() if file.stem not in keys))
