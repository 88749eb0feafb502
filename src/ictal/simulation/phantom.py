"""Simulated scalp EEG: a subject, a head and known seizures become a recording."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ictal.core.errors import ParameterError, check_option
from ictal.core.events import Annotations
from ictal.core.tables import load_attribute
from ictal.simulation.head import CHANNELS
from ictal.simulation.parts import PARTS
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import check_inside, check_request
from ictal.simulation.seizure import Seizure, place_seizures
from ictal.simulation.states import States
from ictal.simulation.subject import Subject
from ictal.simulation.vigilance import draw_states


def simulate_recording(
    duration: float,
    *,
    seed: int,
    subject: Subject | None = None,
    seizures: int | Sequence[Seizure] = 1,
    states: States | None = None,
    sampling_rate: float = 256.0,
    line_frequency: float = 50.0,
    difficulty: float = 0.5,
    without: Collection[str] = (),
) -> SimulatedRecording:
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
    states : States, optional
        When the subject sleeps; drawn from `seed` where not given.
    sampling_rate : float
        Hz, at least 100.
    line_frequency : float
        Hz.
    difficulty : float
        0 to 1: how little the seizures rise above the background. In amplitude, at the electrode that sees most when
        the seizure is full, 22 dB at 0, 6 dB at 1.
    without : collection of str
        Parts to leave out, names in :data:`ictal.simulation.parts.PARTS`; the others stay the same to the sample.

    Returns
    -------
    SimulatedRecording
        µV, made while it is read. `annotations` hold one event for each seizure, exact to the sample, with the
        channels over its place of onset; `truth` holds besides what else was planted.

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
    for name in without:
        check_option("part", name, PARTS)
    person = draw_subject(seed) if subject is None else subject
    n_samples = round(duration * sampling_rate)
    chosen = place_seizures(seizures, duration, person, seed) if isinstance(seizures, int) else tuple(seizures)
    check_inside((seizure.span for seizure in chosen), duration)
    scene = Scene(
        subject=person,
        states=draw_states(duration, person, seed) if states is None else states,
        seizures=tuple(sorted(chosen, key=lambda seizure: seizure.onset)),
        n_samples=n_samples,
        sampling_rate=sampling_rate,
        line_frequency=line_frequency,
        difficulty=difficulty,
        seed=seed,
    )
    parts: list[Part] = [load_attribute(PARTS[name])(scene) for name in PARTS if name not in without]
    truth = Annotations((event for part in parts for event in part.events), n_samples / sampling_rate)
    return SimulatedRecording(
        [layer for part in parts for layer in part.layers],
        n_samples,
        sampling_rate,
        CHANNELS,
        truth.seizures,
        f"spherical-head phantom, seed {seed}, seizures {len(chosen)}, difficulty {difficulty:g}",
        truth=truth,
        referenced=True,
    )
