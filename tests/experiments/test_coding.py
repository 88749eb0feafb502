from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.experiments.coding import decode_windows, encode_recording, encode_windows, restore_recording
from ictal.models.braincodec import BrainCodec, BrainCodecConfig, standardise

WINDOW = 2048


def make_codec(seed: int = 0, **settings: Any) -> BrainCodec:
    torch.manual_seed(seed)
    return BrainCodec(BrainCodecConfig(**{"width": 4, "widest": 8, **settings})).eval()


def make_noise(seconds: float, rate: float = 512.0, n_channels: int = 2, **facts: Any) -> Recording:
    noise = np.random.default_rng(0).normal(0.0, 30.0, (n_channels, round(seconds * rate)))
    return Recording.from_array(noise, rate, **facts)


def make_stairs(rate: float, n_steps: int, gaps: Any = ()) -> Recording:
    """A level for every four seconds and channel, which means alone can bring back."""
    levels = np.arange(n_steps)[None, :] * 10.0 + np.array([[100.0], [-200.0], [0.0]])
    return Recording.from_array(np.repeat(levels, round(4 * rate), axis=1), rate, ["C3", "Cz", "C4"], gaps=gaps)


def test_every_window_and_channel_is_what_the_codec_makes_of_it() -> None:
    codec, recording = make_codec(), make_noise(20.0)
    restored = restore_recording(encode_recording(recording, codec), codec).read()
    signal = recording.read()
    for channel in range(2):
        for start in range(0, 5 * WINDOW, WINDOW):
            window = torch.from_numpy(signal[channel, start : start + WINDOW])[None, None]
            found = standardise(window)
            with torch.no_grad():
                expected = (codec(found.signal)[0] * found.deviation + found.mean)[0, 0]
            np.testing.assert_allclose(restored[channel, start : start + WINDOW], expected, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("rate", [512.0, 256.0, 250.0, 200.0, 1024.0])
def test_levels_come_back_where_they_were(rate: float) -> None:
    recording, codec = make_stairs(rate, 6), make_codec()
    with torch.no_grad():
        for weights in codec.decoder.conv_out.parameters():
            weights.zero_()
    restored = restore_recording(encode_recording(recording, codec), codec)
    assert (restored.channels, restored.sampling_rate) == (recording.channels, recording.sampling_rate)
    before, after = recording.read(), restored.read()
    assert after.shape == before.shape
    inside = np.abs((np.arange(before.shape[1]) / rate + 2.0) % 4.0 - 2.0) > 0.2
    np.testing.assert_allclose(after[:, inside], before[:, inside], atol=0.5)


def test_gaps_stay_and_each_stretch_is_coded_by_itself() -> None:
    """Levels change at 4, 8, … s; behind the gap windows begin at 10 s, so their borders are others."""
    codec, recording = make_codec(), make_noise(21.0, 256.0, gaps=[(9.0, 10.0), (19.5, 21.0)])
    coded = encode_recording(recording, codec)
    assert coded.header.segments == ((0, 4608), (5120, 9984))
    assert len(coded.codes) == 3 + 3
    restored = restore_recording(coded, codec)
    assert restored.gaps == recording.gaps
    assert restored.n_samples == recording.n_samples
    np.testing.assert_array_equal(np.isnan(restored.read()), np.isnan(recording.read()))
    behind = Recording.from_array(recording.read(10.0, 19.5), 256.0)
    alone = restore_recording(encode_recording(behind, codec), codec)
    np.testing.assert_allclose(restored.read(10.0, 19.5), alone.read(), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("seconds", [0.01, 3.99, 4.0, 4.01, 9.3])
def test_a_recording_of_any_length_comes_back_as_long(seconds: float) -> None:
    codec, recording = make_codec(), make_noise(seconds, 200.0)
    restored = restore_recording(encode_recording(recording, codec), codec)
    assert restored.read().shape == recording.read().shape
    assert np.isfinite(restored.read()).all()


def test_parts_may_be_read_in_any_order() -> None:
    codec = make_codec()
    restored = restore_recording(encode_recording(make_noise(30.0, 250.0), codec), codec)
    whole = restored.read()
    for start, stop in ((17.3, 23.1), (0.0, 30.0), (3.9, 4.1), (29.99, 30.0)):
        part = whole[:, round(start * 250) : round(stop * 250)]
        np.testing.assert_allclose(restored.read(start, stop), part, rtol=1e-4, atol=1e-3)


def test_size_and_offset_are_kept_beside_the_codes() -> None:
    rng = np.random.default_rng(1)
    windows = rng.normal(size=(3, 2, WINDOW)).astype(np.float32)
    codec = make_codec()
    plain, other = encode_windows(codec, windows), encode_windows(codec, windows * 500 - 3e4)
    assert (plain[0] == other[0]).mean() > 0.99
    np.testing.assert_allclose(other[1], plain[1] * 500 - 3e4, rtol=1e-5)
    np.testing.assert_allclose(other[2], plain[2] * 500, rtol=1e-3)
    codes, means, deviations = plain
    back = decode_windows(codec, codes, means * 500 - 3e4, deviations * 500)
    np.testing.assert_allclose(back, decode_windows(codec, *plain) * 500 - 3e4, rtol=1e-3, atol=0.1)


def test_who_and_when_are_left_out_and_events_are_kept() -> None:
    said = Annotations([Event(1.0, 2.0, "sz", channels=("C3",))], 5.0)
    header = encode_recording(make_noise(5.0, annotations=said), make_codec()).header
    assert (header.start_time, header.patient, header.recording) == (None, None, None)
    assert header.annotations == said


def test_progress_reaches_one() -> None:
    told: list[float] = []
    encode_recording(make_noise(150.0, 64.0), make_codec(), progress=told.append)
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 1.0


def test_nothing_but_gaps_is_refused() -> None:
    with pytest.raises(RecordingError, match="holds no signal"):
        encode_recording(Recording.from_array(np.full((2, 100), np.nan), 100.0), make_codec())


def test_codes_of_another_codec_are_refused() -> None:
    coded = encode_recording(make_noise(5.0), make_codec())
    with pytest.raises(RecordingError, match="codec: was written by another codec, of fingerprint"):
        restore_recording(coded, make_codec(1))


def test_codes_that_no_entry_has_are_refused() -> None:
    codec = make_codec(n_entries=16)
    coded = encode_recording(make_noise(5.0), codec)
    for codes in (np.full_like(coded.codes, 16), coded.codes[..., :3], coded.codes[:, :, :31]):
        with pytest.raises(RecordingError, match=r"codes: are damaged; allowed are \(32, 4\) codes a window below 16"):
            restore_recording(replace(coded, codes=codes), codec)
