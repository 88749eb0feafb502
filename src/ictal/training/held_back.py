"""Windows of a patient that a network is judged by and not adapted on."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ictal.core.errors import ParameterError
from ictal.data.labels import Labels
from ictal.data.loader import BatchSet, LoaderSettings, WindowLoader
from ictal.data.windows import WindowTable

_AT_ONCE = 256
"""Windows that a network is asked for together where it is judged."""

FEWEST_SEIZURE_WINDOWS = 4
"""With fewer windows of seizure none is held back, so that all are learned from."""


def hold_back(windows: WindowTable, share: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which windows are learned from, and which are held back.

    Of each class the last share in time is held back; windows that overlap one of these are left out.

    Parameters
    ----------
    windows : WindowTable
        In the order of time.
    share : float

    Raises
    ------
    ParameterError
        If nothing of the background is left on one of the sides.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> from ictal.data.prepared import PreparedRecording
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 60, Annotations((), 60.0))
    >>> start, labels = np.arange(0, 16, 2), np.zeros(8, np.int8)
    >>> table = WindowTable((night,), np.zeros(8, np.int32), start, labels, 4, ("bckg", "sz"))
    >>> [rows.tolist() for rows in hold_back(table, 0.25)]
    [[0, 1, 2, 3, 4], [6, 7]]
    """
    labels = windows.window_labels
    held = np.zeros(len(windows), np.bool_)
    for number in np.unique(labels):
        rows = np.flatnonzero(labels == number)
        if number == 0 or len(rows) >= FEWEST_SEIZURE_WINDOWS:
            held[rows[len(rows) - round(share * len(rows)) :]] = True
    touched = _overlap(windows, held)
    learned = np.flatnonzero(~held & ~touched)
    if not (held & (labels == 0)).any() or not (labels[learned] == 0).any():
        raise ParameterError(
            f"windows: {len(windows)} of the patient came; too few to learn from and to hold {100 * share:g} % of the "
            "background back."
        )
    return learned, np.flatnonzero(held)


def judge(network: nn.Module, held: BatchSet) -> float:
    """Return what a network loses on windows: the mean negative logarithm of the probability of what is true.

    Each class counts the same, so that a network that calls everything background is no good.
    """
    logits, labels = answer(network, held)
    log_p = torch.log_softmax(torch.from_numpy(logits), dim=-1).numpy()
    of_truth = np.take_along_axis(log_p, labels[:, None].astype(np.intp), axis=1)[:, 0]
    return float(np.mean([-of_truth[labels == number].mean() for number in np.unique(labels)]))


def answer(network: nn.Module, windows: BatchSet) -> tuple[NDArray[np.float64], Labels]:
    """Return what a network says of windows, in evaluation mode, and what is true of them.

    Returns
    -------
    ndarray of float64, shape (n_windows * n_frames, n_classes)
    ndarray of int8, shape (n_windows * n_frames,)
    """
    was_training = network.training
    place = next((one.device for one in network.parameters()), torch.device("cpu"))
    reading = LoaderSettings(batch_size=_AT_ONCE)
    batches = WindowLoader(windows.reader, windows.windows, settings=reading).epoch(
        0, rows=np.arange(len(windows.windows))
    )
    try:
        network.eval()
        with torch.no_grad():
            logits = [network(batch.signal.to(place)).double().cpu() for batch in batches]
    finally:
        network.train(was_training)
    return torch.cat(logits).flatten(0, 1).numpy(), windows.windows.labels.reshape(-1)


def _overlap(windows: WindowTable, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which windows share a sample with one that is held back."""
    touched = np.zeros(len(windows), np.bool_)
    for number in np.unique(windows.recording[held]):
        rows = np.flatnonzero(windows.recording == number)
        starts = np.sort(windows.start[rows[held[rows]]])
        after = np.searchsorted(starts, windows.start[rows] - windows.length, side="right")
        before = np.searchsorted(starts, windows.start[rows] + windows.length, side="left")
        touched[rows] = before > after
    return touched
