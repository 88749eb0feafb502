"""The evaluation of a fold with EEGWaveNet: scores, events, intervals and files, against the time that was recorded."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ictal.core.recording import Recording
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.portions import whole_recordings
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.training.evaluation import evaluate, make_validate
from ictal.training.losses import CrossEntropy
from ictal.training.scoring import BLOCK_SECONDS, score_portions
from ictal.training.settings import TaskSettings

RATE, N_LEADS, SEIZURE = 256.0, 18, 60.0
TASK = TaskSettings(postprocessing=PostProcessing(smoothing=5.0, threshold=0.6, release=0.4, merge_gap=10.0))


def make_store(folder: Path, n_recordings: int, hours: float) -> Store:
    """Write noise that is louder in three seizures of each recording; two recordings of each subject."""
    rng, rows = np.random.default_rng(0), []
    with open_for_writing(folder):
        for number in range(n_recordings):
            signal = rng.standard_normal((N_LEADS, round(hours * 3600 * RATE)), dtype=np.float32) * 20
            onsets = [hours * 3600 * share for share in (0.2, 0.5, 0.8)]
            for onset in onsets:
                signal[:, round(onset * RATE) : round((onset + SEIZURE) * RATE)] *= 2
            recording = Recording.from_array(signal, RATE, [f"L{lead}" for lead in range(N_LEADS)])
            facts = write_signal(folder, f"{number:032x}", "", recording, Chain())
            events = tuple(EventRow(onset, SEIZURE) for onset in onsets)
            rows.append(RecordingRow(f"r{number}", f"s{number // 2}", "1", facts, events=events))
        write_manifest(folder, Manifest("0", "noise", Chain().model_dump(mode="json"), recordings=tuple(rows)))
    return Store(folder)


def fit_roughly(store: Store) -> EEGWaveNet:
    """Return a network after a few steps, so that its scores are neither all alike nor all right."""
    torch.manual_seed(0)
    network = EEGWaveNet(EEGWaveNetConfig(n_channels=N_LEADS))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    onset = store.recordings[0].annotations[0].onset
    labels, numbers = torch.tensor([0, 1]).repeat(16), np.zeros(32, np.int64)
    for seed in range(20):
        shifts = np.random.default_rng(seed).uniform(0.0, SEIZURE - 4.0, 32)
        starts = np.where(labels == 1, onset, onset - 2 * SEIZURE) + shifts
        signal = torch.from_numpy(store.read_windows(numbers, (starts * RATE).astype(np.int64), 1024))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(signal)[:, 0], labels).backward()
        optimizer.step()
    return network.eval()


def run_bare(network: EEGWaveNet, hours: float, n_recordings: int) -> None:
    """Run the network over signals that are in memory, in blocks as long as those of an evaluation."""
    signal = torch.randn(1, N_LEADS, round((BLOCK_SECONDS + 3) * RATE))
    with torch.no_grad():
        for _ in range(round(n_recordings * hours * 3600 / BLOCK_SECONDS)):
            network(signal)


def measure(way: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return seconds, and seconds of processor, of the fastest run after a warm-up."""
    way()
    times = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        way()
        times.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(times)


def main() -> None:
    """Print how many times faster than the recordings each part is, and how much longer than the bare network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=8)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(Path(folder, "store"), asked.recordings, asked.hours)
        network, portions = fit_roughly(store), whole_recordings(store.recordings)
        validate = make_validate(store, portions, TASK, CrossEntropy().build(np.array([10, 1])))
        ways: dict[str, Callable[[], object]] = {
            "the bare network": lambda: run_bare(network, asked.hours, asked.recordings),
            "scores": lambda: score_portions(network, store, portions, TASK.windows, TASK.scheme),
            "a validation": lambda: validate(network),
            "an evaluation, with intervals and files": lambda: evaluate(
                network, store, portions, TASK, Path(folder, "run"), "test"
            ),
        }
        seconds = sum(portion.duration for portion in portions)
        times = {name: measure(way, asked.repeats) for name, way in ways.items()}
        bare = times["the bare network"][1]
        print(f"{asked.recordings} recordings of {asked.hours:g} h, {N_LEADS} leads, {asked.threads} threads")
        for name, (wall, processor) in times.items():
            told = f"{wall:>8.2f} s{seconds / wall:>9.0f} × real time{processor:>8.2f} s of processor"
            print(f"  {name:<40}{told}   ×{processor / bare:.2f}")


if __name__ == "__main__":
    main()
