"""From whom a simulated subject is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ictal.core.tables import Table
from ictal.simulation.subject import Epilepsy, Habits, Rhythms, Sleep, Subject

POPULATIONS = Table(
    "population",
    {
        "adult": "ictal.simulation.populations:draw_adult",
        "icu": "ictal.simulation.populations:draw_patient",
        "neonate": "ictal.simulation.populations:draw_neonate",
        "unseen": "ictal.simulation.populations:draw_unseen",
    },
)
"""Each draws a :class:`~ictal.simulation.subject.Subject` from a random generator. ``unseen`` is kept for the exam."""

UNSEEN = "unseen"
UNSEEN_KIND = "low-voltage-fast"
"""The kind of seizure that the population ``unseen`` alone has."""

_FOCI = ("T7", "T8", "F7", "F8", "P7", "P8", "F3", "F4", "C3", "C4", "P3", "P4")
_FOCUS_SHARES = (0.17, 0.17, 0.13, 0.13, 0.07, 0.07, 0.05, 0.05, 0.04, 0.04, 0.04, 0.04)
_UNSEEN_KIND_SHARE = 0.7


def draw_subject(seed: int, population: str = "adult") -> Subject:
    """Return the subject that a seed stands for.

    Parameters
    ----------
    seed : int
        0 or more.
    population : str
        A name in :data:`POPULATIONS`.

    Examples
    --------
    >>> draw_subject(3) == draw_subject(3), draw_subject(3) == draw_subject(4)
    (True, False)
    """
    subject: Subject = POPULATIONS.load(population)(np.random.default_rng(seed))
    return subject


def draw_adult(rng: np.random.Generator) -> Subject:
    """Return an adult of an epilepsy monitoring unit."""
    rhythms = Rhythms(
        background_amplitude=float(np.clip(log_normal(26.0, 0.5, rng), 12.0, 60.0)),
        background_exponent=rng.uniform(1.9, 3.6),
        background_knee=rng.uniform(0.7, 2.5),
        alpha_frequency=rng.uniform(8.5, 11.5),
        alpha_amplitude=rng.uniform(8.0, 30.0),
        beta_frequency=rng.uniform(17.0, 24.0),
        beta_amplitude=log_normal(3.0, 0.5, rng),
        mu_frequency=rng.uniform(8.5, 11.5),
        mu_amplitude=rng.uniform(0.0, 12.0),
        theta_amplitude=rng.uniform(6.0, 15.0),
    )
    sleep = Sleep(
        tiredness=rng.uniform(0.2, 0.7),
        spindle_frequency=rng.uniform(11.5, 14.5),
        spindle_amplitude=rng.uniform(20.0, 45.0),
        spindle_rate=rng.uniform(2.0, 6.0),
        k_amplitude=rng.uniform(100.0, 220.0),
        k_rate=rng.uniform(0.8, 2.5),
        slow_wave_amplitude=rng.uniform(30.0, 70.0),
    )
    habits = Habits(
        blink_rate=rng.uniform(8.0, 20.0),
        blink_amplitude=rng.uniform(80.0, 180.0),
        saccade_rate=rng.uniform(5.0, 20.0),
        saccade_amplitude=rng.uniform(15.0, 60.0),
        muscle_rate=rng.uniform(0.5, 3.0),
        muscle_amplitude=rng.uniform(8.0, 30.0),
        chewing_rate=rng.uniform(0.5, 3.0),
        heart_amplitude=log_normal(2.0, 0.8, rng),
        sweat_amplitude=log_normal(3.0, 0.8, rng),
        movement_rate=rng.uniform(1.0, 8.0),
        pop_rate=rng.uniform(0.0, 6.0),
        disconnection_rate=rng.uniform(0.0, 0.3),
        line_amplitude=rng.uniform(0.3, 2.0),
    )
    epilepsy = Epilepsy(
        kind=str(rng.choice(("focal-temporal", "focal-to-bilateral", "absence", "tonic"), p=(0.45, 0.3, 0.15, 0.1))),
        focus=str(rng.choice(_FOCI, p=_FOCUS_SHARES)),
        seizure_duration=rng.uniform(30.0, 80.0),
        seizure_frequency=rng.uniform(5.0, 9.0),
        spike_rate=log_normal(1.0, 1.0, rng),
        spike_amplitude=rng.uniform(50.0, 150.0),
        run_rate=rng.uniform(0.0, 4.0),
    )
    return Subject("adult", rhythms, sleep, habits, epilepsy)


def draw_patient(rng: np.random.Generator) -> Subject:
    """Return a patient of an intensive care unit, with a periodic or rhythmic pattern."""
    adult = draw_adult(rng)
    pattern = str(rng.choice(("lpd", "gpd", "lrda", "grda")))
    epilepsy = replace(
        adult.epilepsy,
        pattern=pattern,
        pattern_frequency=rng.uniform(0.5, 2.0) if pattern.endswith("pd") else rng.uniform(1.0, 2.8),
        pattern_amplitude=rng.uniform(40.0, 160.0),
        pattern_share=rng.uniform(0.2, 0.8),
    )
    return replace(adult, population="icu", epilepsy=epilepsy)


def draw_neonate(rng: np.random.Generator) -> Subject:
    """Return a neonate near term: no rhythms of wakefulness, discontinuous activity in quiet sleep."""
    adult = draw_adult(rng)
    rhythms = Rhythms(
        background_amplitude=float(np.clip(log_normal(18.0, 0.4, rng), 9.0, 40.0)),
        background_exponent=rng.uniform(2.2, 3.6),
        background_knee=rng.uniform(0.5, 1.2),
        alpha_frequency=10.0,
        alpha_amplitude=0.0,
        beta_frequency=20.0,
        beta_amplitude=0.0,
        mu_frequency=10.0,
        mu_amplitude=0.0,
        theta_amplitude=0.0,
    )
    sleep = replace(
        adult.sleep,
        tiredness=rng.uniform(0.6, 0.9),
        spindle_amplitude=0.0,
        spindle_rate=0.0,
        k_amplitude=0.0,
        k_rate=0.0,
        slow_wave_amplitude=0.0,
    )
    habits = replace(
        adult.habits,
        blink_rate=rng.uniform(1.0, 5.0),
        blink_amplitude=rng.uniform(30.0, 80.0),
        saccade_rate=rng.uniform(1.0, 5.0),
        chewing_rate=rng.uniform(2.0, 8.0),
        movement_rate=rng.uniform(5.0, 20.0),
        heart_amplitude=log_normal(4.0, 0.6, rng),
    )
    epilepsy = Epilepsy(
        kind="neonatal",
        focus=str(rng.choice(("C3", "C4", "T7", "T8", "O1", "O2"))),
        seizure_duration=rng.uniform(40.0, 120.0),
        seizure_frequency=rng.uniform(1.0, 3.0),
        spike_rate=log_normal(0.5, 0.8, rng),
        spike_amplitude=rng.uniform(40.0, 120.0),
        run_rate=rng.uniform(0.0, 2.0),
    )
    return Subject("neonate", rhythms, sleep, habits, epilepsy)


def draw_unseen(rng: np.random.Generator) -> Subject:
    """Return an adult with a physiology that no other population holds, and mostly with a kind of seizure of its own.

    One of three: a low-voltage background, a slow posterior rhythm with a flat spectrum, or the fast activity of
    benzodiazepines.
    """
    adult = draw_adult(rng)
    variants = (
        replace(adult.rhythms, background_amplitude=rng.uniform(6.0, 10.0), alpha_amplitude=rng.uniform(2.0, 6.0)),
        replace(adult.rhythms, alpha_frequency=rng.uniform(6.0, 7.8), background_exponent=rng.uniform(1.3, 1.8)),
        replace(adult.rhythms, beta_frequency=rng.uniform(14.0, 24.0), beta_amplitude=rng.uniform(14.0, 25.0)),
    )
    rhythms = variants[int(rng.integers(len(variants)))]
    kind = UNSEEN_KIND if rng.uniform() < _UNSEEN_KIND_SHARE else adult.epilepsy.kind
    epilepsy = replace(
        adult.epilepsy,
        kind=kind,
        focus=str(rng.choice(("F3", "F4", "F7", "F8", "Fz"))),
        spike_rate=log_normal(0.5, 1.0, rng),
    )
    return replace(adult, population=UNSEEN, rhythms=rhythms, epilepsy=epilepsy)


def log_normal(median: float, spread: float, rng: np.random.Generator) -> float:
    """Return a number around a median whose logarithm has standard deviation `spread`."""
    return float(median * np.exp(spread * rng.standard_normal()))
