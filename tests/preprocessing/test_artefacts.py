"""Artefacts that were put in are found where they were put, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.artefacts import Artefact
from ictal.core.recording import Recording
from ictal.preprocessing import artefacts
from ictal.preprocessing.artefacts import ArtefactRules, find_artefacts, join_frames, mark_frames

RATE = 256.0
TIME = np.arange(int(60 * RATE)) / RATE


def background(n_channels: int = 2) -> np.ndarray:
    rng = np.random.default_rng(5)
    slow = 30 * np.sin(2 * np.pi * 2 * TIME + np.arange(n_channels)[:, None])
    return slow + 12 * rng.standard_normal((n_channels, len(TIME)))


def put(kind: str, clean: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(6)
    return {
        "flat": np.full_like(clean, 3.0) + 0.05 * rng.standard_normal(clean.shape),
        "clipped": np.clip(40 * clean, -600, 600),
        "mains": clean * 0.1 + 80 * np.sin(2 * np.pi * 50 * TIME[: len(clean)]),
        "huge": clean * 400,
    }[kind]


@pytest.mark.parametrize(
    ("what", "kind"), [("flat", "flat"), ("clipped", "clipped"), ("mains", "disconnected"), ("huge", "disconnected")]
)
@pytest.mark.parametrize("numbers", [10**9, 600])
def test_found_where_it_was_put(what: str, kind: str, numbers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "_NUMBERS_A_BLOCK", numbers)
    signal = background()
    stretch = slice(int(20 * RATE), int(27 * RATE))
    signal[1, stretch] = put(what, signal[1, stretch])
    found = find_artefacts(Recording.from_array(signal, RATE, ["Fp1-F7", "F7-T7"]))
    assert found == (Artefact(20.0, 27.0, "F7-T7", kind),)


def test_clean_signal_has_none() -> None:
    assert find_artefacts(Recording.from_array(background(), RATE)) == ()


def test_coarse_steps_of_a_small_signal_are_not_clipping() -> None:
    coarse = np.round(background() / 20) * 20
    assert find_artefacts(Recording.from_array(coarse, RATE)) == ()


def test_gaps_are_no_artefacts() -> None:
    recording = Recording.from_array(np.zeros((1, len(TIME))), RATE, ["Fz"], gaps=[(10.0, 50.0)])
    assert find_artefacts(recording) == (Artefact(0.0, 10.0, "Fz", "flat"), Artefact(50.0, 60.0, "Fz", "flat"))


def test_short_stretches_are_left_out() -> None:
    marks = np.array([[1, 1, 0, 1, 1, 1], [2, 0, 3, 3, 0, 3]], np.uint8)
    found = join_frames(marks, ("a", "b"), RATE)
    assert found == (
        Artefact(0.0, 1.0, "b", "clipped"),
        Artefact(2.0, 4.0, "b", "disconnected"),
        Artefact(3.0, 6.0, "a", "flat"),
    )
    assert len(join_frames(marks, ("a", "b"), RATE, ArtefactRules(flat_duration=2.0))) == 4


def test_marks_of_blocks_join_to_the_marks_of_the_whole() -> None:
    signal = background().astype(np.float32)
    signal[0, 1000:5000] = 7.0
    blocks = [mark_frames(block, RATE) for block in np.split(signal, 4, axis=1)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), mark_frames(signal, RATE))


def test_slow_recordings_cannot_show_mains_and_short_ones_show_nothing() -> None:
    slow = Recording.from_array(50 * np.sin(np.arange(4000) / 3), 80.0)
    assert find_artefacts(slow) == ()
    assert find_artefacts(Recording.from_array(np.zeros(100), 256.0)) == ()
    assert find_artefacts(Recording.from_array(np.zeros((1, 0)), 256.0)) == ()


def humming(loose: int = 0) -> np.ndarray:
    """Ten channels of EEG under mains that their reference brings in; the first few besides hum on their own."""
    rng = np.random.default_rng(5)
    times = np.arange(10 * 256) / 256.0
    signal = 15.0 * rng.standard_normal((10, len(times))) + 300.0 * np.sin(2 * np.pi * 50.0 * times)
    signal[:loose] += 900.0 * np.cos(2 * np.pi * 50.0 * times)
    return signal.astype(np.float32)


def test_mains_that_all_channels_share_is_the_reference_and_no_loose_electrode() -> None:
    assert not mark_frames(humming(), 256.0).any()
    assert mark_frames(humming()[:2], 256.0).all(), "of two channels nobody can say"


def test_a_loose_electrode_is_found_under_mains_that_all_share() -> None:
    marks = mark_frames(humming(loose=2), 256.0)
    assert (marks[:2] == 3).all()
    assert not marks[2:].any()
