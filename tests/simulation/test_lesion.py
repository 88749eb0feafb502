"""A lesion: irregular delta over the focus, all the time, in those alone who have one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.signal import welch

from ictal.core.electrodes import SCALP_19
from ictal.simulation.lesion import lesion
from ictal.simulation.scene import Part, Scene


def scene_with(make_scene: Callable[..., Scene], microvolts: float) -> Scene:
    scene = make_scene(300.0)
    epilepsy = replace(scene.subject.epilepsy, focus="F8", lesion_amplitude=microvolts)
    return replace(scene, subject=replace(scene.subject, epilepsy=epilepsy))


def test_its_delta_is_largest_over_the_focus(make_scene: Callable[..., Scene], lay: Callable[..., np.ndarray]) -> None:
    scene = scene_with(make_scene, 20.0)
    part = lesion(scene)
    signal = lay(part, scene)
    heights = signal.std(axis=1)
    assert SCALP_19[int(heights.argmax())] == "F8"
    assert 15.0 < heights.max() < 26.0
    frequencies, powers = welch(signal[SCALP_19.index("F8")], 256.0, nperseg=1024)
    assert powers[(frequencies >= 0.25) & (frequencies < 4.0)].sum() > 0.85 * powers.sum()
    [event] = part.events
    assert (event.event_type, event.duration) == ("focal-slowing", 300.0)
    assert "F8-Avg" in event.channels


def test_a_subject_without_one_has_none(make_scene: Callable[..., Scene]) -> None:
    assert lesion(scene_with(make_scene, 0.0)) == Part()
