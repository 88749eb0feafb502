"""The brain awake and drowsy: 1/f background, alpha, beta, mu and theta."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.simulation.cycles import Contour, steady_rhythm
from ictal.simulation.head import alpha_mixing, background_mixing
from ictal.simulation.layers import NoiseLayer, Transient
from ictal.simulation.noise import Noise, Power, background_power, narrow_power
from ictal.simulation.patches import field_over
from ictal.simulation.planted import Planted, planted_part
from ictal.simulation.projection import planted
from ictal.simulation.scene import Part, Scene
from ictal.simulation.tracks import drifting, switched

Floats = NDArray[np.float64]

_WAXING_SECONDS = 3.0
_EYE_OPENING_SECONDS = 0.5
_ALPHA_WITH_OPEN_EYES = 0.2
_ALPHA_LEVELS = {"wake": 1.0, "drowsy": 0.8, "n1": 0.2, "rem": 0.1}
_ANTERIOR_LEVELS = {"drowsy": 0.5, "n1": 0.25}
_ANTERIOR_SLOWER = 0.8
"""Hz by which the alpha that spreads forwards in drowsiness is slower than that of wakefulness."""

_BETA_LEVELS = {"wake": 1.0, "drowsy": 1.3, "n1": 1.5, "n2": 0.7, "n3": 0.3, "rem": 0.8}

_THETA_LEVELS = {"drowsy": 0.7, "n1": 1.0, "n2": 0.6, "n3": 0.4, "rem": 0.5}
_THETA_TO_ALPHA = 0.55
"""Frequency of theta as a share of alpha's: whose alpha is slow has slow theta too."""

_ARCHES = Contour(harmonic=0.35, lead=np.pi)
_MU_SHORTEST, _MU_MEAN, _MU_LONGEST = 1.0, 2.5, 8.0
_MU_PAUSE = 10.0
"""Seconds of a run of mu, and typically between two runs of one side."""


def background(scene: Scene) -> Part:
    """Return 1/f noise of the whole cortex, that waxes and wanes."""
    rhythms = scene.subject.rhythms
    mixing = rhythms.background_amplitude * background_mixing(rhythms.patchiness, rhythms.topography)
    power = background_power(rhythms.background_exponent, rhythms.background_knee)
    noise = Noise(mixing.shape[1], scene.sampling_rate, power, scene.seed_for("background"))
    drift = drifting(scene.duration, spread=0.15, seconds=60.0, rng=scene.stream("background drift"))
    waxing = drifting(scene.duration, rhythms.waxing, _WAXING_SECONDS, scene.stream("background waxing"))
    return Part((NoiseLayer(mixing, noise, scene.sampling_rate, [drift, waxing]),))


def alpha(scene: Scene) -> Part:
    """Return the posterior rhythm: it comes as the eyes close, and spreads forwards as sleep does.

    While the subject gets drowsy, a part of it slows down and reaches the vertex and the front; in N1 it is gone but
    for remains.

    References
    ----------
    Santamaria and Chiappa, The EEG of drowsiness in normal adults, J. Clin. Neurophysiol. 1987. IFCN glossary: Kane et
    al., Clin. Neurophysiol. Pract. 2017.
    """
    rhythms, states, rate = scene.subject.rhythms, scene.states, scene.sampling_rate
    if rhythms.alpha_amplitude <= 0:
        return Part()
    mixing = rhythms.alpha_amplitude * alpha_mixing()
    power = narrow_power(rhythms.alpha_frequency, bandwidth=0.5)
    noise = Noise(mixing.shape[1], rate, power, scene.seed_for("alpha"))
    lids = switched(states.eyes_closed, 1.0, _ALPHA_WITH_OPEN_EYES, ramp=_EYE_OPENING_SECONDS)
    forwards = rhythms.alpha_amplitude * field_over(("Cz", "F3", "F4"), width=0.025)[:, np.newaxis]
    slower = narrow_power(rhythms.alpha_frequency - _ANTERIOR_SLOWER, bandwidth=0.5)
    anterior = Noise(1, rate, slower, scene.seed_for("anterior alpha"))
    return Part(
        (
            NoiseLayer(mixing, noise, rate, [lids, states.level(_ALPHA_LEVELS)]),
            NoiseLayer(forwards, anterior, rate, [states.level(_ANTERIOR_LEVELS)]),
        )
    )


