"""Windows of a patient that a network is judged by and not adapted on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ictal.core.errors import ParameterError
from ictal.data.labels import Labels
from ictal.data.loader import BatchSet, LoaderSettings, WindowLoader
from ictal.data.windows import WindowTable
from ictal.detection.calibration import Calibration, calibrate

_AT_ONCE = 256
"""Windows that a network is asked for together where it is judged."""

_LOSS_SHARE = 0.1

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


@dataclass(frozen=True)
class Decision:
    """When a detector takes a window for a seizure.

    Attributes
    ----------
    threshold : float
        Of the probability of a seizure.
    calibration : Calibration
        What makes a probability of what the network says.

    Examples
    --------
    >>> Decision(threshold=0.7).takes_for_seizure(np.array([[0.0, 1.0], [0.0, 0.5]]))
    array([ True, False])
    """

    threshold: float = 0.5
    calibration: Calibration = field(default_factory=Calibration)

    def takes_for_seizure(self, logits: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which windows it takes for a seizure, shape (n,), from logits of shape (n, n_classes)."""
        probabilities = torch.softmax(torch.from_numpy(logits), dim=-1).numpy()
        calibrated = calibrate(probabilities, self.calibration)
        return np.asarray(calibrated[:, 1:].sum(axis=1) >= self.threshold)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a network is worth on windows.

    Attributes
    ----------
    badness : float
        The mean over the classes of the share that is taken for the wrong side of seizure and background; and, so that
        networks with the same mistakes are told apart, a tenth of the mean negative logarithm of the probability of
        what is true. Each class counts the same, however many windows it has.
    found : float
        Share of the windows of seizure that are taken for one; NaN without any.
    """

    badness: float
    found: float

    def is_silent_beside(self, start: Judgement) -> bool:
        """Whether it finds less than half of the seizures that the network found which was started from.

        Examples
        --------
        >>> Judgement(badness=0.3, found=0.3).is_silent_beside(Judgement(badness=0.4, found=0.8))
        True
        """
        return self.found < 0.5 * start.found


def judge(network: nn.Module, held: BatchSet, decision: Decision) -> Judgement:
    """Return what a network is worth on windows.

    Parameters
    ----------
    network : Module
    held : BatchSet
    decision : Decision
        Of the detector that the network is of.
    """
    logits, labels = answer(network, held)
    log_p = torch.log_softmax(torch.from_numpy(logits), dim=-1).numpy()
    of_truth = np.take_along_axis(log_p, labels[:, None].astype(np.intp), axis=1)[:, 0]
    taken, is_seizure = decision.takes_for_seizure(logits), labels > 0
    each = [labels == number for number in np.unique(labels)]
    badness = np.mean([(taken != is_seizure)[own].mean() - _LOSS_SHARE * of_truth[own].mean() for own in each])
    return Judgement(float(badness), float(taken[is_seizure].mean()) if is_seizure.any() else math.nan)


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
