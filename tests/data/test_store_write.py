"""Signals are written once, whole or not at all, and what is wrong with them later is found."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import OutputError, RecordingError
from ictal.core.recording import Recording, Signal
from ictal.data.manifest import SignalRow
from ictal.data.store_write import (
    find_damage,
    find_signal,
    find_unlisted,
    finish_signal,
    open_for_writing,
    signal_bytes,
    signal_path,
    was_finished,
    write_signal,
)
from ictal.preprocessing.chain import Chain

CHAIN = Chain(
    steps=[{"step": "montage"}, {"step": "resample", "sampling_rate": 128}, {"step": "band-pass", "low": 1, "high": 40}]
)


def scalp(seconds: float = 20.0, without: tuple[str, ...] = (), **more: object) -> Recording:
    labels = [label for label in SCALP_19 if label not in without]
    noise = np.random.default_rng(0).normal(0, 30, (len(labels), round(seconds * 200)))
    return Recording.from_array(noise, 200.0, labels, **more)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "store" / "signals").mkdir(parents=True)
    return tmp_path / "store"


def written(folder: Path, recording: Recording | None = None, chain: Chain = CHAIN) -> SignalRow:
    facts = write_signal(folder, "ab", "cd", scalp() if recording is None else recording, chain)
    finish_signal(folder, facts)
    return facts


def test_what_is_written_is_what_the_chain_gives(folder: Path) -> None:
    facts = written(folder)
    expected = CHAIN.apply(scalp())
    signal = np.load(signal_path(folder, "ab")).transpose(1, 0, 2).reshape(18, -1)[:, : facts.n_samples]
    np.testing.assert_array_equal(signal, expected.read())
    assert facts.channels == expected.channels and facts.n_samples == expected.n_samples == 2560
    assert facts.sampling_rate == 128.0
    assert facts.sha256 == hashlib.sha256(signal_path(folder, "ab").read_bytes()).hexdigest()
    assert signal_path(folder, "ab").stat().st_size == signal_bytes(facts)
    assert find_signal(folder, "ab", verify=True) == facts


def test_leads_that_are_made_up_are_named(folder: Path) -> None:
    facts = written(folder, scalp(without=("T7", "O2")))
    assert facts.interpolated == ("F7-T7", "T7-P7", "P4-O2", "P8-O2")
    assert any("interpolated" in note for note in facts.notes)


def test_gaps_are_kept_and_take_no_room(folder: Path) -> None:
    facts = written(folder, scalp(60.0, gaps=[(10.0, 50.0)]))
    assert facts.gaps == ((10.0, 50.0),)
    assert signal_bytes(facts) == signal_path(folder, "ab").stat().st_size == 128 + 4 * 18 * 1024 * 4


@pytest.mark.parametrize(
    ("recording", "chain", "said"),
    [
        (scalp(gaps=[(0.0, 20.0)]), CHAIN, "holds no signal"),
        (Recording.from_array(np.zeros((2, 256)), 256.0, ["left", "right"]), CHAIN, "no lead of double-banana"),
    ],
)
def test_what_gives_no_signal_is_refused_and_leaves_nothing(
    folder: Path, recording: Recording, chain: Chain, said: str
) -> None:
    with pytest.raises(RecordingError, match=said):
        written(folder, recording, chain)
    assert list((folder / "signals").iterdir()) == []


def test_damage_is_found_by_size_and_on_request_by_content(folder: Path) -> None:
    facts = written(folder)
    path = signal_path(folder, "ab")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert find_damage(folder, facts, verify=False) is None
    assert find_damage(folder, facts) == "its bytes have changed since they were written"
    path.write_bytes(content[:-1])
    expected = f"has {len(content) - 1} bytes and not {len(content)}"
    assert find_damage(folder, facts, verify=False) == expected
    assert find_signal(folder, "ab") is None and was_finished(folder, "ab")
    path.unlink()
    assert find_damage(folder, facts) == "cannot be read: No such file or directory"


def test_a_signal_without_its_facts_is_not_finished(folder: Path) -> None:
    write_signal(folder, "ab", "cd", scalp(), CHAIN)
    assert find_signal(folder, "ab") is None and not was_finished(folder, "ab")


def test_facts_of_another_signal_are_not_taken(folder: Path) -> None:
    written(folder)
    (folder / "signals" / "ab.json").rename(folder / "signals" / "xy.json")
    assert find_signal(folder, "xy") is None


class Endless(Recording):
    """A sine of any length that holds nothing."""

    def __init__(self, hours: float) -> None:
        self.channels, self.sampling_rate = ("left cortex", "right cortex"), 64.0
        self.n_samples = round(hours * 3600 * 64)

    def read_samples(self, first: int, last: int) -> Signal:
        return np.tile(np.sin(np.arange(first, last) / 10), (2, 1)).astype(np.float32)


def test_memory_does_not_grow_with_the_recording(folder: Path) -> None:
    chain = Chain(steps=[{"step": "band-pass", "low": 1, "high": 20}])
    peaks = []
    written(folder, Endless(0.5), chain)
    for hours in (1.0, 10.0):
        tracemalloc.start()
        written(folder, Endless(hours), chain)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_one_process_alone_may_write(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with (
        open_for_writing(store),
        pytest.raises(OutputError, match="another process is preparing this store"),
        open_for_writing(store),
    ):
        pass
    with open_for_writing(store):
        pass


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="is not empty and holds no store"), open_for_writing(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_a_killed_run_left_half_written_is_removed(folder: Path) -> None:
    (folder / "signals" / ".0123.part").write_bytes(b"half")
    (folder / ".4567.part").write_bytes(b"half")
    with open_for_writing(folder):
        assert list((folder / "signals").iterdir()) == []
        assert sorted(file.name for file in folder.iterdir()) == [".lock", "signals"]


def test_signals_that_are_not_listed_are_found(folder: Path) -> None:
    facts = written(folder)
    assert find_unlisted(folder, [facts]) == ()
    assert [file.name for file in find_unlisted(folder, [])] == ["ab.json", "ab.npy"]
