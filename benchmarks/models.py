"""What every network of the table costs to run: seconds for an hour of EEG, and memory.

An hour is read in windows that follow one another, and by EEGWaveNet also densely, a window every second. Channels,
rate, window and the features in front are those of the network's card. Every figure is the fastest run of a process of
its own, behind it the least that its processors worked: with ``--threads 1`` that hardly depends on what else the
machine does. Memory is the largest private (anonymous) memory of that process, the signal (66 MB of 18 channels at
256 Hz) and the interpreter included. What is printed can be pasted into markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.detection.graph import MOST_VALUES, open_session
from ictal.models.card import Setup
from ictal.models.cards import CARDS
from ictal.models.table import MODELS

KINDS = ("waveform", "frames", "picture", "table")
ENGINES = ("onnxruntime", "torch")
DENSE = "eegwavenet, every second"
"""The row that is read in blocks of five minutes."""

BLOCK = 300.0
"""Seconds of the blocks of what is read densely."""


@dataclass(frozen=True)
class Reading:
    """How the hour is read: what is run at once, in samples."""

    n_channels: int
    sampling_rate: float
    window: int
    length: int
    step: int
    at_once: int
    parameters: int
    minutes: float

    def batches(self) -> Iterator[NDArray[np.float32]]:
        """Yield signals (B, C, T)."""
        starts = range(0, self.signal.shape[1] - self.window + 1, self.step)
        for first in range(0, len(starts), self.at_once):
            yield np.stack([self.signal[:, at : at + self.length] for at in starts[first : first + self.at_once]])

    @property
    def signal(self) -> NDArray[np.float32]:
        """The hour, or a part of it, of noise, made once."""
        if not _HOUR:
            shape = self.n_channels, round(60 * self.minutes * self.sampling_rate)
            _HOUR.append(30 * np.random.default_rng(0).standard_normal(shape, np.float32))
        return _HOUR[0]


_HOUR: list[NDArray[np.float32]] = []


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="rows of the table; all if none is named")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N", help="read less of the hour, and scale up")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child is not None:
        CHILDREN[asked.child[0]](*asked.child[1:])
        return
    rows = [name for name in [*MODELS, DENSE] if MODELS.load(name.split(",")[0]).kind in KINDS]
    unknown = sorted(set(asked.only or ()) - set(rows))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(rows)}")
    print(
        f"{asked.threads} threads; fastest of {asked.repeats} times {asked.minutes:g} minutes, scaled to an hour; load "
        f"{os.getloadavg()[0]:.1f} before\n"
    )
    print("| network | parameters | window | ONNX Runtime | torch | memory, ONNX Runtime | memory, torch |")
    print("|---|---|---|---|---|---|---|")
    for name in rows if asked.only is None else asked.only:
        print(measure(name, asked.repeats, asked.threads, asked.minutes), flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f} after")


def measure(name: str, repeats: int, threads: int, minutes: float) -> str:
    """Return the row of one network; what cannot be made or exported is told in place of its figures."""
    found = measure_engines(name, repeats, threads, minutes)
    if "reading" not in found:
        return f"| {name} | {found['problem']} | | | | | |"
    reading = Reading(**found["reading"])
    figures = [tell_time(found[engine]) for engine in ENGINES]
    figures += [f"{found[engine]['memory']:.0f} MB" for engine in ENGINES]
    features = find_setup(name).features
    title = name if features is None else f"{name} behind {features['features']}"
    window = f"{reading.window / reading.sampling_rate:g} s × {reading.n_channels}"
    return f"| {title} | {reading.parameters} | {window} | {' | '.join(figures)} |"


def measure_engines(name: str, repeats: int, threads: int, minutes: float) -> dict[str, Any]:
    """Return how a network was read, and by engine the seconds of each run (or the problem) and the memory."""
    with tempfile.TemporaryDirectory(prefix="ictal-bench-") as folder:
        graph = str(Path(folder) / "model.onnx")
        answer, _ = run_child("export", name, graph, str(minutes))
        if "reading" not in answer:
            return answer
        told = json.dumps(answer["reading"]), str(repeats), str(threads)
        runs = {"onnxruntime": ("run_graph", graph), "torch": ("run_torch", name)}
        for engine, run in runs.items():
            figures, memory = run_child(*run, *told)
            answer[engine] = {**figures, "memory": memory}
    return answer


def tell_time(answer: dict[str, Any]) -> str:
    """Return wall time and processor time of an hour, or what went wrong."""
    if "problem" in answer:
        return str(answer["problem"])
    wall, processor = (min(times) for times in zip(*answer["seconds"], strict=True))
    return f"{wall:.2f} s ({processor:.2f} s)"


def run_child(*arguments: str) -> tuple[dict[str, Any], float]:
    """Return what a process of its own answers, and its largest private memory in MB."""
    command = [sys.executable, __file__, "--child", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        seen = [0.0]
        watcher = threading.Thread(target=watch_memory, args=(process.pid, seen), daemon=True)
        watcher.start()
        output, problem = process.communicate()
    watcher.join()
    if process.returncode != 0:
        return {"problem": problem.strip().splitlines()[-1][:200].replace("|", "/")}, max(seen)
    answer: dict[str, Any] = json.loads(output.splitlines()[-1])
    return answer, max(seen)


def watch_memory(pid: int, seen: list[float]) -> None:
    """Note the private memory of a process in MB every 20 ms until it ends."""
    while True:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            return
        private = [float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")]
        if not private:
            return
        seen.append(private[0])
        time.sleep(0.02)


def find_setup(name: str) -> Setup:
    """Return the setup of a row."""
    return CARDS[name.split(",")[0]].setup


def make(name: str) -> Any:
    """Return the network of a row, behind its features; components are random, since there is nothing to fit."""
    import torch

    from ictal.detection.settings import Model
    from ictal.features.components import Components
    from ictal.training.network import build_network

    setup = find_setup(name)
    model = Model(name=name.split(",")[0], config=setup.config, features=setup.features)
    network = build_network(model, {**setup.facts, "hop": 1.0 if name == DENSE else setup.window}, seed=0).eval()
    for part in network.modules():
        if isinstance(part, Components):
            n_values = part.config.n_values
            random = torch.randn(part.config.n_components, n_values) / n_values**0.5
            part.load(offset=torch.zeros(n_values), gain=torch.ones(n_values), components=random)
    return network


def export(name: str, graph: str, minutes: str) -> None:
    """Write the graph of a row, and print how the hour is read."""
    from ictal.models.cost import count_parameters
    from ictal.training.export import export_onnx

    network, setup = make(name), find_setup(name)
    n_channels, rate = setup.n_channels, setup.sampling_rate
    window = round(setup.window * rate)
    Path(graph).write_bytes(export_onnx(network, n_channels, window=window))
    at_once = max(MOST_VALUES // (n_channels * window), 1)
    parameters = count_parameters(network)
    reading = Reading(n_channels, rate, window, window, window, at_once, parameters, float(minutes))
    if name == DENSE:
        reading = replace(reading, length=round((BLOCK - 1) * rate) + window, step=round(BLOCK * rate), at_once=1)
    print(json.dumps({"reading": asdict(reading)}))


def run_graph(graph: str, reading: str, repeats: str, threads: str) -> None:
    """Print the seconds of each run in ONNX Runtime; torch is not loaded."""
    session = open_session(Path(graph).read_bytes(), int(threads))
    time_readings(Reading(**json.loads(reading)), lambda batch: session.run(None, {"signal": batch}), int(repeats))


def run_torch(name: str, reading: str, repeats: str, threads: str) -> None:
    """Print the seconds of each run in torch."""
    import torch

    torch.set_num_threads(int(threads))
    network = make(name)
    with torch.inference_mode():
        time_readings(Reading(**json.loads(reading)), lambda batch: network(torch.from_numpy(batch)), int(repeats))


def time_readings(reading: Reading, run: Callable[[NDArray[np.float32]], object], repeats: int) -> None:
    """Read so many times, after a first batch for warming up, and print wall and processor seconds of each time."""
    run(next(reading.batches()))
    seconds = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        for batch in reading.batches():
            run(batch)
        hours = reading.minutes / 60
        seconds.append(((time.perf_counter() - wall) / hours, (time.process_time() - processor) / hours))
    print(json.dumps({"seconds": seconds}))


CHILDREN: dict[str, Callable[..., None]] = {"export": export, "run_graph": run_graph, "run_torch": run_torch}

if __name__ == "__main__":
    main()
