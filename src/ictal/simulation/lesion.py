"""What a lesion adds to the background: irregular delta over it, day and night."""

from __future__ import annotations

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.simulation.head import below
from ictal.simulation.layers import NoiseLayer
from ictal.simulation.noise import Noise, background_power
from ictal.simulation.patches import channels_seeing, field_over
from ictal.simulation.scene import Part, Scene
from ictal.simulation.tracks import drifting

_WIDTH = 0.022
_SHARES = np.array([1.0, 0.6, 0.5])
"""Height of the delta at the focus, and at the electrodes that are next to it."""

_EXPONENT, _KNEE = 6.0, 2.5
"""Its power is flat up to 2.5 Hz and falls steeply above."""

_WAXING, _WAXING_SECONDS = 0.4, 4.0


def lesion(scene: Scene) -> Part:
    """Return polymorphic delta over the focus of a subject who has a lesion there.

    References
    ----------
    Gilmore and Brenner, Correlation of EEG, computerized tomography, and clinical findings: study of 100 patients with
    focal delta activity, Arch. Neurol. 1981. Kane et al., A revised glossary of terms most commonly used by clinical
    electroencephalographers, Clin. Neurophysiol. Pract. 2017 (polymorphic delta activity).
    """
    epilepsy = scene.subject.epilepsy
    if epilepsy.lesion_amplitude <= 0:
        return Part()
    places = sorted(SCALP_19, key=lambda name: float(np.linalg.norm(below(name) - below(epilepsy.focus))))[
        : len(_SHARES)
    ]
    fields = np.column_stack([field_over((name,), _WIDTH) for name in places]) * _SHARES
    field = np.sqrt((fields**2).sum(axis=1))
    noise = Noise(len(places), scene.sampling_rate, background_power(_EXPONENT, _KNEE), scene.seed_for("lesion"))
    waxing = drifting(scene.duration, _WAXING, _WAXING_SECONDS, scene.stream("lesion waxing"))
    waves = NoiseLayer(epilepsy.lesion_amplitude * fields / field.max(), noise, scene.sampling_rate, [waxing])
    return Part((waves,), (Event(0.0, scene.duration, "focal-slowing", channels=channels_seeing(field)),))
