"""Arrays in the files of NumPy, MATLAB and HDF5: shapes, parts, small entries; refusals that name the file."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io

from ictal.core.errors import RecordingError
from ictal.io.array_files import find_key, is_hdf5, open_array_file

DATA = np.random.default_rng(0).normal(size=(3, 40))
LABELS = ["C3", "C4", "Cz"]


def write_npz(path: Path) -> None:
    np.savez(path, data=DATA, fs=200, channels=LABELS, unit="mV")


def write_compressed_npz(path: Path) -> None:
    np.savez_compressed(path, data=DATA, fs=200, channels=LABELS, unit="mV")


def write_mat5(path: Path) -> None:
    cells = np.array(LABELS, dtype=object)
    scipy.io.savemat(path, {"data": DATA, "fs": 200.0, "channels": cells, "unit": "mV"})


def write_mat73(path: Path) -> None:
    """As MATLAB saves with -v7.3: 512 bytes of its own, axes in reverse, letters as numbers."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file["data"] = DATA.T
        file["fs"] = np.array([[200.0]])
        file["unit"] = np.array([[ord("m")], [ord("V")]], np.uint16)
        file["unit"].attrs["MATLAB_class"] = np.bytes_("char")
        file["channels"] = np.array(LABELS, h5py.string_dtype())
        file["#refs#/a"] = np.ones(3)
    content = bytearray(path.read_bytes())
    content[:512] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512)
    path.write_bytes(content)


def write_h5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("night/7/data", data=DATA, compression="gzip")
        file["night/7"].attrs["fs"] = 200
        file["night"].attrs["unit"] = "mV"
        file.attrs["channels"] = LABELS


WRITERS: dict[str, Callable[[Path], None]] = {
    "a.npz": write_npz,
    "b.npz": write_compressed_npz,
    "c.mat": write_mat5,
    "d.mat": write_mat73,
    "e.h5": write_h5,
    "f.HDF5": write_h5,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_shapes_parts_and_small_entries(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    file = open_array_file(tmp_path / name)
    array = next(array for array in file.shapes if array.endswith("data"))
    assert file.shapes[array] == (3, 40)
    np.testing.assert_array_equal(file.read(array), DATA)
    np.testing.assert_array_equal(file.take(array, (slice(1, 3), slice(5, 11))), DATA[1:3, 5:11])
    assert file.find(["rate", "fs"], array) == 200
    assert file.find(["unit"], array) == "mV"
    assert list(file.find(["channels"], array)) == LABELS
    assert file.find(["nothing"], array) is None
    assert not any(shape == (3,) for shape in file.shapes.values())
    again = pickle.loads(pickle.dumps(file))  # noqa: S301
    np.testing.assert_array_equal(again.read(array), DATA)


def test_npy_is_one_array_called_data(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(DATA))
    file = open_array_file(tmp_path / "a.npy")
    assert dict(file.shapes) == {"data": (3, 40)}
    np.testing.assert_array_equal(file.take("data", (slice(0, 2), slice(None))), DATA[:2])
    assert file.find(["fs"]) is None


def test_an_array_in_an_npz_is_not_read_whole(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=np.asfortranarray(DATA), y=np.arange(3))
    part = open_array_file(tmp_path / "a.npz").take("data", (slice(0, 1), slice(0, 2)))
    assert isinstance(part.base, np.memmap) or isinstance(part, np.memmap)
    np.testing.assert_array_equal(part, DATA[:1, :2])


def test_a_vector_and_a_number_of_matlab_73_keep_their_shape(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["x"] = np.arange(5.0)[:, None]
    assert open_array_file(tmp_path / "a.mat").shapes["x"] == (1, 5)


class Bomb:
    def __reduce__(self) -> Any:
        return (print, ("this must never run",))


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_pickles_are_never_loaded(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    array = np.array([Bomb()], dtype=object)
    path = tmp_path / f"a.{suffix}"
    np.save(path, array) if suffix == "npy" else np.savez(path, channels=array)
    with pytest.raises(RecordingError, match=rf"a\.{suffix}: holds Python objects, which are not read"):
        open_array_file(path).find(["channels"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.mat", "a.h5"])
@pytest.mark.parametrize("content", [b"", b"no array at all" * 50, b"\x93NUMPY\x01\x00\xff"])
def test_what_is_damaged_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingError, match=rf"{name}: cannot be read"):
        open_array_file(tmp_path / name)


@pytest.mark.parametrize("name", WRITERS)
def test_files_cut_short_are_refused_when_opened_or_read(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) - 600])
    with pytest.raises(RecordingError, match=name):
        file = open_array_file(tmp_path / name)
        file.read(next(array for array in file.shapes if array.endswith("data")))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a\.npy: there is no such file"):
        open_array_file(tmp_path / "a.npy")
    (tmp_path / "a.txt").write_text("1 2 3")
    with pytest.raises(RecordingError, match=r"a\.txt: is of no known format of arrays; known are \.npy, \.npz"):
        open_array_file(tmp_path / "a.txt")
    with pytest.raises(RecordingError, match="is a folder"):
        open_array_file(tmp_path)


def test_without_h5py_the_message_says_what_to_install(tmp_path: Path) -> None:
    write_h5(tmp_path / "a.h5")
    code = (
        "import sys; sys.modules['h5py'] = None\n"
        "from ictal.io.array_files import open_array_file\n"
        f"try: open_array_file({str(tmp_path / 'a.h5')!r})\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("RecordingError")
    assert 'a.h5: needs h5py; install it with: pip install "ictal[formats]"' in done.stdout


def test_the_content_says_which_kind_of_mat_it_is(tmp_path: Path) -> None:
    write_mat5(tmp_path / "five.mat")
    write_mat73(tmp_path / "seven.mat")
    assert not is_hdf5(tmp_path / "five.mat")
    assert is_hdf5(tmp_path / "seven.mat")


def test_keys_are_found_in_any_case() -> None:
    assert find_key(["SRate", "Fs"], ["fs", "srate"]) == "Fs"
    assert find_key([], ["fs"]) is None
