"""Tables of features, resampled in the training fold alone."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.windows import WindowGrid
from ictal.data.leakage import LeakageError, check_fitted
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.data.tabular import Resampling, TabularSet, make_pipeline, resample_fold, undersample
from ictal.data.windows import cut_windows

N_FEATURES = 12


def make_set(names: tuple[str, ...] = ("a", "b"), seconds: float = 2000.0, seizure: float = 20.0) -> TabularSet:
    events = Annotations([Event(100.0, seizure)], seconds)
    recordings = [PreparedRecording(name, name, "1", "", ("C3",), 1.0, int(seconds), events) for name in names]
    windows = cut_windows(recordings, WindowGrid(1.0, 1.0))
    draws = np.random.default_rng(len(windows))
    mixing = draws.normal(size=(N_FEATURES, N_FEATURES))
    features = draws.normal(size=(len(windows), N_FEATURES)) @ mixing * 7.0 + 30.0
    return TabularSet((features + 60.0 * windows.labels[:, None]).astype(np.float32), windows)


def test_ratios_are_reached_in_their_order() -> None:
    train = make_set()
    settings = Resampling(undersample=0.1, n_components=5, smote=0.5)
    fold = resample_fold(train, settings, seed=0)
    assert np.bincount(train.labels).tolist() == [3960, 40]
    assert np.bincount(fold.labels).tolist() == [400, 200]
    assert fold.features.shape == (600, 5)
    assert fold.features.dtype == np.float32


def test_the_map_is_that_of_the_scaler_and_the_components() -> None:
    train = make_set()
    settings = Resampling(n_components=5)
    pipeline = make_pipeline(train.labels, N_FEATURES, settings, seed=3)
    pipeline.fit_resample(train.features, train.labels)
    scaler, pca = pipeline.named_steps["scale"], pipeline.named_steps["pca"]
    expected = pca.transform(scaler.transform(train.features))
    np.testing.assert_allclose(
        resample_fold(train, settings, seed=3).map(train.features), expected, rtol=1e-3, atol=1e-3
    )


def test_rows_that_smote_did_not_make_are_windows_of_the_fold_mapped() -> None:
    train = make_set()
    fold = resample_fold(train, Resampling(n_components=5))
    mapped = fold.map(train.features)
    distances = np.linalg.norm(fold.features[:, None] - mapped[None], axis=2).min(axis=1)
    assert (distances[:440] < 1e-3).all()
    assert (distances[440:] > 1e-3).mean() > 0.9
    assert fold.labels[440:].all()


def test_scaled_background_and_seizures_have_mean_0_and_deviation_1() -> None:
    train = make_set()
    fold = resample_fold(train, Resampling(undersample=None, n_components=None, smote=None))
    np.testing.assert_allclose(fold.features.mean(axis=0), 0.0, atol=1e-3)
    np.testing.assert_allclose(fold.features.std(axis=0), 1.0, atol=1e-3)
    np.testing.assert_array_equal(fold.labels, train.labels)


def test_with_nothing_to_do_nothing_is_done() -> None:
    train = make_set()
    fold = resample_fold(train, Resampling(undersample=None, scale=False, n_components=None, smote=None))
    np.testing.assert_array_equal(fold.features, train.features)
    np.testing.assert_array_equal(fold.map(train.features), train.features)


def test_ratios_that_are_reached_already_are_left() -> None:
    train = make_set(seconds=200.0, seizure=80.0)
    fold = resample_fold(train, Resampling(undersample=0.1, n_components=None, smote=0.5))
    np.testing.assert_array_equal(fold.labels, train.labels)


def test_components_are_no_more_than_windows_and_features() -> None:
    assert resample_fold(make_set()).map.components.shape == (N_FEATURES, N_FEATURES)
    few = make_set(names=("a",), seconds=110.0, seizure=3.0)
    fold = resample_fold(few, Resampling(undersample=0.75, smote=None))
    assert fold.map.components.shape == (7, N_FEATURES)


def test_smote_makes_do_with_few_seizures_and_needs_two() -> None:
    few = make_set(names=("a",), seconds=500.0, seizure=3.0)
    assert np.bincount(resample_fold(few, Resampling(undersample=None)).labels).tolist() == [497, 248]
    one = make_set(names=("a",), seconds=500.0, seizure=1.0)
    with pytest.raises(ParameterError, match="smote: 1 window of seizure came; 2 or more"):
        resample_fold(one)


def test_the_seed_decides() -> None:
    train = make_set()
    once, again, other = (resample_fold(train, seed=seed).features for seed in (0, 0, 1))
    np.testing.assert_array_equal(once, again)
    assert not np.allclose(once, other)


def test_nothing_of_the_test_fold_is_seen() -> None:
    everyone = make_set(("a", "b", "c"))
    train = everyone.take(everyone.subject < 2)
    poisoned = TabularSet(np.where(everyone.subject[:, None] == 2, 1e6, everyone.features), everyone.windows)
    fold, of_poisoned = (resample_fold(some.take(some.subject < 2)) for some in (everyone, poisoned))
    np.testing.assert_array_equal(fold.map.offset, of_poisoned.map.offset)
    assert len(train) == 4000
    check_fitted(fold.fitted_on, [Portion("c", "c", 0.0, 2000.0)])
    with pytest.raises(LeakageError, match="recording 'b'"):
        check_fitted(fold.fitted_on, [Portion("b", "b", 1500.0, 1600.0)])
    with pytest.raises(LeakageError):
        check_fitted(resample_fold(everyone).fitted_on, [Portion("c", "c", 0.0, 2000.0)])


def test_other_classes_are_refused() -> None:
    for labels in ([0, 0, 2], [0, 0], [1, 1], [0, 1, 2]):
        with pytest.raises(ParameterError, match="those of 0 and 1, and no other"):
            make_pipeline(np.array(labels, np.int8), 3)


def test_each_window_has_a_row() -> None:
    train = make_set()
    with pytest.raises(ParameterError, match=r"\(3, 2\) came; allowed is \(4000, n_features\)"):
        TabularSet(np.zeros((3, 2)), train.windows)


def test_taken_windows_keep_their_rows() -> None:
    everyone = make_set()
    some = everyone.take(everyone.labels > 0)
    assert len(some) == 40 and some.labels.all()
    np.testing.assert_array_equal(some.features, everyone.features[everyone.labels > 0])


def test_a_classifier_may_follow() -> None:
    from sklearn.linear_model import LogisticRegression

    train = make_set()
    pipeline = make_pipeline(train.labels, N_FEATURES, Resampling(n_components=5))
    pipeline.steps.append(("classify", LogisticRegression()))
    pipeline.fit(train.features, train.labels)
    assert pipeline.predict(train.features)[train.labels > 0].mean() > 0.9


@pytest.mark.parametrize("seed", [0, 7])
def test_the_windows_to_be_read_are_those_that_undersampling_leaves(seed: int) -> None:
    train = make_set()
    alone = Resampling(undersample=0.1, scale=False, n_components=None, smote=None)
    numbers = TabularSet(np.arange(len(train), dtype=np.float64)[:, None], train.windows)
    left = resample_fold(numbers, alone, seed=seed).features[:, 0].astype(int)
    windows, expected = undersample(train.windows, 0.1, seed=seed), train.windows.take(left)
    assert 0 < len(windows) < len(train)
    np.testing.assert_array_equal(windows.recording, expected.recording)
    np.testing.assert_array_equal(windows.start, expected.start)


def test_without_a_ratio_or_where_it_is_reached_all_windows_are_left() -> None:
    windows = make_set().windows
    assert len(undersample(windows, None)) == len(undersample(windows, 1e-6)) == len(windows)
