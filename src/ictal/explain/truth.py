"""On simulated EEG it is known where a seizure is: how much of an explanation lies there?

A share says little by itself, since a seizure may be on most leads and last for most of a stretch: beside each stands
what an explanation would have there that is spread evenly over leads, frequencies and time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.spans import Span
from ictal.detection.stretch import Stretch
from ictal.explain.lead_seconds import share_inside
from ictal.explain.spectrum import COLUMN, share_among_waves

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """Where a simulated seizure is.

    Attributes
    ----------
    leads : tuple of str
        That see it; empty where no lead is known to see more of it than another.
    span : (onset, offset)
        Seconds of the recording.
    band : (low, high)
        Hz in which it discharges.
    """

    leads: tuple[str, ...]
    span: Span
    band: tuple[float, float]

    def __post_init__(self) -> None:
        for name, (low, high) in (("span", self.span), ("band", self.band)):
            if not low < high:
                raise ParameterError(f"planted {name}: {low!r} to {high!r} is not allowed; it must rise.")


@dataclass(frozen=True)
class Share:
    """How much of the evidence is where the seizure is.

    Attributes
    ----------
    found : float
        The share of the evidence.
    chance : float
        The share of evidence that is spread evenly.
    """

    found: float
    chance: float

    @property
    def ratio(self) -> float:
        """How many times more than evenly spread evidence; NaN where that has none."""
        return self.found / self.chance if self.chance > 0 else float("nan")


@dataclass(frozen=True)
class TruthShares:
    """Shares of an attribution where the seizure is; ``None`` where the method, or the truth, does not tell it.

    Attributes
    ----------
    leads, seconds, band : Share or None
    """

    leads: Share | None
    seconds: Share | None
    band: Share | None


def compare_with_truth(attribution: Attribution, planted: Planted) -> TruthShares:
    """Return how much of an attribution lies on the leads, in the seconds and in the band of a planted seizure.

    Parameters
    ----------
    attribution : Attribution
    planted : Planted
        Columns and rows that lie in it partly count partly.

    Examples
    --------
    >>> attribution = Attribution([[[1.0, 3.0]], [[0.0, 0.0]]], 0.0, 1.0, ("F7-T7", "T8-P8"))
    >>> found = compare_with_truth(attribution, Planted(("F7-T7",), (1.0, 2.0), (2.0, 5.0)))
    >>> found.leads, found.seconds, found.band
    (Share(found=1.0, chance=0.5), Share(found=0.75, chance=0.5), None)
    """
    inside = share_inside(np.append(attribution.times, attribution.stop), planted.span)
    takes_part = np.isin(attribution.leads, planted.leads).astype(np.float64)
    told = bool(attribution.leads and planted.leads)
    return TruthShares(
        leads=_share(attribution.of_leads, takes_part) if told else None,
        seconds=_share(attribution.of_times, inside) if len(inside) > 1 else None,
        band=_share_of_band(attribution, planted.band) if len(attribution.frequencies) > 1 else None,
    )


def row_edges(frequencies: ArrayLike) -> Values:
    """Return the borders between rows of frequencies: half-way between two, and as far beyond the outer ones.

    Examples
    --------
    >>> row_edges([1.0, 2.0, 4.0]).tolist()
    [0.5, 1.5, 3.0, 5.0]
    """
    hertz = np.asarray(frequencies, dtype=np.float64)
    middles = (hertz[1:] + hertz[:-1]) / 2
    return np.concatenate([[2 * hertz[0] - middles[0]], middles, [2 * hertz[-1] - middles[-1]]])


def signal_power(stretch: Stretch) -> Attribution:
    """Return the power of a stretch in the form of an attribution: what a method says that merely follows amplitude.

    A method that explains a network should differ from it; where seizures are the largest thing that can be seen, it
    finds them without any network.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 6 * np.arange(1024) / 256)[None]
    >>> stretch = Stretch(wave, 256.0, 0.0, ("Fz-Cz",), 256, 256, 1, slice(0, 4), (0.0, 4.0))
    >>> signal_power(stretch).of_bands["theta"] > 0.95
    True
    """
    power, hertz = share_among_waves(stretch.signal, stretch.signal, stretch.sampling_rate)
    return Attribution(power, stretch.start, COLUMN, stretch.leads, tuple(hertz.tolist()), "power of the signal")


def _share_of_band(attribution: Attribution, band: tuple[float, float]) -> Share:
    """Return the share in a band; by chance it is that of the Hz, however wide the rows are."""
    edges = row_edges(attribution.frequencies)
    inside = share_inside(edges, band)
    return Share(float((attribution.of_frequencies * inside).sum()), float(inside @ np.diff(edges) / np.ptp(edges)))


def _share(evidence: Values, inside: Values) -> Share:
    return Share(float((evidence * inside).sum()), float(inside.mean()))
