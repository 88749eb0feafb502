"""Simulated scalp EEG: a subject, a head and known seizures become a recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.simulation.artefacts import add_at, add_blinks, add_electrode_noise, add_muscle
from ictal.simulation.head import CHANNELS, alpha_mixing, background_mixing
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.schedule import check_inside, check_request, random_spans
from ictal.simulation.seizure import Seizure, ictal_signal, onset_electrodes, slowing_signal, suppress_background
from ictal.simulation.sources import (
    background_power,
    eye_closures,
    interpolate_track,
    narrow_power,
    shaped_noise,
    slow_gain,
)
from ictal.simulation.subject import Subject, draw_subject

_EASIEST, _HARDEST = 22.0, 6.0
"""Ictal to background amplitude in dB at difficulty 0 and 1."""

_SLOWING_SHARE = 0.7
_ALPHA_WITH_OPEN_EYES = 0.2
_EYE_OPENING_SECONDS = 0.5


def simulate_recording(
    duration: float,
    *,
    seed: int,
    subject: Subject | None = None,
    seizures: int | Sequence[Seizure] = 1,
    sampling_rate: float = 256.0,
    line_frequency: float = 50.0,
    difficulty: float = 0.5,
) -> Recording:
    """Return simulated scalp EEG of 19 electrodes against their average.

    Parameters
    ----------
    duration : float
        Seconds.
    seed : int
        0 or more; the same seed and settings give the same samples.
    subject : Subject, optional
        Who; drawn from `seed` where not given.
    seizures : int or sequence of Seizure
        How many to place at random, at least a minute of recording each; or which ones.
    sampling_rate : float
        Hz, at least 100.
    line_frequency : float
        Hz.
    difficulty : float
        0 to 1: how little the seizures rise above the background. In amplitude, at the electrode that sees most when
        the seizure is full, 22 dB at 0, 6 dB at 1.

    Returns
    -------
    Recording
        µV; `annotations` hold one event of type ``sz`` for each seizure, exact to the sample, with the channels over
        its place of onset.

    Raises
    ------
    ParameterError
        If a value is out of its range, or the seizures do not fit into the recording.

    Examples
    --------
    >>> rec = simulate_recording(120.0, seed=1, seizures=[Seizure(40.0, 30.0, focus="T8")])
    >>> rec.channels[:2], rec.read(0.0, 1.0).shape
    (('Fp1-Avg', 'Fp2-Avg'), (19, 256))
    >>> [(event.onset, event.duration) for event in rec.annotations]
    [(40.0, 30.0)]
    """
    check_request(duration, seed, sampling_rate, line_frequency)
    if not 0 <= difficulty <= 1:
        raise ParameterError(f"difficulty: {difficulty!r} is not allowed; it must be 0 to 1.")
    person = draw_subject(seed) if subject is None else subject
    streams = np.random.default_rng([seed, 1]).spawn(7)
    chosen = place_seizures(seizures, duration, person, streams[0]) if isinstance(seizures, int) else tuple(seizures)
    check_inside((seizure.span for seizure in chosen), duration)
    n_samples = round(duration * sampling_rate)
    closures = eye_closures(duration, streams[1])

    signal = _resting_brain(person, n_samples, sampling_rate, closures, streams[2])
    height = person.background_amplitude * 10 ** (ictal_decibels(difficulty) / 20)
    for seizure, stream in zip(chosen, streams[3].spawn(len(chosen)), strict=True):
        suppress_background(signal, seizure.span, seizure.postictal, sampling_rate)
        first, last = (round(time * sampling_rate) for time in seizure.span)
        add_at(signal, first, height * ictal_signal(seizure, sampling_rate, stream))
        add_at(signal, last, _SLOWING_SHARE * height * slowing_signal(seizure, sampling_rate, stream))
    add_blinks(signal, person, closures, sampling_rate, streams[4])
    tense = [(seizure.stop - seizure.duration / 2, seizure.stop) for seizure in chosen]
    add_muscle(signal, person, tense, sampling_rate, streams[5])
    add_electrode_noise(signal, person, sampling_rate, line_frequency, streams[6])
    signal -= signal.mean(axis=0)
    return SimulatedRecording(
        signal,
        sampling_rate,
        CHANNELS,
        Annotations(map(_event, chosen), n_samples / sampling_rate),
        f"spherical-head phantom, seed {seed}, seizures {len(chosen)}, difficulty {difficulty:g}",
    )


def ictal_decibels(difficulty: float) -> float:
    """Return the height of seizures over the background in dB of amplitude, 22 at difficulty 0 and 6 at 1.

    Examples
    --------
    >>> ictal_decibels(0.0), ictal_decibels(1.0)
    (22.0, 6.0)
    """
    return _EASIEST + (_HARDEST - _EASIEST) * difficulty


def place_seizures(count: int, duration: float, subject: Subject, rng: np.random.Generator) -> tuple[Seizure, ...]:
    """Return seizures of one subject, one at a random place in each of `count` equal parts of a recording.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds; at least 60 for each seizure.
    subject : Subject
        Whose focus, typical duration and frequency the seizures have, each varying by some tenths.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If there is not enough time, or the count is below 0.

    Examples
    --------
    >>> [first, second] = place_seizures(2, 600.0, draw_subject(0), np.random.default_rng(0))
    >>> first.stop < 300.0 < second.onset
    True
    """
    typical = subject.seizure_duration
    placed = []
    for start, stop in random_spans(count, duration, 0.7 * typical, 1.3 * typical, rng):
        start_frequency = subject.seizure_frequency * rng.uniform(0.85, 1.15)
        placed.append(
            Seizure(
                onset=start,
                duration=round(stop - start, 2),
                focus=subject.focus,
                start_frequency=start_frequency,
                stop_frequency=start_frequency * rng.uniform(0.25, 0.4),
                crossing=float(rng.uniform(0.2, 0.6)),
                fast_share=float(rng.uniform(0.05, 0.4)),
            )
        )
    return tuple(placed)


def _resting_brain(
    subject: Subject, n_samples: int, sampling_rate: float, closures: Iterable[Span], rng: np.random.Generator
) -> Signal:
    """Return 1/f background and, while the eyes are closed, alpha, shape (19, n_samples)."""
    mixing = (subject.background_amplitude * background_mixing()).astype(np.float32)
    power = background_power(subject.background_exponent, subject.background_knee)
    signal: Signal = mixing @ shaped_noise(mixing.shape[1], n_samples, sampling_rate, power, rng)
    signal *= slow_gain(n_samples, sampling_rate, spread=0.15, seconds=60.0, rng=rng)

    mixing = (subject.alpha_amplitude * alpha_mixing()).astype(np.float32)
    rhythm = shaped_noise(mixing.shape[1], n_samples, sampling_rate, narrow_power(subject.alpha_frequency, 0.5), rng)
    rhythm *= _alpha_gain(closures, n_samples, sampling_rate)
    signal += mixing @ rhythm
    return signal


def _alpha_gain(closures: Iterable[Span], n_samples: int, sampling_rate: float) -> Signal:
    """Return 1 while the eyes are closed and less while they are open, shape (n_samples,)."""
    opened = _ALPHA_WITH_OPEN_EYES
    times, gains = [0.0], [opened]
    for start, stop in closures:
        times += [start, start + _EYE_OPENING_SECONDS, stop, stop + _EYE_OPENING_SECONDS]
        gains += [opened, 1.0, 1.0, opened]
    return interpolate_track(np.array(times), np.array(gains), n_samples, sampling_rate)


def _event(seizure: Seizure) -> Event:
    channels = tuple(CHANNELS[SCALP_19.index(name)] for name in onset_electrodes(seizure.focus))
    return Event(seizure.onset, seizure.duration, channels=channels)
