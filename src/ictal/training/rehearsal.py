"""Which windows an adaptation shows: those of a patient, and among them those of others, lest they be forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import Field, PrivateAttr, SerializeAsAny
from torch import Tensor, nn

from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.balance import AllWindows, Balance, Indices, Undersample, Weighted
from ictal.data.batch import Batch
from ictal.data.labels import Labels
from ictal.data.loader import BatchSet
from ictal.data.windows import WindowTable
from ictal.training.held_back import answer
from ictal.training.readers import take_windows

MOST_WITNESSES = 256
"""Seizure windows of others that are held back at most, and never more than a quarter of them."""


def balance_patient(windows: WindowTable, trained: Balance) -> Balance:
    """Return how a patient's windows are drawn, so that seizures have the share of the training of the network.

    With another share its probabilities would rise or fall, whatever the windows look like. An epoch has as many
    windows as the patient.
    """
    if not windows.window_labels.any():
        return AllWindows()
    filled = fill_epoch(trained)
    return filled.model_copy(update={"n_windows": len(windows)}) if isinstance(filled, Weighted) else filled


def fill_epoch(trained: Balance) -> Balance:
    """Return a balance of the same shares whose epochs are as long as there are windows.

    Examples
    --------
    >>> fill_epoch(Undersample(ratio=0.5)).shares
    (1.0, 0.5)
    """
    return Weighted(shares=(1.0, trained.ratio)) if isinstance(trained, Undersample) else trained


class Rehearsed(Balance):
    """Windows of a patient, and among them a share of other patients'.

    Attributes
    ----------
    n_own : int
        So many windows, the first, are of the patient.
    own, others : Balance
        How the windows of both are drawn.
    share : float
        Of others in an epoch.

    Examples
    --------
    >>> balance = Rehearsed(n_own=4, own=AllWindows(), others=AllWindows(), share=0.5)
    >>> drawn = balance.draw(np.zeros(100, np.int8), seed=0, epoch=0)
    >>> len(drawn), int((drawn < 4).sum())
    (8, 4)
    """

    balance: Literal["rehearsed"] = "rehearsed"
    n_own: int = Field(gt=0)
    own: SerializeAsAny[Balance]
    others: SerializeAsAny[Balance]
    share: float = Field(ge=0.0, lt=1.0)

    def choose(self, labels: Labels, draws: np.random.Generator) -> Indices:
        """Return windows of both."""
        own = self.own.choose(labels[: self.n_own], draws)
        others = self.n_own + self.others.choose(labels[self.n_own :], draws)
        n_others = round(len(own) * self.share / (1.0 - self.share))
        return draws.permutation(np.concatenate([own, others[:n_others]]))


class KnownAnswers(Augmentation):
    """Some windows are labelled by what a network said of them before it was adapted: it shall say so again.

    Attributes
    ----------
    first : int
        They are the rows of the table of windows from this one on.
    """

    softens: ClassVar[bool] = True

    augmentation: Literal["known-answers"] = "known-answers"
    probability: float = 1.0
    first: int

    _answers: Tensor = PrivateAttr()

    @classmethod
    def of(cls, network: nn.Module, windows: BatchSet, first: int) -> Self:
        """Ask a network for its answers."""
        made = cls(first=first)
        logits, _ = answer(network, windows)
        shape = (*windows.windows.labels.shape, logits.shape[1])
        made._answers = torch.softmax(torch.from_numpy(logits), dim=-1).float().reshape(shape)
        return made

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows are of those rows."""
        return None if batch.windows is None else batch.windows >= self.first

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with the answers for labels."""
        del draws
        if batch.windows is None:
            return batch
        return replace(batch, labels=self._answers.to(batch.signal.device)[batch.windows - self.first])


def take_witnesses(others: BatchSet, seed: int) -> tuple[BatchSet, BatchSet]:
    """Return windows of others to learn from, and some of their seizure windows to be judged by.

    Parameters
    ----------
    others : BatchSet
        Windows of other patients.
    seed : int
    """
    seizures = np.flatnonzero(others.windows.window_labels)
    n_held = min(MOST_WITNESSES, len(seizures) // 4)
    held = np.sort(np.random.default_rng(seed).choice(seizures, n_held, replace=False))
    learned = np.setdiff1d(np.arange(len(others.windows)), held)
    return take_windows(others, learned), take_windows(others, held)
