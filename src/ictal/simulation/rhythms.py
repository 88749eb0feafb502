"""The resting brain: 1/f background and the rhythms of wakefulness."""

from __future__ import annotations

from ictal.simulation.head import alpha_mixing, background_mixing
from ictal.simulation.layers import NoiseLayer
from ictal.simulation.noise import Noise, background_power, narrow_power
from ictal.simulation.scene import Part, Scene
from ictal.simulation.tracks import drifting, switched

_ALPHA_WITH_OPEN_EYES = 0.2
_EYE_OPENING_SECONDS = 0.5


def background(scene: Scene) -> Part:
    """Return 1/f noise of the whole cortex."""
    rhythms = scene.subject.rhythms
    mixing = rhythms.background_amplitude * background_mixing()
    power = background_power(rhythms.background_exponent, rhythms.background_knee)
    noise = Noise(mixing.shape[1], scene.sampling_rate, power, scene.seed_for("background"))
    drift = drifting(scene.duration, spread=0.15, seconds=60.0, rng=scene.stream("background drift"))
    return Part((NoiseLayer(mixing, noise, scene.sampling_rate, [drift]),))


def alpha(scene: Scene) -> Part:
    """Return the posterior rhythm, large while the eyes are closed and the subject is awake."""
    rhythms = scene.subject.rhythms
    mixing = rhythms.alpha_amplitude * alpha_mixing()
    power = narrow_power(rhythms.alpha_frequency, bandwidth=0.5)
    noise = Noise(mixing.shape[1], scene.sampling_rate, power, scene.seed_for("alpha"))
    lids = switched(scene.states.closures, 1.0, _ALPHA_WITH_OPEN_EYES, ramp=_EYE_OPENING_SECONDS)
    awake = scene.states.level({"wake": 1.0, "n1": 0.3, "rem": 0.1})
    return Part((NoiseLayer(mixing, noise, scene.sampling_rate, [lids, awake]),))
