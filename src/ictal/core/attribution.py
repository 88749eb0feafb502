"""Why a score: how much each lead, frequency and moment of a stretch of EEG counted for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_positive

Values = NDArray[np.float64]

BANDS = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 70.0),
}
"""Hz, as readers of EEG name them: from the first up to, not with, the second."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each lead, frequency and moment counted for the score of a stretch.

    Parameters
    ----------
    values : array-like, shape (n_leads, n_frequencies, n_times)
        What is positive speaks for the score, what is negative against it. An axis that the method cannot tell has
        the length 1.
    start, step : float
        When the first column begins, in seconds of the recording, and how long each is.
    leads : tuple of str
        The rows; empty where the method does not tell leads apart.
    frequencies : tuple of float
        Hz of the middle of each row of frequencies, rising; empty where the method does not tell frequencies apart.
    method : str
        What it was found by.

    Examples
    --------
    >>> attribution = Attribution([[[1.0, 3.0]], [[0.0, -2.0]]], 60.0, 0.5, ("F7-T7", "T7-P7"))
    >>> attribution.of_leads.tolist(), attribution.of_times.tolist()
    ([1.0, 0.0], [0.25, 0.75])
    """

    values: Values
    start: float
    step: float
    leads: tuple[str, ...] = ()
    frequencies: tuple[float, ...] = ()
    method: str = ""

    def __init__(
        self,
        values: ArrayLike,
        start: float,
        step: float,
        leads: tuple[str, ...] = (),
        frequencies: tuple[float, ...] = (),
        method: str = "",
    ) -> None:
        array = np.asarray(values, dtype=np.float64)
        rows = (max(len(leads), 1), max(len(frequencies), 1))
        if array.ndim != 3 or array.shape[:2] != rows:
            raise ParameterError(
                f"attribution: an array of shape {array.shape} came; allowed is ({rows[0]}, {rows[1]}, n_times) for "
                f"{len(leads)} leads and {len(frequencies)} frequencies."
            )
        object.__setattr__(self, "values", array)
        object.__setattr__(self, "start", float(start))
        object.__setattr__(self, "step", check_positive("attribution step", float(step)))
        object.__setattr__(self, "leads", tuple(leads))
        object.__setattr__(self, "frequencies", tuple(frequencies))
        object.__setattr__(self, "method", method)

    @property
    def times(self) -> Values:
        """Seconds of the recording at which the columns begin, shape (n_times,)."""
        return np.asarray(self.start + self.step * np.arange(self.values.shape[2]), dtype=np.float64)

    @property
    def stop(self) -> float:
        """Seconds of the recording at which the last column ends."""
        return float(self.start + self.step * self.values.shape[2])

    @cached_property
    def evidence(self) -> Values:
        """The share of all that speaks for the score, shape of `values`: not negative, with the sum 1, or all 0."""
        positive = np.maximum(np.nan_to_num(self.values), 0.0)
        total = positive.sum()
        return np.asarray(positive / total) if total > 0 else positive

    @property
    def of_leads(self) -> Values:
        """The share of each lead, shape (n_leads,); empty where leads are not told apart."""
        return np.asarray(self.evidence.sum(axis=(1, 2))[: len(self.leads)])

    @property
    def of_frequencies(self) -> Values:
        """The share of each row of frequencies, shape (n_frequencies,); empty where they are not told apart."""
        return np.asarray(self.evidence.sum(axis=(0, 2))[: len(self.frequencies)])

    @property
    def of_times(self) -> Values:
        """The share of each column, shape (n_times,)."""
        return np.asarray(self.evidence.sum(axis=(0, 1)))

    @property
    def of_bands(self) -> dict[str, float]:
        """The share of each of :data:`BANDS`; empty where frequencies are not told apart.

        Examples
        --------
        >>> Attribution([[[1.0], [3.0]]], 0.0, 1.0, frequencies=(2.0, 6.0)).of_bands["theta"]
        0.75
        """
        if not self.frequencies:
            return {}
        hertz, shares = np.array(self.frequencies), self.of_frequencies
        return {name: float(shares[(hertz >= low) & (hertz < high)].sum()) for name, (low, high) in BANDS.items()}
