"""Signal to probabilities, window by window: what a rule and a network have in common."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Signal
from ictal.models.rule import Rule

Values = NDArray[np.float64]
ReadWindow = Callable[[int], Signal]
"""Returns the signal of one window by its number, shape (n_leads, n_samples)."""
Groups = Sequence[Sequence[int]]
"""Rows of leads that belong together."""


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
    def log_odds(self, signals: Signal) -> Values:
        """Return how clearly signals say seizure, frame by frame, whatever was pushed before.

        Of a network these are the log-odds of all classes of seizure together, of a rule its strength before it is
        squashed into a probability: where either is sure, its probability hardly changes, and these still do.

        Parameters
        ----------
        signals : ndarray, shape (n_signals, n_leads, n_samples)
            One whole window or more each.

        Returns
        -------
        ndarray, shape (n_signals, n_frames)
        """

    @abc.abstractmethod
    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindow, groups: Groups) -> Values:
        """Return how far :meth:`log_odds` fall without each group of leads, averaged over windows, shape (n_groups,).

        Parameters
        ----------
        asked : mapping of int to sequence of int
            Numbers of windows, counted in the order in which they were pushed, and which frames of each count.
        read : callable
            Gives the signal of such a window.
        groups : sequence of sequence of int
            Rows of the signal that are lost together.
        """


class RuleScorer(Scorer):
    """A rule on features; its evidence per lead is kept, so that occlusion needs no signal.

    Parameters
    ----------
    make_rule : callable
        Returns a fresh rule.
    extract : callable
        From signal, shape (n_leads, n_samples), to features, shape (n_leads, n_windows, n_features).
    """

    def __init__(self, make_rule: Callable[[], Rule], extract: Callable[[Signal], Values]) -> None:
        self._make_rule = make_rule
        self._rule = make_rule()
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

    def log_odds(self, signals: Signal) -> Values:
        return np.stack([self._strength_of(signal) for signal in signals])

    def _strength_of(self, signal: Signal) -> Values:
        rule = self._make_rule()
        evidence = np.concatenate([rule.push(self._extract(signal)), rule.finish()], axis=1)
        return rule.strength(evidence)

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindow, groups: Groups) -> Values:
        evidence = np.concatenate(self._evidence, axis=1)[:, list(asked)].astype(np.float64)
        whole = self._rule.strength(evidence)
        lost = (np.delete(evidence, list(group), axis=0) for group in groups)
        return np.array([(whole - self._rule.strength(rest)).mean() for rest in lost])
