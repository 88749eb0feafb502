from __future__ import annotations

import pytest

from ictal.data.leakage import LeakageError
from ictal.training.seen import SEEN, find_seen, hash_recording, refuse_seen

HASHES = {"night": "ab" * 32, "day": "cd" * 32, "evening": "ef" * 32}


def test_recordings_are_found_by_what_is_in_them() -> None:
    provenance = {SEEN: ",".join([hash_recording("cd" * 32), hash_recording("00"), hash_recording("ab" * 32)])}
    assert find_seen(provenance, HASHES) == ("night", "day")


@pytest.mark.parametrize("provenance", [{}, {SEEN: ""}, {"seed": "0"}])
def test_a_detector_without_a_list_has_seen_nothing(provenance: dict[str, str]) -> None:
    assert find_seen(provenance, {**HASHES, "none": ""}) == ()


def test_a_hash_names_nothing() -> None:
    short = hash_recording("ab" * 32)
    assert len(short) == 16 and short not in "ab" * 32


def test_what_training_writes_is_what_is_found() -> None:
    """Both sides of the list must count alike."""
    train = pytest.importorskip("ictal.training.train")
    assert train.hash_recording("ab" * 32) == hash_recording("ab" * 32)


def test_nothing_seen_is_nothing_to_refuse() -> None:
    refuse_seen((), "calibration")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "calibration: recording 'a' stands in training and in calibration; take others."),
        (["a", "b"], "calibration: recordings 'a', 'b' stand in training and in calibration; take others."),
        (list("abcde"), "calibration: recordings 'a', 'b', 'c' and 2 more stand in training and in calibration"),
    ],
)
def test_what_was_seen_is_named(names: list[str], said: str) -> None:
    with pytest.raises(LeakageError) as refused:
        refuse_seen(names, "calibration", "take others")
    assert str(refused.value).startswith(said)
