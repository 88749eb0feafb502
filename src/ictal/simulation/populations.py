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
        "child": "ictal.simulation.populations:draw_child",
        "icu": "ictal.simulation.populations:draw_patient",
        "neonate": "ictal.simulation.populations:draw_neonate",
        "unseen": "ictal.simulation.populations:draw_unseen",
    },
)
"""Each draws a :class:`~ictal.simulation.subject.Subject` from a random generator. ``unseen`` is kept for the exam."""

UNSEEN = "unseen"
UNSEEN_KIND = "low-voltage-fast"
"""The kind of seizure that the population ``unseen`` alone has."""

LEAST_BACKGROUND, LEAST_EXPONENT, MOST_BETA = 4.0, 1.9, 12.0
"""Bounds of the physiologies of all populations but ``unseen``, whose subjects are beyond one of them."""

_FOCI = ("T7", "T8", "F7", "F8", "P7", "P8", "F3", "F4", "C3", "C4", "P3", "P4")
_FOCUS_SHARES = (0.17, 0.17, 0.13, 0.13, 0.07, 0.07, 0.05, 0.05, 0.04, 0.04, 0.04, 0.04)
_UNSEEN_KIND_SHARE = 0.7
_PATTERNS = ("lpd", "gpd", "lrda", "grda")


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
        background_amplitude=bounded(26.0, 0.5, (12.0, 60.0), rng),
        background_exponent=rng.uniform(LEAST_EXPONENT, 3.6),
        background_knee=rng.uniform(0.7, 2.5),
        alpha_frequency=rng.uniform(8.5, 11.5),
        alpha_amplitude=rng.uniform(8.0, 30.0),
        beta_frequency=rng.uniform(17.0, 24.0),
        beta_amplitude=bounded(3.0, 0.5, (0.5, MOST_BETA), rng),
        mu_frequency=rng.uniform(8.5, 11.5),
        mu_amplitude=rng.uniform(0.0, 12.0),
        theta_amplitude=rng.uniform(6.0, 15.0),
        waxing=rng.uniform(0.05, 0.3),
        patchiness=rng.uniform(0.1, 0.5),
        topography=int(rng.integers(2**31)),
    )
    sleep = Sleep(
        tiredness=rng.uniform(0.2, 0.7),
        spindle_frequency=rng.uniform(11.5, 14.5),
        spindle_amplitude=rng.uniform(20.0, 45.0),
        spindle_rate=rng.uniform(2.0, 6.0),
        k_amplitude=rng.uniform(100.0, 220.0),
        k_rate=rng.uniform(0.8, 2.5),
        slow_wave_amplitude=rng.uniform(30.0, 70.0),
        vertex_amplitude=rng.uniform(50.0, 150.0),
        vertex_rate=rng.uniform(2.0, 6.0),
        sawtooth_amplitude=rng.uniform(30.0, 70.0),
    )
    epilepsy = Epilepsy(
        kind=str(rng.choice(("focal-temporal", "focal-to-bilateral", "absence", "tonic"), p=(0.45, 0.3, 0.15, 0.1))),
        focus=draw_focus(rng),
        seizure_duration=rng.uniform(30.0, 80.0),
        seizure_frequency=rng.uniform(5.0, 9.0),
        spike_rate=log_normal(1.0, 1.0, rng),
        spike_amplitude=rng.uniform(50.0, 150.0),
        run_rate=rng.uniform(0.0, 4.0),
        spike_width=rng.uniform(0.05, 0.15),
        spike_second_focus=draw_focus(rng) if rng.uniform() < 0.25 else "",
        run_amplitude=rng.uniform(25.0, 60.0),
        lesion_amplitude=rng.uniform(10.0, 35.0) if rng.uniform() < 0.3 else 0.0,
    )
    return Subject("adult", rhythms, sleep, draw_habits(rng), epilepsy)


def draw_habits(rng: np.random.Generator) -> Habits:
    """Return how body and electrodes of an adult behave."""
    return Habits(
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
        heart_rate=rng.uniform(55.0, 95.0),
        sweat_share=rng.uniform(0.0, 0.25),
        patting_rate=rng.uniform(0.0, 0.4),
        bad_contact_rate=rng.uniform(0.0, 0.6),
        tension_share=rng.uniform(0.0, 0.15),
        tension_amplitude=bounded(7.0, 0.6, (2.0, 40.0), rng),
    )


