"""Which windows an epoch shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.windows import WindowGrid
from ictal.data.balance import (
    BALANCES,
    AllWindows,
    Balance,
    Undersample,
    Weighted,
    class_weights,
    draw_donors,
    draw_weighted,
    epoch_draws,
    thin_background,
    undersample,
)
from ictal.data.prepared import PreparedRecording
from ictal.data.settings import parse_settings
from ictal.data.windows import WindowTable, cut_windows

LABELS = np.repeat(np.array([0, 1, 2], np.int8), [900, 60, 40])
SOME = [AllWindows(), Undersample(ratio=0.5), Weighted(shares=(2.0, 1.0, 1.0), n_windows=2000)]


def windows_of(*subjects: str, step: float = 1.0) -> WindowTable:
    events = Annotations([Event(20.0, 8.0)], 60.0)
    recordings = [PreparedRecording(name, name[0], "1", "", ("C3",), 64.0, 60 * 64, events) for name in subjects]
    return cut_windows(recordings, WindowGrid(4.0, step))


@pytest.mark.parametrize("balance", SOME, ids=lambda balance: balance.balance)
def test_an_epoch_follows_from_the_seed_and_its_number(balance: Balance) -> None:
    drawn = balance.draw(LABELS, seed=1, epoch=5)
    np.testing.assert_array_equal(drawn, balance.draw(LABELS, seed=1, epoch=5))
    assert drawn.dtype == np.int64
    assert sorted(drawn) != list(drawn)
    for seed, epoch in ((1, 6), (2, 5), (5, 1)):
        assert not np.array_equal(drawn, balance.draw(LABELS, seed=seed, epoch=epoch))


@pytest.mark.parametrize("name", BALANCES)
def test_every_balance_of_the_table_is_a_value(name: str) -> None:
    balance = parse_settings(BALANCES, {"balance": name})
    assert balance.balance == name
    assert type(balance).model_validate_json(balance.model_dump_json()) == balance


def test_all_windows_are_shown_once() -> None:
    np.testing.assert_array_equal(np.sort(AllWindows().draw(LABELS, seed=0, epoch=0)), np.arange(len(LABELS)))


@given(
    n_background=st.integers(0, 200),
    n_seizures=st.integers(0, 50),
    ratio=st.floats(0.01, 10.0),
    seed=st.integers(0, 1000),
)
def test_undersampling_keeps_seizures_and_reaches_the_ratio(
    n_background: int, n_seizures: int, ratio: float, seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.array([0, 1], np.int8), [n_background, n_seizures]))
    drawn = undersample(labels, ratio, np.random.default_rng(seed))
    assert len(np.unique(drawn)) == len(drawn)
    assert set(np.flatnonzero(labels)) <= set(drawn)
    kept = int((labels[drawn] == 0).sum())
    assert kept == n_background or abs(kept - n_seizures / ratio) <= 0.5


def test_epochs_together_see_more_background_than_one() -> None:
    seen = [set(Undersample(ratio=1.0).draw(LABELS, seed=0, epoch=epoch)) for epoch in range(30)]
    assert len(set.union(*seen)) > 950 > len(seen[0])


def test_weighted_classes_have_their_shares() -> None:
    drawn = Weighted(shares=(2.0, 1.0, 1.0), n_windows=40_000).draw(LABELS, seed=0, epoch=0)
    np.testing.assert_allclose(np.bincount(LABELS[drawn]) / 40_000, [0.5, 0.25, 0.25], atol=0.01)


def test_an_epoch_of_weighted_windows_is_as_long_as_the_table_unless_said() -> None:
    assert len(Weighted(shares=(1.0, 1.0, 1.0)).draw(LABELS, seed=0, epoch=0)) == len(LABELS)


def test_a_class_without_windows_has_no_share() -> None:
    drawn = Weighted(shares=(1.0, 1.0, 1.0)).draw(LABELS[:960], seed=0, epoch=0)
    assert set(LABELS[drawn]) == {0, 1}


def test_every_class_needs_a_share() -> None:
    with pytest.raises(ParameterError, match="2 came; the windows are of 3 classes"):
        Weighted(shares=(1.0, 1.0)).draw(LABELS, seed=0, epoch=0)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0], [np.nan, 1.0], [np.inf, 1.0], []])
def test_weights_that_say_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ParameterError, match="weights"):
        draw_weighted(np.asarray(weights), 3, np.random.default_rng(0))


def test_class_weights_are_those_of_scikit_learn() -> None:
    expected = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    np.testing.assert_allclose(class_weights(LABELS, 3), expected)
    np.testing.assert_allclose(class_weights(LABELS.reshape(-1, 4), 3), expected)


@pytest.mark.parametrize("labels", [[0, 0], [0, 2], [0, 1, 2], []])
def test_class_weights_need_each_class(labels: list[int]) -> None:
    with pytest.raises(ParameterError, match="must occur"):
        class_weights(labels, 2)


def test_donors_are_seizures_of_others() -> None:
    windows = windows_of("anna-1", "bert", "anna-2", "carl")
    chosen = np.arange(len(windows)).repeat(20)
    donors = draw_donors(windows, chosen, seed=0, epoch=0)
    assert windows.labels[donors].all()
    assert not (windows.subject[donors] == windows.subject[chosen]).any()
    of_bert = windows.subject[chosen] == 1
    assert set(donors[of_bert]) == set(np.flatnonzero((windows.labels > 0) & (windows.subject != 1)))
    np.testing.assert_array_equal(donors, draw_donors(windows, chosen, seed=0, epoch=0))
    assert not np.array_equal(donors, draw_donors(windows, chosen, seed=0, epoch=1))


def test_donors_need_a_second_subject() -> None:
    windows = windows_of("anna-1", "anna-2")
    with pytest.raises(ParameterError, match="two or more"):
        draw_donors(windows, np.arange(3), seed=0, epoch=0)


def test_thinned_background_is_that_of_the_coarse_grid_and_seizures_are_those_of_the_fine_one() -> None:
    fine, coarse = windows_of("a", "b", step=0.25), windows_of("a", "b", step=2.0)
    thinned = thin_background(fine, 2.0)

    def places(windows: WindowTable, label: int) -> set[tuple[int, int]]:
        chosen = windows.labels == label
        return set(zip(windows.recording[chosen].tolist(), windows.start[chosen].tolist(), strict=True))

    assert places(thinned, 0) == places(coarse, 0)
    assert places(thinned, 1) == places(fine, 1)
    assert len(places(fine, 1)) > 6 * len(places(coarse, 1))


@pytest.mark.parametrize("step", [0.0, -1.0, 0.01])
def test_the_step_of_the_background_is_whole_samples(step: float) -> None:
    with pytest.raises(ParameterError, match="whole number of samples"):
        thin_background(windows_of("a"), step)


def test_purposes_have_random_numbers_of_their_own() -> None:
    assert epoch_draws(0, 0, "windows").random() != epoch_draws(0, 0, "donors").random()
