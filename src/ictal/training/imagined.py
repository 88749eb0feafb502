"""Seizures that a network knows and a patient has not shown yet: rhythms laid over the patient's own background.

A network that is shown background alone soon calls everything background. What it takes for seizures before it is
trained further stands for those that are still to come: shown again and again, they are not forgotten, and held back,
they tell whether a seizure would still be found. No recording of anybody else is needed for it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ictal.data.loader import BatchSet
from ictal.data.windows import WindowTable
from ictal.training.held_back import Decision, answer
from ictal.training.readers import WindowsInMemory, take_windows

FREQUENCIES = (1.0, 20.0)
"""Hz of the rhythms, drawn evenly on a logarithmic scale."""

RATIOS = (1.0, 8.0)
"""Their size to that of the background, drawn so too."""

MOST_TRIED = 1024
"""Windows that rhythms are laid over."""

_HARMONICS = 4

Signal = NDArray[np.float32]


def imagine_seizures(network: nn.Module, windows: BatchSet, decision: Decision, seed: int = 0) -> BatchSet | None:
    """Return windows with rhythms that a network takes for seizures.

    Parameters
    ----------
    network : Module
        Before it is adapted.
    windows : BatchSet
        Of the patient; those of background are taken.
    decision : Decision
        Of the detector that the network is of.
    seed : int

    Returns
    -------
    BatchSet or None
        The windows that are taken for a seizure, in their middle frame where there are several. Labels are the
        likeliest kinds of seizure, or background where none is taken for one. ``None`` where there is no such window.

    References
    ----------
    Robins, Catastrophic forgetting, rehearsal and pseudorehearsal, Connection Science 1995. Li and Hoiem, Learning
    without forgetting, ECCV 2016.
    """
    draws = np.random.default_rng(seed)
    quiet = np.flatnonzero(windows.windows.window_labels == 0)
    if not len(quiet):
        return None
    table = windows.windows.take(np.sort(draws.choice(quiet, min(MOST_TRIED, len(quiet)), replace=False)))
    signal = windows.reader.read_windows(table.recording, table.start, table.length)
    laid = lay_rhythms(signal, table.sampling_rate, draws)
    imagined = _gather(laid, table)
    logits, _ = answer(network, imagined)
    kinds = np.where(decision.takes_for_seizure(logits), 1 + logits[:, 1:].argmax(axis=1), 0)
    frames = kinds.reshape(len(table), -1)
    found = np.flatnonzero(frames[:, frames.shape[1] // 2])
    labels = kinds.astype(np.int8).reshape(table.labels.shape)
    if not len(found):
        return None
    return take_windows(BatchSet(imagined.reader, replace(imagined.windows, labels=labels)), found)


def lay_rhythms(signal: Signal, sampling_rate: float, draws: np.random.Generator) -> Signal:
    """Return windows with a rhythm on some of their channels.

    Each window has one rhythm, of any frequency of :data:`FREQUENCIES` and with harmonics that make it more or less
    sharp, on a drawn share of the channels and with a drawn size and sign on each.

    Parameters
    ----------
    signal : ndarray of float32, shape (n, n_channels, n_samples)
    sampling_rate : float
        Hz.
    draws : numpy.random.Generator

    Examples
    --------
    >>> quiet = np.random.default_rng(0).normal(0.0, 1.0, (3, 4, 512)).astype(np.float32)
    >>> laid = lay_rhythms(quiet, 128.0, np.random.default_rng(1))
    >>> laid.shape, bool((laid.std(axis=2).max(axis=1) > 1.2).all())
    ((3, 4, 512), True)
    """
    n, n_channels, n_samples = signal.shape
    seconds = np.arange(n_samples) / sampling_rate
    highest = min(FREQUENCIES[1], sampling_rate / 4)
    frequencies = _draw_evenly(draws, FREQUENCIES[0], highest, n)
    sharpness = draws.uniform(0.0, 0.7, (n,))
    rhythm: NDArray[np.float64] = np.zeros((n, n_samples))
    for harmonic in range(1, _HARMONICS + 1):
        phase = 2 * np.pi * (harmonic * frequencies[:, None] * seconds + draws.uniform(0.0, 1.0, (n, 1)))
        rhythm += sharpness[:, None] ** (harmonic - 1) * np.sin(phase)
    rhythm /= rhythm.std(axis=1, keepdims=True)
    chosen = draws.uniform(size=(n, n_channels)) < draws.uniform(0.2, 1.0, (n, 1))
    chosen[np.arange(n), draws.integers(0, n_channels, n)] = True
    heights = chosen * draws.uniform(0.3, 1.0, (n, n_channels)) * draws.choice([-1.0, 1.0], (n, n_channels))
    heights /= np.abs(heights).max(axis=1, keepdims=True)
    sizes = np.median(signal.std(axis=2), axis=1) * _draw_evenly(draws, *RATIOS, n)
    laid: Signal = (signal + (sizes[:, None] * heights)[:, :, None] * rhythm[:, None]).astype(np.float32)
    return laid


def _draw_evenly(draws: np.random.Generator, low: float, high: float, n: int) -> NDArray[np.float64]:
    return np.asarray(np.exp(draws.uniform(np.log(low), np.log(high), n)))


def _gather(signal: Signal, table: WindowTable) -> BatchSet:
    """Return windows in memory as those of one recording, without labels yet."""
    of = table.recordings[table.recording[0]]
    reader = WindowsInMemory(signal, [of.subject] * len(signal), of.channels, table.sampling_rate)
    return BatchSet(reader, reader.tabulate(np.zeros(table.labels.shape, np.int8), table.classes))
