"""Patches of cortex, and the channels above them."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.simulation.head import CHANNELS, below
from ictal.simulation.patches import channels_seeing, patch


@pytest.mark.parametrize("name", ["T7", "T8", "F7", "F3", "C4", "Pz", "O1"])
@pytest.mark.parametrize("width", [0.012, 0.022, 0.04])
def test_a_patch_is_seen_most_by_the_electrode_above_it(name: str, width: float) -> None:
    distance, fields = patch(below(name), width)
    seen = fields.sum(axis=1)
    assert SCALP_19[seen.argmax()] == name
    assert seen.max() == pytest.approx(1.0)
    assert distance.max() < 2.5 * width
    np.testing.assert_allclose(seen.mean(), 0.0, atol=1e-9)


def test_a_wide_patch_is_seen_by_more_channels() -> None:
    narrow, wide = (channels_seeing(patch(below("C3"), width)[1].sum(axis=1)) for width in (0.015, 0.05))
    assert set(narrow) < set(wide)


def test_channels_are_counted_whatever_the_polarity() -> None:
    field = patch(below("T8"), 0.022)[1].sum(axis=1)
    assert channels_seeing(-field) == channels_seeing(field)
    assert CHANNELS[SCALP_19.index("T7")] not in channels_seeing(field - 3 * field[::-1] / 4)
    assert channels_seeing(field, share=1.0) == (CHANNELS[SCALP_19.index("T8")],)
