from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from tests.experiments.own_codec import write_codec, write_quick_codec

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.experiments.compress import compare_recordings, compress_recording, decompress_recording
from ictal.io.codes_file import read_codes
from ictal.io.edf_write import write_edf
from ictal.io.formats import read
from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.codec_file import encode_codec


@pytest.fixture(scope="module")
def codec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small codec with weights by chance."""
    return write_codec(tmp_path_factory.mktemp("codec") / "own.safetensors")


@pytest.fixture(scope="module")
def quick_codec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A codec for what is below 32 Hz, which has less to do."""
    return write_quick_codec(tmp_path_factory.mktemp("codec") / "quick.safetensors")


@pytest.mark.filterwarnings("ignore::ictal.core.errors.IctalWarning")
def test_a_real_recording_is_compressed_and_comes_back(test_data: Path, codec: Path, tmp_path: Path) -> None:
    source = test_data / "real" / "chbmit-clips" / "chb01_03_clip_eeg.edf"
    small, back = tmp_path / "small.braincodec", tmp_path / "back.edf"
    done = compress_recording(source, small, codec=codec)
    recording = read(source)
    n_windows = -(-recording.n_samples // 1024)
    assert (done.code_rate, done.raw_rate) == (256.0, 16_384.0)
    assert done.bit_rate == pytest.approx(n_windows * (1024 + 64) / recording.duration)
    assert done.output_bytes == small.stat().st_size < source.stat().st_size / 9
    assert done.distortion is not None
    decompress_recording(small, back, codec=codec)
    restored = read(back)
    assert (restored.channels, restored.sampling_rate) == (recording.channels, recording.sampling_rate)
    assert restored.duration == recording.duration
    again = compare_recordings(recording, restored)
    assert again.prd() == pytest.approx(done.distortion.prd(), rel=0.01)


def test_the_same_recording_gives_the_same_file(quiet: Path, codec: Path, tmp_path: Path) -> None:
    for name in "ab":
        compress_recording(quiet, tmp_path / name, codec=codec, measure=False)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_gaps_of_a_file_come_back(codec: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, 30 * 256))
    write_edf(tmp_path / "gap.edf", Recording.from_array(noise, 256.0, gaps=[(10.0, 15.0)]))
    done = compress_recording(tmp_path / "gap.edf", tmp_path / "gap.braincodec", codec=codec)
    assert done.distortion is not None
    assert np.isfinite(done.distortion.prd())
    back = read(decompress_recording(tmp_path / "gap.braincodec", tmp_path / "back.edf", codec=codec))
    assert back.gaps == ((10.0, 15.0),)


def test_identity_is_kept_only_if_asked(scalp: Path, quick_codec: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.braincodec"
    compress_recording(scalp, small, codec=quick_codec, measure=False)
    assert read_codes(small).header.start_time is None
    assert read_codes(small).header.patient is None
    compress_recording(scalp, small, codec=quick_codec, measure=False, keep_identity=True)
    assert read_codes(small).header.start_time == datetime(2002, 3, 2, 21, 30, 15)
    assert "Haagse" in str(read_codes(small).header.patient)


def test_comparison_is_that_of_the_whole() -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, 150 * 128))
    told: list[float] = []
    found = compare_recordings(
        Recording.from_array(noise, 128.0), Recording.from_array(0.9 * noise, 128.0), told.append
    )
    assert found.prd() == pytest.approx(10.0, rel=1e-3)
    assert told == [0.4, 0.8, 1.0]


def test_without_signal_there_is_nothing_to_compare() -> None:
    nothing = Recording.from_array(np.full((1, 100), np.nan), 100.0)
    with pytest.raises(RecordingError, match="holds no signal"):
        compare_recordings(nothing, nothing)


def test_problems_are_told_before_the_work(quiet: Path, codec: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is the file that is read"):
        compress_recording(quiet, quiet, codec=codec)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"there is a file where a folder is needed|a part of the path is a file"):
        compress_recording(quiet, tmp_path / "file" / "a.braincodec", codec=codec)
    with pytest.raises(RecordingError, match=r"quiet.edf: is no compressed recording"):
        decompress_recording(quiet, tmp_path / "back.edf", codec=codec)


def test_another_codec_is_refused_by_file(quiet: Path, codec: Path, tmp_path: Path) -> None:
    compress_recording(quiet, tmp_path / "a.braincodec", codec=codec, measure=False)
    other = tmp_path / "other.safetensors"
    other.write_bytes(encode_codec(BrainCodec(BrainCodecConfig(width=4, widest=16))))
    with pytest.raises(RecordingError, match=r"a.braincodec: codec: was written by another codec"):
        decompress_recording(tmp_path / "a.braincodec", tmp_path / "back.edf", codec=other)
