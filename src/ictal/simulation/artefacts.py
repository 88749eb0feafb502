"""What a recording holds besides brain: blinks, muscle, mains and the noise of electrodes.

Each function adds to a signal of shape (19, n_samples) in place, since an hour of it is large.
"""

from __future__ import annotations

import numpy as np

from ictal.core.recording import Signal
from ictal.core.spans import Span, complement_spans
from ictal.simulation.head import eye_field, muscle_fields
from ictal.simulation.sources import blink, burst_envelope, mains, muscle_power, random_onsets, shaped_noise
from ictal.simulation.subject import Subject

_AMPLIFIER_NOISE = 0.7
"""µV, root mean square."""

_TENSE_RATE, _TENSE_GAIN = 15.0, 2.0
"""Bursts a minute, and how much larger than at rest they are, while the body is tense."""


def add_at(signal: Signal, first: int, piece: Signal) -> None:
    """Add `piece` from sample `first` on; what reaches beyond the end is cut."""
    last = min(first + piece.shape[1], signal.shape[1])
    signal[:, first:last] += piece[:, : last - first]


def add_blinks(
    signal: Signal, subject: Subject, closures: list[Span], sampling_rate: float, rng: np.random.Generator
) -> None:
    """Add blinks while the eyes are open: positive at the front of the head, of varying height and speed."""
    field = (subject.blink_amplitude * eye_field()).astype(np.float32)
    for start, stop in complement_spans(closures, 0.0, signal.shape[1] / sampling_rate):
        for onset in start + random_onsets(stop - start, subject.blink_rate, rng):
            height, rise = rng.normal(1.0, 0.15), rng.uniform(0.09, 0.13)
            add_at(signal, round(onset * sampling_rate), np.outer(field, height * blink(sampling_rate, rise)))


def add_muscle(
    signal: Signal, subject: Subject, tense: list[Span], sampling_rate: float, rng: np.random.Generator
) -> None:
    """Add bursts of muscle over the temples and the forehead, on either side by itself; while tense more and larger."""
    bursts = [(onset, 1.0) for onset in random_onsets(signal.shape[1] / sampling_rate, subject.muscle_rate, rng)]
    # A stream of their own, so that a seizure changes nothing before it.
    [tense_stream] = rng.spawn(1)
    for start, stop in tense:
        bursts += [(start + onset, _TENSE_GAIN) for onset in random_onsets(stop - start, _TENSE_RATE, tense_stream)]
    for onset, gain in bursts:
        field = muscle_fields()[rng.integers(len(muscle_fields()))].astype(np.float32)
        n_samples = round(rng.uniform(0.4, 5.0) * sampling_rate)
        fibres = shaped_noise(field.shape[1], n_samples, sampling_rate, muscle_power(), rng)
        height = gain * subject.muscle_amplitude * np.exp(0.4 * rng.standard_normal())
        add_at(signal, round(onset * sampling_rate), field @ (fibres * (height * burst_envelope(n_samples))))


def add_electrode_noise(
    signal: Signal, subject: Subject, sampling_rate: float, line_frequency: float, rng: np.random.Generator
) -> None:
    """Add mains, of another size and phase at each electrode as impedances differ, and amplifier noise."""
    n_electrodes, n_samples = signal.shape
    size = subject.line_amplitude * np.exp(0.5 * rng.standard_normal(n_electrodes))
    phase = 0.6 * rng.standard_normal(n_electrodes)
    mixing = np.column_stack([size * np.cos(phase), size * np.sin(phase)]).astype(np.float32)
    signal += mixing @ mains(n_samples, sampling_rate, line_frequency, rng)
    for row in signal:
        row += _AMPLIFIER_NOISE * rng.standard_normal(n_samples, dtype=np.float32)
