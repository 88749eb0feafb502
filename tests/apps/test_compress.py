"""``ictal compress`` as a new user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.experiments.own_codec import write_codec, write_quick_codec

from ictal.io.formats import read
from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.codec_file import encode_codec

Ictal = Callable[..., Any]


@pytest.fixture(scope="session")
def codec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small codec with weights by chance."""
    return write_codec(tmp_path_factory.mktemp("codec") / "own.safetensors")


@pytest.fixture(scope="session")
def quick_codec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A codec for what is below 32 Hz, which has less to do."""
    return write_quick_codec(tmp_path_factory.mktemp("codec") / "quick.safetensors")


def test_a_recording_is_compressed_and_comes_back(ictal: Ictal, quiet: Path, codec: Path, tmp_path: Path) -> None:
    small, back = tmp_path / "quiet.braincodec", tmp_path / "back.edf"
    done = ictal("compress", quiet, "-o", small, "--codec", codec)
    assert done.code == 0, done
    assert "codes       256 bit/s a channel, 64.0 times less" in done.out
    assert "with sizes  272 bit/s a channel, 60.2 times less" in done.out
    assert f"file        {small.stat().st_size} bytes, " in done.out
    assert [line.split()[0] for line in done.out.splitlines()[5:]] == [
        "median", "all", "delta", "theta", "alpha", "beta", "gamma", "high"
    ]  # fmt: skip
    assert small.stat().st_size < quiet.stat().st_size / 10
    again = ictal("compress", "--decompress", small, "-o", back, "--codec", codec)
    assert (again.code, again.out) == (0, f"recording  {back}\n")
    before, after = read(quiet), read(back)
    assert (after.channels, after.sampling_rate, after.n_samples) == (before.channels, 256.0, before.n_samples)
    np.testing.assert_allclose(after.read().mean(axis=1), before.read().mean(axis=1), atol=20.0)


def test_measuring_may_be_left_out(ictal: Ictal, quiet: Path, codec: Path, tmp_path: Path) -> None:
    done = ictal("compress", quiet, "-o", tmp_path / "quiet.braincodec", "--codec", codec, "--no-measure")
    assert done.code == 0
    assert "PRD" not in done.out


def test_who_and_when_travel_only_if_asked(ictal: Ictal, scalp: Path, quick_codec: Path, tmp_path: Path) -> None:
    for options, start in (((), 1985), (("--keep-identity",), 2002)):
        small, back = tmp_path / "small.braincodec", tmp_path / "back.edf"
        assert ictal("compress", scalp, "-o", small, "--codec", quick_codec, "--no-measure", *options).code == 0
        assert ictal("compress", "--decompress", small, "-o", back, "--codec", quick_codec).code == 0
        recording = read(back)
        assert recording.start_time is not None
        assert recording.start_time.year == start, "1985 is what EDF+ says where nobody says when"
        assert (b"Haagse" in back.read_bytes()) == (start == 2002)
        assert [event.event_type for event in recording.annotations] == ["eyes open", "Anfall"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("missing.edf", "-o", "a.braincodec"), "missing.edf: there is no such file"),
        (("{quiet}", "-o", "a.braincodec", "--codec", "missing"), "codec: 'missing' is not a file"),
        (("{quiet}", "-o", "{quiet}"), "is the file that is read"),
        (("--decompress", "{quiet}", "-o", "a.edf"), "is no compressed recording, or is cut off"),
        (("--decompress", "missing", "-o", "a.edf"), "missing: there is no such file"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    ictal: Ictal, quiet: Path, codec: Path, tmp_path: Path, arguments: tuple[str, ...], problem: str, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [argument.format(quiet=quiet) for argument in arguments]
    own = [] if "--codec" in given else ["--codec", codec]
    assert problem in ictal("compress", *given, *own).problem


def test_another_codec_is_refused_in_one_line(ictal: Ictal, quiet: Path, codec: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = tmp_path / "other.safetensors"
    other.write_bytes(encode_codec(BrainCodec(BrainCodecConfig(width=4, widest=8))))
    small = tmp_path / "quiet.braincodec"
    assert ictal("compress", quiet, "-o", small, "--codec", codec, "--no-measure").code == 0
    refused = ictal("compress", "--decompress", small, "-o", tmp_path / "back.edf", "--codec", other)
    assert "quiet.braincodec: codec: was written by another codec, of fingerprint" in refused.problem
    assert not (tmp_path / "back.edf").exists()
