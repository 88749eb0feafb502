"""Time two ways of doing one thing in turn, and print how they compare."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def compare(title: str, ways: Mapping[str, Callable[[], object]], repeats: int = 7) -> None:
    """Run every way `repeats` times in turn after a warm-up and print medians, and their ratio to the first."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(repeats + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            if run:
                times[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    first = next(iter(medians.values()))
    print(title)
    for name, median in medians.items():
        print(f"  {name:<44}{median * 1000:>10.2f} ms   ×{median / first:.2f}")
