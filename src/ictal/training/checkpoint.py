"""Where a training stands, in one file that is there whole or not at all, and what it must agree with to go on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.pytorch.plugins.io import CheckpointIO
from torch import nn

from ictal.core.errors import ParameterError, RecordingError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.loader import WindowLoader
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.training.settings import TrainingSettings
from ictal.training.standing import Standing

LAST = Path("checkpoints", "last.ckpt")
"""The checkpoint, in the folder of a run."""

FREE = frozenset({"n_workers"})
"""Settings that may change while a training is stopped: they have no part in its weights."""


class AtomicCheckpoints(CheckpointIO):
    """How Lightning writes and reads checkpoints: whole or not at all, and tensors and plain values alone."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a checkpoint in the place of the one before.

        Raises
        ------
        OutputError
            If the system refuses to write; the checkpoint before is still there.
        """
        del storage_options
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        with atomic_write(path) as file:
            file.write(buffer.getbuffer())

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> dict[str, Any]:
        """Read a checkpoint; no code in it is run.

        Raises
        ------
        RecordingError
            If it is damaged.
        """
        del weights_only
        try:
            content = torch.load(path, map_location="cpu" if map_location is None else map_location, weights_only=True)
        except Exception as error:
            raise RecordingError("is no checkpoint, or damaged; remove it to start anew", file=path) from error
        if not isinstance(content, dict) or "fingerprint" not in content:
            raise RecordingError("is no checkpoint of a training; remove it to start anew", file=path)
        return content

    def remove_checkpoint(self, path: Any) -> None:
        """Remove a checkpoint."""
        Path(path).unlink(missing_ok=True)


def make_fingerprint(
    network: nn.Module, loader: WindowLoader, settings: TrainingSettings, augmentations: Augmentations
) -> dict[str, str]:
    """Return what the weights of a training follow from, each part by its name.

    Parameters
    ----------
    network : Module
        As it is before the first step.
    loader : WindowLoader
    settings : TrainingSettings
    augmentations : Augmentations

    Returns
    -------
    dict of str to str
        Settings as JSON; of large parts a hash.
    """
    windows = loader.batches.windows
    table = hashlib.sha256()
    for array in (windows.recording, windows.start, windows.labels):
        table.update(np.ascontiguousarray(array).data)
    names = [one.name for one in windows.recordings]
    table.update(json.dumps([names, windows.length, windows.classes]).encode())
    first = loader.batches[0, 0, np.arange(min(8, len(windows)))]
    channels = json.dumps([first.channels, first.sampling_rate]).encode()
    told = {f"training.{key}": json.dumps(value) for key, value in settings.model_dump(mode="json").items()}
    return {
        **{key: value for key, value in told.items() if key.removeprefix("training.") not in FREE},
        "balance": loader.balance.model_dump_json(),
        "augmentation": augmentations.model_dump_json(),
        "windows": table.hexdigest(),
        "signal": hashlib.sha256(channels + first.signal.numpy().tobytes()).hexdigest(),
        "network": _hash_network(network),
    }


def _hash_network(network: nn.Module) -> str:
    digest = hashlib.sha256(repr(network).encode())
    for name, value in network.state_dict().items():
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    learning = [name for name, value in network.named_parameters() if value.requires_grad]
    digest.update(json.dumps(learning).encode())
    return digest.hexdigest()


def find_checkpoint(folder: Path, fingerprint: Mapping[str, str]) -> Path | None:
    """Return the checkpoint that a training goes on from, or ``None`` where there is none yet.

    Raises
    ------
    ParameterError
        If it is that of another training; the message says in what they differ.
    OutputError
        If the folder cannot be written.
    """
    path = folder / LAST
    ensure_folder(path.parent)
    for half in path.parent.glob(".*.part"):
        half.unlink(missing_ok=True)
    if not path.exists():
        return None
    before = AtomicCheckpoints().load_checkpoint(path)["fingerprint"]
    for key in fingerprint.keys() | before.keys():
        if before.get(key) != fingerprint.get(key):
            raise ParameterError(
                f"{path}: {_tell(key, before, fingerprint)}; choose another folder, or remove the file."
            )
    return path


def read_standing(path: Path) -> Standing:
    """Return how far the training of a checkpoint is."""
    return Standing(**AtomicCheckpoints().load_checkpoint(path)["callbacks"]["Epochs"])


def _tell(key: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if len(before.get(key, "")) == 64:
        return f"the training that stands there had another {key}"
    return f"the training that stands there had {key} = {before.get(key)} and not {now.get(key)}"
