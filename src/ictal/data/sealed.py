"""A split whose test side tuning cannot read."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from ictal.data.leakage import LeakageError
from ictal.data.portions import Portion, Split


@dataclass(frozen=True, slots=True)
class SealKey:
    """Opens the test side of one sealed split; who tunes does not have it."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedSplit:
    """A split that shows what to train on and what to watch, and keeps its test side shut.

    It is made by :func:`seal_split`, can be sent to other processes, and does not protect against who means harm.

    Attributes
    ----------
    name : str
    train, validation : tuple of Portion
    within_subject : bool
        As in :class:`~ictal.data.portions.Split`.
    """

    name: str
    train: tuple[Portion, ...]
    validation: tuple[Portion, ...]
    within_subject: bool
    _split: Split = field(repr=False)
    _lock: str = field(repr=False)

    @property
    def test(self) -> tuple[Portion, ...]:
        """Not to be read.

        Raises
        ------
        LeakageError
            Always.
        """
        raise LeakageError(
            f"split {self.name}: the test side is sealed; tune on the validation side, "
            "and open the test once, with its key, when nothing is chosen any more."
        )

    def open(self, key: SealKey) -> Split:
        """Return the whole split.

        Raises
        ------
        LeakageError
            If the key is that of another split.
        """
        if not isinstance(key, SealKey) or _lock_of(key) != self._lock:
            raise LeakageError(f"split {self.name}: this key does not open its test side.")
        return self._split


def seal_split(split: Split) -> tuple[SealedSplit, SealKey]:
    """Shut the test side of a split.

    Returns
    -------
    SealedSplit, SealKey
        What is given to tuning, and what is kept from it.

    Examples
    --------
    >>> split = Split("mine", (Portion("a", "anna", 0.0, 60.0),), (), (Portion("b", "bert", 0.0, 60.0),))
    >>> sealed, key = seal_split(split)
    >>> sealed.open(key) == split
    True
    >>> sealed.test
    Traceback (most recent call last):
    ...
    ictal.data.leakage.LeakageError: split mine: the test side is sealed; tune on the validation side, \
and open the test once, with its key, when nothing is chosen any more.
    """
    key = SealKey(secrets.token_hex(16))
    return SealedSplit(split.name, split.train, split.validation, split.within_subject, split, _lock_of(key)), key


def _lock_of(key: SealKey) -> str:
    return hashlib.sha256(key.secret.encode()).hexdigest()
