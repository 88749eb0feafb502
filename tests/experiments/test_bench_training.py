"""The benchmark of training measures what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.experiments.bench_training import HEADER, USUAL, Pace, bench_training, cut_some, write_noise
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig


def test_every_usual_network_has_a_line() -> None:
    told: list[str] = []
    table = bench_training(
        n_channels=2, batch_size=4, n_batches=3, repeats=1, progress=lambda share, text: told.append(text)
    )
    lines = table.splitlines()
    assert lines[0] == HEADER
    assert [line.split()[0] for line in lines[1:]] == list(USUAL) == told
    for line in lines[1:]:
        _, bare, fitted, share, _, waiting, _ = line.split()
        assert min(int(bare), int(fitted), int(share)) > 0
        assert 0.0 < float(waiting) < 100.0


def test_a_rule_is_refused() -> None:
    with pytest.raises(ParameterError, match="'line-length' is a rule"):
        bench_training(["line-length"], n_channels=1)


def test_a_row_says_how_much_of_the_bare_step_is_left() -> None:
    assert Pace("mine", bare=200.0, fitted=150.0, waiting=0.025).row.split() == [
        "mine",
        "200",
        "150",
        "75",
        "%",
        "2.5",
        "%",
    ]


def test_windows_have_as_many_labels_as_the_network_answers(tmp_path: Path) -> None:
    store = write_noise(tmp_path / "store", n_channels=1)
    windows = cut_some(store, EEGWaveNet(EEGWaveNetConfig(n_channels=1)), n_windows=100)
    assert windows.labels.shape == (100,)
    assert set(windows.labels.tolist()) == {0, 1}

    class FourFrames(torch.nn.Module):
        """Answers a frame each second."""

        def forward(self, signal: torch.Tensor) -> torch.Tensor:
            return torch.zeros(len(signal), 4, 2)

    assert cut_some(store, FourFrames(), n_windows=5000).labels.shape == (5000, 4)
