"""The trainer of one process, and what is kept from the user."""

from __future__ import annotations

import logging
import signal
from types import ModuleType

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.training.devices import OneMachine
from ictal.training.settings import TrainingSettings
from ictal.training.trainer import make_trainer, quiet_lightning, uses_gpu


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            {"precision": "16-mixed"},
            "1 × accelerator 'cpu' with precision '16-mixed' is not possible on this machine: a",
        ),
        ({"accelerator": "gpu"}, "1 × accelerator 'gpu' with precision '32' is not possible on this machine"),
    ],
)
def test_what_the_machine_lacks_is_refused(other: dict[str, str], said: str) -> None:
    if torch.cuda.is_available() and "accelerator" in other:
        pytest.skip("this machine has one")
    settings = TrainingSettings.model_validate({"accelerator": "cpu", **other})
    with pytest.raises(ParameterError, match=said), quiet_lightning():
        make_trainer(settings, OneMachine(), [], [])


def test_a_cluster_that_it_may_run_on_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SLURM_NTASKS": "4", "SLURM_JOB_NAME": "mine", "SLURM_PROCID": "3"}.items():
        monkeypatch.setenv(name, value)
    with quiet_lightning():
        trainer = make_trainer(TrainingSettings(accelerator="cpu"), OneMachine(), [], [])
    assert (trainer.world_size, trainer.global_rank) == (1, 0)


def test_a_signal_to_end_ends_as_it_did_before(loud: ModuleType) -> None:
    class EndedError(Exception):
        """What the handler of the process makes of it."""

    def end(*_: object) -> None:
        raise EndedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(EndedError):
            loud.fit_loudness(progress=lambda share, text: signal.raise_signal(signal.SIGTERM))
        assert signal.getsignal(signal.SIGTERM) is end
    finally:
        signal.signal(signal.SIGTERM, before)


def test_lightning_is_quiet_only_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    with quiet_lightning():
        assert not logger.isEnabledFor(logging.WARNING)
    assert logger.level == level


def test_a_gpu_is_used_only_where_it_may_be() -> None:
    assert not uses_gpu(TrainingSettings(accelerator="cpu"))
    assert uses_gpu(TrainingSettings(accelerator="auto")) == torch.cuda.is_available()
