"""A codec is pretrained from a store: the same bits however it was stopped, and files that say what it can do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.training.codec_store import RATE, SMALL, divide, quick, write_rhythms

from ictal.core.errors import ParameterError
from ictal.data.store import Store
from ictal.models.codec_file import decode_codec
from ictal.training.checkpoint import LAST
from ictal.training.pretrain import CODEC, FIGURES, Pretrained, pretrain_codec
from ictal.training.task import DivergedError
from ictal.training.trackers import METRICS, read_metrics

Pretrain = Callable[..., Pretrained]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return write_rhythms(tmp_path_factory.mktemp("rhythms") / "store")


@pytest.fixture(scope="module")
def pretrain(store: Store) -> Pretrain:
    def run(folder: Path, progress: Callable[..., None] = lambda share, text: None, **changes: object) -> Pretrained:
        return pretrain_codec(quick(**changes), SMALL, store, *divide(store), folder, progress=progress)

    return run


@pytest.fixture(scope="module")
def unbroken(pretrain: Pretrain, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pretrained, Path]:
    folder = tmp_path_factory.mktemp("unbroken")
    return pretrain(folder), folder


def bits(pretrained: Pretrained) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in pretrained.codec.state_dict().items()}


def test_what_is_left_says_what_was_found(unbroken: tuple[Pretrained, Path]) -> None:
    pretrained, folder = unbroken
    rows = read_metrics(folder / METRICS)
    assert [row["step"] for row in rows] == [1, 2, 3, 4]
    assert [dict(row) for row in pretrained.history] == rows
    assert ["validation/snr" in row for row in rows] == [False, True, False, True]
    assert rows[-1]["validation/bands/delta/snr"] == pretrained.figures["bands"]["delta"]["snr"]
    assert "validation/codebooks/1/used" in rows[-1]
    figures = json.loads((folder / FIGURES).read_text())
    assert figures["steps"] == 4
    assert figures["n_segments"] == 4
    codec = decode_codec((folder / CODEC).read_bytes())
    signal = torch.randn(1, 1, round(4 * RATE))
    with torch.no_grad():
        latents = codec.encoder(signal), pretrained.codec.encoder(signal)
    assert torch.allclose(*latents, atol=1e-2)


def test_one_that_was_stopped_ends_with_the_same_bits(
    pretrain: Pretrain, unbroken: tuple[Pretrained, Path], tmp_path: Path
) -> None:
    def stop(share: float, text: str) -> None:
        if share > 0.7:
            raise KeyboardInterrupt

    torch.manual_seed(99)
    with pytest.raises(KeyboardInterrupt):
        pretrain(tmp_path, stop)
    assert not (tmp_path / CODEC).exists()
    again = pretrain(tmp_path, log_every=3)
    assert bits(again) == bits(unbroken[0])
    assert again.figures == unbroken[0].figures


def test_one_that_has_ended_is_there_at_once(pretrain: Pretrain, unbroken: tuple[Pretrained, Path]) -> None:
    steps: list[float] = []
    again = pretrain(unbroken[1], lambda share, text: steps.append(share))
    assert steps == []
    assert bits(again) == bits(unbroken[0])


def test_another_one_is_not_gone_on_with(pretrain: Pretrain, unbroken: tuple[Pretrained, Path]) -> None:
    with pytest.raises(ParameterError, match=r"last.ckpt: .* had another pretraining.lr; choose another folder"):
        pretrain(unbroken[1], lr=0.5)


def test_another_seed_gives_another_codec(
    pretrain: Pretrain, unbroken: tuple[Pretrained, Path], tmp_path: Path
) -> None:
    assert bits(pretrain(tmp_path, seed=1)) != bits(unbroken[0])


def test_a_loss_that_is_no_number_ends_it(pretrain: Pretrain, tmp_path: Path) -> None:
    with pytest.raises(DivergedError, match="in step"):
        pretrain(tmp_path, lr=1e30, steps=20, warm_up=0, clip=1e30, quantised_from=19, adversarial_from=None)
    assert not (tmp_path / CODEC).exists()


def test_a_store_of_another_rate_is_refused(tmp_path: Path) -> None:
    other = write_rhythms(tmp_path / "store", (10.0, 10.0), rate=100.0)
    with pytest.raises(ParameterError, match="night0: 100 Hz came; the codec takes 128 Hz"):
        pretrain_codec(quick(), SMALL, other, *divide(other), tmp_path / "run")
    assert not (tmp_path / "run" / LAST).exists()
