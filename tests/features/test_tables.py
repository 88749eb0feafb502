"""Every feature keeps the contract: shape, and the same window in any block."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.features.tables import FEATURES


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_gives_one_row_a_channel_and_one_column_a_window(name: str) -> None:
    signal = np.random.default_rng(0).normal(0, 30, (3, 2048)).astype(np.float32)
    features = FEATURES.load(name)(signal, sampling_rate=256.0, window=512, hop=256)
    assert features.shape[:2] == (3, 7)
    assert np.isfinite(features).all()
    alone = FEATURES.load(name)(signal[1:2, 256:1024], sampling_rate=256.0, window=512, hop=256)
    np.testing.assert_allclose(alone[0], features[1, 1:3], rtol=1e-6)
