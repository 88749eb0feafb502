"""Segments are of one channel, one size, and every subject as often."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tests.training.codec_store import RATE, divide, write_rhythms

from ictal.core.errors import ParameterError
from ictal.data.portions import Portion, whole_recordings
from ictal.data.store import Store
from ictal.training.segments import SegmentDraws


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return write_rhythms(tmp_path_factory.mktemp("rhythms") / "store")


def test_they_have_mean_0_and_deviation_1_and_none_is_flat(store: Store) -> None:
    segments = SegmentDraws(store, whole_recordings(store.recordings), 4.0).draw(0, 64)
    assert segments.shape == (64, 1, round(4 * RATE))
    assert segments.mean(dim=-1).abs().max() < 1e-5
    assert torch.allclose(segments.std(dim=-1, correction=0), torch.ones(64, 1), atol=1e-4)


def test_subjects_are_drawn_as_often_whatever_the_length_of_their_recordings(store: Store) -> None:
    segments = SegmentDraws(store, whole_recordings(store.recordings), 4.0).draw(1, 300)
    spectra = torch.fft.rfft(segments[:, 0]).abs()
    frequency, share = spectra.argmax(dim=1) / 4.0, spectra.square().max(dim=1).values / spectra.square().sum(dim=1)
    rhythms = frequency[share > 0.5]
    counts = [int((rhythms == one).sum()) for one in (2.0, 3.0, 4.0)]
    # The second has noise in every other segment, and is twice as long.
    assert 75 < counts[0] < 125
    assert 75 < counts[2] < 125
    assert 30 < counts[1] < 75


def test_the_same_number_gives_the_same_and_another_others(store: Store) -> None:
    portions = whole_recordings(store.recordings)
    draws = [SegmentDraws(store, portions, 4.0, seed=seed) for seed in (3, 3, 4)]
    first = draws[0].draw(5, 8)
    assert torch.equal(first, draws[1].draw(5, 8))
    assert not torch.equal(first, draws[0].draw(6, 8))
    assert not torch.equal(first, draws[2].draw(5, 8))
    assert draws[0].fingerprint == draws[1].fingerprint != draws[2].fingerprint


def test_they_stay_within_their_portions(store: Store) -> None:
    train, validation = divide(store)
    assert SegmentDraws(store, train, 4.0, step=1.0).n_windows == 17 + 37
    assert SegmentDraws(store, [Portion("night1", "subject1", 10.0, 15.0)], 4.0, step=1.0).n_windows == 2
    spectra = torch.fft.rfft(SegmentDraws(store, validation, 4.0).draw(0, 16)[:, 0]).abs()
    assert set((spectra.argmax(dim=1) / 4.0).tolist()) == {4.0}


def test_where_nothing_is_to_be_drawn_it_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="none holds 4 s of signal in one piece"):
        SegmentDraws(store, [Portion("night0", "subject0", 0.0, 3.0)], 4.0)
