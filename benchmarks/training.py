"""How fast each network is trained, beside its bare step, and how long training waits for data::

benchmarks/training.py --batch-size 64 --workers 2
"""

from __future__ import annotations

import argparse

from ictal.experiments.bench_training import bench_training


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="names of models; every network where none is named")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    print(bench_training(asked.models, batch_size=asked.batch_size, threads=asked.threads, n_workers=asked.workers))


if __name__ == "__main__":
    main()
