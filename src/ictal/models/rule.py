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
    """A detector without weights, fed with the signal window by window.

    Parameters
    ----------
    config : RuleConfig
        The settings of the rule.
    n_leads : int
        Rows of the signal.
    sampling_rate : float
        Hz.
    window, hop : int
        Samples of a window and between windows.
    """

    kind: ClassVar[Literal["rule"]] = "rule"
    Config: ClassVar[type[RuleConfig]]

    def __init__(self, config: RuleConfig, n_leads: int, sampling_rate: float, window: int, hop: int) -> None:
        self.n_leads = n_leads
        self.sampling_rate = sampling_rate
        self.window = window
        self.hop = hop

    @abc.abstractmethod
    def push(self, signal: NDArray[np.float32]) -> Values:
        """Take consecutive whole windows, shape (n_leads, n_samples), and return evidence, shape (n_leads, n_frames).

        Windows of a warm-up are answered later; :meth:`finish` answers what is left.
        """

    @abc.abstractmethod
    def finish(self) -> Values:
        """Return the evidence of the windows that still wait."""

    @abc.abstractmethod
    def combine(self, evidence: Values) -> Values:
        """Return the seizure probability of frames, shape (n_frames,), from evidence, shape (n_leads, n_frames)."""


def logistic(values: Values) -> Values:
    """Return ``1 / (1 + exp(-values))`` without overflow.

    Examples
    --------
    >>> logistic(np.array([0.0, 800.0]))
    array([0.5, 1. ])
    """
    answer: Values = 0.5 * (1.0 + np.tanh(0.5 * values))
    return answer
