"""A corpus in which a seizure is a minute that is louder: small enough to train on in a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events

RECIPE = """\
name = "loud"
summary = "A small EEGNet on what is louder"

[chain]
steps = []

[windows]
length = 4.0
step = 1.0
training_step = 2.0

[model]
MODEL

[training]
epochs = 3
batch_size = 32
accelerator = "cpu"
optimizer = { optimizer = "adam", lr = 3e-3 }

[postprocessing]
smoothing = 3.0
minimum_duration = 4.0
merge_gap = 4.0

[tuning.space]
"training.optimizer.lr" = { low = 1e-4, high = 1e-2, log = true }
"""

MODEL = """\
name = "eegnet"
config = { n_filters = 4, depth = 1, n_summaries = 4, kernel = 0.125, separable_kernel = 4, dropout = 0.25 }"""
"""It learns as soon as any, and is exported in a third of the time of EEGWaveNet."""

RATE, SECONDS = 128.0, 150.0
SEIZURE = Event(60.0, 30.0)


def write_loud_corpus(folder: Path, n_subjects: int = 4, silent: tuple[int, ...] = ()) -> Path:
    """Write one recording of two channels for each subject, those of `silent` without a seizure."""
    for number in range(1, n_subjects + 1):
        place = folder / f"sub-{number:02d}" / "eeg"
        place.mkdir(parents=True)
        signal = np.random.default_rng(number).normal(0.0, 20.0, (2, round(RATE * SECONDS)))
        events = () if number in silent else (SEIZURE,)
        for event in events:
            signal[:, round(event.onset * RATE) : round(event.stop * RATE)] *= 4.0
        stem = f"sub-{number:02d}_task-eeg"
        write_edf(place / f"{stem}_eeg.edf", Recording.from_array(signal, RATE, ["C3", "C4"]))
        write_events(place / f"{stem}_events.tsv", Annotations(events, SECONDS))
    return folder


def write_loud_recipe(folder: Path, *more: str, model: str = MODEL) -> Path:
    """Write the recipe of a model, the inside of ``[model]``, with more lines of TOML at its end."""
    path = folder / "loud.toml"
    path.write_text("\n".join([RECIPE.replace("MODEL", model), *more]), encoding="utf-8")
    return path
