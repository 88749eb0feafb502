"""Deletion and insertion curves, where it is known what counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.removal import EDGE, RemovalCurves, draw_chance, draw_removal, keep_cells

LEADS = ("F7-T7", "T7-P7", "T8-P8", "P8-O2")
COUNTS = (1, slice(5 * 256, 8 * 256))
"""The one lead, and the seconds 5 to 8, that the answer depends on."""


def power_there(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray((signals[:, COUNTS[0], COUNTS[1]] ** 2).mean(axis=1))


def make_stretch(seconds: float = 10.0) -> Stretch:
    signal = np.random.default_rng(0).normal(0, 1, (4, round(256 * seconds))).astype(np.float32)
    return Stretch(signal, 256.0, 100.0, LEADS, 256, 256, 1, slice(0, 10), (100.0, 100.0 + seconds))


def truth(sign: float = 1.0) -> Attribution:
    values = np.full((4, 1, 40), 0.01 if sign > 0 else 1.0)
    values[1, 0, 20:32] = 1.0 if sign > 0 else 0.01
    return Attribution(values, 100.0, 0.25, LEADS)


def test_the_true_explanation_beats_every_random_order() -> None:
    found = draw_removal(power_there, make_stretch(), truth(), n_orders=20)
    assert found.deletion_beats == found.insertion_beats == 1.0
    assert found.deletion_area < 0.1 < 0.9 < found.insertion_area
    low, high = found.chance_band
    assert found.deletion_area < low < found.chance_area < high < found.insertion_area


def test_the_opposite_of_the_truth_loses_to_every_random_order() -> None:
    found = draw_removal(power_there, make_stretch(), truth(-1.0), n_orders=20)
    assert found.deletion_beats == found.insertion_beats == 0.0


def test_random_explanations_are_like_random_orders() -> None:
    beats = []
    for seed in range(12):
        values = np.random.default_rng(seed).uniform(size=(4, 1, 40))
        found = draw_removal(power_there, make_stretch(), Attribution(values, 100.0, 0.25, LEADS), seed=7)
        beats.append(found.deletion_beats)
    assert 0.2 < np.mean(beats) < 0.8


def test_curves_begin_and_end_at_the_whole_and_at_nothing() -> None:
    stretch = make_stretch()
    found = draw_removal(power_there, stretch, truth(), n_steps=8, n_orders=3)
    whole = power_there(stretch.signal[None])[0]
    assert found.shares.tolist() == [k / 8 for k in range(9)]
    assert found.deletion[0] == found.insertion[-1] == pytest.approx(whole)
    assert found.deletion[-1] == found.insertion[0] == 0.0
    assert found.chance.shape == (3, 9)


def test_to_show_an_order_is_to_delete_its_reverse() -> None:
    stretch = make_stretch()
    values = np.random.default_rng(1).uniform(size=(4, 1, 10))
    one = draw_removal(power_there, stretch, Attribution(values, 100.0, 1.0, LEADS), n_orders=1)
    other = draw_removal(power_there, stretch, Attribution(1.0 - values, 100.0, 1.0, LEADS), n_orders=1)
    np.testing.assert_allclose(one.insertion, other.deletion[::-1])


@pytest.mark.parametrize("n_steps", [2, 3, 20])
def test_what_is_shown_is_what_the_step_says(n_steps: int) -> None:
    """The answer is the share of the signal that is there."""
    stretch = replace(make_stretch(5.0), signal=np.ones((4, 1280), np.float32))
    values = np.random.default_rng(1).uniform(size=(1, 1, 5))
    found = draw_removal(
        lambda signals: signals.mean(axis=(1, 2)), stretch, Attribution(values, 100.0, 1.0), n_steps=n_steps
    )
    np.testing.assert_allclose(found.insertion, found.shares, atol=0.01)
    np.testing.assert_allclose(found.deletion, 1.0 - found.shares, atol=0.01)


def test_without_leads_whole_seconds_are_taken_away() -> None:
    values = np.zeros((1, 1, 10))
    values[0, 0, 5:8] = 1.0
    found = draw_removal(power_there, make_stretch(), Attribution(values, 100.0, 1.0), n_steps=10, n_orders=50)
    assert found.deletion_beats > 0.9
    assert found.deletion_area == pytest.approx(0.15, abs=0.05)


def test_areas_do_not_depend_on_units() -> None:
    found = draw_removal(power_there, make_stretch(), truth(), n_orders=2)
    other = draw_removal(lambda signals: 5.0 * power_there(signals) - 3.0, make_stretch(), truth(), n_orders=2)
    assert other.deletion_area == pytest.approx(found.deletion_area)
    np.testing.assert_allclose(other.chance_areas, found.chance_areas)


def test_where_nothing_scores_as_high_there_is_no_area() -> None:
    found = draw_removal(lambda signals: -power_there(signals), make_stretch(), truth(), n_orders=2)
    assert np.isnan([found.deletion_area, found.insertion_area, found.deletion_beats, found.chance_area]).all()


def test_shared_chance_is_the_same_chance() -> None:
    stretch = make_stretch()
    chance = draw_chance(power_there, stretch, 4, n_steps=5, n_orders=3, seed=2)
    alone = draw_removal(power_there, stretch, truth(), n_steps=5, n_orders=3, seed=2)
    np.testing.assert_array_equal(alone.chance, chance)
    assert not np.array_equal(chance, draw_chance(power_there, stretch, 4, n_steps=5, n_orders=3, seed=3))


def test_what_is_kept_is_untouched_and_what_is_taken_is_nothing_behind_the_edge() -> None:
    stretch = make_stretch(3.0)
    kept = np.array([[[True, False, True]] * 4])
    [copy] = keep_cells(stretch, kept)
    margin = round(EDGE / 2 * 256) + 1
    np.testing.assert_array_equal(copy[:, : 256 - margin], stretch.signal[:, : 256 - margin])
    assert not copy[:, 256 + margin : 512 - margin].any()
    level = keep_cells(replace(stretch, signal=np.ones((4, 768), np.float32)), kept)[0, 0]
    assert np.abs(np.diff(level)).max() < 0.1


def test_everything_and_nothing_have_no_edges() -> None:
    stretch = make_stretch(2.5)
    everything, nothing = keep_cells(stretch, np.array([np.ones((4, 3), bool), np.zeros((4, 3), bool)]))
    np.testing.assert_array_equal(everything, stretch.signal)
    assert not nothing.any()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def answer(signals: NDArray[np.float32]) -> NDArray[np.float64]:
        sizes.append(len(signals))
        return power_there(signals)

    monkeypatch.setattr("ictal.explain.removal.MOST_VALUES", 3 * 4 * 2560)
    found = draw_removal(answer, make_stretch(), truth(), n_steps=4, n_orders=2)
    assert max(sizes) == 3
    assert found.deletion_beats == 1.0


@pytest.mark.parametrize("wrong", [{"n_steps": 0}, {"n_orders": 0}])
def test_numbers_below_one_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match="it must be 1 or more"):
        draw_removal(power_there, make_stretch(), truth(), **wrong)


def test_a_score_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ParameterError, match="not finite"):
        draw_removal(lambda signals: np.full(len(signals), np.nan), make_stretch(), truth(), n_orders=1)


def test_the_area_is_that_under_a_line() -> None:
    line = np.array([2.0, 1.5, 1.0])
    found = RemovalCurves(np.array([0.0, 0.5, 1.0]), line, line[::-1], line[None])
    assert found.deletion_area == found.insertion_area == found.chance_area == pytest.approx(0.5)
