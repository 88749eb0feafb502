"""Which windows an epoch shows, and what each class counts.

A balance is a pure function of the labels of all windows, a seed and the number of the epoch. It is drawn before any
worker starts, so it is the same for any number of them, and epoch 7 can be drawn without epochs 0 to 6.
"""

from __future__ import annotations

import abc
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from ictal.core.errors import ParameterError, check_positive
from ictal.core.tables import Table
from ictal.data.labels import Labels
from ictal.data.windows import WindowTable

Indices = NDArray[np.int64]

BALANCES = Table(
    "balance",
    {
        "all": "ictal.data.balance:AllWindows",
        "undersample": "ictal.data.balance:Undersample",
        "weighted": "ictal.data.balance:Weighted",
    },
)
"""Name → class; a new way to balance is one class and one line here."""


def class_weights(labels: ArrayLike, n_classes: int = 2) -> NDArray[np.float64]:
    """Return weights under which all classes count the same in a loss.

    Parameters
    ----------
    labels : array-like of int, shape (n,) or (n, n_frames)
        Each frame counts by itself.
    n_classes : int

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        ``n / (n_classes * count)``, the "balanced" weights of scikit-learn.

    Raises
    ------
    ParameterError
        If a class does not occur.

    Examples
    --------
    >>> class_weights([0, 0, 0, 1])
    array([0.66666667, 2.        ])
    """
    flat = np.asarray(labels, dtype=np.int64).ravel()
    counts = np.bincount(flat, minlength=n_classes)
    if len(counts) > n_classes or not counts.all():
        raise ParameterError(
            f"class weights: classes {np.unique(flat).tolist()} came; each of 0 to {n_classes - 1}, and no other, must "
            "occur."
        )
    return np.asarray(len(flat) / (n_classes * counts))


def undersample(labels: Labels, ratio: float, draws: np.random.Generator) -> Indices:
    """Return all seizure windows and as many drawn background windows as the ratio asks for, shuffled.

    Parameters
    ----------
    labels : ndarray of int8, shape (n,)
        0 is the background, everything above it is kept.
    ratio : float
        Seizure windows for each background window: 1 is even, 0.1 is ten of background for each of seizure. Where there
        is too little background, all of it is taken.
    draws : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (n_drawn,)
        Rows of `labels`, none twice.

    Raises
    ------
    ParameterError
        If the ratio is not above 0.

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 0, 1])
    >>> labels[undersample(labels, 0.5, np.random.default_rng(0))].tolist().count(0)
    2
    """
    check_positive("undersample ratio", ratio)
    seizures, background = np.flatnonzero(labels), np.flatnonzero(labels == 0)
    wanted = min(round(len(seizures) / ratio), len(background))
    drawn = draws.choice(background, wanted, replace=False, shuffle=False)
    return np.asarray(draws.permutation(np.concatenate([seizures, drawn])))


def draw_weighted(weights: NDArray[np.float64], n_windows: int, draws: np.random.Generator) -> Indices:
    """Return windows drawn with replacement, each as often as its weight says.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        Not negative, not all 0; they need not add up to one.
    n_windows : int
        How many to draw.
    draws : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (n_windows,)

    Raises
    ------
    ParameterError
        If no weight is above 0, or one is negative or not finite.

    Examples
    --------
    >>> draw_weighted(np.array([0.0, 1.0]), 3, np.random.default_rng(0))
    array([1, 1, 1])
    """
    total = np.sum(weights)
    if not 0 < total < np.inf or np.min(weights) < 0:
        raise ParameterError("weights: finite numbers of 0 and more are allowed, at least one of them above 0.")
    return draws.choice(len(weights), n_windows, p=weights / total)


def draw_donors(windows: WindowTable, chosen: Indices, *, seed: int, epoch: int) -> Indices:
    """Return, for each window of an epoch, a seizure window of another subject.

    Parameters
    ----------
    windows : WindowTable
    chosen : ndarray of int64, shape (n_epoch,)
        The windows of the epoch, as :meth:`Balance.draw` gave them.
    seed, epoch : int

    Returns
    -------
    ndarray of int64, shape (n_epoch,)

    Raises
    ------
    ParameterError
        If the seizures of the table are those of fewer than two subjects.
    """
    seizures = np.flatnonzero(windows.window_labels)
    seizures = seizures[np.argsort(windows.subject[seizures], kind="stable")]
    owners = windows.subject[seizures]
    if len(np.unique(owners)) < 2:
        raise ParameterError("donors: seizures of fewer than two subjects came; those of two or more are needed.")
    first = np.searchsorted(owners, windows.subject[chosen], side="left")
    own = np.searchsorted(owners, windows.subject[chosen], side="right") - first
    place = epoch_draws(seed, epoch, "donors").integers(0, len(seizures) - own)
    return seizures[np.where(place < first, place, place + own)]


