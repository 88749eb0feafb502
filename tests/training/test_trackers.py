"""Where the figures of each epoch go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ictal.core.errors import OutputError, ParameterError
from ictal.training import trackers
from ictal.training.settings import TrainingSettings
from ictal.training.trackers import METRICS, TRACKERS, MetricsTable, open_trackers, read_metrics

ROW = {"epoch": 0, "train/loss": 0.5}


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"'csv', 'tensorboard', 'wandb', 'mlflow'. Did you mean 'wandb'"):
        open_trackers(["wanbd"], tmp_path, TrainingSettings()).__enter__()


def test_a_package_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(trackers.NEEDS, "tensorboard", "no_such_package")
    with pytest.raises(ParameterError, match=r"tracker: 'tensorboard' needs a package .* pip install 'ictal\[track\]'"):
        open_trackers(["tensorboard"], tmp_path, TrainingSettings()).__enter__()
    with open_trackers([], tmp_path, TrainingSettings()) as opened:
        assert [type(one).__name__ for one in opened] == ["MetricsTable"]


def test_without_a_folder_nothing_is_tracked() -> None:
    with open_trackers(["wandb"], None, TrainingSettings()) as opened:
        assert opened == ()


class TestMetricsTable:
    def test_has_a_line_for_each_epoch(self, tmp_path: Path) -> None:
        table = MetricsTable(tmp_path)
        for epoch in range(3):
            table.log_metrics({"epoch": epoch, "train/loss": 1 / 3, "validation/f1": float("nan")})
        lines = (tmp_path / METRICS).read_text().splitlines()
        assert lines[0] == "epoch,train/loss,validation/f1"
        assert lines[1] == "0,0.3333333333333333,nan"
        assert len(lines) == 4
        assert read_metrics(tmp_path / METRICS)[2]["train/loss"] == 1 / 3

    def test_lines_of_a_stopped_training_are_replaced(self, tmp_path: Path) -> None:
        table = MetricsTable(tmp_path)
        for epoch in (0, 1, 2):
            table.log_metrics({"epoch": epoch, "train/loss": 1.0})
        MetricsTable(tmp_path).log_metrics({"epoch": 1, "train/loss": 2.0, "validation/f1": 0.5})
        assert read_metrics(tmp_path / METRICS) == [
            {"epoch": 0.0, "train/loss": 1.0},
            {"epoch": 1.0, "train/loss": 2.0, "validation/f1": 0.5},
        ]

    def test_none_is_empty(self, tmp_path: Path) -> None:
        assert read_metrics(tmp_path / METRICS) == []

    def test_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="its folder does not exist"):
            MetricsTable(tmp_path / "missing").log_metrics(ROW)


def read_tensorboard(folder: Path) -> dict[str, list[tuple[int, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return {name: [(one.step, one.value) for one in events.Scalars(name)] for name in events.Tags()["scalars"]}


def test_tensorboard_shows_the_history(loud: ModuleType, tmp_path: Path) -> None:
    fitted = loud.fit_loudness(folder=tmp_path, epochs=3)
    shown = read_tensorboard(tmp_path / "tensorboard")
    for name in ("train/loss", "validation/loss", "lr"):
        expected = [(row["epoch"], pytest.approx(row[name])) for row in fitted.history]
        assert shown[name] == expected


def join_records(log: bytes) -> bytes:
    """Return what a log of LevelDB holds, without the headers that may stand in the middle of a number."""
    block, header, records, position = 32768, 7, [], 7
    while position < len(log):
        left = block - position % block
        if left < header:
            position += left
            continue
        begin = position + header
        position = begin + int.from_bytes(log[position + 4 : position + 6], "little")
        records.append(log[begin:position])
    return b"".join(records)


class TestWeightsAndBiases:
    @pytest.fixture(autouse=True)
    def _wandb(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        pytest.importorskip("wandb")
        monkeypatch.delenv("WANDB_MODE", raising=False)
        yield

    def test_writes_into_the_folder_alone(
        self, loud: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        fitted = [
            loud.fit_loudness(folder=tmp_path / name, epochs=2, trackers=["wandb"], seed=seed)
            for seed, name in enumerate(("first", "second"))
        ]
        assert capfd.readouterr() == ("", "")
        for one, name in zip(fitted, ("first", "second"), strict=True):
            (run,) = (tmp_path / name / "wandb").glob("offline-run-*")
            (written,) = run.glob("run-*.wandb")
            content = join_records(written.read_bytes())
            assert all(repr(row["train/loss"]).encode() in content for row in one.history)
            assert not any(repr(row["train/loss"]).encode() in content for row in fitted[one is fitted[0]].history)


class TestMLflow:
    @pytest.fixture(autouse=True)
    def _mlflow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("mlflow")
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    def runs(self, folder: Path) -> list[Any]:
        from mlflow.tracking import MlflowClient

        client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
        experiment = client.get_experiment_by_name("ictal")
        assert experiment is not None
        return list(client.search_runs([experiment.experiment_id]))

    def test_writes_into_the_folder_and_goes_on(self, loud: ModuleType, tmp_path: Path) -> None:
        class StoppedError(Exception):
            """What a tuner raises."""

        def stop(epoch: int, figures: Any) -> None:
            if epoch == 1:
                raise StoppedError

        with pytest.raises(StoppedError):
            loud.fit_loudness(folder=tmp_path, trackers=["mlflow"], watch=stop)
        fitted = loud.fit_loudness(folder=tmp_path, trackers=["mlflow"], n_workers=2)
        (run,) = self.runs(tmp_path)
        assert run.data.metrics["train/loss"] == fitted.history[-1]["train/loss"]
        assert json.loads(run.data.params["batch_size"]) == 8


def test_each_tracker_has_its_line() -> None:
    assert list(TRACKERS) == ["csv", "tensorboard", "wandb", "mlflow"]
    assert set(trackers.NEEDS) <= set(TRACKERS)
