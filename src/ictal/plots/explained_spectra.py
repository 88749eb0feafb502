"""Which waves when: spectrograms of the leads that count most, with what counted drawn over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.features.stft import find_frequencies, hann, pad_centred, power_of, stft
from ictal.plots import shades, style
from ictal.plots.clock import format_clock, tick_step
from ictal.plots.explained import ExplainedEvent, rank_leads
from ictal.plots.time_course import mark_span

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

_LEFT, _BOTTOM, _TOP, _GAP, _HIGH = 9.0, 6.0, 5.0, 5.0, 34.0
_TOPS = (15.0, 30.0, 45.0, 70.0, 100.0)
_HELD = 0.9
_PER_SECOND = 8
_GREY = (style.PAPER, "#dfe3e8", "#a9b2bc", "#79848f")
_HALF = 0.5
_FAINTEST = 0.08


def draw_explained_spectra(explained: ExplainedEvent, most: int = 3) -> Figure:
    """Draw the spectrograms of the leads that count most, side by side, 180 mm wide, with what counted over them.

    Where leads are not told apart, it is the mean over all leads.

    Raises
    ------
    ParameterError
        If the attribution does not tell frequencies apart.

    Examples
    --------
    >>> attribution = Attribution(np.ones((1, 3, 8)), 0.0, 0.25, ("T7-P7",), (2.0, 4.0, 6.0))
    >>> explained = ExplainedEvent(attribution, np.zeros((1, 512)), ("T7-P7",), 256.0, 0.0, (0.0, 1.0))
    >>> len(draw_explained_spectra(explained).axes)
    1
    """
    if not explained.attribution.frequencies:
        raise ParameterError(f"attribution: {explained.attribution.method} does not tell frequencies apart.")
    figure = style.new_figure(style.PAGE_WIDTH, _HIGH + _BOTTOM + _TOP)
    place_explained_spectra(figure, explained, (_LEFT, _BOTTOM), style.PAGE_WIDTH - _LEFT - 2.0, _HIGH, most)
    return figure


def place_explained_spectra(
    figure: Figure,
    explained: ExplainedEvent,
    place: tuple[float, float],
    width: float,
    height: float,
    most: int = 3,
) -> None:
    """Put spectrograms on a figure, the lower left corner of the first frame at these millimetres."""
    attribution = explained.attribution
    names = rank_leads(attribution)[:most] if attribution.leads else ("",)
    top = choose_top(attribution, explained.sampling_rate)
    each = (width - _GAP * (len(names) - 1)) / len(names)
    panels = [_cut_panel(explained, name) for name in names]
    darkest = shades.find_top(np.concatenate([counted.ravel() for _, counted in panels]))
    for number, (name, (signal, counted)) in enumerate(zip(names, panels, strict=True)):
        axes = style.place_axes(figure, place[0] + number * (each + _GAP), place[1], each, height)
        axes.set(xlim=explained.seen, ylim=(0.0, top))
        _draw_spectrogram(axes, signal, explained, top)
        _draw_counted(axes, counted, attribution, darkest)
        mark_span(axes, explained.span)
        _label(axes, explained, first=number == 0)
        share = 100 * float(counted.sum())
        title = f"{name}, {share:.0f} % of all" if name else "mean of all leads"
        axes.set_title(title, fontsize=style.LABEL_POINTS, color=style.INK, loc="left", pad=2.0)


def choose_top(attribution: Attribution, sampling_rate: float) -> float:
    """Return the Hz up to which spectrograms are drawn, so that they hold nine tenths of what counted.

    Examples
    --------
    >>> choose_top(Attribution([[[9.0], [1.0]]], 0.0, 1.0, frequencies=(5.0, 25.0)), 256.0)
    30.0
    """
    held = np.cumsum(attribution.of_frequencies)
    hertz = np.array(attribution.frequencies)
    needed = float(hertz[np.searchsorted(held, _HELD * held[-1] + 1e-9).clip(0, len(hertz) - 1)]) if held[-1] else 0.0
    return min(next((top for top in _TOPS[1:] if top >= needed), needed), sampling_rate / 2)


def measure_spectrogram(signal: Values, sampling_rate: float) -> tuple[Values, Values]:
    """Return the power in dB of each Hz and eighth of a second, the mean over leads, and the Hz.

    Parameters
    ----------
    signal : ndarray, shape (n_leads, n_samples)
        µV.

    Returns
    -------
    ndarray, shape (n_frequencies, n_columns)
        Of segments of a second; columns are centred on the eighths of a second.
    ndarray, shape (n_frequencies,)

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 10 * np.arange(1024) / 256)[None]
    >>> decibels, hertz = measure_spectrogram(wave, 256.0)
    >>> float(hertz[decibels[:, 16].argmax()])
    10.0
    """
    length, hop = round(sampling_rate), max(1, round(sampling_rate / _PER_SECOND))
    known = np.nan_to_num(signal - np.nanmean(signal, axis=1, keepdims=True))
    padded = pad_centred(known, length, hop)
    power = power_of(stft(padded, hann(length), hop, n_fft=2 * length)).mean(axis=0)
    return 10 * np.log10(power + 1e-6), find_frequencies(2 * length, sampling_rate)


def _cut_panel(explained: ExplainedEvent, name: str) -> tuple[Values, Values]:
    """Return the signal of a lead, and what counted of it; of all leads where it has no name."""
    evidence = explained.attribution.evidence
    if not name:
        return explained.signal, evidence.sum(axis=0)
    rows = explained.labels.index(name), explained.attribution.leads.index(name)
    return explained.signal[rows[0]][None], evidence[rows[1]]


def _draw_spectrogram(axes: Axes, signal: Values, explained: ExplainedEvent, top: float) -> None:
    decibels, hertz = measure_spectrogram(signal, explained.sampling_rate)
    shown = decibels[hertz <= top]
    low, high = np.quantile(shown, [0.1, 0.995])
    start, half = explained.start, 0.5 / _PER_SECOND
    extent = (start - half, start + decibels.shape[1] / _PER_SECOND - half, -0.25, hertz[hertz <= top][-1] + 0.25)
    look: dict[str, Any] = {"origin": "lower", "aspect": "auto", "interpolation": "none", "zorder": 0.5}
    axes.imshow(shown, extent=extent, cmap=shades.make_ramp(_GREY), vmin=low, vmax=max(high, low + 1e-6), **look)


def _draw_counted(axes: Axes, counted: Values, attribution: Attribution, darkest: float) -> None:
    """Draw warm colours over the grey where something counted, and a line around the half that counted most."""
    if not counted.any():
        return
    share = np.clip(counted / darkest, 0.0, 1.0)
    colours = shades.make_ramp(shades.ALONE)(0.45 + 0.4 * share)
    colours[..., 3] = 0.25 + 0.65 * share
    hertz = np.array(attribution.frequencies)
    edges = find_edges(hertz)
    limits = axes.get_xlim(), axes.get_ylim()
    row, column = np.nonzero((share > _FAINTEST) & (edges[:-1, None] < limits[1][1]))
    left = attribution.times[column]
    shades.add_boxes(axes, (left, left + attribution.step, edges[row], edges[row + 1]), colours[row, column], 1.0)
    smooth = _smooth(counted)
    if min(smooth.shape) > 1 and smooth.max() > smooth.min():
        line: dict[str, Any] = {"colors": [style.INK], "linewidths": 0.5, "zorder": 2}
        axes.contour(
            attribution.times + attribution.step / 2, hertz, smooth, levels=[find_level(smooth, _HALF)], **line
        )
    axes.set(xlim=limits[0], ylim=limits[1])


def find_edges(hertz: Values) -> Values:
    """Return the edges between rows of frequencies, halfway, shape (n + 1,).

    Examples
    --------
    >>> find_edges(np.array([2.0, 4.0, 8.0])).tolist()
    [1.0, 3.0, 6.0, 10.0]
    """
    if len(hertz) == 1:
        return np.array([hertz[0] - 0.5, hertz[0] + 0.5])
    middles = (hertz[:-1] + hertz[1:]) / 2
    return np.concatenate([[2 * hertz[0] - middles[0]], middles, [2 * hertz[-1] - middles[-1]]])


def find_level(amounts: Values, share: float) -> float:
    """Return the amount such that those above it hold a share of all.

    Examples
    --------
    >>> find_level(np.array([1.0, 5.0, 2.0, 2.0]), 0.5)
    5.0
    """
    falling = np.sort(amounts.ravel())[::-1]
    return float(falling[np.searchsorted(np.cumsum(falling), share * falling.sum() - 1e-12)])


def _smooth(counted: Values) -> Values:
    """Return the mean of each cell and its neighbours, those that touch it counting twice."""
    for axis in range(2):
        wide = np.pad(counted, [(1, 1) if number == axis else (0, 0) for number in range(2)], mode="edge")
        before, after = (np.take(wide, range(first, first + counted.shape[axis]), axis) for first in (0, 2))
        counted = (before + 2 * counted + after) / 4
    return counted


def _label(axes: Axes, explained: ExplainedEvent, *, first: bool) -> None:
    start, stop = explained.seen
    step = tick_step(stop - start, 3)
    times = np.arange(np.ceil(start / step), np.floor(stop / step) + 1) * step
    axes.set_xticks(times, [format_clock(float(time), explained.clock_start) for time in times])
    high = axes.get_ylim()[1]
    spacing = next(spacing for spacing in (5, 10, 20, 50, 1000) if high / spacing <= 5)
    axes.set_yticks(np.arange(0.0, high + 1e-9, spacing))
    if first:
        axes.set_ylabel("Hz", fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.0)
    else:
        axes.set_yticklabels([])
