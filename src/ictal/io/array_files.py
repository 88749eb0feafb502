"""The files in which numerical software keeps arrays, as named arrays of which a part can be read.

``.npy``, ``.npz``, ``.mat`` (of any version), ``.h5`` and ``.hdf5``. Nothing that a file could run is ever run: arrays
of Python objects, which are pickles, are refused.
"""

from __future__ import annotations

import abc
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError

SUFFIXES = (".npy", ".npz", ".mat", ".h5", ".hdf5")

Index = tuple[slice, ...]

_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MATLAB_PREFIX = 512
"""Bytes that MATLAB puts before the HDF5 of version 7.3."""
_MATLAB_REAL = {"double", "single", "logical", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
_DAMAGED = (OSError, EOFError, ValueError, TypeError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What the readers of these formats raise where a file is not as it should be."""


class ArrayFile(abc.ABC):
    """A file with named arrays; only what is asked for is read.

    Nothing is held open, so that it may be pickled and read by many threads at once.

    Attributes
    ----------
    path : Path
    shapes : mapping of str to tuple of int
        The arrays of real numbers, by name.
    """

    path: Path
    shapes: Mapping[str, tuple[int, ...]]

    @abc.abstractmethod
    def take(self, name: str, index: Index) -> NDArray[Any]:
        """Return a part of an array of numbers, one slice for each axis."""

    @abc.abstractmethod
    def find(self, keys: Iterable[str], beside: str = "") -> Any:
        """Return what a small entry says: a number, a text, a list of texts or an array; ``None`` if there is none.

        Parameters
        ----------
        keys : iterable of str
            Names in small letters, in the order in which they are looked for; the file may spell them in capitals.
        beside : str
            The array that the entry is about, in files that group their arrays.
        """

    def read(self, name: str) -> NDArray[Any]:
        """Return a whole array."""
        return self.take(name, (slice(None),) * len(self.shapes[name]))


def open_array_file(path: Path | str) -> ArrayFile:
    """Open a file of one of the formats in :data:`SUFFIXES`; its content decides which kind of ``.mat`` it is.

    Raises
    ------
    RecordingError
        If there is no such file, it is of another format or damaged, or a package that is needed is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/night.npz", data=np.arange(8.0).reshape(2, 4), fs=4.0)
    ...     night = open_array_file(f"{folder}/night.npz")
    ...     night.shapes["data"], night.find(["fs"]), night.take("data", (slice(1, 2), slice(0, 2))).tolist()
    ((2, 4), 4.0, [[4.0, 5.0]])
    """
    file = Path(path)
    if not file.is_file():
        raise RecordingError("is a folder" if file.is_dir() else "there is no such file", file=file)
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise RecordingError(f"is of no known format of arrays; known are {', '.join(SUFFIXES)}", file=file)
    if suffix == ".mat":
        return Hdf5File(file, reverse=True) if is_hdf5(file) else MatFile(file)
    return {".npy": NpyFile, ".npz": NpzFile}.get(suffix, Hdf5File)(file)


def is_hdf5(path: Path) -> bool:
    """Whether a file is HDF5, which MATLAB writes from version 7.3 on."""
    with path.open("rb") as file:
        head = file.read(_MATLAB_PREFIX + len(_HDF5_SIGNATURE))
    return head.startswith(_HDF5_SIGNATURE) or head[_MATLAB_PREFIX:] == _HDF5_SIGNATURE


class NpyFile(ArrayFile):
    """A ``.npy`` file: one array, which is called ``data``, mapped into memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with reading(path):
            array = self._map()
        self.shapes = {"data": array.shape} if is_real(array.dtype) else {}

    def take(self, name: str, index: Index) -> NDArray[Any]:
        with reading(self.path):
            return np.asarray(self._map()[index])

    def find(self, keys: Iterable[str], beside: str = "") -> Any:
        return None

    def _map(self) -> NDArray[Any]:
        return np.lib.format.open_memmap(self.path, mode="r")


class NpzFile(ArrayFile):
    """A ``.npz`` file: arrays that are not compressed are mapped into memory; others are read whole, once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loaded: dict[str, NDArray[Any]] = {}
        with reading(path), zipfile.ZipFile(path) as archive:
            self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            headers = {}
            for name, info in self._members.items():
                with archive.open(info) as member:
                    headers[name] = read_npy_header(member)
        self.shapes = {name: shape for name, (shape, _, dtype) in headers.items() if is_real(dtype)}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_loaded": {}}

    def take(self, name: str, index: Index) -> NDArray[Any]:
        with reading(self.path):
            if self._members[name].compress_type == zipfile.ZIP_STORED:
                return np.asarray(self._map(name)[index])
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name][index]

    def find(self, keys: Iterable[str], beside: str = "") -> Any:
        name = find_key(self._members, keys)
        if name is None:
            return None
        with reading(self.path):
            return simplify(self._load(name))

    def _load(self, name: str) -> NDArray[Any]:
        with np.load(self.path, allow_pickle=False) as archive:
            return archive[name]  # type: ignore[no-any-return]

    def _map(self, name: str) -> NDArray[Any]:
        with self.path.open("rb") as file:
            file.seek(self._members[name].header_offset + 26)
            name_length, extra_length = np.frombuffer(file.read(4), "<u2").tolist()
            file.seek(name_length + extra_length, 1)
            shape, is_fortran, dtype = read_npy_header(file)
            order = "F" if is_fortran else "C"
            return np.memmap(self.path, dtype, "r", file.tell(), shape, order)  # type: ignore[call-overload,no-any-return]


class MatFile(ArrayFile):
    """A ``.mat`` file up to version 7: sizes are known at once, each array is read whole when it is first needed."""

    def __init__(self, path: Path) -> None:
        from scipy.io import whosmat
        from scipy.io.matlab import MatReadError

        self.path = path
        self._loaded: dict[str, NDArray[Any]] = {}
        with reading(path, MatReadError):
            found = whosmat(path)
        self._names = [name for name, _, _ in found]
        self.shapes = {name: tuple(shape) for name, shape, kind in found if kind in _MATLAB_REAL}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_loaded": {}}

    def take(self, name: str, index: Index) -> NDArray[Any]:
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name][index]

    def find(self, keys: Iterable[str], beside: str = "") -> Any:
        name = find_key(self._names, keys)
        return None if name is None else simplify(self._load(name))

    def _load(self, name: str) -> NDArray[Any]:
        from scipy.io import loadmat
        from scipy.io.matlab import MatReadError

        with reading(self.path, MatReadError):
            return np.asarray(loadmat(self.path, variable_names=[name])[name])


class Hdf5File(ArrayFile):
    """An HDF5 file, or a ``.mat`` of version 7.3, whose axes are turned round to what MATLAB shows.

    Parameters
    ----------
    path : Path
    reverse : bool
        Whether the axes are stored in reverse.

    Raises
    ------
    RecordingError
        If h5py is not installed.
    """

    def __init__(self, path: Path, *, reverse: bool = False) -> None:
        self.path = path
        self._step = -1 if reverse else 1
        self.shapes = {}
        with self._open() as file:
            file.visititems(self._note)

    def take(self, name: str, index: Index) -> NDArray[Any]:
        with self._open() as file:
            part = np.asarray(file[name][index[:: self._step]])
        return part.T if self._step < 0 else part

    def find(self, keys: Iterable[str], beside: str = "") -> Any:
        """Look beside the array and at its attributes, then in the group around it, up to the file itself."""
        wanted = tuple(keys)
        with self._open() as file:
            places = [file[beside], file[beside].parent] if beside else [file]
            while places[-1].name != "/":
                places.append(places[-1].parent)
            for place in places:
                name = find_key(place.attrs, wanted)
                if name is not None:
                    return simplify(np.asarray(place.attrs[name]))
                entry = find_key(place, wanted) if hasattr(place, "keys") else None
                if entry is not None and hasattr(place[entry], "shape"):
                    return self._decode(place[entry])
        return None

    def _note(self, name: str, entry: Any) -> None:
        dtype = getattr(entry, "dtype", None)
        if dtype is not None and is_real(dtype) and not name.startswith("#") and entry.shape is not None:
            self.shapes = {**self.shapes, name: tuple(entry.shape[:: self._step])}

    def _decode(self, entry: Any) -> Any:
        if entry.attrs.get("MATLAB_class") == b"char":
            return "".join(map(chr, np.asarray(entry).ravel()))
        return simplify(np.asarray(entry).T if self._step < 0 else np.asarray(entry))

    @contextmanager
    def _open(self) -> Iterator[Any]:
        try:
            import h5py
        except ImportError:
            raise RecordingError('needs h5py; install it with: pip install "ictal[formats]"', file=self.path) from None
        with reading(self.path), h5py.File(self.path, "r") as file:
            yield file


def read_npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, whether the first axis runs fastest, and type, from where an array in the form of NumPy begins."""
    version = np.lib.format.read_magic(file)
    read: Callable[..., Any] = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    return read(file)  # type: ignore[no-any-return]


def find_key(names: Iterable[str], keys: Iterable[str]) -> str | None:
    """Return the first of some keys that is among the names, in capital or small letters, as it is spelled there.

    Examples
    --------
    >>> find_key(["Data", "FS"], ["sampling_rate", "fs"])
    'FS'
    """
    spelled = {name.lower(): name for name in names}
    return next((spelled[key] for key in keys if key in spelled), None)


def simplify(array: NDArray[Any]) -> Any:
    """Return what an array of one says as a number or a text, several texts as a list, and numbers as they are.

    Examples
    --------
    >>> simplify(np.array([[256]])), simplify(np.array(["C3", "C4 "])), simplify(np.array([b"uV"]))
    (256, ['C3', 'C4'], 'uV')
    """
    if array.dtype.kind in "SUO":
        texts = [text for cell in array.ravel() for text in read_texts(cell)]
        return texts[0] if len(texts) == 1 else texts
    return array.item() if array.size == 1 else array


def read_texts(cell: Any) -> list[str]:
    """Return the texts in one cell of an array; cells of MATLAB hold arrays of texts."""
    if isinstance(cell, np.ndarray):
        return [text for inner in cell.ravel() for text in read_texts(inner)]
    return [(cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).strip()]


def is_real(dtype: np.dtype[Any]) -> bool:
    """Whether a type holds whole or real numbers, or truth values."""
    return dtype.kind in "iufb"


@contextmanager
def reading(path: Path, *also: type[Exception]) -> Iterator[None]:
    """What readers raise on a damaged file, and `also`, becomes a :class:`RecordingError` that names it."""
    try:
        yield
    except _DAMAGED + also as error:
        said = " ".join(str(error).split())
        if "allow_pickle" in said or "Python objects" in said:
            raise RecordingError("holds Python objects, which are not read; save numbers or texts", file=path) from None
        raise RecordingError(f"cannot be read: {said}", file=path) from error
