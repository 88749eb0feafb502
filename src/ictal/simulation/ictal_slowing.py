"""The irregular slow activity of the whole cortex that goes with a seizure's rhythm."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.focal import edges
from ictal.simulation.head import background_mixing
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.noise import background_power, narrow_power, shaped_noise
from ictal.simulation.scene import Part, Scene
from ictal.simulation.seizures import height
from ictal.simulation.subject import Rhythms

Floats = NDArray[np.float64]

_STEEPER, _KNEE = 0.7, 2.0
"""By how much its exponent is above that of the subject's background, and Hz below which its power is flat."""

_FULL_SHARE = 0.3
"""Share of the seizure after which it is as high as it gets."""


def ictal_slowing(scene: Scene) -> Part:
    """Return the slow activity of all seizures that have it.

    References
    ----------
    Englot et al., Impaired consciousness in temporal lobe seizures: role of cortical slow activity, Brain 2010 (1 to
    2 Hz over the association cortex of both sides while the temporal lobe seizes).
    """
    transients, rate, rhythms = [], scene.sampling_rate, scene.subject.rhythms
    mixing = background_mixing(rhythms.patchiness, rhythms.topography)
    strongest = np.sqrt((mixing**2).sum(axis=1)).max()
    for number, seizure in enumerate(scene.seizures):
        if seizure.slow_share > 0:
            seen = seizure.slow_share * height(scene) * mixing / strongest
            seed = scene.seed_for(f"ictal slowing {number}")
            make = partial(slow_waves, seen, rhythms, seizure.duration, rate, seed)
            transients.append(Transient(round(seizure.onset * rate), round(seizure.duration * rate), make))
    return Part((TransientLayer(transients),))


def slow_waves(mixing: Floats, rhythms: Rhythms, duration: float, sampling_rate: float, seed: list[int]) -> Floats:
    """Return the slow activity of one seizure.

    Parameters
    ----------
    mixing : ndarray, shape (19, n_sources)
        µV that a source of strength 1 gives each electrode.
    rhythms : Rhythms
        Whose background it is like, but slower.
    duration : float
        Seconds.
    sampling_rate : float
        Hz.
    seed : list of int

    Returns
    -------
    ndarray, shape (19, n_samples)
    """
    rng, n_samples = np.random.default_rng(seed), round(duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    power = background_power(rhythms.background_exponent + _STEEPER, _KNEE)
    waves = shaped_noise(mixing.shape[1], n_samples, sampling_rate, power, rng)
    waxing = np.exp(rhythms.waxing * shaped_noise(1, n_samples, sampling_rate, narrow_power(0.0, 0.3), rng)[0])
    growth = np.clip(times / (_FULL_SHARE * duration), 0.0, 1.0) * edges(times, duration)
    seen: Floats = mixing @ waves * (waxing * growth)
    return seen
