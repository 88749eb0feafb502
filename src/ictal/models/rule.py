"""What a rule is: evidence per lead with a memory, and a probability that is a pure function of it."""

from __future__ import annotations

import abc
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Values = NDArray[np.float64]


class RuleConfig(BaseModel):
    """Settings of a rule; frozen, and unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(abc.ABC):
    """A detector without weights, fed with the features of its windows.

    Parameters
    ----------
    config : RuleConfig
        The settings of the rule.
    n_leads : int
        Rows of the features.
    window, step : float
        Length of the windows and between their starts, in seconds.
    """

    kind: ClassVar[Literal["rule"]] = "rule"
    features: ClassVar[str]
    """The name of what it is fed with, in the table of features."""
    Config: ClassVar[type[RuleConfig]]

    def __init__(self, config: RuleConfig, n_leads: int, window: float, step: float) -> None:
        self.n_leads = n_leads
        self.window = window
        self.step = step

    @abc.abstractmethod
    def push(self, features: Values) -> Values:
        """Take the features of the next windows, (n_leads, n_windows, n_features); return evidence (n_leads, n_ready).

        Windows of a warm-up are answered later; :meth:`finish` answers what is left.
        """

    @abc.abstractmethod
    def finish(self) -> Values:
        """Return the evidence of the windows that still wait."""

    @abc.abstractmethod
    def combine(self, evidence: Values) -> Values:
        """Return the seizure probability of windows, shape (n,), from their evidence, shape (n_leads, n)."""

    @abc.abstractmethod
    def strength(self, evidence: Values) -> Values:
        """Return what :meth:`combine` squashes into a probability, without a bound: shape (n,) from (n_leads, n).

        A probability near one shows no longer which lead made it so; its strength does.
        """


def logistic(values: Values) -> Values:
    """Return ``1 / (1 + exp(-values))`` without overflow.

    Examples
    --------
    >>> logistic(np.array([0.0, 800.0]))
    array([0.5, 1. ])
    """
    answer: Values = 0.5 * (1.0 + np.tanh(0.5 * values))
    return answer
