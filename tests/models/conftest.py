"""What the tests of networks share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.models import oracle


@pytest.fixture
def read_oracle(test_data: Path) -> Callable[[str], oracle.Oracle]:
    """Read what a published network answers, by name."""
    return partial(oracle.read_oracle, test_data)
