"""What became of each fold of a cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ictal.evaluation.history import TrainingHistory
from ictal.evaluation.measures import Group

FINISHED, LEFT_OUT, FAILED = "finished", "left out", "failed"
STATUSES = (FINISHED, LEFT_OUT, FAILED)
"""Left out: it cannot be trained, now or later. Failed: another run tries again."""


@dataclass(frozen=True)
class FoldSummary:
    """A fold, or a training that is one by itself.

    Attributes
    ----------
    name : str
        Of its split.
    status : str
        One of :data:`STATUSES`.
    problem : str
        Why it is not finished.
    tested : tuple of str
        Subjects on the test side.
    n_trained, n_watched : int
        Subjects that were trained on and that training was watched on.
    history : TrainingHistory or None
    group : Group or None
        What its detector is worth on the test side; ``None`` unless finished.
    """

    name: str
    status: str
    problem: str
    tested: tuple[str, ...]
    n_trained: int
    n_watched: int
    history: TrainingHistory | None = None
    group: Group | None = None


def folder_of(name: str) -> Path:
    """Return the folder of a fold in that of its cross-validation; no two names share one.

    Examples
    --------
    >>> folder_of("loso-ward 3/anna").as_posix()
    'folds/loso-ward 3%2Fanna'
    """
    return Path("folds", quote(name, safe=" "))
