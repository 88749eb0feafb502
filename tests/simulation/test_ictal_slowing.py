"""The slow activity of seizures: as high as it should be, everywhere, slow, and only while they last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch

from ictal.simulation.ictal_slowing import ictal_slowing
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import KINDS, Seizure, place_seizures
from ictal.simulation.seizures import height


def test_it_lasts_as_long_as_the_seizure_and_is_slow(
    make_scene: Callable[..., Scene], lay: Callable[..., np.ndarray]
) -> None:
    scene = make_scene(200.0, seizures=(Seizure(40.0, 100.0, slow_share=0.5),))
    signal = lay(ictal_slowing(scene), scene)
    assert not signal[:, : 40 * 256].any()
    assert not signal[:, 140 * 256 :].any()
    full = signal[:, 75 * 256 : 135 * 256]
    heights = np.sqrt((full**2).mean(axis=1))
    assert heights.max() == pytest.approx(0.5 * height(scene), rel=0.35)
    assert heights.min() > 0.3 * heights.max()
    frequencies, powers = welch(full, 256.0, nperseg=1024)
    assert powers[:, frequencies < 6.0].sum() > 0.8 * powers.sum()


def test_a_seizure_without_it_has_none(make_scene: Callable[..., Scene], lay: Callable[..., np.ndarray]) -> None:
    scene = make_scene(100.0, seizures=(Seizure(40.0, 30.0),))
    assert not lay(ictal_slowing(scene), scene).any()


def test_seizures_have_as_much_as_their_kind_may_have(make_scene: Callable[..., Scene]) -> None:
    subject = make_scene(1.0).subject
    for kind, card in KINDS.items():
        one = replace(subject, epilepsy=replace(subject.epilepsy, kind=kind))
        shares = [seizure.slow_share for seed in range(10) for seizure in place_seizures(3, 1800.0, one, seed)]
        assert card.slow_shares[0] <= min(shares) < max(shares) <= card.slow_shares[1]
        assert len(set(shares)) == len(shares)
