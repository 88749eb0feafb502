"""The tables of the phantom name functions that exist, in an order that makes sense."""

from __future__ import annotations

import pytest

from ictal.core.tables import load_attribute
from ictal.simulation.parts import PARTS


@pytest.mark.parametrize("name", PARTS)
def test_every_part_can_be_loaded(name: str) -> None:
    assert callable(load_attribute(PARTS[name]))


def test_seizures_weaken_the_brain_before_they_discharge_and_electrodes_come_last() -> None:
    order = list(PARTS)
    assert order.index("background") < order.index("suppression") < order.index("seizures") < order.index("line")
