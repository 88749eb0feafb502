"""Checkpoints: whole or not at all, of tensors and plain values, and of one training alone."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.loader import WindowLoader
from ictal.training.checkpoint import LAST, AtomicCheckpoints, find_checkpoint, make_fingerprint, read_standing


def make(loud: ModuleType, reader: Any = None, network: Any = None, **other: Any) -> dict[str, str]:
    reader = loud.LoudNights() if reader is None else reader
    network = loud.Loudness() if network is None else network
    return make_fingerprint(
        network, WindowLoader(reader, loud.cut_nights(reader)), loud.settings(**other), Augmentations()
    )


def changed(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def test_a_fingerprint_tells_what_the_weights_follow_from(loud: ModuleType) -> None:
    first = make(loud)
    assert changed(first, make(loud)) == set()
    assert changed(first, make(loud, n_workers=7)) == set()
    assert changed(first, make(loud, seed=1, threads=2)) == {"training.seed", "training.threads"}
    assert changed(first, make(loud, network=loud.Loudness(seed=1))) == {"network"}
    frozen = loud.Loudness()
    frozen.filters.requires_grad_(False)
    assert changed(first, make(loud, network=frozen)) == {"network"}
    louder = loud.LoudNights()
    louder.signal += 1e-3
    assert changed(first, make(loud, reader=louder)) == {"signal"}


def test_a_checkpoint_holds_no_objects(loud: ModuleType, tmp_path: Path) -> None:
    loud.fit_loudness(epochs=2, folder=tmp_path)
    content = torch.load(tmp_path / LAST, weights_only=True)
    assert content["callbacks"]["Epochs"]["finished"] is True
    standing = read_standing(tmp_path / LAST)
    assert [row["epoch"] for row in standing.history] == [0, 1]
    assert standing.best_weights.keys() == loud.Loudness().state_dict().keys()


def test_objects_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    torch.save({"fingerprint": {}, "path": Path("x")}, path)
    with pytest.raises(RecordingError, match=r"last.ckpt: is no checkpoint, or damaged; remove it to start anew"):
        AtomicCheckpoints().load_checkpoint(path)


@pytest.mark.parametrize("content", [b"", b"PK nothing", pickle.dumps([1])])
def test_damage_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "last.ckpt"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="damaged"):
        AtomicCheckpoints().load_checkpoint(path)


def test_another_file_of_torch_is_told(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    torch.save({"weights": torch.zeros(1)}, path)
    with pytest.raises(RecordingError, match="is no checkpoint of a training"):
        AtomicCheckpoints().load_checkpoint(path)


def test_a_checkpoint_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    checkpoints = AtomicCheckpoints()
    for number in range(2):
        checkpoints.save_checkpoint({"fingerprint": {}, "number": number, "weights": torch.ones(2)}, path)
        assert checkpoints.load_checkpoint(path)["number"] == number
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]
    checkpoints.remove_checkpoint(path)
    assert not path.exists()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="its folder does not exist"):
        AtomicCheckpoints().save_checkpoint({}, tmp_path / "missing" / "last.ckpt")


def test_half_written_ones_are_removed(tmp_path: Path) -> None:
    half = tmp_path / LAST.parent / ".0123.part"
    half.parent.mkdir()
    half.write_bytes(b"half")
    assert find_checkpoint(tmp_path, {}) is None
    assert not half.exists()


def test_a_large_part_is_told_by_its_name_and_a_setting_by_its_value(tmp_path: Path) -> None:
    (tmp_path / LAST).parent.mkdir()
    before = {"training.epochs": "5", "windows": "0" * 64}
    AtomicCheckpoints().save_checkpoint({"fingerprint": before}, tmp_path / LAST)
    assert find_checkpoint(tmp_path, before) == tmp_path / LAST
    with pytest.raises(ParameterError, match=r"last.ckpt: .* had another windows; choose another folder"):
        find_checkpoint(tmp_path, before | {"windows": "1" * 64})
    with pytest.raises(ParameterError, match=r"had training.epochs = 5 and not 6"):
        find_checkpoint(tmp_path, before | {"training.epochs": "6"})


def test_windows_of_other_labels_are_others(loud: ModuleType) -> None:
    reader = loud.LoudNights()
    windows = loud.cut_nights(reader)
    prints = [
        make_fingerprint(loud.Loudness(), WindowLoader(reader, windows.take(rows)), loud.settings(), Augmentations())
        for rows in (np.arange(len(windows)), np.arange(len(windows))[::-1])
    ]
    assert "windows" in changed(*prints)