def draw_child(rng: np.random.Generator) -> Subject:
    """Return a child of school age: everything higher and slower than in adults, and restless.

    References
    ----------
    Niedermeyer's Electroencephalography, 7th ed. 2018, ch. Maturation of the EEG: posterior rhythms of 8 Hz at 3 years
    and 9 to 10 Hz at 10, of 50 to 60 µV and more; posterior slow waves of youth; much theta; sleep of high voltage.
    """
    adult = draw_adult(rng)
    rhythms = replace(
        adult.rhythms,
        background_amplitude=bounded(48.0, 0.5, (20.0, 140.0), rng),
        background_exponent=rng.uniform(2.2, 4.6),
        background_knee=rng.uniform(1.0, 3.0),
        alpha_frequency=rng.uniform(8.0, 10.5),
        alpha_amplitude=rng.uniform(15.0, 60.0),
        mu_frequency=rng.uniform(8.0, 10.5),
        theta_amplitude=rng.uniform(10.0, 35.0),
        waxing=rng.uniform(0.15, 0.5),
        patchiness=rng.uniform(0.0, 0.3),
    )
    sleep = replace(
        adult.sleep,
        spindle_amplitude=rng.uniform(30.0, 70.0),
        k_amplitude=rng.uniform(150.0, 350.0),
        slow_wave_amplitude=rng.uniform(60.0, 140.0),
        vertex_amplitude=rng.uniform(100.0, 250.0),
    )
    habits = replace(
        adult.habits,
        blink_amplitude=rng.uniform(100.0, 220.0),
        muscle_amplitude=0.6 * adult.habits.muscle_amplitude,
        movement_rate=rng.uniform(4.0, 20.0),
        heart_rate=rng.uniform(75.0, 110.0),
    )
    kind = str(rng.choice(("focal-temporal", "focal-to-bilateral", "absence", "tonic"), p=(0.45, 0.2, 0.25, 0.1)))
    epilepsy = replace(
        adult.epilepsy,
        kind=kind,
        seizure_frequency=rng.uniform(3.5, 8.0) if kind.startswith("focal") else adult.epilepsy.seizure_frequency,
        spike_amplitude=rng.uniform(80.0, 250.0),
        run_amplitude=rng.uniform(40.0, 90.0),
    )
    return Subject("child", rhythms, sleep, habits, epilepsy)


def draw_patient(rng: np.random.Generator) -> Subject:
    """Return a patient of an intensive care unit: encephalopathic, with a periodic or rhythmic pattern.

    The background is low and slow and comes in waves, the alpha slow and attenuated or gone, there is a lesion as often
    as not, little is left of sleep, and what stands at the bed is seen in the recording.

    References
    ----------
    Hirsch et al., American Clinical Neurophysiology Society's standardized critical care EEG terminology: 2021 version,
    J. Clin. Neurophysiol. 2021. Claassen et al., Recommendations on the use of EEG monitoring in critically ill
    patients, Intensive Care Med. 2013.
    """
    adult = draw_adult(rng)
    background = bounded(9.0, 0.75, (LEAST_BACKGROUND, 45.0), rng)
    rhythms = replace(
        adult.rhythms,
        background_amplitude=background,
        background_exponent=rng.uniform(LEAST_EXPONENT, 4.6),
        background_knee=rng.uniform(0.5, 5.0),
        alpha_frequency=rng.uniform(4.5, 9.0),
        alpha_amplitude=background * rng.uniform(0.0, 1.4),
        beta_amplitude=bounded(1.0, 1.0, (0.1, MOST_BETA), rng),
        mu_amplitude=0.0,
        theta_amplitude=background * rng.uniform(0.1, 1.0),
        waxing=rng.uniform(0.05, 0.75),
        patchiness=rng.uniform(0.5, 2.6),
    )
    weaker = rng.uniform(0.1, 0.5)
    sleep = replace(
        adult.sleep,
        spindle_amplitude=weaker * adult.sleep.spindle_amplitude,
        spindle_rate=0.5 * adult.sleep.spindle_rate,
        k_amplitude=weaker * adult.sleep.k_amplitude,
        slow_wave_amplitude=weaker * adult.sleep.slow_wave_amplitude,
        vertex_amplitude=weaker * adult.sleep.vertex_amplitude,
        sawtooth_amplitude=weaker * adult.sleep.sawtooth_amplitude,
    )
    pattern = str(rng.choice(_PATTERNS))
    epilepsy = replace(
        adult.epilepsy,
        kind=str(rng.choice(("focal-temporal", "focal-to-bilateral", "tonic"), p=(0.75, 0.15, 0.1))),
        seizure_frequency=rng.uniform(4.0, 8.7),
        pattern=pattern,
        pattern_frequency=rng.uniform(0.5, 2.0) if pattern.endswith("pd") else rng.uniform(1.0, 2.8),
        pattern_amplitude=background * bounded(6.5, 0.8, (2.0, 24.0), rng),
        pattern_share=rng.uniform(0.3, 0.95),
        spike_amplitude=background * rng.uniform(3.0, 8.0),
        run_amplitude=background * rng.uniform(1.5, 3.0),
        lesion_amplitude=background * rng.uniform(0.5, 4.5) if rng.uniform() < 0.6 else 0.0,
    )
    return Subject("icu", rhythms, sleep, disturbed(adult.habits, rng), epilepsy)


