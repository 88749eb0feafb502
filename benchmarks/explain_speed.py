"""How long an explanation takes: a seizure of 30 s in 18 leads, by each method that fits EEGWaveNet::

    benchmarks/explain_speed.py --repeats 9 --threads 2

Simulated EEG, seed 0; the detector that comes with ictal. Medians and quartiles of the repeats in one process; a first
run is not counted. The last column is a ratio to one answer of the network for the same stretch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from ictal.detection.library import load_bundled
from ictal.detection.stretch import cut_stretch
from ictal.experiments.explained_network import open_network
from ictal.explain.check_table import format_table
from ictal.explain.event_score import EventScore
from ictal.explain.methods import explain, list_fitting
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    detector = load_bundled("eegwavenet-scalp")
    recording = simulate_recording(120.0, seed=0, seizures=[Seizure(60.0, 30.0, focus="T8")])
    stretch = cut_stretch(detector, recording, (60.0, 90.0))
    network = open_network(detector)
    if network is None:
        raise SystemExit("the detector holds no network")
    score, signal = EventScore(network, stretch), torch.as_tensor(stretch.signal)[None]

    def answer() -> None:
        with torch.no_grad():
            score(signal)

    once = measure(answer, options.repeats)
    rows = [["what", "s", "quartiles", "× one answer"]]
    rows.append(["one answer of the network", *show(once, once)])
    for method in list_fitting(network):
        took = measure(lambda method=method: explain(method, network, stretch), options.repeats)  # type: ignore[misc]
        rows.append([method, *show(took, once)])
    print(f"{stretch.signal.shape[0]} leads, {stretch.stop - stretch.start:g} s, {options.threads} threads\n")
    print(format_table(rows))


def measure(work: Callable[[], object], repeats: int) -> np.ndarray:
    """Return the quartiles of how long it takes, in seconds."""
    work()
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return np.asarray(np.quantile(took, [0.25, 0.5, 0.75]))


def show(took: np.ndarray, once: np.ndarray) -> list[str]:
    """Return the cells of a row."""
    low, middle, high = took
    return [f"{middle:.3f}", f"{low:.3f} to {high:.3f}", f"{middle / once[1]:.0f}"]


if __name__ == "__main__":
    main()
