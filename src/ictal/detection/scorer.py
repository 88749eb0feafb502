"""Signal to probabilities, window by window: what a rule and a network have in common."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Signal
from ictal.models.rule import Rule

Values = NDArray[np.float64]
ReadWindows = Callable[[int, int], Signal]
"""Returns the signal from one window to another by their numbers, shape (n_leads, n_samples).

Where there is a gap between them, what is before it is left out.
"""
Groups = Sequence[Sequence[int]]
"""Rows of leads that belong together."""

BACKGROUND = 60.0
"""Seconds before what a rule is asked about that it looks at, since it compares with what came before."""


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
    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> Values:
        """Return how far :meth:`log_odds` fall without each group of leads, averaged over windows, shape (n_groups,).

        What was pushed before does not matter.

        Parameters
        ----------
        asked : mapping of int to sequence of int
            Numbers of windows of a recording, from 0 and rising, and which frames of each count.
        read : callable
            Gives the signal from one of these windows to another.
        groups : sequence of sequence of int
            Rows of the signal that are lost together.
        """


class RuleScorer(Scorer):
    """A rule on features.

    Parameters
    ----------
    make_rule : callable
        Returns a fresh rule.
    extract : callable
        From signal, shape (n_leads, n_samples), to features, shape (n_leads, n_windows, n_features).
    n_before : int
        Windows before the first one asked about, with which :meth:`group_drops` compares.
    """

    def __init__(
        self, make_rule: Callable[[], Rule], extract: Callable[[Signal], Values], *, n_before: int = 0
    ) -> None:
        self._make_rule = make_rule
        self._rule = make_rule()
        self._extract = extract
        self._n_before = n_before

    def push(self, signal: Signal) -> Values:
        return self._answer(self._rule.push(self._extract(signal)))

    def finish(self) -> Values:
        return self._answer(self._rule.finish())

    def _answer(self, evidence: Values) -> Values:
        seizure = self._rule.combine(evidence)
        return np.stack([1.0 - seizure, seizure], axis=1)

    def log_odds(self, signals: Signal) -> Values:
        return np.stack([self._rule.strength(self._find_evidence(signal)) for signal in signals])

    def _find_evidence(self, signal: Signal) -> Values:
        rule = self._make_rule()
        return np.concatenate([rule.push(self._extract(signal)), rule.finish()], axis=1)

    def group_drops(self, asked: Mapping[int, Sequence[int]], read: ReadWindows, groups: Groups) -> Values:
        last = max(asked)
        around = self._find_evidence(read(max(min(asked) - self._n_before, 0), last))
        first = last + 1 - around.shape[1]
        evidence = around[:, [number - first for number in asked if number >= first]]
        whole = self._rule.strength(evidence)
        lost = (np.delete(evidence, list(group), axis=0) for group in groups)
        return np.array([(whole - self._rule.strength(rest)).mean() for rest in lost])
