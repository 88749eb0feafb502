"""Who is simulated: a physiology drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FOCI = ("T7", "T8", "F7", "F8", "P7", "P8", "F3", "F4", "C3", "C4", "P3", "P4")
_FOCUS_SHARES = (0.17, 0.17, 0.13, 0.13, 0.07, 0.07, 0.05, 0.05, 0.04, 0.04, 0.04, 0.04)


@dataclass(frozen=True, slots=True)
class Subject:
    """What stays the same in all recordings of one simulated person.

    Parameters
    ----------
    background_amplitude : float
        Root mean square of the 1/f background over the scalp in µV, against the average reference.
    background_exponent, background_knee : float
        Its power falls as frequency to minus this, above so many Hz.
    alpha_frequency, alpha_amplitude : float
        Hz, and root mean square in µV at O1 and O2 with closed eyes.
    blink_rate, blink_amplitude : float
        Blinks a minute while the eyes are open, and µV at Fp1 and Fp2.
    muscle_rate, muscle_amplitude : float
        Bursts a minute, and root mean square in µV where they are largest.
    line_amplitude : float
        µV, typical of one electrode.
    focus : str
        The electrode above the seizure focus.
    seizure_duration, seizure_frequency : float
        Typical seconds, and Hz at the onset.

    Examples
    --------
    >>> draw_subject(3) == draw_subject(3), draw_subject(3) == draw_subject(4)
    (True, False)
    """

    background_amplitude: float
    background_exponent: float
    background_knee: float
    alpha_frequency: float
    alpha_amplitude: float
    blink_rate: float
    blink_amplitude: float
    muscle_rate: float
    muscle_amplitude: float
    line_amplitude: float
    focus: str
    seizure_duration: float
    seizure_frequency: float


def draw_subject(seed: int) -> Subject:
    """Return the subject that a seed stands for.

    Parameters
    ----------
    seed : int
        0 or more.
    """
    rng = np.random.default_rng(seed)
    return Subject(
        background_amplitude=float(np.clip(26.0 * np.exp(0.5 * rng.standard_normal()), 12.0, 60.0)),
        background_exponent=float(rng.uniform(1.9, 3.6)),
        background_knee=float(rng.uniform(0.7, 2.5)),
        alpha_frequency=float(rng.uniform(8.5, 11.5)),
        alpha_amplitude=float(rng.uniform(8.0, 30.0)),
        blink_rate=float(rng.uniform(8.0, 20.0)),
        blink_amplitude=float(rng.uniform(80.0, 180.0)),
        muscle_rate=float(rng.uniform(0.5, 3.0)),
        muscle_amplitude=float(rng.uniform(8.0, 30.0)),
        line_amplitude=float(rng.uniform(0.3, 2.0)),
        focus=str(rng.choice(_FOCI, p=_FOCUS_SHARES)),
        seizure_duration=float(rng.uniform(30.0, 80.0)),
        seizure_frequency=float(rng.uniform(5.0, 9.0)),
    )
