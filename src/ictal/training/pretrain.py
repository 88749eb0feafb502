"""A codec learns to make copies of EEG from a prepared store."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ictal.core.errors import ParameterError
from ictal.data.portions import Portion
from ictal.data.store import Store
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.codec_file import encode_codec
from ictal.training.checkpoint import LAST, AtomicCheckpoints
from ictal.training.codec_figures import describe_codec
from ictal.training.pretrain_settings import PretrainSettings
from ictal.training.pretraining import Pretraining
from ictal.training.repeatable import mix_seed, repeatable
from ictal.training.segments import SegmentDraws
from ictal.training.task import DivergedError
from ictal.training.trackers import METRICS

Progress = Callable[..., None]
Row = dict[str, float]

CODEC = "codec.safetensors"
FIGURES = "figures.json"

FREE = frozenset({"log_every"})
"""Settings that may change while a pretraining is stopped."""


@dataclass(frozen=True, eq=False)
class Pretrained:
    """What a pretraining gives.

    Attributes
    ----------
    codec : BrainCodec
        On the processor, in evaluation mode.
    history : tuple of mapping of str to float
        The lines of ``metrics.csv``: ``step``, ``lr``, ``train/…`` as means since the line before, ``validation/…``.
    figures : dict
        Of the validation, as in ``figures.json``; see :func:`~ictal.training.codec_figures.describe_codec`.
    """

    codec: BrainCodec
    history: tuple[Mapping[str, float], ...]
    figures: dict[str, Any]


def pretrain_codec(
    settings: PretrainSettings,
    config: BrainCodecConfig,
    store: Store,
    portions_train: Iterable[Portion],
    portions_validation: Iterable[Portion],
    folder: Path,
    *,
    progress: Progress = lambda share, text="": None,
) -> Pretrained:
    """Pretrain a codec on segments of single channels.

    The same settings, store and seed give the same weights on the same processor, however often it was stopped.

    Parameters
    ----------
    settings : PretrainSettings
    config : BrainCodecConfig
    store : Store
        At the rate of the codec.
    portions_train, portions_validation : iterable of Portion
    folder : Path
        Where ``metrics.csv``, checkpoints, ``codec.safetensors`` (float16) and ``figures.json`` are written; a
        pretraining that was stopped goes on there.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError
        If the store has another rate, a side has no segment, or another pretraining stands in the folder.
    DivergedError
        If a loss is no longer a number.
    OutputError
        If the system refuses to write.
    """
    _check_rate(store, config)
    train = SegmentDraws(store, portions_train, config.window, seed=mix_seed(settings.seed, 0))
    validation = SegmentDraws(store, portions_validation, config.window, seed=mix_seed(settings.seed, 1))
    gpu = settings.accelerator != "cpu" and torch.cuda.is_available()
    if settings.accelerator == "gpu" and not gpu:
        raise ParameterError("pretraining.accelerator: 'gpu' is not possible on this machine; it has none.")
    with repeatable(settings.threads, gpu=gpu):
        torch.manual_seed(mix_seed(settings.seed, 2))
        work = Pretraining(settings, config, "cuda" if gpu else "cpu")
        kept = Kept(folder, _fingerprint(settings, config, store, train))
        history = kept.restore(work)
        shown = validation.draw(0, settings.n_validation)
        history = _run(work, train, shown, history, kept, progress)
        figures = describe_codec(work.codec, shown) | {"steps": work.done}
    codec = work.codec.cpu().eval()
    with atomic_write(folder / CODEC) as file:
        file.write(encode_codec(codec))
    with atomic_write(folder / FIGURES, "w") as file:
        file.write(json.dumps(figures, indent=1) + "\n")
    return Pretrained(codec, tuple(history), figures)


def _run(
    work: Pretraining,
    train: SegmentDraws,
    shown: torch.Tensor,
    history: list[Row],
    kept: Kept,
    progress: Progress,
) -> list[Row]:
    settings, losses = work.settings, []
    while work.done < settings.steps:
        torch.manual_seed(mix_seed(settings.seed, 3, work.done))
        if work.done == settings.quantised_from:
            work.start_quantiser(train.draw(settings.steps, settings.batch_size * settings.start_batches))
        rate = work.rate
        losses.append(work.step(train.draw(work.done, settings.batch_size)))
        if not all(map(math.isfinite, losses[-1].values())):
            raise DivergedError(f"the loss is no longer a number in step {work.done}; a lower lr may help.")
        last = work.done == settings.steps
        looks = work.done % settings.validate_every == 0 or last
        if work.done % settings.log_every == 0 or looks:
            row = {"step": float(work.done), "lr": rate * settings.lr, **_mean("train", losses)}
            if looks:
                row |= _flatten(describe_codec(work.codec, shown), "validation")
            history, losses = [*history, row], []
            if looks:
                kept.keep(work, history)
            progress(work.done / settings.steps, _tell(row))
    return history


class Kept:
    """What a pretraining keeps in its folder: a checkpoint that it goes on from, and ``metrics.csv``.

    Parameters
    ----------
    folder : Path
    fingerprint : mapping of str to str
        What the weights follow from; a checkpoint of another is refused.
    """

    def __init__(self, folder: Path, fingerprint: Mapping[str, str]) -> None:
        self._folder = folder
        self._fingerprint = dict(fingerprint)
        ensure_folder((folder / LAST).parent)

    def restore(self, work: Pretraining) -> list[Row]:
        """Bring a pretraining to where it was kept, and return its history; nothing is done where none was.

        Raises
        ------
        ParameterError
            If another one was kept.
        """
        path = self._folder / LAST
        if not path.exists():
            return []
        content = AtomicCheckpoints().load_checkpoint(path)
        for key in self._fingerprint:
            if content["fingerprint"].get(key) != self._fingerprint[key]:
                raise ParameterError(
                    f"{path}: the pretraining that stands there had another {key}; choose another folder, or remove it."
                )
        work.restore(content["standing"])
        return list(content["history"])

    def keep(self, work: Pretraining, history: list[Row]) -> None:
        """Keep where a pretraining stands.

        Raises
        ------
        OutputError
            If the system refuses to write; what was kept before is still there.
        """
        content = {"fingerprint": self._fingerprint, "standing": work.encode(), "history": history}
        AtomicCheckpoints().save_checkpoint(content, self._folder / LAST)
        with atomic_write(self._folder / METRICS, "w") as file:
            names = dict.fromkeys(key for row in history for key in row)
            table = csv.DictWriter(file, list(names), lineterminator="\n")
            table.writeheader()
            table.writerows(history)


def _check_rate(store: Store, config: BrainCodecConfig) -> None:
    for one in store.recordings:
        if one.sampling_rate != config.sampling_rate:
            raise ParameterError(
                f"{one.name}: {one.sampling_rate:g} Hz came; the codec takes {config.sampling_rate:g} Hz. "
                "Resample in the chain."
            )


def _fingerprint(
    settings: PretrainSettings, config: BrainCodecConfig, store: Store, train: SegmentDraws
) -> dict[str, str]:
    told = {f"pretraining.{key}": json.dumps(value) for key, value in settings.model_dump(mode="json").items()}
    signals = sorted(row.signal.sha256 for row in store.manifest.recordings)
    return {
        **{key: value for key, value in told.items() if key.removeprefix("pretraining.") not in FREE},
        "codec": config.model_dump_json(),
        "data": hashlib.sha256("".join(signals).encode()).hexdigest(),
        "split": train.fingerprint,
    }


def _mean(under: str, losses: list[dict[str, float]]) -> Row:
    """Return the mean of each loss over the steps that have it."""
    values: dict[str, list[float]] = {}
    for step in losses:
        for name, value in step.items():
            values.setdefault(f"{under}/{name}", []).append(value)
    return {name: sum(of) / len(of) for name, of in values.items()}


def _flatten(figures: Mapping[str, Any], under: str) -> Row:
    """Return numbers by one name each, those of inner tables as ``outer/inner``."""
    flat: Row = {}
    for name, value in figures.items():
        if isinstance(value, list):
            flat |= _flatten({str(number): one for number, one in enumerate(value, start=1)}, f"{under}/{name}")
        elif isinstance(value, Mapping):
            flat |= _flatten(value, f"{under}/{name}")
        elif isinstance(value, int | float):
            flat[f"{under}/{name}"] = float(value)
    return flat


def _tell(row: Row) -> str:
    parts = [f"step {row['step']:.0f}", f"l1 {row['train/l1']:.3f}"]
    return ", ".join([*parts, *([f"SNR {row['validation/snr']:.1f} dB"] if "validation/snr" in row else [])])
