"""The key of a signal changes with every byte and every setting, and with nothing else."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.data.fingerprint import (
    SEEN_FILE,
    SeenInput,
    add_seen,
    find_files,
    hash_input,
    make_key,
    read_seen,
    take_stamp,
    write_seen,
)
from ictal.preprocessing.chain import Chain

CHAIN = Chain(steps=[{"step": "montage"}, {"step": "low-pass", "cutoff": 40.0}])


def test_the_hash_of_a_file_is_the_one_that_owners_publish(tmp_path: Path) -> None:
    file = tmp_path / "night.edf"
    file.write_bytes(b"a seizure" * 100_000)
    assert hash_input(file) == hashlib.sha256(b"a seizure" * 100_000).hexdigest()


def test_place_and_name_do_not_count_and_bytes_do(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(b"signal")
    (tmp_path / "there").mkdir()
    shutil.copy(tmp_path / "a.edf", tmp_path / "there" / "b.edf")
    (tmp_path / "c.edf").write_bytes(b"signal.")
    first, moved, other = (hash_input(tmp_path / name) for name in ("a.edf", "there/b.edf", "c.edf"))
    assert first == moved != other


def test_every_file_of_a_recording_counts(tmp_path: Path) -> None:
    (tmp_path / "night.vhdr").write_bytes(b"[Common Infos]\r\nDataFile=$b.dat\r\n")
    samples = tmp_path / "night.dat"
    samples.write_bytes(b"1")
    before = hash_input(tmp_path / "night.vhdr")
    assert find_files(tmp_path / "night.vhdr") == (tmp_path / "night.vhdr", samples)
    samples.write_bytes(b"2")
    assert hash_input(tmp_path / "night.vhdr") != before
    assert len(take_stamp(tmp_path / "night.vhdr")) == 2


def test_the_later_parts_of_a_fif_file_count(tmp_path: Path) -> None:
    names = ("a_raw.fif", "a_raw-1.fif", "b_split-01_eeg.fif", "b_split-02_eeg.fif", "c.set", "c.fdt")
    for name in names:
        (tmp_path / name).touch()
    for first, second in zip(names[::2], names[1::2], strict=True):
        assert [file.name for file in find_files(tmp_path / first)] == [first, second]


def test_a_stamp_notices_a_change_and_a_missing_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "night.edf"
    file.write_bytes(b"signal")
    before = take_stamp(file)
    os.utime(file, ns=(0, before[0][1] + 1))
    assert take_stamp(file) != before
    for work in (take_stamp, hash_input):
        with pytest.raises(RecordingError, match=r"none.edf: cannot be read: No such file"):
            work(tmp_path / "none.edf")


def test_the_key_depends_on_input_channels_and_every_setting() -> None:
    keys = {
        make_key("00", (), CHAIN),
        make_key("01", (), CHAIN),
        make_key("00", ("EEG1",), CHAIN),
        make_key("00", (), Chain(steps=[*CHAIN.steps[::-1]])),
        make_key("00", (), Chain(steps=[{"step": "montage"}, {"step": "low-pass", "cutoff": 41.0}])),
        make_key("00", (), Chain(steps=[{"step": "montage", "missing": "mask"}, {"step": "low-pass", "cutoff": 40.0}])),
    }
    assert len(keys) == 6


def test_a_default_that_is_spelled_out_is_the_same_setting() -> None:
    spelled = Chain(steps=[{"step": "montage", "to": "double-banana"}, {"step": "low-pass", "cutoff": 40, "order": 4}])
    assert make_key("00", (), spelled) == make_key("00", (), CHAIN)


def test_hashes_are_kept_line_by_line_and_a_torn_line_is_no_loss(tmp_path: Path) -> None:
    first, second = SeenInput("a", ((1, 2),), "aa"), SeenInput("b", ((3, 4), (5, 6)), "bb")
    assert read_seen(tmp_path) == {}
    write_seen(tmp_path, [first])
    add_seen(tmp_path, second)
    assert read_seen(tmp_path) == {"a": first, "b": second}
    text = (tmp_path / SEEN_FILE).read_text()
    (tmp_path / SEEN_FILE).write_text(text[:-5])
    assert read_seen(tmp_path) == {"a": first}
    (tmp_path / SEEN_FILE).write_bytes(b"\xff\xfe[1]\n")
    assert read_seen(tmp_path) == {}
