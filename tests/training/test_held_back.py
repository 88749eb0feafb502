from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.data.loader import BatchSet
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable
from ictal.detection.calibration import Calibration
from ictal.training.held_back import FEWEST_SEIZURE_WINDOWS, Decision, answer, hold_back, judge
from ictal.training.readers import WindowsInMemory

NIGHT = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 10_000, Annotations((), 10_000.0))


def make_table(labels: np.ndarray, step: int, length: int) -> WindowTable:
    start = np.arange(len(labels), dtype=np.int64) * step
    return WindowTable((NIGHT,), np.zeros(len(labels), np.int32), start, labels.astype(np.int8), length, ("bckg", "sz"))


@given(
    st.lists(st.sampled_from([0, 0, 0, 1]), min_size=60, max_size=200),
    st.integers(1, 4),
    st.integers(1, 8),
    st.sampled_from([0.1, 0.25, 0.5]),
)
def test_no_sample_is_on_both_sides_and_of_each_class_the_last_are_held(
    classes: list[int], step: int, length: int, share: float
) -> None:
    labels = np.array(classes)
    table = make_table(labels, step, length)
    try:
        learned, held = hold_back(table, share)
    except ParameterError:  # where every window of one class lies beside one of the other
        return
    covered = [np.zeros(10_000, np.bool_) for _ in range(2)]
    for side, rows in zip(covered, (learned, held), strict=True):
        for start in table.start[rows]:
            side[start : start + length] = True
    assert not (covered[0] & covered[1]).any()
    for number in (0, 1):
        of_class = np.flatnonzero(labels == number)
        own = held[labels[held] == number]
        wanted = round(share * len(of_class)) if number == 0 or len(of_class) >= FEWEST_SEIZURE_WINDOWS else 0
        np.testing.assert_array_equal(own, of_class[len(of_class) - wanted :])


def test_few_windows_of_seizure_are_all_learned_from() -> None:
    labels = np.zeros(100, np.int64)
    labels[[10, 20, 30]] = 1
    learned, held = hold_back(make_table(labels, 4, 4), 0.25)
    assert labels[learned].sum() == 3
    assert labels[held].sum() == 0


def test_windows_of_another_recording_do_not_overlap() -> None:
    table = make_table(np.zeros(20, np.int64), 2, 4)
    two = WindowTable(
        (NIGHT, NIGHT),
        np.repeat(np.array([0, 1], np.int32), 10),
        np.tile(table.start[:10], 2),
        table.labels,
        4,
        ("bckg", "sz"),
    )
    learned, held = hold_back(two, 0.5)
    assert held.tolist() == list(range(10, 20))
    assert learned.tolist() == list(range(10))


class Loudness(nn.Module):
    """Logits from the mean of a window."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))
        self.dropout = nn.Dropout(0.9)

    def forward(self, signal: Tensor) -> Tensor:
        loud = self.dropout(self.weight * signal.mean(dim=(1, 2)))
        return torch.stack([torch.zeros_like(loud), loud], dim=1)[:, None]


def make_means(means: list[float], labels: list[int]) -> BatchSet:
    signal = np.repeat(np.array(means)[:, None, None], 8, axis=2)
    reader = WindowsInMemory(signal, ["anna"] * len(means), ("C3",), 1.0)
    return BatchSet(reader, reader.tabulate(np.array(labels), ("bckg", "sz")))


def test_each_class_counts_the_same() -> None:
    """Of four windows of background one is taken for a seizure; that of seizure is not."""
    windows = make_means([-2.0, -2.0, -2.0, 1.0, -1.0], [0, 0, 0, 0, 1])
    network = Loudness().train()
    losses = (3 * np.log1p(np.exp(-2.0)) + np.log1p(np.exp(1.0))) / 4, np.log1p(np.exp(1.0))
    found = judge(network, windows, Decision())
    assert found.badness == pytest.approx((0.25 + 1.0) / 2 + 0.1 * np.mean(losses))
    assert found.found == 0.0
    assert network.training


def test_silence_is_worse_than_false_alarms_in_half_of_the_time() -> None:
    silent = judge(Loudness(), make_means([-0.2] * 100 + [-0.1], [0] * 100 + [1]), Decision())
    restless = judge(Loudness(), make_means([-2.0, 1.0] * 50 + [1.0], [0] * 100 + [1]), Decision())
    assert silent.badness > restless.badness
    assert silent.is_silent_beside(restless)
    assert not restless.is_silent_beside(silent)


def test_without_seizures_nothing_is_silent() -> None:
    quiet = judge(Loudness(), make_means([-2.0, -1.0], [0, 0]), Decision())
    assert np.isnan(quiet.found)
    assert not quiet.is_silent_beside(quiet)


def test_a_decision_is_that_of_the_calibrated_detector() -> None:
    logits = np.array([[0.0, -1.0], [0.0, 0.0], [0.0, 1.0]])
    assert Decision(0.6).takes_for_seizure(logits).tolist() == [False, False, True]
    bold = Calibration(kind="platt", slope=1.0, intercept=2.0)
    assert Decision(0.6, bold).takes_for_seizure(logits).tolist() == [True, True, True]


def test_answers_are_those_of_each_window() -> None:
    means = [-2.0, 0.5, 1.0]
    logits, truth = answer(Loudness().train(), make_means(means, [0, 0, 1]))
    np.testing.assert_allclose(logits[:, 1], means, rtol=1e-6)
    np.testing.assert_array_equal(truth, [0, 0, 1])
