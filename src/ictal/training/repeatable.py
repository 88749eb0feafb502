"""Computing so that the same seed gives the same bits."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

_CUBLAS = "CUBLAS_WORKSPACE_CONFIG"


@contextmanager
def repeatable(threads: int, *, gpu: bool = False) -> Iterator[None]:
    """Compute on so many threads of the processor, by algorithms that give the same bits each time.

    Afterwards the number of threads, the choice of algorithms and torch's random numbers are as they were.

    Parameters
    ----------
    threads : int
        Another number adds in another order, and gives other bits.
    gpu : bool
        Whether a GPU computes; where it knows no such algorithm it takes another, so bits may differ there.

    Examples
    --------
    >>> before = torch.get_num_threads()
    >>> with repeatable(threads=1):
    ...     torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    (1, True)
    >>> torch.get_num_threads() == before
    True
    """
    n_threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    cublas = os.environ.get(_CUBLAS)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if gpu else []), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message=r".*does not have a deterministic implementation", category=UserWarning
        )
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(True, warn_only=gpu)
        if gpu and cublas is None:
            os.environ[_CUBLAS] = ":4096:8"
        try:
            yield
        finally:
            torch.set_num_threads(n_threads)
            torch.use_deterministic_algorithms(strict, warn_only=warn_only)
            if gpu and cublas is None:
                del os.environ[_CUBLAS]


def mix_seed(*numbers: int) -> int:
    """Return one seed that follows from several numbers, such as that of a training, the epoch and the device.

    Examples
    --------
    >>> mix_seed(0, 1) == mix_seed(0, 1) != mix_seed(1, 0)
    True
    """
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
