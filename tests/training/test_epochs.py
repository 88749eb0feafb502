"""What happens after each epoch; that it is validated, compared and saved is tested where a network is fitted."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from torch import nn

from ictal.data.loader import WindowLoader
from ictal.training.epochs import Epochs
from ictal.training.feed import Feed
from ictal.training.standing import Standing


def make(loud: ModuleType, told: list[tuple[float, str]]) -> Epochs:
    reader = loud.LoudNights()
    settings = loud.settings(epochs=4, monitor="auroc")
    feed = Feed(WindowLoader(reader, loud.cut_nights(reader)), settings)
    return Epochs(feed, settings, {}, None, progress=lambda share, text: told.append((share, text)))


def test_it_says_the_loss_and_the_monitored_figure(loud: ModuleType) -> None:
    told: list[tuple[float, str]] = []
    epochs = make(loud, told)
    epochs._tell(0.5, 1.2345)
    for figure in (0.7, 0.6):
        epochs.standing = epochs.standing.add(
            {"validation/auroc": figure}, nn.Linear(1, 1), loud.settings(monitor="auroc")
        )
    epochs._tell(2.0, 0.5)
    assert told == [(0.125, "epoch 1/4, loss 1.23"), (0.5, "epoch 2/4, loss 0.5, auroc 0.6 (best 0.7)")]


def test_one_that_has_ended_early_is_done(loud: ModuleType) -> None:
    told: list[tuple[float, str]] = []
    epochs = make(loud, told)
    epochs.standing = Standing(({"validation/auroc": 0.7},), {}, finished=True)
    epochs._tell(1.0, 0.5)
    assert told[0][0] == 1.0


def test_what_must_be_known_to_go_on_comes_back(loud: ModuleType) -> None:
    epochs, again = make(loud, []), make(loud, [])
    epochs.standing = Standing(({"validation/auroc": 0.7},), {}, finished=True)
    again.load_state_dict(epochs.state_dict())
    assert again.standing.history == epochs.standing.history
    assert again.standing.finished


def test_a_loss_is_the_mean_of_its_epoch(loud: ModuleType, tmp_path: Path) -> None:
    """A network that learns nothing has the same loss in each epoch."""
    fitted = loud.fit_loudness(
        optimizer={"optimizer": "sgd", "lr": 1e-30}, schedule={"schedule": "constant"}, epochs=3, patience=None
    )
    losses = [row["train/loss"] for row in fitted.history]
    assert max(losses) - min(losses) < 0.3
    assert [row["lr"] for row in fitted.history] == [1e-30] * 3
    assert all(0.0 < row["train/waiting"] < 1.0 for row in fitted.history)
    assert all(row["train/windows_per_second"] > 0 for row in fitted.history)
