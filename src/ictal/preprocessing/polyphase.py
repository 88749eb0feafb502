"""Sampling-rate conversion by a rational factor, in blocks of matrix products.

Equal to ``scipy.signal.resample_poly`` with its defaults: a Kaiser-windowed sinc of 20 lobes, zeros outside.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.recording import Signal
from ictal.preprocessing.products import multiply_rows

_LOBES = 10
_KAISER_BETA = 5.0
_OUTPUTS_A_BLOCK = 64
_RATE_TOLERANCE = 1e-9


def find_ratio(source: float, target: float) -> tuple[int, int]:
    """Return the smallest ``(up, down)`` with ``source * up / down == target`` to one part in 10⁹.

    Raises
    ------
    ParameterError
        If there is none with numbers up to 100 000.

    Examples
    --------
    >>> find_ratio(250.0, 256.0), find_ratio(256.0, 256.0)
    ((128, 125), (1, 1))
    """
    exact = Fraction(target) / Fraction(source)
    for limit in (10, 100, 1000, 10_000, 100_000):
        ratio = exact.limit_denominator(limit)
        if 0 < ratio.numerator <= 100_000 and abs(ratio / exact - 1) < _RATE_TOLERANCE:
            return ratio.numerator, ratio.denominator
    raise ParameterError(f"resample: {source!r} Hz to {target!r} Hz is not allowed; no ratio up to 100000 fits.")


@functools.lru_cache(maxsize=8)
def design_taps(up: int, down: int) -> NDArray[np.float64]:
    """Return the low-pass of the conversion, symmetric, shape (20 * max(up, down) + 1,).

    References
    ----------
    Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5 (Kaiser window).
    """
    fastest = max(up, down)
    half = _LOBES * fastest
    taps = np.sinc(np.arange(-half, half + 1) / fastest) * np.kaiser(2 * half + 1, _KAISER_BETA)
    return np.asarray(taps * (up / taps.sum()))


def reach(up: int, down: int) -> int:
    """Return how many input samples before and after its place an output sample needs."""
    return _LOBES * max(up, down) // up + 1


@dataclass(frozen=True, eq=False)
class PolyphaseBlocks:
    """The conversion of one period of input as matrices.

    Attributes
    ----------
    inputs, outputs : int
        Samples a period.
    matrices : tuple of (first_input, first_output, matrix)
        ``outputs[first_output:] = inputs[first_input:] @ matrix``; inputs are counted from ``reach`` before the period.
    """

    inputs: int
    outputs: int
    matrices: tuple[tuple[int, int, NDArray[np.float32]], ...]


@functools.lru_cache(maxsize=8)
def polyphase_blocks(up: int, down: int) -> PolyphaseBlocks:
    """Return the matrices of a conversion, each for about 64 outputs."""
    taps, margin = design_taps(up, down), reach(up, down)
    half = len(taps) // 2
    periods = max(1, _OUTPUTS_A_BLOCK // up)
    outputs = periods * up
    matrices = []
    for first_output in range(0, outputs, _OUTPUTS_A_BLOCK):
        output = np.arange(first_output, min(first_output + _OUTPUTS_A_BLOCK, outputs))
        first_input = output[0] * down // up
        samples = np.arange(first_input - margin, output[-1] * down // up + margin + 1)
        places = output[None, :] * down - samples[:, None] * up + half
        inside = (places >= 0) & (places < len(taps))
        matrix = np.where(inside, taps[np.clip(places, 0, len(taps) - 1)], 0.0)
        matrices.append((int(first_input), first_output, matrix.astype(np.float32)))
    return PolyphaseBlocks(periods * down, outputs, tuple(matrices))


def input_range(up: int, down: int, first: int, last: int) -> tuple[int, int]:
    """Return which input samples the output samples ``[first, last)`` need; it may reach past the ends."""
    margin = reach(up, down)
    return first * down // up - margin, (last - 1) * down // up + margin + 1


def convert(signal: Signal, up: int, down: int, first: int, last: int, offset: int = 0) -> Signal:
    """Return output samples ``[first, last)`` of the conversion.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_channels, n_samples)
        Input samples from number `offset` on; zeros before and after.
    up, down : int
        As from :func:`find_ratio`.
    first, last : int
        Counted from the output sample that falls on input sample 0.
    offset : int
        Number of the first sample of `signal`.

    Returns
    -------
    ndarray of float32, shape (n_channels, last - first)

    Notes
    -----
    The first sample is subtracted and put back times the response to a row of ones, so that a large constant costs no
    precision.

    Examples
    --------
    >>> convert(np.ones((1, 200), np.float32), 1, 2, 40, 43).round(3)
    array([[1., 1., 1.]], dtype=float32)
    """
    blocks, margin = polyphase_blocks(up, down), reach(up, down)
    first_period = first // blocks.outputs
    n_periods = max(1, -(-last // blocks.outputs) - first_period)
    origin = first_period * blocks.inputs - margin
    widest = max(begin + len(matrix) for begin, _, matrix in blocks.matrices)
    padded = np.zeros((len(signal) + 1, (n_periods - 1) * blocks.inputs + widest), np.float32)
    start, stop = max(offset, origin), min(offset + signal.shape[1], origin + padded.shape[1])
    constant = signal[:, :1]
    if start < stop:
        inside = slice(start - origin, stop - origin)
        np.subtract(signal[:, start - offset : stop - offset], constant, out=padded[:-1, inside])
        padded[-1, inside] = 1
    converted = np.empty((len(padded), n_periods, blocks.outputs), np.float32)
    for row, result in zip(padded, converted, strict=True):
        for begin, first_output, matrix in blocks.matrices:
            windows = np.lib.stride_tricks.sliding_window_view(row[begin:], len(matrix))
            periods = np.ascontiguousarray(windows[:: blocks.inputs][:n_periods])
            result[:, first_output : first_output + matrix.shape[1]] = multiply_rows(periods, matrix)
    rows = converted.reshape(len(padded), -1)[:, first - first_period * blocks.outputs :][:, : last - first]
    return np.asarray(rows[:-1] + constant * rows[-1])