def disturbed(habits: Habits, rng: np.random.Generator) -> Habits:
    """Return how body and electrodes of an adult behave in an intensive care unit."""
    return replace(
        habits,
        blink_rate=rng.uniform(0.0, 10.0),
        blink_amplitude=rng.uniform(30.0, 120.0),
        saccade_rate=rng.uniform(0.0, 8.0),
        chewing_rate=rng.uniform(0.0, 2.0),
        heart_rate=rng.uniform(60.0, 120.0),
        movement_rate=rng.uniform(2.0, 12.0),
        pop_rate=rng.uniform(0.0, 20.0),
        disconnection_rate=rng.uniform(0.0, 0.6),
        sweat_share=rng.uniform(0.0, 0.4),
        patting_rate=rng.uniform(0.0, 2.0),
        bad_contact_rate=rng.uniform(0.0, 2.0),
        tension_share=rng.uniform(0.0, 0.6),
        tension_amplitude=bounded(14.0, 1.0, (2.0, 150.0), rng),
    )


def draw_neonate(rng: np.random.Generator) -> Subject:
    """Return a neonate near term: no rhythms of wakefulness, discontinuous activity in quiet sleep."""
    adult = draw_adult(rng)
    rhythms = Rhythms(
        background_amplitude=bounded(18.0, 0.4, (9.0, 40.0), rng),
        background_exponent=rng.uniform(2.2, 3.6),
        background_knee=rng.uniform(0.5, 1.2),
        alpha_frequency=10.0,
        alpha_amplitude=0.0,
        beta_frequency=20.0,
        beta_amplitude=0.0,
        mu_frequency=10.0,
        mu_amplitude=0.0,
        theta_amplitude=0.0,
        waxing=rng.uniform(0.1, 0.3),
        patchiness=rng.uniform(0.1, 0.5),
        topography=int(rng.integers(2**31)),
    )
    sleep = Sleep(
        tiredness=rng.uniform(0.6, 0.9),
        spindle_frequency=adult.sleep.spindle_frequency,
        spindle_amplitude=0.0,
        spindle_rate=0.0,
        k_amplitude=0.0,
        k_rate=0.0,
        slow_wave_amplitude=0.0,
        vertex_amplitude=0.0,
        vertex_rate=0.0,
        sawtooth_amplitude=0.0,
        architecture="neonate",
        burst_amplitude=rng.uniform(25.0, 60.0),
        pause_seconds=rng.uniform(4.0, 9.0),
        brush_amplitude=rng.uniform(40.0, 120.0),
        brush_rate=rng.uniform(0.2, 3.0),
    )
    habits = replace(
        adult.habits,
        blink_rate=rng.uniform(1.0, 5.0),
        blink_amplitude=rng.uniform(30.0, 80.0),
        saccade_rate=rng.uniform(1.0, 5.0),
        chewing_rate=rng.uniform(2.0, 8.0),
        movement_rate=rng.uniform(5.0, 20.0),
        heart_amplitude=log_normal(4.0, 0.6, rng),
        heart_rate=rng.uniform(110.0, 160.0),
        patting_rate=rng.uniform(0.2, 3.0),
    )
    epilepsy = Epilepsy(
        kind="neonatal",
        focus=str(rng.choice(("C3", "C4", "T7", "T8", "O1", "O2"))),
        seizure_duration=rng.uniform(40.0, 120.0),
        seizure_frequency=rng.uniform(1.0, 3.0),
        spike_rate=log_normal(0.5, 0.8, rng),
        spike_amplitude=rng.uniform(40.0, 120.0),
        run_rate=0.0,
    )
    return Subject("neonate", rhythms, sleep, habits, epilepsy)


def draw_unseen(rng: np.random.Generator) -> Subject:
    """Return an adult with a physiology that no other population holds, and mostly with a kind of seizure of its own.

    One of three: a low-voltage EEG (nothing above 20 µV), a slow posterior rhythm with a flat spectrum, or the fast
    activity of benzodiazepines.
    """
    adult = draw_adult(rng)
    variants = (
        replace(adult.rhythms, background_amplitude=rng.uniform(2.5, 3.5), alpha_amplitude=rng.uniform(0.5, 2.5)),
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


def draw_focus(rng: np.random.Generator) -> str:
    """Return the electrode above a focus: most are temporal."""
    return str(rng.choice(_FOCI, p=_FOCUS_SHARES))


def log_normal(median: float, spread: float, rng: np.random.Generator) -> float:
    """Return a number around a median whose logarithm has standard deviation `spread`."""
    return float(median * np.exp(spread * rng.standard_normal()))


def bounded(median: float, spread: float, bounds: tuple[float, float], rng: np.random.Generator) -> float:
    """Return a number around a median, as :func:`log_normal` does, that stays within bounds."""
    return float(np.clip(log_normal(median, spread, rng), *bounds))
