from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.codes_file import (
    CodedRecording,
    CodesHeader,
    encode_events,
    place_windows,
    read_codes,
    write_codes,
)


def make_coded(**changes: Any) -> CodedRecording:
    """Ten seconds of two channels with a gap from 5 to 6 s."""
    said = {
        "codec": "a" * 64,
        "codec_rate": 512.0,
        "codec_samples": 5120,
        "window_samples": 2048,
        "segments": ((0, 2560), (3072, 5120)),
        "channels": ("Fp1", "Fp2"),
        "sampling_rate": 256.0,
        "n_samples": 2560,
        "gaps": ((5.0, 6.0),),
        "events": encode_events(Annotations([Event(1.0, 2.0, "sz")], 10.0)),
    }
    rng = np.random.default_rng(0)
    return CodedRecording(
        CodesHeader(**{**said, **changes}),
        rng.integers(0, 256, (3, 2, 32, 4), dtype=np.uint8),
        rng.normal(size=(3, 2)).astype(np.float32),
        np.exp(rng.normal(size=(3, 2))).astype(np.float32),
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    coded = make_coded()
    write_codes(tmp_path / "a.braincodec", coded)
    again = read_codes(tmp_path / "a.braincodec")
    assert again.header == coded.header
    for name in ("codes", "means", "deviations"):
        np.testing.assert_array_equal(getattr(again, name), getattr(coded, name))
    assert again.header.annotations == Annotations([Event(1.0, 2.0, "sz")], 10.0)
    assert again.header.windows.tolist() == [[0, 2048], [2048, 2560], [3072, 5120]]


def test_same_recording_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_codes(tmp_path / name, make_coded())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rate_counts_codes_and_sizes() -> None:
    """Three windows of 1024 bits and 64 bits of size, for nine seconds of signal."""
    assert make_coded().bit_rate == pytest.approx(3 * (1024 + 64) / 9)


@given(
    lengths=st.lists(st.integers(1, 50), max_size=5), pauses=st.lists(st.integers(1, 9), min_size=5, max_size=5),
    length=st.integers(1, 20),
)  # fmt: skip
def test_windows_cover_every_sample_of_segments_once(lengths: list[int], pauses: list[int], length: int) -> None:
    segments, at = [], 0
    for size, pause in zip(lengths, pauses, strict=False):
        segments.append((at, at + size))
        at += size + pause
    covered = [n for first, last in place_windows(segments, length) for n in range(first, last)]
    assert covered == [n for first, last in segments for n in range(first, last)]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path: Path, share: float) -> None:
    file = tmp_path / "a.braincodec"
    write_codes(file, make_coded())
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    with pytest.raises(RecordingError, match=r"a.braincodec: is no compressed recording, or is cut off$"):
        read_codes(file)


def test_a_flipped_byte_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "a.braincodec"
    write_codes(file, make_coded())
    whole = file.read_bytes()
    for at in range(40, len(whole) // 2, 97):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            again = read_codes(file)
        except RecordingError as refusal:
            assert "\n" not in str(refusal)
        else:
            np.testing.assert_array_equal(again.codes, make_coded().codes)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"segments": ()}, "its segments do not follow one another"),
        ({"segments": ((0, 2560), (2000, 5120))}, "its segments do not follow one another"),
        ({"segments": ((0, 2560), (3072, 6000))}, "its segments are not as long as the recording"),
        ({"codec_samples": 6000}, "its segments are not as long as the recording"),
        ({"channels": ("Fp1",)}, r"codes of shape \(3, 2, 32, 4\) came for 3 windows of 1 channels"),
        ({"window_samples": 4096}, "came for 2 windows of 2 channels"),
        ({"events": [{"onset": 1.0}]}, "duration: None is not allowed"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    file = tmp_path / "a.braincodec"
    write_codes(file, make_coded(**changes))
    with pytest.raises(RecordingError, match=f"a.braincodec: .*{problem}"):
        read_codes(file)


def test_sizes_must_be_numbers_above_zero(tmp_path: Path) -> None:
    file, good = tmp_path / "a.braincodec", make_coded()
    for changes, problem in (
        ({"deviations": np.zeros((3, 2), np.float32)}, "a deviation is not above 0"),
        ({"means": np.full((3, 2), np.nan, np.float32)}, "its means are not one number"),
        ({"deviations": np.ones((3, 2))}, "its deviations are not one number"),
    ):
        write_codes(file, replace(good, **changes))  # type: ignore[arg-type]
        with pytest.raises(RecordingError, match=problem):
            read_codes(file)


@pytest.mark.parametrize(("key", "value"), [("version", 2), ("format", "other"), ("n_samples", "many"), ("more", 1)])
def test_another_header_is_refused_by_field(tmp_path: Path, key: str, value: Any) -> None:
    file, coded = tmp_path / "a.braincodec", make_coded()
    header = {**json.loads(coded.header.model_dump_json()), key: value}
    np.savez(
        file.with_suffix(".npz"),
        header=np.frombuffer(json.dumps(header).encode(), np.uint8),
        codes=coded.codes,
        means=coded.means,
        deviations=coded.deviations,
    )
    with pytest.raises(RecordingError, match=rf"header, {key}: "):
        read_codes(file.with_suffix(".npz"))


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", data=np.zeros(3))
    with pytest.raises(RecordingError, match=r"other\.npz: cannot be read: .*header"):
        read_codes(tmp_path / "other.npz")


def test_a_header_without_channels_cannot_be() -> None:
    with pytest.raises(ValidationError, match="channels"):
        make_coded(channels=())
