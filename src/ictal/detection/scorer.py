"""Signal to probabilities, window by window: what a rule and a network have in common."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Signal
from ictal.models.rule import Rule

Values = NDArray[np.float64]
ReadWindow = Callable[[int], Signal]
"""Returns the signal of one window by its number, shape (n_leads, n_samples)."""


class Scorer(abc.ABC):
    """Answers windows in order; a recording and a live stream push the same blocks through it."""

    @abc.abstractmethod
    def push(self, signal: Signal) -> Values:
        """Take consecutive whole windows, shape (n_leads, n_samples), and return what is ready.

        Returns
        -------
        ndarray, shape (n_windows, n_classes)
            Probabilities; those of a warm-up come later, never out of order.
        """

    @abc.abstractmethod
    def finish(self) -> Values:
        """Return the windows that still wait, shape (n_windows, n_classes)."""

    @abc.abstractmethod
    def lead_drops(self, windows: Sequence[int], read: ReadWindow) -> Values:
        """Return how much the score falls without each lead, averaged over windows, shape (n_leads,).

        The score of a network is its seizure probability, that of a rule its strength before it is squashed into one.

        Parameters
        ----------
        windows : sequence of int
            Numbers of windows, counted in the order in which they were pushed.
        read : callable
            Gives the signal of such a window.

        References
        ----------
        Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014 (occlusion).
        """


class RuleScorer(Scorer):
    """A rule on features; its evidence per lead is kept, so that occlusion needs no signal.

    Parameters
    ----------
    rule : Rule
        A fresh one.
    extract : callable
        From signal, shape (n_leads, n_samples), to features, shape (n_leads, n_windows, n_features).
    """

    def __init__(self, rule: Rule, extract: Callable[[Signal], Values]) -> None:
        self._rule = rule
        self._extract = extract
        self._evidence: list[NDArray[np.float32]] = []

    def push(self, signal: Signal) -> Values:
        return self._answer(self._rule.push(self._extract(signal)))

    def finish(self) -> Values:
        return self._answer(self._rule.finish())

    def _answer(self, evidence: Values) -> Values:
        self._evidence.append(evidence.astype(np.float32))
        seizure = self._rule.combine(evidence)
        return np.stack([1.0 - seizure, seizure], axis=1)

    def lead_drops(self, windows: Sequence[int], read: ReadWindow) -> Values:
        evidence = np.concatenate(self._evidence, axis=1)[:, list(windows)].astype(np.float64)
        if len(evidence) == 1:
            return np.ones(1)
        whole = self._rule.strength(evidence)
        without = (np.delete(evidence, lead, axis=0) for lead in range(len(evidence)))
        return np.array([(whole - self._rule.strength(rest)).mean() for rest in without])
