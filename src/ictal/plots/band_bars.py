"""Which waves: how much each band counted, beside how much of the signal it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ictal.core.attribution import BANDS
from ictal.features.welch import band_columns, welch
from ictal.plots import shades, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 4.6
"""Millimetres of a band."""

_WIDTH, _LEFT, _RIGHT, _BOTTOM = 60.0, 13.0, 9.0, 5.0
_BEYOND = 0.005


def measure_bands(signal: ArrayLike, sampling_rate: float) -> dict[str, float]:
    """Return the share of each band in the power of a signal, the mean over its leads; empty where it is too short.

    Parameters
    ----------
    signal : array-like, shape (n_leads, n_samples)
        µV; leads with gaps do not count.
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 10 * np.arange(2560) / 256)
    >>> round(measure_bands(wave[None], 256.0)["alpha"], 3)
    1.0
    """
    data = np.atleast_2d(np.asarray(signal, dtype=np.float64))
    known = data[np.isfinite(data).all(axis=1)]
    segment = 2 * round(sampling_rate)
    if len(known) == 0 or known.shape[1] < segment:
        return {}
    power = welch(known, sampling_rate, segment)
    sums = {}
    for name, (low, high) in BANDS.items():
        top = min(high, sampling_rate / 2)
        sums[name] = power[:, band_columns(low, top, sampling_rate, segment)].sum(axis=1) if low < top else 0.0
    total = np.maximum(sum(sums.values()), np.finfo(float).tiny)
    return {name: float(np.mean(amount / total)) for name, amount in sums.items()}


def draw_band_bars(shares: Mapping[str, float], power: Mapping[str, float] | None = None) -> Figure:
    """Draw a bar for each band with its share written at it; where the power is given, a thin bar of it below.

    Examples
    --------
    >>> figure = draw_band_bars({"delta": 0.2, "theta": 0.8})
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['delta', 'theta']
    """
    rows = measure_rows(shares)
    figure = style.new_figure(_WIDTH, rows + _BOTTOM)
    axes = style.place_axes(figure, _LEFT, _BOTTOM - 1.0, _WIDTH - _LEFT - _RIGHT, rows)
    fill_band_bars(axes, shares, power)
    return figure


def measure_rows(shares: Mapping[str, float]) -> float:
    """Return the millimetres that bars of these bands take."""
    return ROW * len(_add_beyond(shares))


def fill_band_bars(axes: Axes, shares: Mapping[str, float], power: Mapping[str, float] | None = None) -> None:
    """Draw the bars on axes; what lies in no band gets a row of its own."""
    rows = _add_beyond(shares)
    beside = power if power is not None else {}
    longest = max([*rows.values(), *beside.values(), 0.01])
    axes.set(xlim=(0.0, longest), ylim=(len(rows) - 0.5, -0.5), xticks=[])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_yticks(range(len(rows)), list(rows), color=style.INK)
    axes.tick_params(axis="y", length=0)
    for number, (name, share) in enumerate(rows.items()):
        height = number - 0.14 if name in beside else number
        axes.barh(height, share, 0.5, color=shades.BAR, linewidth=0)
        _write_value(axes, share, height, style.INK)
        if name in beside:
            axes.barh(number + 0.28, beside[name], 0.2, color=style.UNSEEN, linewidth=0)


def _write_value(axes: Axes, share: float, height: float, colour: str) -> None:
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "va": "center", "textcoords": "offset points"}
    axes.annotate(f"{100 * share:.0f} %", (share, height), (2.0, 0.0), color=colour, **words)


def _add_beyond(shares: Mapping[str, float]) -> dict[str, float]:
    beyond = 1.0 - sum(shares.values())
    return {**shares, "other": beyond} if _BEYOND < beyond < 1.0 else dict(shares)
