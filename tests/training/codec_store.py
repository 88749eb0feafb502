"""A small store of rhythms for codecs, and settings that make a pretraining of a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.recording import Recording
from ictal.data.manifest import Manifest, RecordingRow, write_manifest
from ictal.data.portions import Portion, whole_recordings
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.models.braincodec import BrainCodecConfig
from ictal.preprocessing.chain import Chain
from ictal.training.pretrain_settings import PretrainSettings

RATE = 128.0
SMALL = BrainCodecConfig(sampling_rate=RATE, ratios=(4, 4), width=4, widest=8, dimension=4, n_entries=8, n_codebooks=2)


def write_rhythms(folder: Path, seconds: tuple[float, ...] = (20.0, 40.0, 20.0), rate: float = RATE) -> Store:
    """Write a recording for each subject: a rhythm of its own, a flat channel, and noise for every second of them."""
    with open_for_writing(folder):
        rows = []
        for number, duration in enumerate(seconds):
            rng, time = np.random.default_rng(number), np.arange(round(duration * rate)) / rate
            rhythm = (50.0 + number) * np.sin(2 * np.pi * (2 + number) * time) + rng.normal(0.0, 5.0, time.shape)
            channels = {"C3": rhythm, "flat": np.full(time.shape, 7.0)}
            if number % 2:
                channels["noise"] = rng.normal(0.0, 300.0, time.shape)
            recording = Recording.from_array(np.stack(list(channels.values())), rate, list(channels))
            signal = write_signal(folder, f"key{number}", f"hash{number}", recording, Chain())
            rows.append(RecordingRow(f"night{number}", f"subject{number}", "1", signal))
        write_manifest(folder, Manifest("0.1.0", "rhythms", {"steps": []}, recordings=tuple(rows)))
    return Store(folder)


def divide(store: Store) -> tuple[tuple[Portion, ...], tuple[Portion, ...]]:
    """Return all recordings but the last to train on, and that to validate with."""
    portions = whole_recordings(store.recordings)
    return portions[:-1], portions[-1:]


def quick(**changes: Any) -> PretrainSettings:
    """Return settings of four steps that go through every stage."""
    settings: dict[str, Any] = {
        "steps": 4,
        "batch_size": 4,
        "warm_up": 1,
        "quantised_from": 1,
        "start_batches": 2,
        "adversarial_from": 2,
        "n_validation": 4,
        "log_every": 1,
        "validate_every": 2,
        "discriminator": {"windows": [32], "width": 2},
        "accelerator": "cpu",
    }
    return PretrainSettings(**settings | changes)
