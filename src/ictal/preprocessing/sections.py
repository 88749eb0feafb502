"""Filtering with second-order sections, in blocks of matrix products.

A recursive filter is a linear system with a state of two numbers a section. Over a block of samples, output and next
state are matrix products of input and state, and the states of all blocks follow from a doubling scan. So the exact
recursion, in either direction, runs at the speed of matrix multiplication, from stored coefficients alone.

References
----------
Burrus, Block realization of digital filters, IEEE Trans. Audio Electroacoust. 1972.
Gustafsson, Determining the initial states in forward-backward filtering, IEEE Trans. Signal Process. 1996.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ictal.core.recording import Signal
from ictal.preprocessing.products import multiply_rows

Section = tuple[float, float, float, float, float, float]
Sections = tuple[Section, ...]
Reals = NDArray[Any]

BLOCK = 64
"""Samples a block; the fastest of 32 to 256 on current processors."""

FORGOTTEN = 1e-7
"""A filter has forgotten its start when what remains of it is below this share of the signal's range."""

_LONGEST_MEMORY = 2**24
_SINGLE_PRECISION_MEMORY = 4 * BLOCK


@dataclass(frozen=True, eq=False)
class BlockFilter:
    """Sections as matrices over a block of ``BLOCK`` samples, for row vectors.

    Attributes
    ----------
    response : ndarray, shape (BLOCK, BLOCK)
        Input of a block → output of the same block.
    observation : ndarray, shape (n_states, BLOCK)
        State before a block → output of the block.
    control : ndarray, shape (BLOCK, n_states)
        Input of a block → state after it.
    transitions : ndarray, shape (BLOCK + 1, n_states, n_states)
        State → state after 0, 1, … BLOCK samples without input.
    """

    response: Reals
    observation: Reals
    control: Reals
    transitions: NDArray[np.float64]

    def run(self, signal: Reals) -> Reals:
        """Filter one channel from a state of zero; its length is a multiple of ``BLOCK``."""
        blocks = signal.reshape(-1, BLOCK)
        filtered = multiply_rows(blocks, self.response)
        filtered += multiply_rows(self._states(multiply_rows(blocks, self.control)), self.observation)
        return filtered.reshape(-1)

    def run_backward(self, signal: Reals) -> Reals:
        """Filter one channel from its end to its start; every matrix is its own mirror image."""
        blocks = signal.reshape(-1, BLOCK)
        filtered = multiply_rows(blocks, self.response.T)
        states = self._states(multiply_rows(blocks, self.control[::-1])[::-1])[::-1]
        filtered += multiply_rows(states, self.observation[:, ::-1])
        return filtered.reshape(-1)

    def advance(self, signal: Reals, state: Reals) -> tuple[Reals, Reals]:
        """Filter the next samples of a stream, shape (n_channels, any length); return them and the new state."""
        filtered = np.empty_like(signal)
        for start in range(0, signal.shape[1], BLOCK):
            block = signal[:, start : start + BLOCK]
            length = block.shape[1]
            filtered[:, start : start + length] = (
                block @ self.response[:length, :length] + state @ self.observation[:, :length]
            )
            state = state @ self.transitions[length] + block @ self.control[BLOCK - length :]
        return filtered, state

    def _states(self, inputs: Reals) -> Reals:
        """Return the state before every block, by doubling the reach of the recursion until it has faded out."""
        states = np.zeros_like(inputs)
        states[1:] = inputs[:-1]
        power, reach = self.transitions[BLOCK], 1
        while reach < len(states) and np.abs(power).max() > 1e-14:
            states[reach:] += multiply_rows(states[:-reach], power.astype(states.dtype))
            power, reach = power @ power, 2 * reach
        return states


@functools.lru_cache(maxsize=64)
def block_filter(sections: Sections, dtype: DTypeLike = np.float64) -> BlockFilter:
    """Return the matrices of `sections`, by running the recursion once from every unit state and a unit impulse."""
    n_states = 2 * len(sections)
    states, inputs = np.eye(n_states, n_states + 1), np.eye(1, n_states + 1, n_states)[0]
    outputs, after = np.empty((BLOCK, n_states + 1)), np.empty((BLOCK + 1, n_states, n_states + 1))
    after[0] = states
    for sample in range(BLOCK):
        for index, (b0, b1, b2, _, a1, a2) in enumerate(sections):
            first, second = states[2 * index].copy(), states[2 * index + 1].copy()
            result = b0 * inputs + first
            states[2 * index] = b1 * inputs - a1 * result + second
            states[2 * index + 1] = b2 * inputs - a2 * result
            inputs = result
        outputs[sample], after[sample + 1] = inputs, states
        inputs = np.zeros(n_states + 1)
    response = np.zeros((BLOCK, BLOCK))
    for sample in range(BLOCK):
        response[sample, sample:] = outputs[: BLOCK - sample, n_states]
    return BlockFilter(
        response=response.astype(dtype),
        observation=np.ascontiguousarray(outputs[:, :n_states].T, dtype=dtype),
        control=np.ascontiguousarray(after[:0:-1, :, n_states], dtype=dtype),
        transitions=np.ascontiguousarray(after[:, :, :n_states].transpose(0, 2, 1)),
    )


def steady_gain(sections: Sections) -> float:
    """Return the gain for a constant input."""
    return float(np.prod([sum(section[:3]) / sum(section[3:]) for section in sections]))


