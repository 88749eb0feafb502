"""The formulas of the oracles, held to the check values that came with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.models.oracle import Oracle, hash_uniform, make_signal, make_state


@pytest.mark.parametrize(
    ("index", "stream", "expected"),
    [
        (0, 0, 0.1467951601371169),
        (1, 0, 0.1767875454388559),
        (2, 0, 0.4082674658857286),
        (0, 1, -0.5246920646168292),
        (12345, 7, 0.93785649118945),
        (1_000_000, 1_000_000, 0.6189572717994452),
    ],
)
def test_hash_gives_its_check_values(index: int, stream: int, expected: float) -> None:
    assert hash_uniform(index + 1, stream)[index] == pytest.approx(expected, abs=1e-15)


def test_signal_gives_its_check_values() -> None:
    signal = make_signal((2, 3, 4), 256)
    np.testing.assert_allclose(signal[0, 0], [-0.46401169, -0.32257848, 0.47746485, 0.52713979], atol=1e-8)


def test_weights_have_their_offset_scale_and_key() -> None:
    tensor = {"k": 1, "name": "norm.scale", "shape": [1, 2], "offset": 1.0, "scale": 0.1}
    state = make_state([tensor])
    np.testing.assert_allclose(state["norm.scale"], [1.0 + 0.1 * hash_uniform(2, 1)])
    assert list(make_state([tensor | {"original_key": "bn.weight"}])) == ["bn.weight"]


def test_state_holds_as_many_numbers_as_the_original(read_oracle: Callable[[str], Oracle]) -> None:
    oracle = read_oracle("eegcnn1d")
    assert sum(value.size for value in oracle.state.values()) == oracle.parameters == 1_999_873
    assert oracle.signal.shape == (4, 1, 3840)
