"""A night at a glance: what is in the recording is seen where it is."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.io.edf import read_edf
from ictal.io.edf_write import write_edf
from ictal.review.night import encode_night, highest_scores, read_night, shade_power
from ictal.review.page_codec import decode_block

RATE = 64.0
SECONDS = 600
TIMES = np.arange(SECONDS * 64) / RATE
NOISE = np.random.default_rng(0).standard_normal((21, SECONDS * 64)) * 15
SIDE = np.array([name[-1] in "13579" for name in SCALP_19])


def night_signal() -> np.ndarray:
    """Return ten minutes with a left rhythm of 6 Hz in the fifth, and a loose electrode in the eighth."""
    data = NOISE.copy()
    fifth = (TIMES >= 240) & (TIMES < 300)
    for row in np.flatnonzero(SIDE):
        data[row, fifth] += 80 * np.sin(2 * np.pi * 6 * TIMES[fifth] + row)
    data[3, (TIMES >= 420) & (TIMES < 480)] = 0.0
    data[19:] *= 100
    return data


LABELS = [*(f"EEG {name}-Ref" for name in SCALP_19), "ECG", "EMG chin"]


def test_what_happened_is_seen_in_its_column() -> None:
    night = read_night(Recording.from_array(night_signal(), RATE, LABELS), n_columns=10)
    header = night.header
    assert (header.n_columns, header.step, header.sampled) == (10, 60.0, "all of it")
    assert header.dsa.sides == ("left", "right")
    assert night.dsa.shape == (2, len(header.dsa.frequencies), 10)
    assert header.dsa.frequencies[-1] <= 30.0
    left, right = night.dsa.astype(int)
    row = header.dsa.frequencies.index(6.0)
    assert left[row].argmax() == 4
    assert left[row, 4] == left.max()
    assert left[row, 4] > right[row, 4] + 50
    line_length = np.array(header.line_length, float)
    assert line_length.argmax() == 4
    artefacts = np.array(header.artefacts, float)
    np.testing.assert_allclose(artefacts, [0, 0, 0, 0, 0, 0, 0, 1 / 19, 0, 0], atol=1e-3)
    assert header.probability == (None,) * 10


def test_other_kinds_of_channels_are_not_part_of_it() -> None:
    data = night_signal()
    with_others = read_night(Recording.from_array(data, RATE, LABELS), n_columns=10)
    without = read_night(Recording.from_array(data[:19], RATE, LABELS[:19]), n_columns=10)
    assert with_others.header == without.header
    np.testing.assert_array_equal(with_others.dsa, without.dsa)


def test_gaps_have_no_figures() -> None:
    recording = Recording.from_array(night_signal(), RATE, LABELS, gaps=[(120.0, 240.0), (310.0, 330.0)])
    night = read_night(recording, n_columns=10)
    unknown = [column for column, value in enumerate(night.header.line_length) if value is None]
    assert unknown == [2, 3]
    assert (night.dsa[:, :, 2:4] == 0).all()
    assert night.header.artefacts[2] is None


def test_a_mouse_has_one_side() -> None:
    night = read_night(Recording.from_array(NOISE[:2], RATE, ["cortex", "EMG"]), n_columns=20)
    assert night.header.dsa.sides == ("all",)
    assert night.dsa.shape[0] == 1


@pytest.mark.parametrize("n_samples", [1, 2, 63, 64, 127, 128, 300])
def test_short_recordings_have_few_columns(n_samples: int) -> None:
    night = read_night(Recording.from_array(NOISE[:1, :n_samples], RATE, ["C3"]), Scores([[0.2, 0.8]], 0.0, 1.0))
    assert night.header.n_columns == max(1, n_samples // 128)
    assert night.header.step * night.header.n_columns == pytest.approx(n_samples / RATE)
    assert night.header.probability[0] == 0.8
    assert all(value is None or np.isfinite(value) for value in night.header.line_length)


def test_bytes_are_as_the_page_reads_them() -> None:
    night = read_night(Recording.from_array(night_signal(), RATE, LABELS), Scores([[0.5, 0.5]], 0.0, 30.0), 10)
    header, flat = decode_block(encode_night(night), "|u1")
    assert list(header) == [
        "n_columns",
        "step",
        "probability",
        "line_length",
        "artefacts",
        "sampled",
        "dsa",
        "threshold",
    ]
    assert header["probability"] == [0.5, *[None] * 9]
    shape = len(header["dsa"]["sides"]), len(header["dsa"]["frequencies"]), header["n_columns"]
    np.testing.assert_array_equal(flat.reshape(shape), night.dsa)


def test_what_was_measured_is_kept_until_the_file_changes(tmp_path: Path) -> None:
    path, cache = tmp_path / "night.edf", tmp_path / "night" / "kept.npz"
    write_edf(path, Recording.from_array(night_signal(), RATE, LABELS))
    first = read_night(read_edf(path), n_columns=10, cache=cache)
    kept = cache.read_bytes()
    scored = read_night(read_edf(path), Scores([[0.5, 0.5]], 0.0, 30.0), n_columns=10, cache=cache)
    assert cache.read_bytes() == kept
    assert (scored.header.line_length, scored.header.sampled) == (first.header.line_length, first.header.sampled)
    assert scored.header.probability[0] == 0.5
    np.testing.assert_array_equal(scored.dsa, first.dsa)
    assert read_night(read_edf(path), n_columns=5, cache=cache).header.n_columns == 5
    write_edf(path, Recording.from_array(night_signal() / 2, RATE, LABELS))
    os.utime(path, ns=(1, 1))
    assert read_night(read_edf(path), n_columns=10, cache=cache).header.line_length != first.header.line_length


def test_a_cache_that_is_damaged_or_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    recording = Recording.from_array(night_signal(), RATE, LABELS)
    expected = read_night(recording, n_columns=10).header
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK\x03\x04 not a night")
    assert read_night(recording, n_columns=10, cache=damaged).header == expected
    assert read_night(recording, n_columns=10, cache=damaged).header == expected
    (tmp_path / "file").write_text("")
    assert read_night(recording, n_columns=10, cache=tmp_path / "file" / "night.npz").header == expected


@pytest.mark.parametrize("n_columns", [0, 8001])
def test_a_number_of_columns_that_is_not_allowed_is_refused(n_columns: int) -> None:
    with pytest.raises(ParameterError, match="columns"):
        read_night(Recording.from_array(NOISE[:1], RATE, ["C3"]), n_columns=n_columns)


@given(
    st.lists(st.one_of(st.just(np.nan), st.floats(0, 1)), min_size=1, max_size=40),
    st.floats(-5, 20),
    st.sampled_from([0.25, 0.5, 1.0, 7.0]),
    st.sampled_from([0.5, 2.0, 10.0]),
    st.integers(1, 20),
)
def test_the_highest_score_of_each_column(
    values: list[float], start: float, frame: float, step: float, n_columns: int
) -> None:
    start = round(start * 4) / 4
    scores = Scores(np.stack([1 - np.array(values), values], axis=1), start, frame)
    found = highest_scores(scores, step, n_columns)
    for column, highest in enumerate(found):
        inside = [
            value
            for value, time in zip(values, scores.times, strict=True)
            if time < (column + 1) * step and time + frame > column * step and not np.isnan(value)
        ]
        assert np.isnan(highest) if not inside else highest == max(inside)


@given(st.lists(st.floats(-60, 80), min_size=1, max_size=50))
def test_bytes_keep_the_order_of_powers(powers: list[float]) -> None:
    shades, low, high = shade_power(np.array(powers))
    assert high - low >= 20
    order = np.argsort(powers, kind="stable")
    assert (np.diff(shades[order].astype(int)) >= 0).all()