def beta(scene: Scene) -> Part:
    """Return frontocentral fast activity of either side, larger in drowsiness and N1.

    References
    ----------
    Kane et al., A revised glossary of terms most commonly used by clinical electroencephalographers, Clin.
    Neurophysiol. Pract. 2017.
    """
    rhythms = scene.subject.rhythms
    if rhythms.beta_amplitude <= 0:
        return Part()
    sides = np.column_stack([field_over(("F3", "C3"), width=0.018), field_over(("F4", "C4"), width=0.018)])
    power = narrow_power(rhythms.beta_frequency, bandwidth=2.0)
    return staged_noise(scene, "beta", rhythms.beta_amplitude * sides, power, _BETA_LEVELS)


def theta(scene: Scene) -> Part:
    """Return the theta of drowsiness and sleep over either temple and the vertex.

    References
    ----------
    Santamaria and Chiappa, The EEG of drowsiness in normal adults, J. Clin. Neurophysiol. 1987.
    """
    rhythms = scene.subject.rhythms
    if rhythms.theta_amplitude <= 0:
        return Part()
    places = np.column_stack([field_over((name,), width=0.02) for name in ("T7", "T8", "Cz")])
    power = narrow_power(_THETA_TO_ALPHA * rhythms.alpha_frequency, bandwidth=0.7)
    return staged_noise(scene, "theta", rhythms.theta_amplitude * places, power, _THETA_LEVELS)


def staged_noise(
    scene: Scene,
    name: str,
    mixing: Floats,
    power: Power,
    levels: Mapping[str, float],
    ramp: float = 8.0,
) -> Part:
    """Return noise of some patches of cortex that has a level in each stage, as :meth:`States.level` takes them."""
    noise = Noise(mixing.shape[1], scene.sampling_rate, power, scene.seed_for(name))
    return Part((NoiseLayer(mixing, noise, scene.sampling_rate, [scene.states.level(levels, ramp)]),))


def mu(scene: Scene) -> Part:
    """Return runs of arches over the sensorimotor cortex, on either side by itself, while the body rests awake.

    Their negative phase is pointed and the positive one round, so that there is a harmonic near 20 Hz; the eyes have
    no part in it, movement blocks it, and drowsiness ends it.

    References
    ----------
    Kane et al., A revised glossary of terms most commonly used by clinical electroencephalographers, Clin.
    Neurophysiol. Pract. 2017. Pfurtscheller and Lopes da Silva, Event-related EEG/MEG synchronization and
    desynchronization, Clin. Neurophysiol. 1999.
    """
    rhythms, states, rate = scene.subject.rhythms, scene.states, scene.sampling_rate
    if rhythms.mu_amplitude <= 0:
        return Part()
    at_rest = complement_spans([*states.movements, *states.drowsy], 0.0, scene.duration)
    resting = intersect_spans(states.spans("wake"), at_rest)
    runs = []
    for electrode in ("C3", "C4"):
        field = field_over((electrode,), width=0.013)
        rng = scene.stream(f"mu {electrode}")
        for start, stop in mu_runs(resting, rng):
            height = rhythms.mu_amplitude * float(np.sqrt(2) * np.exp(0.25 * rng.standard_normal()))
            length, seed = round((stop - start) * rate), int(rng.integers(2**31))
            make = partial(arches, height * field, length, rate, rhythms.mu_frequency, seed)
            transient = Transient(round(start * rate), length, make)
            runs.append(Planted((transient,), planted(scene, "mu", start, stop - start, field)))
    return planted_part(runs)


def mu_runs(resting: tuple[Span, ...], rng: np.random.Generator) -> list[Span]:
    """Return when one side has mu: runs of some seconds that rest alone allows.

    Examples
    --------
    >>> runs = mu_runs(((10.0, 90.0),), np.random.default_rng(0))
    >>> all(10.0 <= start < stop <= 90.0 for start, stop in runs)
    True
    """
    runs = []
    for start, stop in resting:
        position = start + rng.exponential(_MU_PAUSE)
        while position + _MU_SHORTEST < stop:
            length = min(_MU_SHORTEST + rng.exponential(_MU_MEAN - _MU_SHORTEST), _MU_LONGEST, stop - position)
            runs.append((float(position), float(position + length)))
            position += length + rng.exponential(_MU_PAUSE)
    return runs


def arches(field: Floats, length: int, sampling_rate: float, frequency: float, seed: int) -> Floats:
    """Return one run of mu as all electrodes see it, shape (19, length)."""
    span = (0.0, length / sampling_rate)
    rhythm = steady_rhythm(span, frequency, np.zeros(1), _ARCHES, np.random.default_rng(seed), jitter=0.03)
    return np.outer(field, rhythm.read(0, length, sampling_rate))