def thin_background(windows: WindowTable, step: float) -> WindowTable:
    """Return all windows with seizure and those of background that lie on a coarser grid.

    Cut with a small step, seizures are seen at many places in the window; thinned, the background is not.

    Parameters
    ----------
    windows : WindowTable
        Cut with a small step.
    step : float
        Seconds, a multiple of that step.

    Raises
    ------
    ParameterError
        If the step is not a whole number of samples.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.windows import WindowGrid
    >>> from ictal.data.prepared import PreparedRecording
    >>> from ictal.data.windows import cut_windows
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 256.0, 2560, Annotations([Event(6.0, 4.0)], 10.0))
    >>> thin_background(cut_windows([night], WindowGrid(length=4.0, step=0.5)), 4.0).times
    array([0. , 4. , 4.5, 5. , 5.5, 6. ])
    """
    samples = round(step * windows.sampling_rate)
    if samples < 1 or abs(samples - step * windows.sampling_rate) > 1e-6:
        raise ParameterError(
            f"background step: {step:g} s is not allowed at {windows.sampling_rate:g} Hz; "
            "it must be a whole number of samples."
        )
    return windows.take((windows.window_labels > 0) | (windows.start % samples == 0))


def epoch_draws(seed: int, epoch: int, purpose: str = "windows") -> np.random.Generator:
    """Return the random numbers of one epoch for one purpose; they depend on nothing else.

    Examples
    --------
    >>> epoch_draws(1, 2).random() == epoch_draws(1, 2).random() != epoch_draws(1, 3).random()
    True
    """
    return np.random.default_rng([seed, epoch, *purpose.encode()])


class Balance(BaseModel, abc.ABC):
    """Which windows an epoch shows, as a value that a recipe carries.

    Attributes
    ----------
    balance : str
        The name in :data:`BALANCES`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    balance: str

    def draw(self, labels: Labels, *, seed: int, epoch: int) -> Indices:
        """Return the windows of one epoch, in the order in which they are shown.

        Parameters
        ----------
        labels : ndarray of int8, shape (n,)
            Of whole windows: :attr:`ictal.data.windows.WindowTable.window_labels`.
        seed, epoch : int
            Both 0 or more.

        Returns
        -------
        ndarray of int64, shape (n_drawn,)
            Rows of `labels`.
        """
        return self.choose(labels, epoch_draws(seed, epoch))

    @abc.abstractmethod
    def choose(self, labels: Labels, draws: np.random.Generator) -> Indices:
        """Return the windows that `draws` picks, shuffled."""


class AllWindows(Balance):
    """Every window once, shuffled.

    Examples
    --------
    >>> sorted(AllWindows().draw(np.array([0, 0, 1]), seed=0, epoch=0).tolist())
    [0, 1, 2]
    """

    balance: Literal["all"] = "all"

    def choose(self, labels: Labels, draws: np.random.Generator) -> Indices:
        """Return every window once."""
        return draws.permutation(len(labels))


class Undersample(Balance):
    """All seizure windows and a new draw of background in each epoch.

    Attributes
    ----------
    ratio : float
        Seizure windows for each background window: 1 is even, 0.1 is ten of background for each of seizure.

    Examples
    --------
    >>> Undersample(ratio=1.0).draw(np.array([0, 0, 0, 1]), seed=0, epoch=0).shape
    (2,)
    """

    balance: Literal["undersample"] = "undersample"
    ratio: float = Field(default=1.0, gt=0.0, allow_inf_nan=False)

    def choose(self, labels: Labels, draws: np.random.Generator) -> Indices:
        """Return all seizures and some background."""
        return undersample(labels, self.ratio, draws)


class Weighted(Balance):
    """Windows drawn with replacement, so that each class has its share of the epoch.

    Attributes
    ----------
    shares : tuple of float
        The share of each class, background first; they need not add up to one. A class without windows has none.
    n_windows : int, optional
        The length of an epoch; as many windows as there are where it is not given.

    Examples
    --------
    >>> labels = np.repeat([0, 1], [990, 10])
    >>> drawn = Weighted(n_windows=1000).draw(labels, seed=0, epoch=0)
    >>> 450 < labels[drawn].sum() < 550
    np.True_
    """

    balance: Literal["weighted"] = "weighted"
    shares: tuple[float, ...] = (1.0, 1.0)
    n_windows: int | None = Field(default=None, gt=0)

    def choose(self, labels: Labels, draws: np.random.Generator) -> Indices:
        """Return windows of every class in its share."""
        counts = np.bincount(labels, minlength=len(self.shares))
        if len(counts) > len(self.shares):
            raise ParameterError(
                f"weighted shares: {len(self.shares)} came; the windows are of {len(counts)} classes, each needs one."
            )
        weights = np.asarray(self.shares) / np.maximum(counts, 1)
        return draw_weighted(weights[labels], len(labels) if self.n_windows is None else self.n_windows, draws)
