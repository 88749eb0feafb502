from __future__ import annotations

import hashlib
import os
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from ictal.apps.server.shelf import Shelf, UnknownRecordingError, UnreachableError, identify
from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.recording import Recording
from ictal.io.discover import find_recordings
from ictal.io.edf_write import write_edf


@pytest.fixture
def two(tmp_path: Path, quiet: Path) -> Path:
    """A folder of two recordings, the second one longer."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(quiet, folder / "a.edf")
    signal = np.zeros((2, 30 * 64))
    write_edf(folder / "b.edf", Recording.from_array(signal, 64.0, ["C3", "C4"]))
    return folder


def shelf_of(folder: Path) -> Shelf:
    return Shelf({found: f"recording {number}" for number, found in enumerate(find_recordings([folder]), start=1)})


def test_ids_say_nothing_and_stay(two: Path) -> None:
    shelf = shelf_of(two)
    assert [place.name for place in shelf.places] == ["a", "b"]
    assert [place.id for place in shelf.places] == [hashlib.sha256(name).hexdigest()[:12] for name in (b"a", b"b")]
    assert shelf.holds(identify("a")) and not shelf.holds("a")


@pytest.mark.parametrize("id", ["", "..", "a", "b.edf", "/etc/passwd", "0" * 12, "a\0"])
def test_an_unknown_id_is_refused(two: Path, id: str) -> None:
    with pytest.raises(UnknownRecordingError):
        shelf_of(two).find(id)


def test_a_recording_is_opened_once(two: Path) -> None:
    place = shelf_of(two).places[0]
    assert place.open() is place.open()


def test_a_disk_that_goes_comes_back(two: Path) -> None:
    place = shelf_of(two).places[0]
    before = place.open()
    away = two.with_name("away")
    two.rename(away)
    for _ in range(2):
        with pytest.raises(UnreachableError, match=r"recording 1: cannot be reached: No such file"):
            place.open()
    away.rename(two)
    assert place.open() is before


def test_another_file_is_opened_anew(two: Path) -> None:
    place = shelf_of(two).places[0]
    assert place.open().duration == 20.0
    shutil.copy(two / "b.edf", two / "a.edf")
    assert place.open().duration == 30.0


def test_a_damaged_file_is_told_and_can_be_mended(two: Path) -> None:
    whole = (two / "a.edf").read_bytes()
    (two / "a.edf").write_bytes(b"0       " + b"?" * 300)
    place = shelf_of(two).places[0]
    for _ in range(2):
        with pytest.raises(RecordingError, match="recording 1: ") as refused:
            place.open()
        assert str(two) not in str(refused.value)
    (two / "a.edf").write_bytes(whole)
    assert place.open().duration == 20.0


def test_no_file_stops_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(b"")
    (tmp_path / "b.set").write_bytes(os.urandom(500))
    (tmp_path / "c.fif").write_bytes(os.urandom(500))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        for place in shelf_of(tmp_path).places:
            with pytest.raises(RecordingError, match=place.title):
                place.open()
