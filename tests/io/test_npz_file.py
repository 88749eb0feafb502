"""Files of plain arrays: told apart by name and version, never unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.io.npz_file import read_arrays, write_arrays


def test_arrays_come_back_with_their_types(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", "ictal-example", 3, {"values": np.float32([1, 2]), "names": ["a", "bc"]})
    arrays = read_arrays(tmp_path / "a.npz", "ictal-example", 3, "examples")
    assert arrays["values"].dtype == np.float32
    assert arrays["names"].tolist() == ["a", "bc"]


@pytest.mark.parametrize(
    ("format", "version", "problem"),
    [("other", 3, "holds no examples of ictal"), ("ictal-example", 2, "version: 3 is not allowed.*reads version 2")],
)
def test_another_kind_or_version_is_refused(tmp_path: Path, format: str, version: int, problem: str) -> None:
    write_arrays(tmp_path / "a.npz", "ictal-example", 3, {})
    with pytest.raises(RecordingError, match=problem):
        read_arrays(tmp_path / "a.npz", format, version, "examples")


def test_what_would_run_code_is_neither_written_nor_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        write_arrays(tmp_path / "a.npz", "ictal-example", 3, {"values": np.array([{}], dtype=object)})
    np.savez(tmp_path / "b.npz", format="ictal-example", version=3, values=np.array([{}], dtype=object))
    with pytest.raises(RecordingError, match="is not a file of examples, or is damaged"):
        read_arrays(tmp_path / "b.npz", "ictal-example", 3, "examples")


def test_a_cut_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, "ictal-example", 3, {"values": np.arange(1000)})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecordingError, match="damaged"):
        read_arrays(path, "ictal-example", 3, "examples")
