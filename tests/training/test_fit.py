"""Fitting: the same bits however it is run, stopped and gone on with; the best weights; what is refused."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ictal.core.errors import IctalWarning, OutputError, ParameterError
from ictal.core.recording import Recording
from ictal.core.windows import WindowGrid
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import Weighted
from ictal.data.loader import WindowLoader
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.windows import cut_windows
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.preprocessing.chain import Chain
from ictal.training.checkpoint import LAST
from ictal.training.devices import DeviceLostError
from ictal.training.fit import Fitted, fit
from ictal.training.settings import TrainingSettings
from ictal.training.task import DivergedError
from ictal.training.trackers import METRICS, read_metrics

OF_THE_CLOCK = ("train/waiting", "train/windows_per_second")


def bits(fitted: Fitted) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in fitted.network.state_dict().items()}


def timeless(history: Any) -> list[dict[str, float]]:
    return [{key: value for key, value in row.items() if key not in OF_THE_CLOCK} for row in history]


@pytest.fixture(scope="module")
def unbroken(loud: ModuleType) -> Fitted:
    """What every other way to run the same training must come to."""
    return loud.fit_loudness()


class TestSameBits:
    @pytest.mark.parametrize("n_workers", [0, 3])
    def test_with_any_number_of_workers(self, loud: ModuleType, unbroken: Fitted, n_workers: int) -> None:
        again = loud.fit_loudness(n_workers=n_workers)
        assert bits(again) == bits(unbroken)
        assert timeless(again.history) == timeless(unbroken.history)

    def test_whatever_the_process_did_before(self, loud: ModuleType, unbroken: Fitted) -> None:
        torch.manual_seed(1234)
        before = torch.get_num_threads()
        torch.set_num_threads(2)
        try:
            again = loud.fit_loudness()
            assert torch.get_num_threads() == 2
        finally:
            torch.set_num_threads(before)
        assert bits(again) == bits(unbroken)
        drawn = torch.rand(1)
        torch.manual_seed(1234)
        assert torch.rand(1) == drawn
        assert not torch.are_deterministic_algorithms_enabled()

    def test_but_not_with_another_seed(self, loud: ModuleType, unbroken: Fitted) -> None:
        assert bits(loud.fit_loudness(seed=1)) != bits(unbroken)

    def test_the_network_that_came_is_left_as_it_is(self, loud: ModuleType) -> None:
        network = loud.Loudness().eval()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        reader = loud.LoudNights()
        fit(network, WindowLoader(reader, loud.cut_nights(reader)), loud.settings(epochs=1), validate=loud.loss_of)
        assert not network.training
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


class TestSideBySide:
    """Two trainings at once in processes of their own; the first one is killed in the middle of its third epoch."""

    @pytest.fixture(scope="class")
    def folders(self, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
        folder = tmp_path_factory.mktemp("side-by-side")
        script = Path(__file__).with_name("loud_nights.py")
        # One read is for the fingerprint; 20 batches make an epoch.
        arguments = [[str(folder / "killed"), "0", "50"], [str(folder / "whole"), "1"]]
        processes = [subprocess.Popen([sys.executable, str(script), *one]) for one in arguments]
        codes = [process.wait(timeout=900) for process in processes]
        assert codes == [-signal.SIGKILL, 0]
        return folder / "killed", folder / "whole"

    def test_is_as_one_after_another(self, loud: ModuleType, folders: tuple[Path, Path]) -> None:
        reader = loud.LoudNights()
        standing = loud.fit_loudness(reader, seed=1, folder=folders[1])
        assert reader.n_reads == 1, "a training that has ended is read and not run again"
        assert bits(standing) == bits(loud.fit_loudness(seed=1))

    def test_a_killed_one_goes_on_to_the_same_end(
        self, loud: ModuleType, folders: tuple[Path, Path], unbroken: Fitted
    ) -> None:
        assert len(read_metrics(folders[0] / METRICS)) == 2
        reader = loud.LoudNights()
        gone_on = loud.fit_loudness(reader, folder=folders[0])
        assert reader.n_reads == 1 + 2 * 20
        assert bits(gone_on) == bits(unbroken)
        assert timeless(gone_on.history) == timeless(unbroken.history)
        assert timeless(read_metrics(folders[0] / METRICS)) == timeless(unbroken.history)


class StoppedError(Exception):
    """What a tuner raises."""


def stop_after(epoch: int) -> Callable[[int, Mapping[str, float]], None]:
    def watch(number: int, figures: Mapping[str, float]) -> None:
        assert figures["epoch"] == number
        if number == epoch:
            raise StoppedError

    return watch


class TestGoingOn:
    @pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle"])
    def test_of_any_schedule(self, loud: ModuleType, tmp_path: Path, schedule: str) -> None:
        other: dict[str, Any] = {"schedule": {"schedule": schedule}, "ema": None, "patience": 1}
        whole = loud.fit_loudness(**other)
        with pytest.raises(StoppedError):
            loud.fit_loudness(**other, folder=tmp_path, watch=stop_after(1))
        gone_on = loud.fit_loudness(**other, folder=tmp_path, n_workers=2)
        assert bits(gone_on) == bits(whole)
        assert timeless(gone_on.history) == timeless(whole.history)
        assert gone_on.best_epoch == whole.best_epoch

    def test_the_early_stop_counts_on(self, loud: ModuleType, tmp_path: Path) -> None:
        def worse() -> Iterator[float]:
            yield from (0.5, 0.9, 0.8, 0.7, 0.6, 0.95)

        figures = worse()
        other: dict[str, Any] = {"epochs": 6, "patience": 3, "monitor": "f1"}

        def validate(network: nn.Module) -> dict[str, float]:
            return {"f1": next(figures)}

        with pytest.raises(StoppedError):
            loud.fit_loudness(**other, validate=validate, folder=tmp_path, watch=stop_after(2))
        fitted = loud.fit_loudness(**other, validate=validate, folder=tmp_path)
        assert (len(fitted.history), fitted.best_epoch) == (5, 1)

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            ({"optimizer": {"optimizer": "adam", "lr": 0.5}}, "had training.optimizer"),
            ({"epochs": 9}, "had training.epochs = 1 and not 9"),
            ({"augmentations": Augmentations(steps=[{"augmentation": "noise"}])}, "had augmentation"),
        ],
    )
    def test_another_training_is_refused(
        self, loud: ModuleType, tmp_path: Path, other: dict[str, Any], said: str
    ) -> None:
        loud.fit_loudness(epochs=1, folder=tmp_path)
        with pytest.raises(ParameterError, match=said):
            loud.fit_loudness(**{"epochs": 1, **other}, folder=tmp_path)

    def test_other_data_or_another_network_is_refused(self, loud: ModuleType, tmp_path: Path) -> None:
        loud.fit_loudness(epochs=1, folder=tmp_path)
        reader = loud.LoudNights()
        windows = loud.cut_nights(reader)
        louder = loud.LoudNights()
        louder.signal *= 1.01
        fewer = WindowLoader(reader, windows.take(np.arange(len(windows) - 1)))
        kept = loud.settings(epochs=1)
        for network, loader, part in [
            (loud.Loudness(seed=1), WindowLoader(reader, windows), "network"),
            (loud.Loudness(), WindowLoader(louder, windows), "signal"),
            (loud.Loudness(), fewer, "windows"),
        ]:
            with pytest.raises(ParameterError, match=f"another {part}"):
                fit(network, loader, kept, validate=loud.loss_of, folder=tmp_path)


class TestBestWeights:
    def fit_told(self, loud: ModuleType, told: list[float], **other: Any) -> tuple[Fitted, list[dict[str, Any]]]:
        """Fit with a validation that says what it is told to, and keep what it saw."""
        seen: list[dict[str, Any]] = []

        def validate(network: nn.Module) -> dict[str, float]:
            assert not network.training
            assert not torch.is_grad_enabled()
            seen.append({name: value.clone() for name, value in network.state_dict().items()})
            return {other.get("monitor", "loss"): told[len(seen) - 1], "auroc": 0.5}

        fitted = loud.fit_loudness(validate=validate, epochs=len(told), **{"patience": None, **other})
        return fitted, seen

    @pytest.mark.parametrize("ema", [None, 0.9])
    @pytest.mark.parametrize(
        ("monitor", "told", "best"),
        [
            ("loss", [0.5, 0.2, float("nan"), 0.3], 1),
            ("false_alarms_per_day", [5.0, 7.0], 0),
            ("event_f1", [float("nan"), 0.1, 0.4, 0.4], 2),
            ("pr_auc", [float("inf"), 0.1], 1),
        ],
    )
    def test_are_restored(
        self, loud: ModuleType, monitor: str, told: list[float], best: int, ema: float | None
    ) -> None:
        fitted, seen = self.fit_told(loud, told, monitor=monitor, ema=ema)
        assert fitted.best_epoch == best
        assert not fitted.network.training
        assert all(torch.equal(value, seen[best][name]) for name, value in fitted.network.state_dict().items())
        assert any(not torch.equal(value, seen[best - 1][name]) for name, value in seen[best].items())
        assert fitted.history[best]["validation/auroc"] == 0.5

    def test_without_a_number_are_those_of_the_last_epoch(self, loud: ModuleType) -> None:
        with pytest.warns(IctalWarning, match="never gave a number for 'pr_auc'; the weights of the last epoch"):
            fitted, _ = self.fit_told(loud, [float("nan")] * 3, monitor="pr_auc")
        assert fitted.best_epoch == 2

    def test_the_mean_of_the_weights_follows_them(self, loud: ModuleType) -> None:
        """With one batch an epoch, each validation sees one more step; the first steps weigh more."""
        told = [0.4, 0.3, 0.2, 0.1]
        plain, mean = (self.fit_told(loud, told, ema=ema, batch_size=1000)[1] for ema in (None, 0.75))
        expected = plain[0]["head.weight"]
        for step, (weights, seen) in enumerate(zip(plain, mean, strict=True)):
            kept = min(0.75, (1 + step) / (10 + step)) if step else 0.0
            expected = kept * expected + (1 - kept) * weights["head.weight"]
            torch.testing.assert_close(seen["head.weight"], expected)
        assert not torch.equal(plain[0]["head.weight"], plain[-1]["head.weight"])

    def test_a_monitor_that_is_not_validated_is_refused(self, loud: ModuleType) -> None:
        with pytest.raises(ParameterError, match="monitor: 'f1' is not among what the validation says: loss"):
            loud.fit_loudness(monitor="f1")


class TestTraining:
    def test_learns(self, unbroken: Fitted) -> None:
        assert unbroken.history[-1]["validation/loss"] < 0.1
        assert unbroken.history[-1]["train/loss"] < 0.5 * unbroken.history[0]["train/loss"]

    def test_without_a_validation_the_last_epoch_is_the_best(self, loud: ModuleType) -> None:
        fitted = loud.fit_loudness(validate=None, epochs=3, patience=1, schedule={"schedule": "constant"})
        assert fitted.best_epoch == 2

    def test_frozen_layers_stay_as_they_are(self, loud: ModuleType) -> None:
        network = loud.Loudness()
        network.norm.requires_grad_(False)
        network.filters.requires_grad_(False)
        reader = loud.LoudNights()
        loader = WindowLoader(reader, loud.cut_nights(reader))
        fitted = fit(network, loader, loud.settings(epochs=1), validate=loud.loss_of)
        changed = {
            name
            for name, value in fitted.network.state_dict().items()
            if not torch.equal(value, network.state_dict()[name])
        }
        assert changed == {"head.weight", "head.bias"}
        with pytest.raises(ParameterError, match="all of its weights are frozen"):
            fit(network.requires_grad_(False), loader, loud.settings(epochs=1), validate=loud.loss_of)

    @pytest.mark.parametrize("other", [{"precision": "bf16-mixed"}, {"clip": 1e-9, "optimizer": {"optimizer": "sgd"}}])
    def test_with_mixed_precision_and_clipped_gradients(self, loud: ModuleType, other: dict[str, Any]) -> None:
        plain = loud.fit_loudness(epochs=1, ema=None, **{**other, "precision": "32", "clip": None})
        changed = loud.fit_loudness(epochs=1, ema=None, **other)
        assert bits(changed) != bits(plain)
        if "clip" in other:
            moved = [
                (changed.network.get_parameter(name) - value).abs().max()
                for name, value in loud.Loudness().named_parameters()
            ]
            assert max(moved) < 1e-6

    def test_seizures_of_others_are_laid_over(self, loud: ModuleType, unbroken: Fitted) -> None:
        varied = Augmentations(steps=[{"augmentation": "synthetic-seizure"}, {"augmentation": "mixup"}])
        first, again = (loud.fit_loudness(augmentations=varied, n_workers=n_workers) for n_workers in (0, 2))
        assert bits(first) == bits(again) != bits(unbroken)

    def test_nothing_is_printed(self, loud: ModuleType, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        loud.fit_loudness(epochs=1, folder=tmp_path)
        assert capfd.readouterr() == ("", "")

    def test_the_progress_says_how_it_goes(self, loud: ModuleType) -> None:
        told: list[tuple[float, str]] = []
        loud.fit_loudness(progress=lambda share, text: told.append((share, text)), epochs=2)
        shares = [share for share, _ in told]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert told[-1][1].startswith("epoch 2/2, loss 0.")
        assert ", loss 0." in told[-1][1]
        assert "(best 0." in told[-1][1]

    def test_the_user_may_stop_it(self, loud: ModuleType, tmp_path: Path) -> None:
        def interrupt(*_: object) -> None:
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            loud.fit_loudness(watch=interrupt, folder=tmp_path)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert (tmp_path / LAST).exists()


class TestRefused:
    def test_a_class_without_windows(self, loud: ModuleType) -> None:
        reader = loud.LoudNights()
        windows = loud.cut_nights(reader)
        quiet = windows.take(windows.labels == 0)
        with pytest.raises(ParameterError, match="the training has none of the class 'sz'"):
            fit(loud.Loudness(), WindowLoader(reader, quiet), loud.settings(), validate=loud.loss_of)
        with pytest.raises(ParameterError, match="the training has none of the class 'bckg'"):
            fit(loud.Loudness(), WindowLoader(reader, windows.take([])), loud.settings(), validate=loud.loss_of)
        with pytest.raises(ParameterError, match="the balance leaves none of the class 'sz'"):
            balance = Weighted(shares=(1.0, 0.0))
            fit(loud.Loudness(), WindowLoader(reader, windows, balance=balance), loud.settings(), validate=loud.loss_of)
        assert reader.n_reads == 0

    def test_a_plateau_without_a_validation(self, loud: ModuleType) -> None:
        with pytest.raises(ParameterError, match="'plateau' is not allowed without a validation"):
            loud.fit_loudness(validate=None)

    def test_a_loss_that_is_no_number(self, loud: ModuleType, tmp_path: Path) -> None:
        with pytest.raises(DivergedError, match=r"epoch 0: .*try a lower learning rate than 1e\+30, or clip = 1"):
            loud.fit_loudness(optimizer={"optimizer": "sgd", "lr": 1e30}, clip=None, folder=tmp_path)
        assert not (tmp_path / LAST).exists()

    def test_the_epochs_before_a_lost_loss_are_kept(self, loud: ModuleType, tmp_path: Path) -> None:
        """A batch of the third epoch holds what no network can take."""
        reader = loud.LoudNights()
        read = reader.read_windows

        def spoiled(recordings: Any, starts: Any, length: int) -> np.ndarray:
            signal = read(recordings, starts, length)
            return signal * np.float32(np.nan) if reader.n_reads == 1 + 2 * 20 + 3 else signal

        reader.read_windows = spoiled
        with pytest.raises(
            DivergedError, match=r"epoch 2: the loss is nan in batch 2; .* The epochs before it are kept"
        ):
            loud.fit_loudness(reader, n_workers=0, folder=tmp_path)
        assert [row["epoch"] for row in read_metrics(tmp_path / METRICS)] == [0, 1]
        assert bits(loud.fit_loudness(folder=tmp_path)) == bits(loud.fit_loudness())

    def test_a_disk_that_is_full(self, loud: ModuleType, tmp_path: Path, unbroken: Fitted) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        def fill(epoch: int, figures: Mapping[str, float]) -> None:
            if epoch == 1:
                resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / LAST).stat().st_size // 2, hard))

        try:
            with pytest.raises(OutputError, match=r"last.ckpt: the file would be larger than this system allows"):
                loud.fit_loudness(folder=tmp_path, watch=fill)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not list((tmp_path / LAST).parent.glob("*.part"))
        assert bits(loud.fit_loudness(folder=tmp_path)) == bits(unbroken)


class TestSeveralDevices:
    """EEGWaveNet on two processes of the processor; the other one imports what it runs from the package."""

    @pytest.fixture(scope="class")
    def loader(self, tmp_path_factory: pytest.TempPathFactory) -> WindowLoader:
        folder = tmp_path_factory.mktemp("devices") / "store"
        signal = np.random.default_rng(0).normal(0.0, 10.0, (2, 51 * 128))
        signal[:, 20 * 128 : 35 * 128] *= 4.0
        night = Recording.from_array(signal, 128.0, ["C3", "C4"])
        with open_for_writing(folder):
            facts = write_signal(folder, "key", "hash", night, Chain())
            row = RecordingRow("a", "anna", "1", facts, events=(EventRow(20.0, 15.0),))
            write_manifest(folder, Manifest("0.1.0", "mine", {}, recordings=(row,)))
        store = Store(folder)
        return WindowLoader(store, cut_windows(store.recordings, WindowGrid(4.0, 1.0)))

    def fit_on(self, loader: WindowLoader, devices: int, **other: Any) -> Fitted:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = EEGWaveNet(EEGWaveNetConfig(n_channels=2, sampling_rate=128.0))
        # Norms that stay as they are: over half a batch they would see something else.
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.requires_grad_(False)
        settings = TrainingSettings(
            epochs=2, batch_size=16, devices=devices, accelerator="cpu", monitor="loss", optimizer={"optimizer": "sgd"}
        )
        return fit(network, loader, settings, validate=lambda network: {"loss": 1.0}, **other)

    def test_share_each_batch(self, loader: WindowLoader, tmp_path: Path) -> None:
        two, one = self.fit_on(loader, 2, folder=tmp_path), self.fit_on(loader, 1)
        assert len(loader.batches.windows) == 3 * 16
        for name, value in two.network.state_dict().items():
            torch.testing.assert_close(value, one.network.state_dict()[name])
        assert [row["train/loss"] for row in two.history] == pytest.approx([row["train/loss"] for row in one.history])
        assert not torch.distributed.is_initialized()
        assert bits(self.fit_on(loader, 2, folder=tmp_path)) == bits(two)

    @pytest.mark.slow
    def test_one_that_is_lost_is_told_and_gone_on_with(self, loader: WindowLoader, tmp_path: Path) -> None:
        def kill(epoch: int, figures: Mapping[str, float]) -> None:
            (other,) = multiprocessing.active_children()
            other.kill()

        with pytest.raises(DeviceLostError, match="was killed, perhaps for want of memory; the epochs before are kept"):
            self.fit_on(loader, 2, folder=tmp_path, watch=kill)
        assert len(self.fit_on(loader, 2, folder=tmp_path).history) == 2

    def test_must_divide_a_batch(self, loader: WindowLoader) -> None:
        with pytest.raises(ParameterError, match="batch_size: 16 is not allowed for 3 devices"):
            self.fit_on(loader, 3)