def steady_state(sections: Sections) -> NDArray[np.float64]:
    """Return the state that a constant input of one leads to, shape (2 * n_sections,)."""
    states, level = [], 1.0
    for b0, b1, b2, a0, a1, a2 in sections:
        output = level * (b0 + b1 + b2) / (a0 + a1 + a2)
        second = b2 * level - a2 * output
        states += [b1 * level - a1 * output + second, second]
        level = output
    return np.array(states)


def gain_at(sections: Sections, frequency: float, sampling_rate: float) -> float:
    """Return the magnitude of the response at `frequency` Hz."""
    delays = np.exp(-2j * np.pi * frequency / sampling_rate * np.arange(3))
    return float(np.prod([abs(np.dot(section[:3], delays) / np.dot(section[3:], delays)) for section in sections]))


def edge_length(sections: Sections) -> int:
    """Return how many samples an end is extended by before zero-phase filtering.

    Three times the number of taps, those at the origin not counted, as in ``scipy.signal.sosfiltfilt``.
    """
    zeros_at_origin = sum(section[2] == 0 for section in sections)
    poles_at_origin = sum(section[5] == 0 for section in sections)
    return 3 * (2 * len(sections) + 1 - min(zeros_at_origin, poles_at_origin))


@functools.lru_cache(maxsize=64)
def memory_length(sections: Sections) -> int:
    """Return after how many samples the filter has forgotten where it began.

    The rest of the impulse response adds up to less than :data:`FORGOTTEN` from there on.
    """
    radius = max(float(np.abs(np.roots(section[3:])).max()) for section in sections)
    horizon = BLOCK if radius == 0 else int(min(2 * np.log(1e-9) / np.log(radius) + BLOCK, _LONGEST_MEMORY))
    impulse = np.zeros(-(-horizon // BLOCK) * BLOCK)
    impulse[0] = 1.0
    rest = np.cumsum(np.abs(block_filter(sections).run(impulse))[::-1])[::-1]
    return int(np.count_nonzero(rest > FORGOTTEN))


def working_precision(sections: Sections) -> np.dtype[Any]:
    """Return float32 where that is enough: a short memory, and an output about as large as the input."""
    short = memory_length(sections) <= _SINGLE_PRECISION_MEMORY
    return np.dtype(np.float32 if short and abs(steady_gain(sections) - 1) < 0.1 else np.float64)


def filter_zero_phase(sections: Sections, signal: Signal, left: int, right: int) -> Signal:
    """Filter forward and backward, so that nothing is shifted in time.

    Parameters
    ----------
    sections : tuple of (b0, b1, b2, 1, a1, a2)
    signal : ndarray of float32, shape (n_channels, n_samples)
    left, right : int
        By how many samples each end is extended, mirrored about its last sample; less than n_samples.

    Returns
    -------
    ndarray of float32, shape (n_channels, n_samples)

    Notes
    -----
    Both passes start from the steady state of their first sample: that sample is subtracted, and what the filter makes
    of a constant is added at the end.

    Examples
    --------
    >>> halving = ((0.5, 0.5, 0.0, 1.0, 0.0, 0.0),)
    >>> filter_zero_phase(halving, np.array([[0, 0, 4, 0, 0]], np.float32), 2, 2)
    array([[0., 1., 2., 1., 0.]], dtype=float32)
    """
    dtype = working_precision(sections)
    matrices, gain = block_filter(sections, dtype), steady_gain(sections)
    n_samples = signal.shape[1]
    lead = -(left + n_samples + right) % BLOCK
    body = slice(lead + left, lead + left + n_samples)
    extended = np.empty(body.stop + right, dtype)
    filtered = np.empty_like(signal)
    for row, result in zip(signal, filtered, strict=True):
        first, last = float(row[0]), float(row[-1])
        start = dtype.type(2 * first - float(row[left]))
        extended[:lead] = 0
        np.subtract(dtype.type(2 * first - start), row[left:0:-1], out=extended[lead : body.start], dtype=dtype)
        np.subtract(row, start, out=extended[body], dtype=dtype)
        np.subtract(dtype.type(2 * last - start), row[-2 : -right - 2 : -1], out=extended[body.stop :], dtype=dtype)
        forward = matrices.run(extended)
        end = forward[-1]
        forward -= end
        np.add(matrices.run_backward(forward)[body], gain * (end + gain * start), out=result)
    return filtered


def filter_causal(sections: Sections, signal: Signal, *, steady: bool) -> Signal:
    """Filter forward in time.

    Parameters
    ----------
    sections : tuple of (b0, b1, b2, 1, a1, a2)
    signal : ndarray of float32, shape (n_channels, n_samples)
    steady : bool
        Start as if the first sample had always been there; otherwise as if there had been zeros.

    Returns
    -------
    ndarray of float32, shape (n_channels, n_samples)

    Examples
    --------
    >>> halving = ((0.5, 0.5, 0.0, 1.0, 0.0, 0.0),)
    >>> filter_causal(halving, np.array([[4, 0, 0]], np.float32), steady=True)
    array([[4., 2., 0.]], dtype=float32)
    """
    dtype = working_precision(sections)
    matrices, gain = block_filter(sections, dtype), steady_gain(sections)
    lead = -signal.shape[1] % BLOCK
    extended = np.zeros(lead + signal.shape[1], dtype)
    filtered = np.empty_like(signal)
    for row, result in zip(signal, filtered, strict=True):
        start = row[0] if steady else np.float32(0)
        np.subtract(row, start, out=extended[lead:], dtype=dtype)
        np.add(matrices.run(extended)[lead:], gain * start, out=result)
    return filtered
